"""Pages say what happens to a dossier on days of its own, and staff give one of them more time."""

from collections.abc import Iterator
from datetime import date

import pytest
from databases import fresh
from own_days import places
from visiting import Site, at

ROUND, STAFF, ANNA = "places/2030", "staff@fund.example", "anna@home.example"
@pytest.fixture
def site() -> Iterator[Site]:
    with_database = fresh("sqlite://")
    site = Site(with_database, at("2029-12-01 10:00"))
    site.cycle.open_round(places(), "2030", by=STAFF, now=site.now)
    site.cycle.add_person(
        ROUND, email=STAFF, name="Els Staff", language="en", role="staff", chair=False, by=STAFF, now=site.now
    )
    site.clock.instant = at("2030-01-10 10:00")
    number = site.cycle.start_dossier(
        ROUND, organisation="Home", email=ANNA, name="Anna", language="en", by=ANNA, now=site.now
    )
    rows = [{"what": "A plan", "day": "2030-02-15", "money": 100}]
    site.cycle.answer(ROUND, number, {"first_day": "2030-03-20", "steps": rows}, by=ANNA, now=site.now)
    site.cycle.act(ROUND, number, "ask", by=ANNA, now=site.now)
    yield site
    with_database.close()


PAGES = (
    "/staff/places/2030/timeline", "/staff/places/2030/timeline/list", "/staff/places/2030/dossiers/PL30-001",
    "/staff/places/2030/extend", "/staff/places/2030/workflow", "/staff/places/2030/workflow/state/offered",
    "/staff/places/2030/journal", "/staff/places/2030/outbox", "/staff/places/2030/wording",
    "/staff/places/2030/owed", "/staff/places/2030", "/staff", "/staff/places/2030/dossiers",
)  # fmt: skip


def test_every_page_of_staff_shows_a_round_with_days_of_its_own(site: Site) -> None:
    site.clock.instant = at("2030-01-18 10:00")
    site.cycle.advance(site.now)
    visit = site.visit(STAFF)
    shown = {page: visit.get(page) for page in PAGES}
    assert {page: one.status_code for page, one in shown.items() if one.status_code not in (200, 404)} == {}
    state = shown["/staff/places/2030/workflow/state/offered"].text
    assert [one in state for one in ("by itself, 14 days after", "1 week before", "until 10 days after")] == [True] * 3
    assert "It becomes “Lapsed”." in shown["/staff/places/2030/dossiers/PL30-001"].text
    assert "It becomes “Lapsed” by itself" in visit.get("/staff/places/2030/extend?dossier=PL30-001").text


def test_the_applicant_reads_until_when_an_answer_is_taken_and_asks_for_more_time(site: Site) -> None:
    visit = site.visit(ANNA)
    assert "Place offered" in (page := visit.get("/dossier/places/2030/PL30-001").text)
    assert "24 January 2030" in page
    assert "give_up after" in visit.get("/dossier/places/2030/PL30-001/extension").text
    site.clock.instant = at("2030-01-20 10:00")
    site.cycle.ask_extension(ROUND, "PL30-001", of="give_up after", reason="ill", by=ANNA, now=site.now)
    site.cycle.answer_extension(
        ROUND, 1, granted=True, words="", by=STAFF, now=site.now, to=date(2030, 2, 3)
    )
    visit = site.visit(ANNA)
    assert "3 February 2030" in visit.get("/dossier/places/2030/PL30-001").text
    assert visit.get("/dossier/places/2030/PL30-001/plan").status_code == 200
