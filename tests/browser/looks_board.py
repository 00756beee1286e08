"""What do staff see of the board, the table and the search, day by day?"""

from collections.abc import Callable, Iterator

from living_site import LivingSite
from look import Look
from playwright.sync_api import Page
from visiting import ROUND, STAFF

HERE = f"/staff/{ROUND}"
TABLE = f"{HERE}/dossiers"


def _ticks(page: Page) -> None:
    for box in page.locator("main [name=number]").all()[:2]:
        box.check()


def _opens(which: int) -> Callable[[Page], None]:
    def do(page: Page) -> None:
        page.locator("main details.drop > summary").nth(which).click()

    return do


def before(_living: LivingSite) -> Iterator[Look]:
    yield Look("board-empty", HERE, STAFF)
    yield Look("table-empty", TABLE, STAFF)
    yield Look("search-empty", "/staff/search", STAFF)


def call(_living: LivingSite) -> Iterator[Look]:
    yield Look("board-call", HERE, STAFF)


def preselection(_living: LivingSite) -> Iterator[Look]:
    yield Look("board", HERE, STAFF)
    yield Look("board-ticked", HERE, STAFF, _ticks)
    yield Look("board-filter", f"{HERE}?only=conflict&language=nl", STAFF, _opens(2))
    yield Look("board-none", f"{HERE}?only=late", STAFF)
    yield Look("table", TABLE, STAFF)
    yield Look("table-ticked", f"{TABLE}?sort=-mean", STAFF, _ticks)
    yield Look("table-columns", f"{TABLE}?columns=title,spread,verdict,due&state=in_preselection", STAFF, _opens(2))
    yield Look("table-nonsense", f"{TABLE}?state=nowhere&amount_from=much&sort=colour", STAFF)
    yield Look("table-none", f"{TABLE}?q=nobody", STAFF)
    yield Look("search", "/staff/search?q=brug", STAFF)
    yield Look("search-none", "/staff/search?q=zzz", STAFF)


def under_way(_living: LivingSite) -> Iterator[Look]:
    yield Look("board-under-way", HERE, STAFF)


def over(_living: LivingSite) -> Iterator[Look]:
    yield Look("board-over", HERE, STAFF)


LOOKS = {"before": before, "call": call, "preselection": preselection, "rollout": under_way, "over": over}
