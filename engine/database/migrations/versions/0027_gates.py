"""The ranks of a cohort as they were worked out, and the order that a committee gives by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STANDS = sa.text("replaced_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "ranked",
        sa.Column("id", ID, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("list", TEXT, nullable=False),
        sa.Column("scope", TEXT, nullable=False),
        sa.Column("dossier_id", ID, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("ranked_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("round_id", "list", "dossier_id"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"]),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"]),
    )
    op.create_index("ix_ranked_dossier_id", "ranked", ["dossier_id"])
    op.create_table(
        "placement",
        sa.Column("id", ID, nullable=False),
        sa.Column("dossier_id", ID, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("given_by", ID, nullable=False),
        sa.Column("replaced_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"]),
        sa.ForeignKeyConstraint(["given_by"], ["person.id"]),
    )
    op.create_index("ix_placement_dossier_id", "placement", ["dossier_id"])
    op.create_index(
        "one_current_placement", "placement", ["dossier_id", "state"], unique=True, sqlite_where=STANDS,
        postgresql_where=STANDS,
    )  # fmt: skip
    op.add_column("ranking", sa.Column("scope", TEXT, server_default=sa.text("''"), nullable=False))
