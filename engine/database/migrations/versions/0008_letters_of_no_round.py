"""A letter may belong to no round, and go to an address that nobody is known by yet; an urgent one goes first."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NO_LONGER_NEEDED = (("cause", "round_id"), ("notification", "round_id"), ("notification", "person_id"))


def upgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    if on_sqlite:
        _may_be_missing_on_sqlite()
    else:
        for table, column in NO_LONGER_NEEDED:
            op.alter_column(table, column, nullable=True)
    op.add_column("notification", sa.Column("urgent", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.drop_index("notification_next", "notification")
    op.create_index("notification_next", "notification", ["status", "urgent", "next_try_at"])


def _may_be_missing_on_sqlite() -> None:
    """Take NOT NULL out of what SQLite says of a table, as its documentation gives it for changes of no stored byte.

    To copy both tables would take minutes where there are millions of letters, and drop the triggers that keep the
    causes from being rewritten; what refers to them would not even allow it.
    """
    run = op.get_bind().exec_driver_sql
    version = run("PRAGMA schema_version").scalar_one()
    run("PRAGMA writable_schema = ON")
    try:
        for table, column in NO_LONGER_NEEDED:
            (text,) = run("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).one()
            changed = text.replace(f"{column} INTEGER NOT NULL", f"{column} INTEGER", 1)
            if changed == text:
                raise ValueError(f"{table}.{column} is not written as it was made: {text}")
            run("UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = ?", (changed, table))
        run(f"PRAGMA schema_version = {version + 1}")
    finally:
        run("PRAGMA writable_schema = OFF")
