"""Do pages say by whose clocks a call closes, and can an applicant say by which?"""

from collections.abc import Iterator

import pytest
from as_they_come import DATES, DAY, KEY, RULES, STAFF, instant, neighbours, open_it
from databases import fresh
from visiting import Site

ANNA = "anna@applicant.example"
BY_THEIRS = DATES.replace("to = 2030-12-20 }", 'to = 2030-12-20, zone = "applicant" }')
CALL = f"/call/{KEY}"
HERE = f"/dossier/{KEY}/NB30-001"


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site(fresh("sqlite://"), instant(2, 1) + DAY // 2)
    open_it(site.cycle, neighbours(RULES, BY_THEIRS))
    site.cycle.add_person(KEY, email=ANNA, name="Anna", language="en", role="everyone", by=STAFF, now=site.now)
    yield site
    site.database.close()


def started(site: Site, zone: str = "Pacific/Auckland") -> None:
    visit = site.visit(ANNA)
    assert visit.post(f"{CALL}/start", {"clocks": zone}, on=f"{CALL}/start").status_code == 303


def test_the_page_of_the_call_says_that_each_goes_by_its_own_clocks(site: Site) -> None:
    page = site.visit().get(CALL).text
    assert "20 December 2030, 24:00 (local time of each applicant)" in page
    assert "by the clocks of each applicant" in page
    assert "20 December 2030, 24:00 (local time of each applicant)" in site.visit().get("/").text
    ics = site.visit().get(f"{CALL}/calendar.ics").text
    assert ("DTSTART;VALUE=DATE:20301220" in ics, "SUMMARY:Last day" in ics) == (True, True)


def test_an_applicant_says_its_clocks_as_it_begins_and_reads_until_when_there(site: Site) -> None:
    visit = site.visit(ANNA)
    form = visit.get(f"{CALL}/start").text
    assert '<option value="Europe/Brussels" selected>' in form
    wrong = visit.post(f"{CALL}/start", {"clocks": "Mars/Olympus"}, on=f"{CALL}/start")
    assert (wrong.status_code, "There is no time zone “Mars/Olympus”." in wrong.text) == (422, True)
    started(site)
    page = visit.get(HERE).text
    assert "20 December 2030, 24:00 (Auckland)" in visit.get(f"{HERE}/section/answers").text or "Auckland" in page
    assert f'href="{HERE}/clocks"' in page


def test_the_clocks_are_changed_until_something_would_pass_by_it(site: Site) -> None:
    started(site)
    visit = site.visit(ANNA)
    assert '<option value="Pacific/Auckland" selected>' in visit.get(f"{HERE}/clocks").text
    assert visit.post(f"{HERE}/clocks", {"clocks": "Europe/Brussels"}, on=f"{HERE}/clocks").status_code == 303
    site.clock.instant = instant(12, 20) + DAY // 2 + DAY // 24  # it is over in Auckland
    visit = site.visit(ANNA)
    against = visit.post(f"{HERE}/clocks", {"clocks": "Pacific/Auckland"}, on=f"{HERE}/clocks")
    assert (against.status_code, "What has passed stays passed." in against.text) == (422, True)


def test_staff_see_the_clocks_of_a_dossier_and_what_comes_by_them(site: Site) -> None:
    started(site)
    visit = site.visit(STAFF)
    path = f"/staff/{KEY}/dossiers/NB30-001"
    assert "Time zone: Auckland" in visit.get(path).text
    listed = visit.get(f"/staff/{KEY}/timeline/list?from=2030-12-01&to=2030-12-31").text
    assert "by the clocks of Auckland" in listed
    assert visit.post(f"{path}/clocks", {"clocks": "America/New_York"}, on=f"{path}/clocks").status_code == 303
    assert "Time zone: New York" in site.visit(STAFF).get(path).text
    for page in ("", "/timeline", "/journal", "/extend", "/workflow", "/dossiers", "/letters", "/calendar.ics"):
        assert site.visit(STAFF).get(f"/staff/{KEY}{page}").status_code in (200, 404), page


def test_what_comes_next_is_told_as_each_reads_it_and_where_one_hour_stands_as_that_of_the_first(site: Site) -> None:
    started(site)
    site.clock.instant = instant(12, 19)
    visit = site.visit(STAFF)
    board = visit.get(f"/staff/{KEY}").text
    assert "Fri 20 Dec, 24:00 (local time of each applicant)" in board
    assert "Fri 20 Dec, 12:00" not in board
    first = "20 Dec 2030, 12:00</time>"
    today = visit.get("/staff").text
    assert (today.count(first), today.count("closes (for the first: each goes by their own clocks)")) == (2, 1)
    assert (today.count("(for the first: each goes by their own clocks)"), "21 Dec 2030" in today) == (2, False)
    listed = visit.get("/staff/rounds").text
    assert f"{first} (for the first: each goes by their own clocks)" in listed


def test_what_comes_for_all_at_one_instant_is_told_as_it_was(site: Site) -> None:
    site.clock.instant = instant(12, 18)
    visit = site.visit(STAFF)
    assert "for the first" not in visit.get("/staff").text + visit.get("/staff/rounds").text
