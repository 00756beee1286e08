"""An extension of several dossiers is one decision, and can be taken back until its first letter has left."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kind = "BIGINT" if op.get_context().dialect.name == "postgresql" else "INTEGER"
    # in words of our own: a column that refers to another table can be added so on both, without copying the table
    op.execute(f"ALTER TABLE extension ADD COLUMN first_id {kind} REFERENCES extension (id)")
    op.execute("ALTER TABLE extension ADD COLUMN undo_until BIGINT")
    op.execute(f"ALTER TABLE extension ADD COLUMN undoes_id {kind} REFERENCES extension (id)")
    op.execute(f"ALTER TABLE cause ADD COLUMN extension_id {kind} REFERENCES extension (id)")
    for name, table, column, unique in (
        ("extension_undone_once", "extension", "undoes_id", True),
        ("cause_by_extension", "cause", "extension_id", False),
    ):
        given = sa.text(f"{column} IS NOT NULL")
        op.create_index(name, table, [column], unique=unique, sqlite_where=given, postgresql_where=given)
