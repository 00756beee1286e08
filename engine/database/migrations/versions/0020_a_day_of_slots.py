"""A day of slots is planned: breaks, wishes, a reserve list, and since when people know of it."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    kind = "BIGINT" if op.get_context().dialect.name == "postgresql" else "INTEGER"
    # in words of our own: a column that refers to another table can be added so on both, without copying the table
    op.execute("ALTER TABLE slot ADD COLUMN locked_at BIGINT")
    op.execute(f"ALTER TABLE slot ADD COLUMN locked_by {kind} REFERENCES person (id)")
    op.create_table(
        "running_order",
        sa.Column("id", ID, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("meeting", TEXT, nullable=False),
        sa.Column("first", TEXT, nullable=True),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("published_by", ID, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"]),
        sa.ForeignKeyConstraint(["published_by"], ["person.id"]),
        sa.UniqueConstraint("round_id", "meeting"),
    )
    op.create_table(
        "running_order_break",
        sa.Column("id", ID, nullable=False),
        sa.Column("running_order_id", ID, nullable=False),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["running_order_id"], ["running_order.id"]),
        sa.UniqueConstraint("running_order_id", "after"),
    )
    op.create_table(
        "turn",
        sa.Column("id", ID, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("dossier_id", ID, nullable=False),
        sa.Column("meeting", TEXT, nullable=False),
        sa.Column("wish", TEXT, nullable=True),
        sa.Column("hour", TEXT, nullable=True),
        sa.Column("words", TEXT, nullable=True),
        sa.Column("wished_at", sa.BigInteger(), nullable=True),
        sa.Column("wished_by", ID, nullable=True),
        sa.Column("declined_at", sa.BigInteger(), nullable=True),
        sa.Column("declined_by", ID, nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"]),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"]),
        sa.ForeignKeyConstraint(["wished_by"], ["person.id"]),
        sa.ForeignKeyConstraint(["declined_by"], ["person.id"]),
        sa.UniqueConstraint("dossier_id", "meeting"),
    )
    op.create_index("ix_turn_round_id", "turn", ["round_id"])
