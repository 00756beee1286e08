"""Is a commit final, whoever else writes?"""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from engine.database import sqlite as opening
from engine.database.connection import Database, open_database
from engine.database.migrating import migrate
from engine.database.records import PersonRow, RelayRow, RoleRow
from engine.database.sqlite import FIRST_SAFE_SQLITE
from engine.errors import GrantcycleError

ROOT = Path(__file__).parents[3]


def pragma(session: Session, name: str) -> object:
    return session.connection().exec_driver_sql(f"PRAGMA {name}").scalar_one()


def counted(session: Session) -> int:
    return session.get_one(RelayRow, "counter").failures


def count_one_more(session: Session) -> None:
    """Read, then write what was read and one more: lost when somebody else writes in between."""
    row = session.get_one(RelayRow, "counter")
    row.failures += 1
    session.add(row)


@pytest.fixture
def counting(url: str) -> Database:
    database = open_database(url)
    migrate(database)
    with database.transaction() as session:
        session.add(RelayRow(name="counter", paused_until=0))
    return database


# ── The settings ────────────────────────────────────────────────────────────


def test_every_connection_keeps_what_it_commits(url: str) -> None:
    database = open_database(url)
    for session_of in (database.transaction, database.reading):
        with session_of() as session:
            kept = {name: pragma(session, name) for name in ("journal_mode", "synchronous", "foreign_keys")}
            assert kept == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
            assert pragma(session, "busy_timeout") == 30_000
    database.close()


def test_the_library_is_one_that_several_processes_may_write_with(url: str) -> None:
    database = open_database(url)
    with database.reading() as session:
        version = session.connection().exec_driver_sql("SELECT sqlite_version()").scalar_one()
    database.close()
    assert tuple(map(int, version.split("."))) >= FIRST_SAFE_SQLITE


def test_foreign_keys_are_held(counting: Database) -> None:
    with pytest.raises(IntegrityError), counting.transaction() as session:
        session.add(RoleRow(round_id=77, person_id=77, role="staff", since=0))
    counting.close()


@pytest.mark.parametrize("address", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_leaves_no_file(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    database = open_database(address)
    migrate(database)
    database.close()
    assert list(tmp_path.iterdir()) == []


# ── Transactions ────────────────────────────────────────────────────────────


def test_a_write_transaction_is_begun_immediate_and_a_reading_one_is_not(counting: Database) -> None:
    """What SQLite itself says that it was sent. Sabotage twin: with a plain BEGIN for writers this is red, and so are
    the writers below."""
    sent: dict[str, list[str]] = {}
    for name in ("transaction", "reading"):
        engine = counting.writer if name == "transaction" else counting.reader
        raw = engine.raw_connection()
        raw.driver_connection.set_trace_callback(sent.setdefault(name, []).append)  # type: ignore[union-attr]
        raw.close()
        with getattr(counting, name)() as session:
            counted(session)
        assert engine.pool.checkedin() == 1, "another connection was traced than the one that was used"
    assert (sent["transaction"][0], sent["transaction"][-1]) == ("BEGIN IMMEDIATE", "COMMIT")
    assert (sent["reading"][0], sent["reading"][-1]) == ("BEGIN", "ROLLBACK")
    counting.close()


def test_what_goes_wrong_leaves_nothing(counting: Database) -> None:
    def half_done() -> None:
        with counting.transaction() as session:
            count_one_more(session)
            session.add(PersonRow(email="ann@fund.example", name="Ann", language="en"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_done()
    with counting.reading() as session:
        assert counted(session) == 0
        assert session.connection().exec_driver_sql("SELECT count(*) FROM person").scalar_one() == 0
    counting.close()


def test_reading_changes_nothing(counting: Database) -> None:
    with counting.reading() as session:
        count_one_more(session)
    with counting.reading() as session:
        assert counted(session) == 0
    counting.close()


def test_reading_sees_one_moment_while_others_write(counting: Database) -> None:
    with counting.reading() as session:
        assert counted(session) == 0
        with counting.transaction() as other:
            count_one_more(other)
        session.expire_all()
        assert counted(session) == 0
    with counting.reading() as session:
        assert counted(session) == 1
    counting.close()


def test_what_a_writer_has_read_cannot_change_before_it_writes(counting: Database) -> None:
    """The second writer waits at its first read until the first has committed."""
    read, order = threading.Event(), []

    def second() -> None:
        read.wait()
        with counting.transaction() as session:
            order.append(counted(session))
            count_one_more(session)

    thread = threading.Thread(target=second)
    thread.start()
    with counting.transaction() as session:
        count_one_more(session)
        session.flush()
        read.set()
        thread.join(timeout=0.2)
        assert (thread.is_alive(), order) == (True, [])
    thread.join()
    assert order == [1]
    with counting.reading() as session:
        assert counted(session) == 2
    counting.close()


def test_many_may_make_the_same_file_at_once(tmp_path: Path) -> None:
    """Switching a fresh file to WAL is the one thing that SQLite does not wait for by itself."""
    problems: list[str] = []

    def make(address: str, together: threading.Barrier) -> None:
        together.wait()
        try:
            open_database(address).close()
        except GrantcycleError as problem:
            problems.append(str(problem))

    for attempt in range(40):
        together = threading.Barrier(4)
        address = f"sqlite:///{tmp_path / str(attempt)}.db"
        threads = [threading.Thread(target=make, args=(address, together)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert problems == []


WRITERS = """
import sys
from concurrent.futures import ThreadPoolExecutor
from engine.database.connection import open_database
from engine.database.migrating import migrate
from engine.database.records import RelayRow

def write(url):
    database = open_database(url)
    migrate(database)
    with database.transaction() as session:
        if session.get(RelayRow, "counter") is None:
            session.add(RelayRow(name="counter", paused_until=0))
    for _ in range(100):
        with database.transaction() as session:
            row = session.get_one(RelayRow, "counter")
            row.failures += 1
            session.add(row)
    database.close()

with ThreadPoolExecutor(2) as writers:
    list(writers.map(write, [sys.argv[1]] * 2))
"""


def test_four_writers_in_two_processes_all_succeed_and_lose_nothing(url: str) -> None:
    """They also race to make the file, its tables and the row."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", WRITERS, url],
            env=os.environ | {"PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    ended = [(process.communicate()[1], process.returncode) for process in processes]
    assert ended == [("", 0)] * 2
    database = open_database(url)
    with database.reading() as session:
        assert counted(session) == 400
    database.close()


def test_settings_that_lose_commits_are_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a disk allows no WAL, SQLite keeps its journal mode and says so; here it is asked for another one."""
    sqlite = opening._sqlite_module()

    class Delete(sqlite.Cursor):  # type: ignore[misc, name-defined]
        def execute(self, statement: str, *parameters: object) -> object:
            return super().execute(statement.replace("journal_mode=WAL", "journal_mode=DELETE"), *parameters)

    class Disk(sqlite.Connection):  # type: ignore[misc, name-defined]
        def cursor(self, *_: object) -> object:
            return super().cursor(Delete)

    create = opening.create_engine
    monkeypatch.setattr(opening, "create_engine", lambda *a, **k: create(*a, connect_args={"factory": Disk}, **k))
    with pytest.raises(GrantcycleError) as refused:
        open_database(url)
    assert str(refused.value) == (
        "SQLite would lose commits here (journal_mode delete, synchronous 2): "
        "the folder of the database must be on a local disk that allows WAL"
    )
