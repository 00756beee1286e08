"""On what do the tests of time play: the small round of the cycle's tests, on both databases, and clocks that are set.

Where each case of the catalogue of time is tested stands in README.md beside this file.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "engine" / "cycle"))

import pytest
from clocks import Clocks
from databases import BOTH, fresh, opened, postgres_address
from stage import BEFORE, Stage

from engine.database.connection import Database


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database of this version."""
    if request.param == "postgresql":
        with postgres_address() as address:
            yield address
    else:
        address = f"sqlite:///{tmp_path / 'grantcycle.db'}"
        fresh(address).close()
        yield address


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = opened(url)
    yield database
    database.close()


@pytest.fixture
def clocks(database: Database) -> Clocks:
    """The clocks of this machine and of the database, before the call of the small round."""
    return Clocks(database, BEFORE)


@pytest.fixture
def stage(database: Database, clocks: Clocks) -> Stage:
    """The small round, watched."""
    stage = Stage(database).open()
    stage.cycle.watch = clocks.watch()
    stage.cycle.watch.start()
    return stage
