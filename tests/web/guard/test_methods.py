"""What becomes of a request that is neither GET nor POST? HEAD is GET without a body; nothing else is offered. (A3)"""

from collections.abc import Iterator

import pytest
from permissions import browser_of, table, values, values_for
from visiting import Site
from wandering import BY_LOT
from world import changed, contents, world


@pytest.fixture
def site() -> Iterator[Site]:
    made = world()
    yield made
    made.database.close()


def test_head_says_what_get_says_and_changes_nothing(site: Site) -> None:
    browser, known = browser_of(site, "contact"), values(site)
    before, differing = contents(site), {}
    for name, row in table().items():
        path = row.address(values_for(row, known))
        if row.method == "GET" and row.path != BY_LOT:
            got, head = browser.get(path), browser.ask("HEAD", path)
            if (got.status, got.headers) != (head.status, head.headers):
                differing[name] = head.status
    assert (differing, changed(before, contents(site))) == ({}, [])


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_no_other_method_is_offered(site: Site, method: str) -> None:
    browser, known = browser_of(site, "contact"), values(site)
    before = contents(site)
    answers = {browser.ask(method, row.address(values_for(row, known))).status for row in table().values()}
    assert (answers, changed(before, contents(site))) == ({405}, [])
