"""Which round do the tests of lists visit? One in preselection, with something in every column of the board."""

from collections.abc import Iterator

import pytest
from full_round import full_site
from visiting import Site


@pytest.fixture
def full() -> Iterator[Site]:
    """Twelve dossiers before the committee, one draft, and twelve that were brought in further on or at their end."""
    site = full_site()
    yield site
    site.database.close()
