"""Texts that were changed after they were pinned: those of a round, and of one letter."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = ("rewording", "edit", "replacement")


def upgrade() -> None:
    op.create_table(
        "rewording",
        sa.Column("id", ID, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("file", TEXT, nullable=False),
        sa.Column("before", TEXT, nullable=False),
        sa.Column("after", TEXT, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("round_id", "after", "file", "at"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"]),
        sa.ForeignKeyConstraint(["before"], ["pinned.digest"]),
        sa.ForeignKeyConstraint(["after"], ["pinned.digest"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
    )
    op.create_index("rewording_of_file", "rewording", ["round_id", "file"])
    op.create_table(
        "edit",
        sa.Column("id", ID, nullable=False),
        sa.Column("notification_id", ID, nullable=False),
        sa.Column("subject", TEXT, nullable=True),
        sa.Column("body", TEXT, nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["notification_id"], ["notification.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
    )
    op.create_index("ix_edit_notification_id", "edit", ["notification_id"])
    op.create_table(
        "replacement",
        sa.Column("notification_id", ID, nullable=False),
        sa.Column("replaces", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("notification_id"),
        sa.UniqueConstraint("replaces"),
        sa.ForeignKeyConstraint(["notification_id"], ["notification.id"]),
        sa.ForeignKeyConstraint(["replaces"], ["notification.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
    )
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for table in APPEND_ONLY:
        for act in ("UPDATE", "DELETE"):
            trigger = f'CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON "{table}" '
            if on_postgresql:
                op.execute(f"{trigger} FOR EACH ROW EXECUTE FUNCTION append_only()")
            else:
                op.execute(f"{trigger} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END")
        if on_postgresql:
            op.execute(
                f'CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON "{table}" '
                "FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
            )
