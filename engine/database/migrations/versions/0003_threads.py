"""Letters about one entry of a calendar leave in their order, whatever dossier they are about."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notification", sa.Column("thread", sa.String(), nullable=True))
    op.create_index("ix_notification_thread", "notification", ["thread"])
