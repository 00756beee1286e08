"""Each test has a round of its own, with people and letters."""

from collections.abc import Iterator
from datetime import date, time
from pathlib import Path

import pytest
from copies import play_once
from databases import BOTH, fresh, fresh_on
from letters_world import CONTACT, KEY, SENDER, World, small_files
from sqlmodel import select

from engine.clock import StoppedClock
from engine.cycle import Cycle
from engine.database.connection import Database
from engine.database.records import DossierRow
from engine.files.reading import Programme, read_programme
from engine.rules.moments import to_instant
from notifications.outbox import Outbox
from notifications.rendering import Renderer


@pytest.fixture(scope="session")
def programme() -> Programme:
    return read_programme("small", small_files(), "small")


@pytest.fixture(scope="session")
def renderer() -> Renderer:
    return Renderer(CONTACT)


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    with fresh_on(request.param) as opened:
        yield opened


@pytest.fixture
def world(programme: Programme, database: Database) -> World:
    return _world(programme, database)


@pytest.fixture
def filed(programme: Programme, tmp_path: Path) -> Iterator[World]:
    """The same world in a file, where the postman asks the database from a thread of its own."""
    database = fresh(f"sqlite:///{tmp_path / 'world.db'}")
    yield _world(programme, database)
    database.close()


BEGUN = to_instant(date(2019, 1, 7), time(9), "UTC")


def _world(programme: Programme, database: Database) -> World:
    play_once("letters", database, lambda empty: _open(programme, empty))
    return World(database, programme, Outbox(SENDER), StoppedClock(BEGUN))


def _open(programme: Programme, database: Database) -> None:
    start = to_instant(date(2018, 12, 17), time(9), "UTC")
    cycle = Cycle(database, Outbox(SENDER).queue)
    staff = "els@funder.example"
    cycle.open_round(programme, "2019", by=staff, now=start)
    people = {staff: ("Els Example", "staff", "nl"), "jo@jury.example": ("Jo Jury", "jury", "fr"),
              "kim@jury.example": ("Kim Jury", "jury", "en")}  # fmt: skip
    for email, (name, role, language) in people.items():
        cycle.add_person(KEY, email=email, name=name, language=language, role=role, by=staff, now=start)
    for name in ("amina", "bo"):
        cycle.start_dossier(
            KEY, organisation=f"House of {name}", email=f"{name}@house.example", name=name.title(), language="nl",
            by=staff, now=BEGUN,
        )  # fmt: skip
    with database.reading() as session:
        assert [row.number for row in session.exec(select(DossierRow)).all()] == ["SG19-001", "SG19-002"]
