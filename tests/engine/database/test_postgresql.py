"""Is PostgreSQL opened only where every commit is final, and what is told when it does not answer?"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import address_of, fresh_on, postgres_address
from servers import own_server
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from engine.database import postgresql
from engine.database.connection import Database, open_database
from engine.database.migrating import migrate
from engine.database.records import PersonRow, RelayRow, RoleRow
from engine.errors import Away, GrantcycleError, OutcomeUnknown

ROOT = Path(__file__).parents[3]


@pytest.fixture
def database() -> Iterator[Database]:
    with fresh_on("postgresql") as opened:
        with opened.transaction() as session:
            session.add(RelayRow(name="counter", paused_until=0))
        yield opened


def refused(url: str) -> str:
    with pytest.raises(GrantcycleError) as problem:
        open_database(url)
    return str(problem.value)


def would_lose(*settings: str) -> str:
    return (
        f"PostgreSQL would lose commits here ({', '.join(settings)}): set fsync and full_page_writes and "
        "synchronous_commit to on, in postgresql.conf and for this role and database"
    )


# ── Refused ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("where", ["DATABASE {database}", "ROLE careless", "ROLE careless IN DATABASE {database}"])
def test_a_setting_that_loses_commits_is_refused_wherever_it_is_made(where: str) -> None:
    with postgres_address() as url:
        database = open_database(url)
        name = make_url(url).database
        with database.writer.connect() as connection:
            connection.exec_driver_sql("CREATE ROLE careless SUPERUSER LOGIN")
            connection.commit()
            try:
                connection.exec_driver_sql(f"ALTER {where.format(database=name)} SET synchronous_commit = off")
                connection.commit()
                careless = url.replace("postgres@", "careless@")
                assert refused(careless) == would_lose("synchronous_commit = off")
            finally:
                connection.exec_driver_sql("DROP OWNED BY careless")
                connection.exec_driver_sql("DROP ROLE careless")
                connection.commit()
        database.close()


def test_a_setting_in_the_address_is_refused_too() -> None:
    with postgres_address() as url:
        assert refused(f"{url}&options=-csynchronous_commit%3Doff") == would_lose("synchronous_commit = off")
        open_database(f"{url}&options=-cstatement_timeout%3D5000").close()


def test_a_server_that_loses_commits_is_refused() -> None:
    settings = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
    with own_server(settings) as server:
        assert refused(server.url()) == would_lose(
            "fsync = off", "full_page_writes = off", "synchronous_commit = off"
        )


def test_a_database_that_keeps_other_letters_is_refused() -> None:
    with postgres_address() as url:
        database = open_database(url)
        name = f"{make_url(url).database}_latin"
        with database.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(
                f"CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"
            )
            try:
                other = make_url(url).set(database=name).render_as_string()
                assert refused(other) == "the database keeps text as LATIN1: make one with ENCODING 'UTF8'"
            finally:
                connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        database.close()


def test_a_server_that_is_too_old_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "FIRST_SERVER", 99)
    with postgres_address() as url:
        assert "is too old: 99 or newer is needed" in refused(url)


def test_nobody_at_the_address_is_told_without_the_password(tmp_path: Path) -> None:
    told = refused(f"postgresql://fund:secret@/fund?host={tmp_path}")
    assert told.startswith("the database postgresql+psycopg://fund:***@/fund?host=")
    assert "cannot be opened: " in told
    assert "secret" not in told


# ── Transactions ────────────────────────────────────────────────────────────


def counted(database: Database) -> int:
    with database.reading() as session:
        return session.get_one(RelayRow, "counter").failures


def test_what_every_connection_is_told(database: Database) -> None:
    with database.transaction() as session:
        shown = {
            name: session.connection().exec_driver_sql(f"SHOW {name}").scalar_one()
            for name in ("transaction_isolation", "lock_timeout", "idle_in_transaction_session_timeout")
        }
    assert shown == {
        "transaction_isolation": "read committed",
        "lock_timeout": "1min",
        "idle_in_transaction_session_timeout": "1min",
    }


def test_foreign_keys_are_held(database: Database) -> None:
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(RoleRow(round_id=77, person_id=77, role="staff", since=0))


def test_what_goes_wrong_leaves_nothing(database: Database) -> None:
    def half_done() -> None:
        with database.transaction() as session:
            session.add(PersonRow(email="ann@fund.example", name="Ann", language="en"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_done()
    with database.reading() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM person").scalar_one() == 0


def test_a_reading_session_cannot_write(database: Database) -> None:
    with database.reading() as session:
        session.get_one(RelayRow, "counter").failures = 5
        with pytest.raises(DBAPIError, match="read-only transaction"):
            session.flush()
    assert counted(database) == 0


def test_reading_sees_one_moment_while_others_write(database: Database) -> None:
    with database.reading() as session:
        assert session.get_one(RelayRow, "counter").failures == 0
        with database.transaction() as other:
            other.get_one(RelayRow, "counter").failures = 1
        session.expire_all()
        assert session.get_one(RelayRow, "counter").failures == 0
    assert counted(database) == 1


def test_who_waits_for_a_row_sees_what_the_one_before_has_committed(database: Database) -> None:
    """READ COMMITTED, whatever the server's default is: the second does not fail, and does not work on what is old."""
    with database.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        name = database.writer.url.database
        connection.exec_driver_sql(f"ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'")
    second = open_database(address_of(database))
    locked, seen = threading.Event(), []

    def wait() -> None:
        locked.wait()
        with second.transaction() as session:
            row = session.get_one(RelayRow, "counter", with_for_update=True)
            seen.append(row.failures)
            row.failures += 1

    thread = threading.Thread(target=wait)
    thread.start()
    with database.transaction() as session:
        session.get_one(RelayRow, "counter", with_for_update=True).failures += 1
        session.flush()
        locked.set()
        thread.join(timeout=0.2)
        assert thread.is_alive()
    thread.join()
    second.close()
    assert (seen, counted(database)) == ([1], 2)


WRITER = """
import sys
from engine.database.connection import open_database
from engine.database.migrating import migrate
from engine.database.records import RelayRow

database = open_database(sys.argv[1])
migrate(database)
for _ in range(100):
    with database.transaction() as session:
        session.get_one(RelayRow, "counter", with_for_update=True).failures += 1
database.close()
"""


def test_writers_in_several_processes_all_succeed_and_lose_nothing(database: Database) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", WRITER, address_of(database)],
            env=os.environ | {"PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(3)
    ]  # fmt: skip
    assert [(process.communicate()[1], process.returncode) for process in processes] == [("", 0)] * 3
    assert counted(database) == 300


# ── Away ────────────────────────────────────────────────────────────────────


def test_a_connection_that_is_ended_in_an_act_is_told_and_nothing_is_changed(database: Database) -> None:
    def act() -> None:
        with database.transaction() as session:
            session.get_one(RelayRow, "counter").failures = 5
            session.flush()
            session.connection().exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(Away) as away:
        act()
    assert str(away.value).startswith("the database does not answer, and nothing was changed (terminating connection")
    assert counted(database) == 0  # and the next one gets a new connection


def test_a_connection_that_is_ended_before_the_commit_leaves_its_outcome_open(database: Database) -> None:
    def act() -> None:
        with database.transaction() as session:
            session.get_one(RelayRow, "counter").failures = 5
            session.flush()
            number = session.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            with database.writer.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:number, 5000)"), {"number": number})

    with pytest.raises(OutcomeUnknown) as unknown:
        act()
    assert "this may have been done or not; look before you do it again" in str(unknown.value)
    assert counted(database) == 0


def test_a_server_that_stops_is_away_and_one_that_is_back_is_used_again() -> None:
    with own_server() as server:
        database = open_database(server.url())
        migrate(database)
        with database.transaction() as session:
            session.add(RelayRow(name="counter", paused_until=0))
        server.stop(signal.SIGQUIT)
        for look in (database.reading, database.transaction):
            with pytest.raises(Away), look() as session:
                session.get_one(RelayRow, "counter")
        server.start()
        assert counted(database) == 0
        database.close()
