"""Does everything move from one database to another, and does only one of the two go on?"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from database_rows import a_dossier, a_round, put, tamper
from databases import empty_address, fresh, fresh_on
from sqlalchemy import JSON, Connection, Text, cast, text
from sqlalchemy import select as sa_select
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel
from stage import CHAIR, MEMBER, NOTICE, PDF, READING, STAFF, Stage, applicant, at

from engine.database import copying
from engine.database.connection import Database, open_database
from engine.database.copying import move, rows_in
from engine.database.journal import Entry, write
from engine.database.migrating import migrate, newest, revision_of
from engine.database.records import PersonRow, PinnedRow, RelayRow
from engine.database.sealing import SENTENCE, unseal
from engine.errors import GrantcycleError


@pytest.fixture
def bare(kind: str, tmp_path: Path) -> Iterator[Database]:
    """A database without a table, of the other kind."""
    (tmp_path / "target").mkdir()
    with empty_address("postgresql" if kind == "sqlite" else "sqlite", tmp_path / "target") as address:
        there = open_database(address)
        yield there
        there.close()


@pytest.fixture
def target(kind: str, tmp_path: Path) -> Iterator[Database]:
    """An empty database of this version, of the other kind."""
    if kind == "sqlite":
        with fresh_on("postgresql") as there:
            yield there
    else:
        there = fresh(f"sqlite:///{tmp_path / 'target.db'}")
        yield there
        there.close()


def dump(database: Database) -> dict[str, list[str]]:
    """Every row of every table, JSON as its text."""
    found = {}
    with database.reading() as session:
        for name, table in SQLModel.metadata.tables.items():
            columns = (cast(one, Text) if isinstance(one.type, JSON) else one for one in table.columns)
            found[name] = sorted(repr(tuple(row)) for row in session.connection().execute(sa_select(*columns)))
    return found


def first_part(stage: Stage) -> list[str]:
    """From the call to the verdicts, a file and a conflict among it."""
    stage.open()
    numbers = stage.under_decision("anna", "bert", "cleo", "dora")
    stage.draft("zoe", now=READING - 20 * 86_400 * 1_000_000)
    stage.cycle.declare_conflict(stage.key, numbers[3], by=MEMBER, now=READING, reason="a “cousin” – très proche")
    for number in numbers[:2]:
        stage.cycle.verdict(stage.key, number, "choose", by=CHAIR, now=READING)
    return numbers


def second_part(stage: Stage, numbers: list[str]) -> None:
    """From the notice to the reports."""
    stage.cycle.verdict(stage.key, numbers[2], "decline", by=CHAIR, now=READING + 1)
    stage.cycle.approve(stage.key, "notice opens", by=STAFF, now=READING + 2)
    stage.cycle.advance(NOTICE)
    stage.cycle.attend(stage.key, numbers[0], "kick_off", by=STAFF, now=at("2030-05-08T18:00"))
    stage.cycle.advance(at("2030-06-03T09:00"))
    stage.cycle.deliver(
        stage.key, numbers[0], "report", {}, files={"report": PDF}, by=applicant("anna"), now=at("2031-05-20T10:00")
    )
    stage.cycle.advance(at("2033-01-01T00:00"))


def moved_on(stage: Stage, target: Database) -> Stage:
    """The same stage, on the database that it has moved to."""
    there = Stage(target, stage.programme)
    there.ear.heard = list(stage.ear.heard)
    return there


def story(stage: Stage) -> tuple[Any, ...]:
    """All that happened, without the numbers that tables give their rows."""
    heard = [(one.cause, one.at, one.role, one.letter, one.numbers, one.leaves_at, one.now) for one in stage.ear.heard]
    entries = [(row.at, row.recorded_at, row.actor, row.what, row.details) for row in stage.journal()]
    ended = {key: (row.due_at, row.ended_at, row.ending) for key, row in stage.deadlines().items()}
    return stage.states(), stage.transitions(), entries, heard, ended


def test_a_round_goes_on_as_if_it_had_never_moved(database: Database, target: Database) -> None:
    with fresh_on("sqlite") as elsewhere:
        stayed = Stage(elsewhere)
        second_part(stayed, first_part(stayed))
        stage = Stage(database)
        numbers = first_part(stage)
        move(database, target)
        there = moved_on(stage, target)
        second_part(there, numbers)
        assert story(there) == story(stayed)


def test_every_row_moves_as_it_is_and_is_counted(database: Database, bare: Database) -> None:
    first_part(Stage(database))
    before = dump(database)
    seen: list[int] = []
    moved = move(database, bare, seen.append)
    assert dump(bare) == before
    assert moved.tables == {name: len(rows) for name, rows in before.items()}
    assert moved.rows == rows_in(bare) > 50
    assert sum(seen) == 2 * moved.rows
    assert revision_of(bare) == newest()


def test_the_text_of_json_stays_the_very_same(database: Database, target: Database) -> None:
    """The digests are over it: spaces, order, escapes and doubled names included."""
    odd = '{"b":  1.0, "a": "\\u00e9 é", "b": 10000000000000000000000}'
    with database.transaction() as session:
        put(session, PinnedRow(digest="d", programme="p", files={}, pinned_at=0))
    tamper(database, f"UPDATE pinned SET files = '{odd}'")
    move(database, target)
    with target.reading() as session:
        assert session.connection().execute(text("SELECT CAST(files AS TEXT) FROM pinned")).scalar_one() == odd


def test_new_rows_are_numbered_after_those_that_moved(database: Database, target: Database) -> None:
    with database.transaction() as session:
        ids = [
            put(session, PersonRow(email=f"p{n}@fund.example", name="P", language="en")).id or 0 for n in range(5)
        ]
    move(database, target)
    with target.transaction() as session:
        assert put(session, PersonRow(email="new@fund.example", name="N", language="en")).id == max(ids) + 1
        assert put(session, RelayRow(name="relay", paused_until=0)).name == "relay"
        assert a_round(session) == 1


def test_tables_of_many_rows_and_files_move_in_parts(
    database: Database, target: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "AT_ONCE", 7)
    monkeypatch.setattr(copying, "FILES_AT_ONCE", 1)
    first_part(Stage(database))
    before = dump(database)
    parts: list[int] = []
    move(database, target, parts.append)
    assert dump(target) == before
    assert max(parts) == 7


# ── Only one of the two goes on ─────────────────────────────────────────────


def test_the_old_database_changes_nothing_any_more_whoever_has_it_open(database: Database, target: Database) -> None:
    """A process that was not stopped, and one that is started again by its supervisor."""
    stage = Stage(database)
    first_part(stage)
    move(database, target)
    before = dump(database)
    with pytest.raises(DBAPIError, match=SENTENCE):
        stage.cycle.advance(at("2033-01-01T00:00"))
    with pytest.raises(DBAPIError, match=SENTENCE):
        stage.cycle.score(stage.key, "SG30-001", {}, by=MEMBER, now=READING)
    for table in (name for name, rows in before.items() if rows):
        with pytest.raises(DBAPIError, match=SENTENCE), database.transaction() as session:
            session.connection().execute(text(f'DELETE FROM "{table}"'))
    assert dump(database) == before
    with pytest.raises(GrantcycleError) as refused:
        migrate(database)
    assert str(refused.value) == (
        "this database has moved to another one, and is kept as it was: set [database] url in config.toml to the new "
        "one (or take this one back, and the new one out of service: grantcycle database reopen)"
    )
    with pytest.raises(GrantcycleError, match="has moved already"):
        move(database, target)


def test_a_database_that_is_taken_back_goes_on_as_before(database: Database, target: Database) -> None:
    with fresh_on("sqlite") as elsewhere:
        stayed = Stage(elsewhere)
        second_part(stayed, first_part(stayed))
        stage = Stage(database)
        numbers = first_part(stage)
        move(database, target)
        with database.writer.connect() as connection:
            assert unseal(connection)
            connection.commit()
            assert not unseal(connection)
        migrate(database)
        second_part(stage, numbers)
        assert story(stage) == story(stayed)


def test_nobody_writes_while_it_moves(empty: str, target: Database) -> None:
    """Somebody tries in the middle of the move, on a connection that does not wait for long."""
    database, other = open_database(empty), open_database(empty)
    migrate(database)
    with database.transaction() as session:
        put(session, RelayRow(name="relay", paused_until=0))
    tries: list[str] = []
    raw = other.writer.raw_connection()
    impatient = "SET lock_timeout = '50ms'" if other.is_shared else "PRAGMA busy_timeout = 50"
    raw.driver_connection.execute(impatient)  # type: ignore[union-attr]
    if other.is_shared:
        raw.driver_connection.commit()  # type: ignore[union-attr]

    def write_meanwhile(_rows: int) -> None:
        try:
            raw.driver_connection.execute("DELETE FROM relay")  # type: ignore[union-attr]
            tries.append("written")
        except Exception as problem:  # each driver has its own
            tries.append(type(problem).__name__)
            raw.driver_connection.rollback()  # type: ignore[union-attr]

    move(database, target, write_meanwhile)
    assert set(tries) == {"LockNotAvailable" if other.is_shared else "OperationalError"}
    raw.close()
    database.close()
    other.close()


# ── Refused ─────────────────────────────────────────────────────────────────


def unchanged(source: Database, target: Database, complaint: str) -> None:
    """The move is refused with that sentence, and both databases stay as they are."""
    before = dump(source), rows_in(target) if revision_of(target) else 0
    with pytest.raises(GrantcycleError) as refused:
        move(source, target)
    assert complaint in str(refused.value)
    assert (dump(source), rows_in(target) if revision_of(target) else 0) == before
    migrate(source)  # it is not sealed


def test_a_target_that_is_not_empty_is_refused(database: Database, target: Database) -> None:
    with target.transaction() as session:
        put(session, RelayRow(name="relay", paused_until=0))
    unchanged(database, target, "is not empty (relay): move to a new one")


def test_a_target_of_another_version_is_refused(database: Database, target: Database) -> None:
    with target.transaction() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    unchanged(database, target, f"are at 0001, and this grantcycle knows {newest()}")


def test_a_source_of_another_version_and_one_that_is_none_are_refused(database: Database, bare: Database) -> None:
    with pytest.raises(GrantcycleError, match="there is no database of grantcycle at"):
        move(bare, database)
    with database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(GrantcycleError, match="are at 9999, and this grantcycle knows"):
        move(database, bare)
    assert revision_of(bare) is None


def test_what_the_new_database_does_not_take_is_told_and_nothing_is_changed() -> None:
    """SQLite keeps a NUL in a text, PostgreSQL does not."""
    with fresh_on("sqlite") as database, fresh_on("postgresql") as target:
        with database.transaction() as session:
            put(session, PersonRow(email="a@fund.example", name="A\0B", language="en"))
        unchanged(database, target, "the new database does not take the rows of person, and nothing was changed")


def broken(session: Session) -> None:
    round_id = a_round(session)
    write(session, round_id, [Entry("due", 0, "calendar")], 0)


def test_a_journal_that_is_not_whole_does_not_move(database: Database, target: Database) -> None:
    with database.transaction() as session:
        broken(session)
    tamper(database, "UPDATE journal SET actor = 'eve@fund.example'")
    unchanged(database, target, "the journal of small-grants/2019 is not whole, nothing was changed: the rows of")


@pytest.mark.parametrize(
    ("spoil", "table"),
    [
        ("DELETE FROM relay", "relay"),
        ("INSERT INTO relay (name, paused_until, failures, last_reply) VALUES ('y', 0, 0, '')", "relay"),
        ("UPDATE dossier SET organisation = 'Another house' WHERE id = 2", "dossier"),
        ("UPDATE dossier SET started_at = started_at + 1 WHERE id = 1", "dossier"),
    ],
)
def test_rows_that_come_over_otherwise_are_found(
    database: Database, target: Database, monkeypatch: pytest.MonkeyPatch, spoil: str, table: str
) -> None:
    """A copy that goes wrong on the way: what is read again is not what was read."""
    with database.transaction() as session:
        put(session, RelayRow(name="relay", paused_until=0))
        round_id = a_round(session)
        for number in ("SG19-001", "SG19-002"):
            a_dossier(session, round_id, number)
    compare = copying._must_be_the_same

    def after_spoiling(before: Any, new: Connection, each: Any) -> None:
        new.exec_driver_sql(spoil)
        compare(before, new, each)

    monkeypatch.setattr(copying, "_must_be_the_same", after_spoiling)
    unchanged(database, target, f"{table} came over with other rows than it had; nothing was changed")
