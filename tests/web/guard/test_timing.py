"""Does the time that an answer takes tell what its words do not? (P8, coarsely: a machine of its own measures finer)"""

import statistics
import time
from collections.abc import Callable, Iterator

import pytest
from permissions import browser_of
from visiting import ROUND, STAFF, Site
from world import FOREIGN, MISSING, again, world

SAMPLES = 150
APART = 0.004
"""seconds that two medians may lie apart: what differs by less drowns in a network"""


@pytest.fixture
def site() -> Iterator[Site]:
    made = world()
    yield made
    made.database.close()


def _apart(first: Callable[[], object], second: Callable[[], object]) -> float:
    """How far the medians lie apart, in seconds of this process; asked in turn, so that both meet the same weather."""
    taken: tuple[list[float], list[float]] = ([], [])
    for turn in range(SAMPLES):
        for place, ask in enumerate((first, second) if turn % 2 else (second, first)):
            began = time.process_time()
            ask()
            taken[place ^ (turn % 2 == 0)].append(time.process_time() - began)
    return abs(statistics.median(taken[0]) - statistics.median(taken[1]))


@pytest.mark.slow
def test_signing_in_takes_as_long_for_whoever_is_known_and_whoever_is_not(site: Site) -> None:
    def asking(email: str) -> Callable[[], object]:
        def ask() -> None:
            again(site)
            assert browser_of(site, "anonymous").post("/sign-in", {"email": email, "next": "/"}).status == 303

        return ask

    assert _apart(asking(STAFF), asking("nobody@at-all.example")) < APART


@pytest.mark.slow
@pytest.mark.parametrize("tail", ["", "/receipt", "/file/plan/1", "/message/1"])
def test_foreign_takes_as_long_as_missing(site: Site, tail: str) -> None:
    browser = browser_of(site, "contact")

    def asking(number: str) -> Callable[[], object]:
        return lambda: browser.get(f"/dossier/{ROUND}/{number}{tail}")

    assert _apart(asking(FOREIGN), asking(MISSING)) < APART
