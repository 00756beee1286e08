"""Is every change to what has happened either prevented or found?"""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from database_rows import a_dossier, a_round, numbers, swap, tamper
from databases import BOTH, fresh_on
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from engine.database import journal
from engine.database.connection import Database
from engine.database.journal import START, Entry, broken_links, read, write
from engine.database.records import JournalRow, LinkRow
from engine.database.store import the_id

LINKS = 4
"""links of each of two rounds that are written in turns"""


def keep(session: Session, rounds: tuple[int, ...], links: int = LINKS) -> None:
    """Write a link to each round in turn: of one row, of two, of three, and so again."""
    dossiers = [the_id(a_dossier(session, round_id, "SG19-001")) for round_id in rounds]
    for at in range(links):
        for round_id, dossier in zip(rounds, dossiers, strict=True):
            entries = [Entry("due", at, "calendar", details={"name": "transition take_up"})]
            entries += [
                Entry(
                    "transition", at, "ann@fund.example", dossier, {"name": "award", "place": n, "why": "goed – très"}
                )
                for n in range(at % 3)
            ]
            write(session, round_id, entries, recorded_at=10 * at)


@pytest.fixture
def rounds(database: Database) -> tuple[int, int]:
    """Two rounds with a journal each."""
    with database.transaction() as session:
        both = a_round(session, "2019"), a_round(session, "2020")
        keep(session, both)
    return both


def complaints(database: Database, round_id: int) -> tuple[str, ...]:
    with database.reading() as session:
        return broken_links(session, round_id)


# ── Whole ───────────────────────────────────────────────────────────────────


def test_an_empty_journal_is_whole(database: Database) -> None:
    with database.transaction() as session:
        round_id = a_round(session)
        write(session, round_id, [], recorded_at=0)
        assert session.exec(select(LinkRow)).all() == []
        assert broken_links(session, round_id) == ()


def test_the_chain_is_whole_after_many_writes_and_one_link_covers_one_transaction(
    database: Database, rounds: tuple[int, int]
) -> None:
    first, second = rounds
    assert complaints(database, first) == complaints(database, second) == ()
    with database.reading() as session:
        links = session.exec(
            select(LinkRow).where(col(LinkRow.round_id) == first).order_by(col(LinkRow.position))
        ).all()
        assert [(link.position, link.rows) for link in links] == [(1, 1), (2, 2), (3, 3), (4, 1)]
        assert len({link.chained for link in links} | {START}) == LINKS + 1


def test_the_journal_is_read_in_the_order_in_which_it_was_written(database: Database, rounds: tuple[int, int]) -> None:
    with database.reading() as session:
        rows = read(session, rounds[0])
        assert [(row.what, row.at, row.recorded_at, row.actor) for row in rows[:4]] == [
            ("due", 0, 0, "calendar"),
            ("due", 1, 10, "calendar"),
            ("transition", 1, 10, "ann@fund.example"),
            ("due", 2, 20, "calendar"),
        ]
        dossier = rows[2].dossier_id
        assert [row.details["place"] for row in read(session, rounds[0], dossier)] == [0, 0, 1]
        assert {row.round_id for row in rows} == {rounds[0]}


def test_a_cohort_of_any_size_costs_one_link(database: Database) -> None:
    with database.transaction() as session:
        round_id = a_round(session)
        write(session, round_id, [Entry("transition", 0, "calendar", details={"n": n}) for n in range(3_000)], 0)
        assert [row.details["n"] for row in read(session, round_id)] == list(range(3_000))
        assert len(session.exec(select(LinkRow)).all()) == 1
        assert broken_links(session, round_id) == ()


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_a_cohort_that_is_read_in_parts_is_all_in_its_link(
    database: Database, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(journal, "AT_ONCE", 2)
    with database.transaction() as session:
        round_id = a_round(session)
        dossiers = [the_id(a_dossier(session, round_id, f"SG19-00{place}")) for place in range(1, size + 1)]
        rows = sa.union_all(*(
            sa.select(
                sa.literal(place).label("place"), sa.literal(dossier).label("dossier_id"),
                sa.literal("calendar").label("actor"), sa.literal(f'{{"n": {place}}}').label("details"),
            )
            for place, dossier in enumerate(dossiers, start=1)
        )).subquery("moved")  # fmt: skip
        write(session, round_id, [journal.Cohort("transition", 7, rows)], recorded_at=8)
        assert [(row.dossier_id, row.details) for row in read(session, round_id)] == [
            (dossier, {"n": place}) for place, dossier in enumerate(dossiers, start=1)
        ]
        assert [link.rows for link in session.exec(select(LinkRow))] == [size]
        assert broken_links(session, round_id) == ()


keys = st.text("abé", max_size=3) | st.integers(0, 20)
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3) | st.tuples(inner, inner),
    max_leaves=6,
)


@pytest.fixture(scope="module", params=BOTH)
def fresh(request: pytest.FixtureRequest) -> Iterator[Database]:
    """One database for many examples, each of which is rolled back."""
    with fresh_on(request.param) as opened:
        yield opened


@settings(max_examples=40)
@given(details=st.dictionaries(st.text("abcé", max_size=5), anything, max_size=4))
def test_whatever_an_entry_says_the_chain_stays_whole(fresh: Database, details: dict[str, Any]) -> None:
    """A digest over what was said must be the digest over what the table gives back."""
    with fresh.writer.connect() as connection:
        with Session(connection) as session:
            round_id = a_round(session, "2019")
            write(session, round_id, [Entry("recorded", 0, "ann@fund.example", details=details)], recorded_at=0)
            session.expire_all()
            assert broken_links(session, round_id) == ()
        connection.rollback()


# ── Prevented ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize("table", ["journal", "journal_link"])
@pytest.mark.parametrize("act", ["UPDATE {} SET round_id = round_id", "DELETE FROM {}"])
def test_nobody_changes_or_deletes_a_row_by_mistake(
    database: Database, rounds: tuple[int, int], table: str, act: str
) -> None:
    with pytest.raises(DBAPIError, match=f"{table} is append-only"), database.transaction() as session:
        session.connection().exec_driver_sql(act.format(table))
    assert [complaints(database, round_id) for round_id in rounds] == [(), ()]


# ── Found ───────────────────────────────────────────────────────────────────

JOURNAL_CHANGES = {
    "what": "'something else'",
    "at": "at + 1",
    "recorded_at": "recorded_at + 1",
    "actor": "'eve@fund.example'",
    "dossier_id": "CASE WHEN dossier_id IS NULL THEN 1 END",
    "details": "'{}'",
    "round_id": "3 - round_id",
    "link_id": "link_id + 1",
}
LINK_CHANGES = {
    "rows": "rows + 1",
    "digest": "chained",
    "chained": "digest",
    "position": "position + 10",
    "round_id": "round_id + 5",
    "id": "id + 100",
}


def each_found(database: Database, first: int, table: str, changes: Callable[[int], list[str]]) -> None:
    """Make each change to each row of a round, see it found, and undo it."""
    tamper(database)
    for number in numbers(database, table, first):
        for change in changes(number):
            with database.writer.connect() as connection:
                assert connection.exec_driver_sql(change).rowcount == 1, change
                with Session(connection) as session:
                    assert broken_links(session, first) != (), change
                connection.rollback()
    assert complaints(database, first) == ()


@pytest.mark.parametrize("column", JOURNAL_CHANGES)
def test_any_change_to_a_row_is_found(database: Database, rounds: tuple[int, int], column: str) -> None:
    each_found(
        database,
        rounds[0],
        "journal",
        lambda n: [f"UPDATE journal SET {column} = {JOURNAL_CHANGES[column]} WHERE id = {n}"],
    )


@pytest.mark.parametrize("column", LINK_CHANGES)
def test_any_change_to_a_link_is_found(database: Database, rounds: tuple[int, int], column: str) -> None:
    each_found(
        database,
        rounds[0],
        "journal_link",
        lambda n: [f"UPDATE journal_link SET {column} = {LINK_CHANGES[column]} WHERE id = {n}"],
    )


@pytest.mark.parametrize("table", ["journal", "journal_link"])
def test_any_deletion_is_found_the_last_one_too(database: Database, rounds: tuple[int, int], table: str) -> None:
    each_found(database, rounds[0], table, lambda n: [f"DELETE FROM {table} WHERE id = {n}"])


def test_a_copy_of_any_row_is_found_wherever_it_is_put(database: Database, rounds: tuple[int, int]) -> None:
    columns = "round_id, dossier_id, at, recorded_at, actor, what, details"
    each_found(
        database,
        rounds[0],
        "journal",
        lambda n: [
            f"INSERT INTO journal (link_id, {columns}) SELECT {link}, {columns} FROM journal WHERE id = {n}"
            for link in ("link_id", "link_id + 1", "9999")
        ],
    )


def test_a_link_without_rows_is_found_even_where_it_follows(database: Database, rounds: tuple[int, int]) -> None:
    """Somebody who can work out the digest of nothing adds a link at the end."""
    empty = hashlib.sha256(b"[]").hexdigest()
    with database.reading() as session:
        last = session.exec(
            select(LinkRow).where(col(LinkRow.round_id) == rounds[0]).order_by(col(LinkRow.position).desc())
        ).first()
        assert last is not None
        chained = hashlib.sha256(f"{last.chained}{empty}".encode()).hexdigest()
        position = last.position + 1
    tamper(
        database,
        "INSERT INTO journal_link (round_id, position, rows, digest, chained) "
        f"VALUES ({rounds[0]}, {position}, 0, '{empty}', '{chained}')",
    )
    assert complaints(database, rounds[0]) == (
        f"the rows of journal link {position} are not the ones that were written",
    )


def test_two_rows_that_change_places_are_found(database: Database, rounds: tuple[int, int]) -> None:
    """Any two of a round, of one link or of two."""
    first = rounds[0]
    tamper(database)
    rows = numbers(database, "journal", first)
    for one in rows:
        for other in rows[rows.index(one) + 1 :]:
            with database.writer.connect() as connection:
                for statement in swap("journal", one, other):
                    connection.exec_driver_sql(statement)
                with Session(connection) as session:
                    assert broken_links(session, first) != (), (one, other)
                connection.rollback()


def test_a_row_that_moves_behind_later_ones_is_found(database: Database, rounds: tuple[int, int]) -> None:
    """Its link is its only row, so only the order of the whole tells."""
    number = numbers(database, "journal", rounds[0])[0]
    tamper(database, f"UPDATE journal SET id = 9999 WHERE id = {number}")
    assert complaints(database, rounds[0]) == tuple(
        f"the rows of journal link {link} stand before those of an earlier one" for link in range(2, LINKS + 1)
    )


def test_two_links_that_change_places_are_found(database: Database, rounds: tuple[int, int]) -> None:
    tamper(
        database,
        f"UPDATE journal_link SET position = -1 WHERE position = 2 AND round_id = {rounds[0]}",
        f"UPDATE journal_link SET position = 2 WHERE position = 3 AND round_id = {rounds[0]}",
        f"UPDATE journal_link SET position = 3 WHERE position = -1 AND round_id = {rounds[0]}",
    )
    assert complaints(database, rounds[0]) != ()
    assert complaints(database, rounds[1]) == ()


def test_a_change_is_told_with_its_place(database: Database, rounds: tuple[int, int]) -> None:
    with database.reading() as session:
        row = session.exec(
            select(JournalRow).where(col(JournalRow.round_id) == rounds[0], col(JournalRow.at) == 2)
        ).first()
        number = the_id(row)
    tamper(database, f"UPDATE journal SET actor = 'eve@fund.example' WHERE id = {number}")
    assert complaints(database, rounds[0]) == ("the rows of journal link 3 are not the ones that were written",)
    assert complaints(database, rounds[1]) == ()
