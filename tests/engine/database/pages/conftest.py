"""What do the questions of pages run on? On rounds that were played, on either database."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import BOTH, fresh_on

sys.path.insert(0, str(Path(__file__).parents[2] / "cycle"))
from played_rounds import played_on
from stage import Stage  # the tests of the cycle have the stage

from engine.database.connection import Database


@pytest.fixture(scope="session", params=BOTH)
def played(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """Two rounds in which everything has happened; nobody changes them."""
    with fresh_on(request.param) as database:
        yield played_on(database)


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    with fresh_on(request.param) as opened:
        yield opened


@pytest.fixture
def stage(database: Database) -> Stage:
    """The small round, opened before its call."""
    return Stage(database).open()
