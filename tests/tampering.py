"""How does somebody who has the file change the tables: past the triggers, past the keys, and without a trace?"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlmodel import Session

from engine.database.connection import Database


@contextmanager
def tampering(database: Database) -> Iterator[Session]:
    """A session that may write anything anywhere; all of it is taken back in the end.

    The triggers stand again before anybody looks: whoever tampers for good puts them back.
    """
    with database.writer.connect() as connection:
        if not database.is_shared:
            connection.rollback()  # foreign keys are switched outside a transaction only
            connection.connection.driver_connection.execute("PRAGMA foreign_keys = OFF")  # type: ignore[union-attr]
        with Session(bind=connection) as session:
            try:
                _lift(session, database)
                yield session
            finally:
                session.rollback()
        if not database.is_shared:
            connection.rollback()
            connection.connection.driver_connection.execute("PRAGMA foreign_keys = ON")  # type: ignore[union-attr]


def _lift(session: Session, database: Database) -> None:
    if database.is_shared:
        session.connection().execute(sa.text("SET LOCAL session_replication_role = replica"))
        return
    triggers = session.connection().exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    for name, _ in triggers:
        session.connection().exec_driver_sql(f"DROP TRIGGER {name}")
    session.info["triggers"] = [text for _, text in triggers]


def change(session: Session, *statements: str) -> int:
    """Carry the statements out, put the triggers back, and give how many rows were changed."""
    changed = sum(session.connection().execute(sa.text(statement)).rowcount for statement in statements)
    for text in session.info.pop("triggers", ()):
        session.connection().exec_driver_sql(text)
    return changed
