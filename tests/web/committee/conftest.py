"""The same installation in memory: these tests ask nothing of the disk."""

from collections.abc import Iterator

import pytest
from databases import fresh
from visiting import Site, put_round


@pytest.fixture
def site() -> Iterator[Site]:
    """A round in its call, with staff, a committee and an observer."""
    database = fresh()
    put_round(database)
    yield Site(database)
    database.close()
