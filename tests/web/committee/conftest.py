"""The same installation in memory: these tests ask nothing of the disk."""

from collections.abc import Iterator

import pytest
from visiting import Site, prepared


@pytest.fixture
def site() -> Iterator[Site]:
    """A round in its call, with staff, a committee and an observer."""
    database = prepared("sqlite://")
    yield Site(database)
    database.close()
