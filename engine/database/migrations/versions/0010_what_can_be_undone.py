"""Acts of staff on several dossiers, which can be undone until their first letter has left."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "batch",
        sa.Column("id", ID, nullable=False),
        sa.Column("round_id", ID, sa.ForeignKey("round.id"), nullable=False),
        sa.Column("transition", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("dossiers", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", ID, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("undo_until", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("sent_by", ID, sa.ForeignKey("person.id"), nullable=True),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.Column("undone_by", ID, sa.ForeignKey("person.id"), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_batch_round_id", "batch", ["round_id"])
    kind = "BIGINT" if op.get_context().dialect.name == "postgresql" else "INTEGER"
    # in words of our own: a column that refers to another table can be added so on both, without copying the table
    op.execute(f'ALTER TABLE "transition" ADD COLUMN batch_id {kind} REFERENCES batch (id)')
    op.execute(f'ALTER TABLE "transition" ADD COLUMN undoes_id {kind} REFERENCES "transition" (id)')
    op.execute(f"ALTER TABLE notification ADD COLUMN batch_id {kind} REFERENCES batch (id)")
    for name, table, column, unique in (
        ("transition_by_batch", "transition", "batch_id", False),
        ("undone_once", "transition", "undoes_id", True),
        ("notification_by_batch", "notification", "batch_id", False),
    ):
        given = sa.text(f"{column} IS NOT NULL")
        op.create_index(name, table, [column], unique=unique, sqlite_where=given, postgresql_where=given)
