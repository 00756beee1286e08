"""On what do the tests of the database run?"""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.database.connection import Database, open_database
from engine.database.migrating import migrate

# the sample programme lives beside the tests of the rules
sys.path.append(str(Path(__file__).parents[1] / "rules"))


@pytest.fixture
def database() -> Iterator[Database]:
    """A fresh database in memory, with its tables."""
    opened = open_database("sqlite://")
    migrate(opened)
    yield opened
    opened.close()


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The address of a database file that does not exist yet, in a folder that does not either."""
    return f"sqlite:///{tmp_path / 'data' / 'grantcycle.db'}"
