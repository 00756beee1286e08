"""The batch in which a dossier was handed in, and the deadlines of a batch."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("dossier", "deadline"):
        op.add_column(table, sa.Column("batch", sa.Integer(), nullable=True))


def downgrade() -> None:
    for table in ("dossier", "deadline"):
        op.drop_column(table, "batch")
