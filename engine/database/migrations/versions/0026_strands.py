"""What stood where an act of staff gave a new value."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("batch", sa.Column("before", sa.JSON(), nullable=True))
