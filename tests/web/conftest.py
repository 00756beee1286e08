"""Which installation do the tests of pages visit? One on SQLite: what differs by database is tested with the engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from visiting import Site, prepared


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A round in its call, with staff, a committee and an observer."""
    database = prepared(f"sqlite:///{tmp_path / 'site.db'}")
    yield Site(database)
    database.close()
