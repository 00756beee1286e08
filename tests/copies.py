"""How does a test begin where another has been before? By copying all that stands in a database into an empty one."""

import fcntl
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from databases import SERVER, opened
from psycopg import sql
from sqlmodel import SQLModel

from engine.database.connection import Database
from engine.database.invariants.sparing import Present

MIGRATED = ("alembic_version",)
"""what stands in every database"""


def is_empty(database: Database) -> bool:
    """Whether nothing stands in a database of this version."""
    with database.reading() as session:
        return Present(session).tables <= set(MIGRATED)


class Copy:
    """What stood in a database at that moment, to be written into empty ones of the same kind."""

    def __init__(self, database: Database) -> None:
        self._script = _script(database) if database.is_shared else None
        self._kept = None if database.is_shared else _backup(database)

    @classmethod
    def read(cls, file: Path, *, is_shared: bool) -> "Copy":
        """The copy that `save` has written into a file."""
        if not is_shared:
            database = opened(f"sqlite:///{file}")
            read = cls(database)
            database.close()
            return read
        found = cls.__new__(cls)
        found._script, found._kept = file.read_bytes(), None
        return found

    def save(self, file: Path) -> None:
        """Write it into a file, for other processes."""
        if self._script is not None:
            file.write_bytes(self._script)
            return
        database = opened(f"sqlite:///{file}")
        self.write(database)
        database.close()  # what stands in its log goes into the file

    def write(self, database: Database) -> None:
        """Write it into a database of this version in which nothing stands."""
        connection = database.writer.raw_connection()
        try:
            if self._script is not None:
                connection.driver_connection.execute(self._script)  # type: ignore[union-attr]
                connection.commit()
            else:
                self._kept.backup(connection.driver_connection)
        finally:
            connection.close()


def play_once(name: str, database: Database, play: Callable[[Database], object]) -> None:
    """Play something on an empty database, or write there what another test of this run came to that has played it.

    The processes of a run share it in files beside the server; a single process keeps it to itself.
    """
    kind = database.writer.dialect.name
    if SERVER not in os.environ:
        played = _PLAYED.get((name, kind))
        if played is None:
            play(database)
            _PLAYED[name, kind] = Copy(database)
        else:
            played.write(database)
        return
    file = Path(os.environ[SERVER], f"{name}.{kind}")
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # until it is closed: who comes second waits for the first
        if not file.exists():
            play(database)
            draft = file.with_suffix(f".{os.getpid()}")
            Copy(database).save(draft)
            draft.rename(file)
            return
    _read(file, is_shared=database.is_shared).write(database)


_PLAYED: dict[tuple[str, str], Copy] = {}
_read = cache(Copy.read)


def _backup(database: Database) -> Any:
    kept = opened("sqlite://").writer.raw_connection().driver_connection
    connection = database.writer.raw_connection()
    connection.driver_connection.backup(kept)  # type: ignore[union-attr]
    connection.close()
    return kept


def _script(database: Database) -> bytes:
    """The statements that write every row once more, and have each table count on from its last."""
    # the server looks up no reference, and fires no trigger, for what has been looked at once
    parts: list[sql.Composable] = [sql.SQL("SET LOCAL session_replication_role = replica")]
    with database.reading() as session:
        asked = session.connection()
        for table in SQLModel.metadata.sorted_tables:
            if table.name in MIGRATED:
                continue
            name = sql.Identifier(table.name)
            rows = asked.execute(sa.text(f'SELECT CAST(json_agg(t) AS TEXT) FROM "{table.name}" t')).scalar()
            if rows is None:
                continue
            written = sql.SQL("INSERT INTO {0} SELECT * FROM json_populate_recordset(NULL::{0}, {1})")
            parts.append(written.format(name, sql.Literal(rows)))
            numbered = asked.execute(
                sa.text("SELECT pg_get_serial_sequence(:name, 'id')" if "id" in table.columns else "SELECT NULL"),
                {"name": f'"{table.name}"'} if "id" in table.columns else {},
            ).scalar()
            if numbered:
                parts.append(sql.SQL("SELECT setval({}, (SELECT MAX(id) FROM {}))").format(sql.Literal(numbered), name))
        return sql.SQL("; ").join(parts).as_bytes(asked.connection.driver_connection)  # type: ignore[arg-type]
