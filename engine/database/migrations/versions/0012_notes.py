"""What staff write down about a dossier."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "note",
        sa.Column("id", ID, nullable=False),
        sa.Column("dossier_id", ID, sa.ForeignKey("dossier.id"), nullable=False),
        sa.Column("words", TEXT, nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.Column("written_by", ID, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("replaces", ID, sa.ForeignKey("note.id"), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", ID, sa.ForeignKey("person.id"), nullable=True),
        sa.Column("ending", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("replaces"),
    )
    op.create_index("ix_note_dossier_id", "note", ["dossier_id"])
