"""What is there to be seen of the dates of a round, and when?"""

from collections.abc import Iterator
from urllib.parse import urlencode

from living_site import LivingSite
from look import Look, sends
from played import EMPTY
from playwright.sync_api import Page
from visiting import ROUND, STAFF

AT = f"/staff/{ROUND}"
PREVIEW = "button[value=preview]"
"""what asks who is affected"""


def in_the_call(_living: LivingSite) -> Iterator[Look]:
    yield Look("timeline", f"{AT}/timeline", STAFF)
    yield Look("timeline-weeks", f"{AT}/timeline?zoom=weeks&from=2019-02-18", STAFF)
    yield Look("timeline-round", f"{AT}/timeline?zoom=round", STAFF)
    yield Look("timeline-list", f"{AT}/timeline/list", STAFF)
    yield Look("timeline-list-past", f"{AT}/timeline/list?when=past", STAFF)
    yield Look("timeline-list-none", f"{AT}/timeline/list?when=past&kind=owed", STAFF)
    yield Look("requests", f"{AT}/requests", STAFF)
    yield Look("requests-wrong", f"{AT}/requests", STAFF, _refuses)
    yield Look("extend-asked", f"{AT}/extend?request=1", STAFF)
    yield Look("extend", f"{AT}/extend", STAFF)
    yield Look("extend-wrong", f"{AT}/extend?moment=call+closes&dossier=CI19-099", STAFF, sends(PREVIEW, day=""))
    for_one = f"{AT}/extend?moment=call+closes&dossier={EMPTY}"
    yield Look("extend-affected", for_one, STAFF, sends(PREVIEW, day="2019-03-10", reason="Een staking van de post"))
    whole = {"moment": "call closes", "whom": "some", "numbers": EMPTY, "day": "2019-03-10", "reason": "Een staking"}
    yield Look("extend-letter", f"{AT}/extend/letter?{urlencode({**whole, 'language': 'nl'})}", STAFF)
    yield Look("extensions-none", f"{AT}/extensions", STAFF)

    def done(page: Page) -> None:
        sends(PREVIEW, day="2019-03-10", reason="Een staking van de post")(page)
        sends("button[value=extend]")(page)

    yield Look("extensions", for_one, STAFF, done)


def _refuses(page: Page) -> None:
    page.locator("main details summary").first.click()
    sends("details form button")(page)


def before_the_committee(_living: LivingSite) -> Iterator[Look]:
    yield Look("extensions-one", f"{AT}/extensions", STAFF)
    yield Look("timeline-list-done", f"{AT}/timeline/list?when=past", STAFF)


def over(_living: LivingSite) -> Iterator[Look]:
    yield Look("timeline-over", f"{AT}/timeline", STAFF)
    yield Look("timeline-list-over", f"{AT}/timeline/list?when=all&page=2", STAFF)


LOOKS = {"call": in_the_call, "preselection": before_the_committee, "over": over}
