"""Do the pages show of which strand or answer a meeting is, to each whose own it is?"""

import re

import pytest
from choirs import CALL, HEARING, KEY, SCHOOL, STAFF, TOWN, WATCHES, handed_in, opened
from visiting import Site, Visit, at

from engine.database.pages.feeds import own_of, seats_of
from engine.database.store import find_person, the_id

CONSOLE, COMMITTEE = f"/staff/{KEY}", f"/committee/{KEY}"
TITLES = re.compile(r"(?:Hearing|Evening about the call|Round table|Workshop|Lunch) \([^)]*\)")


@pytest.fixture
def site() -> Site:
    cycle = opened()
    handed_in(cycle, "Anna", "school")
    handed_in(cycle, "Bert", "town", "Antwerp")
    return Site(cycle.database, HEARING)


def titles(visit: Visit, path: str) -> list[str]:
    """The meetings that a page names, each once."""
    return list(dict.fromkeys(TITLES.findall(visit.get(path).text.replace("&#39;", "'"))))


def test_an_applicant_sees_their_own_meetings_and_no_others(site: Site) -> None:
    for who, number, hearing, workshop in (
        ("anna", "CH30-001", "Hearing (School choirs)", "Workshop (East Flanders)"),
        ("bert", "CH30-002", "Hearing (Town choirs)", "Workshop (Antwerp)"),
    ):
        visit = site.visit(f"{who}@applicant.example")
        assert titles(visit, f"/dossier/{KEY}/{number}") == [hearing]
        site.cycle.act(KEY, number, "move_house", answers={"province": workshop[10:-1]}, by=STAFF, now=HEARING)
        assert set(titles(visit, f"/dossier/{KEY}/{number}")) >= {workshop}
        assert {one for one in titles(visit, f"/dossier/{KEY}/{number}") if one != workshop} <= {
            hearing, f"Lunch ({workshop[10:-1]})"
        }  # fmt: skip


def test_a_member_finds_the_day_of_her_own_hearing(site: Site) -> None:
    for email, own, other in ((SCHOOL, "school", "town"), (TOWN, "town", "school"), (WATCHES, "town", "school")):
        visit = site.visit(email)
        called = {"school": "Hearing (School choirs)", "town": "Hearing (Town choirs)"}
        assert titles(visit, COMMITTEE) == [called[own]]
        assert visit.get(f"{COMMITTEE}/day/hearing.{own}").status_code == 200
        assert visit.get(f"{COMMITTEE}/day/hearing.{other}").status_code == 404
    assert titles(site.visit(STAFF), f"{COMMITTEE}/day/hearing.town") == ["Hearing (Town choirs)"]


def test_staff_plan_each_and_note_who_came(site: Site) -> None:
    visit = site.visit(STAFF)
    listed = visit.get(f"{CONSOLE}/meetings").text
    assert "Workshop (Limburg)" in listed
    assert "Invited to sing (Town choirs)" in listed
    planning = visit.get(f"{CONSOLE}/meetings/plan?meeting=hearing.town").text
    assert "To be held 8 Apr 2030 to 26 Apr 2030, for: Invited to sing (Town choirs)." in planning
    form = f"{CONSOLE}/meetings/plan?meeting=workshop.Limburg"
    assert form in listed
    answer = visit.post(
        f"{CONSOLE}/meetings/plan", {"meeting": "workshop.East Flanders", "day": "2030-06-28"}, on=form
    )
    assert answer.status_code == 303
    for name, hears in (("hearing.town", [TOWN, WATCHES]), ("hearing.school", [SCHOOL])):
        order = visit.get(f"{CONSOLE}/meetings/{name}/order").text
        assert [one for one in (SCHOOL, TOWN, WATCHES) if one in order] == hears
    dossier = f"{CONSOLE}/dossiers/CH30-001"
    site.clock.instant = at("2030-04-02 18:00")
    visit = site.visit(STAFF)
    assert f"{dossier}/attend/hearing.school" in visit.get(dossier).text
    assert visit.post(f"{dossier}/attend/hearing.school", {}, on=f"{dossier}/attend/hearing.school").status_code == 303
    assert "Came to: Hearing" in visit.get(f"{dossier}/journal").text.replace("\n", " ")


def test_what_a_state_owes_is_called_by_the_meeting_of_the_rules(site: Site) -> None:
    assert "Owed: Hearing<" in site.visit(STAFF).get(f"{CONSOLE}/workflow/state/heard").text


def test_the_dates_of_a_copied_round_are_called_by_the_meeting_of_each(site: Site) -> None:
    visit = site.visit(STAFF)
    wanted = {"name": "2031", "number": "CH31", "by": "years", "years": "1", "keep": "weekday", "title": "Choirs 2031"}
    begun = visit.post("/staff/rounds/new/copy", {"round": KEY, **wanted}, on=f"/staff/rounds/new/copy?round={KEY}")
    assert titles(visit, begun.headers["location"]) == [
        "Evening about the call (School choirs)", "Evening about the call (Town choirs)", "Hearing (School choirs)",
        "Hearing (Town choirs)", "Round table (School choirs)", "Round table (Town choirs)",
        "Workshop (East Flanders)", "Workshop (Antwerp)", "Lunch (Antwerp)",
    ]  # fmt: skip


def test_the_public_signs_up_for_the_evening_of_a_strand(site: Site) -> None:
    site.clock.instant = CALL - 20 * 86_400_000_000
    visit = site.visit()
    assert titles(visit, f"/call/{KEY}/meetings") == [
        "Evening about the call (School choirs)", "Evening about the call (Town choirs)"
    ]  # fmt: skip
    assert "Hearing (" not in visit.get(f"/call/{KEY}/calendar.ics").text


def test_calendars_tell_each_of_their_own(site: Site) -> None:
    with site.database.reading() as session:
        person = find_person(session, "anna@applicant.example")
        assert person is not None
        (own,) = own_of(session, the_id(person))
        assert (own.strand, own.id) == ("school", 1)
        judge = find_person(session, TOWN)
        assert judge is not None
        (seat,) = seats_of(session, the_id(judge))
        assert seat.scopes == frozenset({("strand", "town")})
    assert [feed(site, who) for who in ("anna@applicant.example", TOWN)] == [
        {"Hearing (School choirs)"}, {"Hearing (Town choirs)", "Round table (Town choirs)"}
    ]  # fmt: skip


def feed(site: Site, email: str) -> set[str]:
    """The meetings in somebody's own calendar."""
    visit = site.visit(email)
    visit.post("/feed", {}, on="/feed")
    (address,) = set(re.findall(r'href="(/feed/[^"]+\.ics)', visit.get("/feed").text))
    return set(TITLES.findall(visit.get(address).text.replace("\r\n ", "")))
