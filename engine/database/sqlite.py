"""How is an SQLite file opened so that every commit is final?

WAL, every commit synced, foreign keys on, and every write transaction begun IMMEDIATE, so that what it read cannot
change before it writes.
"""

import os
import sqlite3
import time
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import QueuePool, StaticPool

from engine.database.failing import tell_failures
from engine.errors import GrantcycleError

FIRST_SAFE_SQLITE = (3, 51, 3)
"""Older libraries can corrupt a WAL database that several processes write (fixed in March 2026)."""
BUSY_SECONDS = 30


def _sqlite_module() -> ModuleType:
    """The system's SQLite where it is new enough, else the one that the pysqlite3 wheel brings."""
    if sqlite3.sqlite_version_info >= FIRST_SAFE_SQLITE:
        return sqlite3
    try:
        import pysqlite3.dbapi2 as bundled
    except ImportError:
        return sqlite3  # no wheel for this platform: safe as long as one process writes
    module: ModuleType = bundled
    return module


def _switch_to_wal(cursor: Any) -> None:
    """Ask for WAL until nobody else does: two that switch a fresh file at once are told `locked` without any wait."""
    for tries_left in reversed(range(BUSY_SECONDS * 100)):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except Exception as problem:  # each SQLite module has its own OperationalError
            if "locked" not in str(problem) or not tries_left:
                raise
            time.sleep(0.01)


def _prepare(engine: Engine, begin: str, *, in_memory: bool) -> None:
    def connected(connection: Any, _record: Any) -> None:
        # SQLAlchemy sends BEGIN itself: the driver's own would come only before the first write
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (f"busy_timeout={BUSY_SECONDS * 1000}", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        _switch_to_wal(cursor)
        kept = (cursor.execute("PRAGMA journal_mode").fetchone()[0], cursor.execute("PRAGMA synchronous").fetchone()[0])
        cursor.close()
        if kept != ("memory" if in_memory else "wal", 2):
            raise GrantcycleError(
                f"SQLite would lose commits here (journal_mode {kept[0]}, synchronous {kept[1]}): "
                "the folder of the database must be on a local disk that allows WAL"
            )

    def begins(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begins)


def _only_to_look(path: Path, module: ModuleType) -> Engine | None:
    """A file that was closed in good order and whose folder nobody here may write: WAL needs files beside it, even to
    look; it can be looked at without them, for nobody changes it. None for any other file."""
    if not path.is_file() or os.access(path.parent, os.W_OK) or path.with_name(f"{path.name}-wal").exists():
        return None
    address = f"file:{quote(str(path.resolve()))}?immutable=1"
    engine = create_engine(
        "sqlite://",
        module=module,
        poolclass=QueuePool,
        creator=lambda: module.connect(address, uri=True, isolation_level=None, check_same_thread=False),
    )
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


def open_sqlite(address: URL) -> tuple[Engine, Engine]:
    """The writing and the reading side of a file, or of a database in memory.

    Raises GrantcycleError when it cannot be opened, or when its disk would lose commits.
    """
    in_memory = not address.database or address.database == ":memory:"
    module = _sqlite_module()
    if in_memory:
        engine = create_engine(
            "sqlite://", module=module, poolclass=StaticPool, connect_args={"check_same_thread": False}
        )
        _prepare(engine, "BEGIN IMMEDIATE", in_memory=True)
        return engine, engine
    try:
        Path(str(address.database)).parent.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as problem:
        raise GrantcycleError(f'the database "{address.database}" cannot be opened: {problem}') from problem
    writer, reader = (create_engine(address, module=module) for _ in range(2))
    _prepare(writer, "BEGIN IMMEDIATE", in_memory=False)
    _prepare(reader, "BEGIN", in_memory=False)
    try:
        with writer.connect():
            pass
    except DatabaseError as problem:
        looking = _only_to_look(Path(str(address.database)), module)
        if looking is None:
            raise GrantcycleError(f'the database "{address.database}" cannot be opened: {problem.orig}') from problem
        writer = reader = looking
    except UnicodeDecodeError as problem:  # what SQLite says of a damaged table quotes it
        said = problem.object.decode(errors="replace")
        raise GrantcycleError(f'the database "{address.database}" cannot be opened: {said}') from problem
    for engine in {writer, reader}:
        tell_failures(engine, str(address.database))
    return writer, reader
