"""Which databases do the tests of the cycle run on? Each on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import BOTH, fresh, fresh_on
from stage import GATE, GATE_2030, PLAYED, Stage, ask_what_must_hold, programme

from engine.database.connection import Database


@pytest.fixture(autouse=True)
def _what_must_hold() -> Iterator[None]:
    """Whatever a test does, what must hold in a database holds after it."""
    PLAYED.clear()
    yield
    ask_what_must_hold()


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    with fresh_on(request.param) as opened:
        yield opened
        ask_what_must_hold()


@pytest.fixture
def stage(database: Database) -> Stage:
    """The small round, opened before its call."""
    return Stage(database).open()


@pytest.fixture
def gate(database: Database) -> Stage:
    """The round with a cohort under a cap."""
    return Stage(database, programme(GATE, GATE_2030, name="gate")).open()


@pytest.fixture(params=["memory", "file"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    """The small round, once in memory and once in a file."""
    database = fresh("sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path / 'round.db'}")
    yield Stage(database).open()
    ask_what_must_hold()
    database.close()
