"""The clocks of a dossier's applicant, and what comes by them."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("dossier", sa.Column("clocks", TEXT, nullable=True))
    op.add_column("deadline", sa.Column("clocks", TEXT, nullable=True))
