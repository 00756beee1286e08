"""Pages say when a verdict takes effect, and by when an answer is promised, on a day of the dossier itself."""

import re
from collections.abc import Iterator

import pytest
from as_they_come import CHAIR, DAY, KEY, MEMBER, STAFF, hand_in, instant, neighbours, on_days_of_each, open_it
from databases import fresh
from visiting import Site

PAGES = tuple(
    f"/staff/{KEY}{page}" for page in (
        "", "/timeline", "/timeline/list", "/dossiers", "/dossiers/NB30-001", "/extend", "/workflow",
        "/workflow/state/asked", "/journal", "/outbox", "/letters", "/obligations",
    )
)  # fmt: skip
READ = instant(2, 12)
"""while the first is read: it begins on 10 February, and the second has named no day"""


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site(fresh("sqlite://"), READ)
    open_it(site.cycle, neighbours(on_days_of_each()))
    numbers = hand_in(site.cycle, first_day="2030-02-10"), hand_in(site.cycle, "bert")
    for number in numbers:
        site.cycle.declare_clear(KEY, number, by=CHAIR, now=READ)
        site.cycle.declare_clear(KEY, number, by=MEMBER, now=READ)
    site.cycle.score(KEY, numbers[0], {"worth": 8}, by=CHAIR, now=READ)
    site.cycle.verdict(KEY, numbers[0], "grant", by=CHAIR, now=READ)
    yield site
    site.database.close()


def test_every_page_of_staff_shows_what_comes_on_days_of_its_own(site: Site) -> None:
    visit = site.visit(STAFF)
    shown = {page: visit.get(page) for page in PAGES}
    assert {page: one.status_code for page, one in shown.items() if one.status_code != 200} == {}
    dossier = shown[f"/staff/{KEY}/dossiers/NB30-001"].text
    assert [one in dossier for one in ("It becomes “Granted”.", "Promised by then: An answer.")] == [True, True]
    listed = visit.get(f"/staff/{KEY}/timeline/list?from=2030-03-01&to=2030-05-01").text
    assert [one in listed for one in ("Verdicts take effect: “Granted”", "Promise: An answer")] == [True, True]
    site.clock.instant = instant(3, 18) + 10 * DAY // 24
    site.cycle.advance(site.now)
    assert {page: site.visit(STAFF).get(page).status_code for page in PAGES} == dict.fromkeys(PAGES, 200)


def test_a_chair_reads_when_her_verdict_takes_effect_or_on_which_day_that_hangs(site: Site) -> None:
    visit = site.visit(CHAIR)
    assert "3 March 2030" in visit.get(f"/committee/{KEY}/NB30-001/verdict").text
    waits = visit.get(f"/committee/{KEY}/NB30-002/verdict").text
    assert "on a day that each dossier has for itself: 3 weeks after the day that answers" in waits


def test_a_member_reads_until_when_a_dossier_is_scored_and_that_another_cannot_be_yet(site: Site) -> None:
    visit = site.visit(MEMBER)
    assert "23 February 2030" in visit.get(f"/committee/{KEY}/NB30-001").text
    listed = visit.get(f"/committee/{KEY}").text
    assert [number in listed for number in ("NB30-001", "NB30-002")] == [True, False]


def test_an_applicant_reads_by_which_day_an_answer_is_promised(site: Site) -> None:
    page = site.visit("anna@applicant.example").get(f"/dossier/{KEY}/NB30-001").text
    assert ("An answer" in page, "17 March 2030" in page) == (True, True)


def test_who_is_late_with_a_dossier_by_its_own_day_is_ticked_to_be_reminded_and_nobody_else(site: Site) -> None:
    hand_in(site.cycle, "carl", now=READ, first_day="2030-02-17")
    remind, member = f"/staff/{KEY}/committee/remind", r'name="member" value="([^"]+)"'
    ticked = {}
    for day in (13, 18, 26):
        site.clock.instant = instant(2, day)
        page = site.visit(STAFF).get(remind).text
        ticked[day] = (re.findall(member, page), re.findall(f"{member} checked", page))
    # the chair has said all of the first, which is read until the 24th; the third is read from the 17th for two weeks
    assert ticked == {
        13: ([MEMBER], []), 18: ([CHAIR, MEMBER], [MEMBER]), 26: ([CHAIR, MEMBER], [CHAIR, MEMBER]),
    }  # fmt: skip
