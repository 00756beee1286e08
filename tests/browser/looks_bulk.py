"""What is there to be seen of an act on several dossiers: offered, foretold, done, undone?"""

from collections.abc import Iterator

from living_site import LivingSite
from look import Look
from playwright.sync_api import Page
from visiting import ROUND, STAFF

HERE = f"/staff/{ROUND}"
BOTH = "number=CI19-003&number=CI19-005"
"""the dossiers under way"""
SAMPLE = "number=CI19-003&transition=stop&letter=stopped&role=applicant"
MINUTE = 60_000_000


def _does_it_all_the_same(page: Page) -> None:
    """Send a form that had seen nothing of what has happened since."""
    page.evaluate("document.querySelector('main [name=seen]').value = '1'")
    page.fill("#reason", "De werking is gestopt.")
    page.click("main form[action$='/act/do'] button.primary")
    page.wait_for_load_state()


def preselection(_living: LivingSite) -> Iterator[Look]:
    yield Look("acts-none", f"{HERE}/acts", STAFF)
    yield Look("bulk-nothing", f"{HERE}/act", STAFF)


def under_way(living: LivingSite) -> Iterator[Look]:
    cycle, now = living.site.cycle, living.site.now
    yield Look("bulk-offers", f"{HERE}/act?{BOTH}&number=CI19-001", STAFF)
    yield Look("bulk-offers-all", f"{HERE}/act?{BOTH}", STAFF)
    yield Look("bulk-consequences", f"{HERE}/act?{BOTH}&number=CI19-001&transition=stop", STAFF)
    yield Look("bulk-changed", f"{HERE}/act?{BOTH}&transition=stop", STAFF, _does_it_all_the_same)
    yield Look("bulk-letter", f"{HERE}/act/letter?{SAMPLE}&language=nl", STAFF)
    batch = cycle.move(
        ROUND, ["CI19-003", "CI19-005"], "stop", by=STAFF, now=now, reason="De werking is gestopt.",
        undo_for=10 * MINUTE,
    )  # fmt: skip
    yield Look("acts-open", f"{HERE}/acts", STAFF)
    yield Look("board-undo", HERE, STAFF)
    cycle.undo(ROUND, batch, by=STAFF, now=now)
    yield Look("acts-undone", f"{HERE}/acts", STAFF)


LOOKS = {"preselection": preselection, "rollout": under_way}
