"""Do the pages show each committee of a name its own dossiers, and staff whose is whose?"""

import re

import pytest
from scholars import ARTS, HEARING, KEY, LAW, READING, SENIOR, STAFF, WATCHES, YOUNG, handed_in, opened
from sqlmodel import select
from visiting import Site, Visit

from engine.database.pages.feeds import seats_of
from engine.database.pages.running_orders import listeners
from engine.database.records import DossierRow
from engine.database.store import find_person, the_id

HERE, CONSOLE = f"/committee/{KEY}", f"/staff/{KEY}"


@pytest.fixture
def site() -> Site:
    cycle = opened()
    for who, field in (("Anna", "Arts"), ("Zebra", "Law")):
        handed_in(cycle, who, field)
    return Site(cycle.database, READING)


def numbers(site: Site) -> dict[str, str]:
    """Whose dossier -> its number."""
    with site.database.reading() as session:
        scene = site.cycle.look(session, KEY, site.now)
        rows = scene.dossiers_in(("handed", "heard"))
        return {row.organisation.removeprefix("House of "): row.number for row in rows}


def walk(visit: Visit, start: str) -> dict[str, str]:
    """Every page that can be reached by links of the committees' own pages, and of a file beside them."""
    found: dict[str, str] = {}
    ahead = [start]
    while ahead:
        path = ahead.pop()
        if path in found:
            continue
        found[path] = visit.get(path).text
        ahead += [
            link.replace("&amp;", "&")
            for link in re.findall(r'href="(/(?:committee|dossier|calendar|feed)[^"#]*)"', found[path])
        ]
    return found


def test_no_page_of_one_committee_names_what_lies_before_another(site: Site) -> None:
    arts, law = numbers(site)["Anna"], numbers(site)["Zebra"]
    site.cycle.declare_clear(KEY, arts, by=ARTS, now=site.now)
    site.cycle.declare_clear(KEY, law, by=LAW, now=site.now)
    site.cycle.score(KEY, law, {"quality": 9}, by=LAW, now=site.now)
    for email, sees, foreign in ((ARTS, "Anna", "Zebra"), (LAW, "Zebra", "Anna"), (WATCHES, "Zebra", "Anna")):
        visit = site.visit(email)
        pages = walk(visit, HERE)
        assert any(sees in text for text in pages.values())
        assert [path for path, text in pages.items() if foreign in text or numbers(site)[foreign] in text] == []
        number = numbers(site)[foreign]
        for path in (number, f"{number}/conflict", f"{number}/verdict", f"{number}/score"):
            assert visit.get(f"{HERE}/{path}").status_code == 404
        assert visit.get(f"/dossier/{KEY}/{number}").status_code == 404
    assert "Anna" not in "".join(walk(site.visit(YOUNG), HERE).values())


def test_nobody_judges_by_hand_made_forms_what_lies_before_another(site: Site) -> None:
    law, visit = numbers(site)["Zebra"], site.visit(ARTS)
    for path in ("conflict", "verdict", ""):
        answer = visit.post(f"{HERE}/{law}/{path}".rstrip("/"), {"answer": "no", "mark_quality": "3"}, on=HERE)
        assert answer.status_code == 404
    site.cycle.act(KEY, law, "send_on", answers={"field": "Arts"}, by=LAW, now=site.now)
    assert visit.get(f"{HERE}/{law}/conflict").status_code == 200
    assert site.visit(LAW).get(f"{HERE}/{law}").status_code == 404


def heard(site: Site) -> None:
    """Both dossiers are read by their panels, and come before their boards."""
    for who, by in (("Anna", ARTS), ("Zebra", LAW)):
        number = numbers(site)[who]
        site.cycle.declare_clear(KEY, number, by=by, now=site.now)
        site.cycle.score(KEY, number, {"quality": 9}, by=by, now=site.now)
        site.cycle.recommend(KEY, number, "words", by=by, now=site.now)
    site.clock.instant = HEARING
    site.cycle.advance(site.now)


def test_the_day_of_a_meeting_names_to_each_board_its_own(site: Site) -> None:
    heard(site)
    site.cycle.change_strand(KEY, numbers(site)["Zebra"], "senior", by=STAFF, reason="older", now=site.now)
    for email, sees in ((YOUNG, ["Anna"]), (SENIOR, ["Zebra"]), (STAFF, ["Anna", "Zebra"])):
        page = site.visit(email).get(f"{HERE}/day/pitch")
        assert (page.status_code, [who for who in ("Anna", "Zebra") if who in page.text]) == (200, sees)
    # the other board hears them not, and has no conflict with them
    assert site.visit(STAFF).get(f"{CONSOLE}/meetings/pitch/order").text.count(">conflict<") == 0
    with site.database.reading() as session:
        ids = {row.organisation[9:]: row.id or 0 for row in session.exec(select(DossierRow))}
        people = listeners(session, 1, ["board", "board observer"], list(ids.values()))
        seats = {email: seats_of(session, the_id(find_person(session, email))) for email in (YOUNG, SENIOR)}
    assert {one.email: sorted(one.ties) for one in people} == {YOUNG: [ids["Zebra"]], SENIOR: [ids["Anna"]]}
    assert {email: [slot.number for one in its for slot in one.slots] for email, its in seats.items()} == {
        YOUNG: [numbers(site)["Anna"]], SENIOR: [numbers(site)["Zebra"]]
    }


def test_the_order_is_given_for_each_committee_by_itself(site: Site) -> None:
    heard(site)
    first, second = sorted(numbers(site).values())
    site.cycle.change_strand(KEY, second, "senior", by=STAFF, reason="older", now=site.now)
    page = f"{HERE}/ranking/order?state=heard"
    chair, staff = site.visit(YOUNG), site.visit(STAFF)
    site.cycle.declare_clear(KEY, first, by=YOUNG, now=site.now)
    assert (f"place_{first}" in chair.get(page).text, f"place_{second}" in chair.get(page).text) == (True, False)
    shown = staff.get(page).text
    assert shown.index("Senior scholars") < shown.index(f"place_{second}") < shown.index("Young scholars")
    typed = {"state": "heard", f"place_{first}": "1", f"place_{second}": "1"}
    assert staff.post(f"{HERE}/ranking/order", typed, on=page).status_code == 303


def test_staff_give_parts_for_one_and_look_at_each_by_itself(site: Site) -> None:
    visit = site.visit(STAFF)
    people = visit.get(f"{CONSOLE}/people").text
    assert ("Panel: Arts" in site.visit(ARTS).get("/committee").text, ">Law<" in site.visit(LAW).get(HERE).text) == (
        True, True
    )
    assert "Panel: Arts" in people
    assert 'value="panel">Panel: every one' in people
    assert "Observers of Panel: Law" in people
    fields = {"email": "new@panel.example", "name": "Nia", "language": "en", "role": "panel:Physics", "invite": "1"}
    assert visit.post(f"{CONSOLE}/people", fields, on=f"{CONSOLE}/people").status_code == 303
    again = visit.post(f"{CONSOLE}/people", {**fields, "role": "panel"}, on=f"{CONSOLE}/people")
    assert (again.status_code, "sits in “Panel” for Physics already" in again.text) == (409, True)
    wrong = visit.post(f"{CONSOLE}/people", {**fields, "role": "panel:Fysics"}, on=f"{CONSOLE}/people")
    assert wrong.status_code == 422
    named = {"email": "new@panel.example", "role": "panel:Physics"}
    visit.post(f"{CONSOLE}/people/chair", {**named, "chair": "1"}, on=f"{CONSOLE}/people")
    visit.post(f"{CONSOLE}/people/end", named, on=f"{CONSOLE}/people")
    visit.get(f"{CONSOLE}/people")  # says once more what was done
    assert "new@panel.example" not in visit.get(f"{CONSOLE}/people").text
    sheet = "round,name,email,language,role,per\n{0},Io,io@panel.example,en,panel,{1}\n"
    for scope, status in (("Fysics", 422), ("Physics", 303)):
        files = {"file": ("people.csv", sheet.format(KEY, scope).encode(), "text/csv")}
        answer = visit.post(f"{CONSOLE}/people/import", {}, on=f"{CONSOLE}/people", files=files)
        assert answer.status_code == status
    desk = visit.get(f"{CONSOLE}/committee?state=handed:Law").text
    assert ("Zebra" in desk, "Anna" in desk, LAW in desk, ARTS in desk) == (True, False, True, False)
    arts = visit.get(f"{CONSOLE}/committee/ranking?state=handed:Arts").text
    assert ("Zebra" in arts, "Anna" in arts) == (False, True)
