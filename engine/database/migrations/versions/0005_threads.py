"""Letters about one entry of a calendar leave in their order, whatever dossier they are about."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("notification", sa.Column("thread", TEXT, nullable=True))
    op.create_index(
        "notification_by_thread", "notification", ["thread"],
        sqlite_where=sa.text("thread IS NOT NULL"), postgresql_where=sa.text("thread IS NOT NULL"),
    )  # fmt: skip
