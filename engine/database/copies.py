"""Is this the database as it was left, or an older copy that somebody put in its place?

The database counts its beats. A small file outside it keeps the last count: a database that has counted less is an
older one. Where the file is lost, the place of the database tells: which file, or which server.
"""

import json
import os
import uuid
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text, update
from sqlmodel import Session, col, select

from engine.database.connection import Database, insert_once
from engine.database.records import InstallationRow
from engine.rules.moments import EPOCH

TOKEN = "user.grantcycle"
THE_ONE = 1
"""the id of the row of which there is one"""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a database had come, as a file beside the settings remembers it."""

    installation: str
    beats: int
    seen_at: int
    """UTC microseconds"""


def read_mark(path: Path) -> Mark | None:
    """The mark in that file, or None when it is not there or no mark."""
    try:
        return Mark(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_mark(path: Path, mark: Mark) -> None:
    """Keep a mark: all of it or, whatever happens meanwhile, the one before. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    with draft.open("w", encoding="utf-8") as file:
        json.dump(asdict(mark), file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def place_of(database: Database, session: Session) -> str:
    """Where the database lies: a copy lies elsewhere, though it may bear the same name."""
    if database.is_shared:
        server, timeline, number = session.connection().execute(
            text(
                "SELECT (SELECT system_identifier FROM pg_control_system()), "
                "substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8), "
                "(SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        ).one()  # fmt: skip
        return f"server {server}, timeline {int(timeline, 16)}, database {number}"
    file = database.writer.url.database
    return f"file {Path(file).stat().st_ino} {_token(file)}".rstrip() if file and file != ":memory:" else "memory"


def _token(file: str) -> str:
    """What was hung on the file, which a copy leaves behind; empty where there is nothing, or no such thing."""
    try:
        return os.getxattr(file, TOKEN).decode()
    except (OSError, AttributeError):
        return ""


def _hang_token(database: Database) -> None:
    """Mark the file itself, not its content: a file system may give a copy the number of the file that it replaces.

    By its path, for SQLite loses its locks when another descriptor of the file is closed.
    """
    file = database.writer.url.database
    if database.is_shared or not file or file == ":memory:" or _token(file):
        return
    with suppress(OSError, AttributeError):
        os.setxattr(file, TOKEN, uuid.uuid4().hex[:12].encode())


def count(database: Database, session: Session, now: int) -> Mark:
    """Count one more beat; gives how far the database has come with it."""
    _hang_token(database)
    place = place_of(database, session)
    first = {"id": THE_ONE, "name": uuid.uuid4().hex, "beats": 0, "seen_at": now, "place": place}
    insert_once(session, InstallationRow, [first], "id")
    counted = session.connection().execute(
        update(InstallationRow)
        .values(beats=col(InstallationRow.beats) + 1, seen_at=now, place=place)
        .returning(col(InstallationRow.name), col(InstallationRow.beats))
    )
    name, beats = counted.one()
    return Mark(name, beats, now)


def suspicion(database: Database, session: Session, mark: Mark | None) -> tuple[str, int] | None:
    """Why this may be an older copy, and until when the other one is known to have gone on; None for no suspicion.

    A mark that is behind is none: another node may have gone on meanwhile.
    """
    row = session.exec(select(InstallationRow)).first()
    if row is None:
        return None
    known = mark if mark and mark.installation == row.name else None
    if known and known.beats > row.beats:
        return (
            f"the database is a copy of {_shown(row.seen_at)} and had gone on until {_shown(known.seen_at)}: "
            "letters after the copy may have been sent already, and would be sent again. "
            "What people did after it is not in it",
            known.seen_at,
        )
    place = place_of(database, session)
    if row.place == place or (known and database.is_shared):
        return None  # a server that took over with all that this node has seen is no older copy
    return (
        f"the database was last at work on {_shown(row.seen_at)}, in another place ({row.place}; now {place}): "
        "if this is an older copy, letters after that may have been sent already, and would be sent again",
        row.seen_at,
    )


def _shown(instant: int) -> str:
    return f"{EPOCH + timedelta(microseconds=instant):%Y-%m-%d %H:%M} UTC"
