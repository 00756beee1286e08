"""Rules and dates that take the place of others while a round runs."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "version",
        sa.Column("id", ID, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("before", TEXT, nullable=False),
        sa.Column("after", TEXT, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("mapped", sa.JSON(), nullable=False),
        sa.Column("dossiers", sa.Integer(), nullable=False),
        sa.Column("moves_before", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("round_id", "position"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"]),
        sa.ForeignKeyConstraint(["before"], ["pinned.digest"]),
        sa.ForeignKeyConstraint(["after"], ["pinned.digest"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
    )
    op.add_column("round", sa.Column("replaced_at", sa.BigInteger(), nullable=True))
