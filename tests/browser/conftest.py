"""With what do the tests of pages look at them?"""

from collections.abc import Iterator

import pytest
from chromium import Chromium, Faults, Visits, running_chromium
from tools import tool


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    with running_chromium(tool("chromium", "chromium")) as chromium:
        yield chromium


@pytest.fixture
def faults() -> Faults:
    """What goes wrong while the test visits pages; what is still there at the end fails it."""
    return Faults()


@pytest.fixture
def visit(chromium: Chromium, faults: Faults) -> Iterator[Visits]:
    """Opens a page as somebody new: `page = visit(address, javascript=False, width=NARROW, language="fr")`."""
    with Visits.paid(chromium, faults) as visits:
        yield visits
