"""In which strand a dossier was ranked, and what stood where an act of staff gave a new value."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0023"
branch_labels = None
depends_on = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("batch", sa.Column("before", sa.JSON(), nullable=True))
    op.add_column("ranking", sa.Column("strand", TEXT, nullable=True))
