"""Dates that were moved for the dossiers of one strand, and the deadlines of a strand."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    for table in ("extension", "deadline"):
        op.add_column(table, sa.Column("strand", TEXT, nullable=True))


def downgrade() -> None:
    for table in ("extension", "deadline"):
        op.drop_column(table, "strand")
