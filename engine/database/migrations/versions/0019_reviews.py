"""What staff say of what was handed in, and what awaits their word."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITS = sa.text("handed_in_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("obligation", sa.Column("handed_in_at", sa.BigInteger(), nullable=True))
    op.create_index(
        "obligation_in_review", "obligation", ["handed_in_at"], sqlite_where=WAITS, postgresql_where=WAITS
    )
    op.create_table(
        "review",
        sa.Column("id", ID, nullable=False),
        sa.Column("obligation_id", ID, nullable=False),
        sa.Column("delivery_id", ID, nullable=False),
        sa.Column("outcome", TEXT, nullable=False),
        sa.Column("words", TEXT, nullable=True),
        sa.Column("last_day", TEXT, nullable=True),
        sa.Column("reviewed_at", sa.BigInteger(), nullable=False),
        sa.Column("reviewed_by", ID, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("delivery_id"),
        sa.ForeignKeyConstraint(["obligation_id"], ["obligation.id"]),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"]),
        sa.ForeignKeyConstraint(["reviewed_by"], ["person.id"]),
    )
    op.create_index("ix_review_obligation_id", "review", ["obligation_id"])
