"""Which databases do the tests of the cycle run on?"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from stage import GATE, GATE_2030, Stage, fresh, programme


@pytest.fixture
def stage() -> Iterator[Stage]:
    """The small round, opened before its call, on a database in memory."""
    database = fresh()
    yield Stage(database).open()
    database.close()


@pytest.fixture
def gate() -> Iterator[Stage]:
    """The round with a cohort under a cap."""
    database = fresh()
    yield Stage(database, programme(GATE, GATE_2030, name="gate")).open()
    database.close()


@pytest.fixture(params=["memory", "file"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    """The small round, once in memory and once in a file."""
    database = fresh("sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path / 'round.db'}")
    yield Stage(database).open()
    database.close()
