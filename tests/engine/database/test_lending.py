"""Does each test begin on an empty database, though another has been on it before?"""

import os
from collections.abc import Callable

import pytest
from copies import Copy, is_empty, play_once
from databases import BOTH, address_of, fresh_on
from sqlmodel import select
from stage import Stage

from engine.database.connection import Database
from engine.database.records import DossierRow


def test_a_database_that_is_lent_again_is_empty_and_counts_from_one() -> None:
    where, first = [], []
    for _ in range(2):
        with fresh_on("postgresql") as database:
            where.append(address_of(database))
            assert is_empty(database)
            stage = Stage(database).open()
            stage.handed_in()
            first.append([row.id for row in stage.rows(DossierRow)])
    assert (where[0], first) == (where[1], [[1], [1]])


def drop_a_trigger(database: Database) -> None:
    with database.transaction() as session:
        session.connection().exec_driver_sql("DROP TRIGGER journal_no_update ON journal")


def drop_an_index(database: Database) -> None:
    with database.transaction() as session:
        session.connection().exec_driver_sql("DROP INDEX one_standing_verdict")


def add_a_column(database: Database) -> None:
    with database.transaction() as session:
        session.connection().exec_driver_sql("ALTER TABLE dossier ADD COLUMN more TEXT")


@pytest.mark.parametrize("alter", [drop_a_trigger, drop_an_index, add_a_column])
def test_a_database_that_was_altered_is_not_lent_again(alter: Callable[[Database], None]) -> None:
    with fresh_on("postgresql") as database:
        before = address_of(database)
        alter(database)
    with fresh_on("postgresql") as database:
        assert address_of(database) != before


@pytest.mark.parametrize("kind", BOTH)
def test_a_copied_round_goes_on_as_the_one_that_was_opened(kind: str) -> None:
    with fresh_on(kind) as database, fresh_on(kind) as other, fresh_on(kind) as third:
        opened = Stage(database)
        opened.open_anew(opened_at := 1_890_000_000_000_000, None)
        Copy(database).write(other)
        copied = Stage(other)
        Stage(third).open(now=opened_at)
        assert opened.dump() == copied.dump() == Stage(third).dump()
        assert opened.handed_in() == copied.handed_in()
        assert opened.dump() == copied.dump()
        with other.reading() as session:
            assert session.exec(select(DossierRow)).one().number == "SG30-001"


@pytest.mark.parametrize("kind", BOTH)
def test_what_a_run_has_played_once_goes_on_as_if_it_had_been_played(kind: str) -> None:
    played: list[Stage] = []

    def play(database: Database) -> None:
        played.append(Stage(database).open())
        played[-1].handed_in()

    name = f"lent {os.getpid()}"
    with fresh_on(kind) as database, fresh_on(kind) as other:
        play_once(name, database, play)
        play_once(name, other, play)
        (first,) = played
        second = Stage(other)
        assert first.dump() == second.dump()
        assert first.handed_in("bert") == second.handed_in("bert")
        assert first.dump() == second.dump()
