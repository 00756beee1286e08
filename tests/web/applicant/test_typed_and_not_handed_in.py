"""Does what somebody types into a form that is handed in whole stay with it, for them alone, until it is handed in?"""

import re

import pytest
from sqlmodel import select
from two_stages import ANSWERS, APPLICANT, CHAIR, KEY, STAFF, instant, opened, started
from visiting import Site, Visit

from engine.database.access import kept_forms
from engine.database.records import KeptFormRow

NOW, READING = instant(2030, 1, 15), instant(2030, 3, 4)
NUMBER, COLLEAGUE = "GS30-001", "jef@lane.example"
FORM = f"/dossier/{KEY}/{NUMBER}/deliver/plan"
TYPED = re.compile(r'<textarea id="a-what"[^>]*>\s*([^<]*)</textarea>')


@pytest.fixture
def green() -> Site:
    cycle = opened()
    started(cycle, NOW)
    cycle.answer(KEY, NUMBER, ANSWERS, by=APPLICANT, now=NOW)
    cycle.act(KEY, NUMBER, "hand_in", by=APPLICANT, now=NOW)
    cycle.add_contact(KEY, NUMBER, email=COLLEAGUE, name="Jef", language="en", by=APPLICANT, now=NOW)
    cycle.declare_clear(KEY, NUMBER, by=CHAIR, now=READING)
    cycle.verdict(KEY, NUMBER, "invite", by=CHAIR, now=READING)
    cycle.advance(instant(2030, 3, 18))
    return Site(cycle.database, instant(2030, 3, 18))


def typed(visit: Visit, form: str = FORM) -> str:
    found = TYPED.search(visit.get(form).text)
    assert found is not None
    return found[1]


def kept(site: Site) -> list[tuple[list[object], bool]]:
    with site.database.reading() as session:
        return [(row.fields, row.ended_at is None) for row in session.exec(select(KeptFormRow)).all()]


def test_a_page_keeps_what_is_typed_by_itself_and_the_button_does_without_a_script(green: Site) -> None:
    visit = green.visit(APPLICANT)
    assert f'data-autosave="{FORM}/draft"' in visit.get(FORM).text
    saved = visit.post(f"{FORM}/draft", {"a-what": "Limes\r\nand oaks "}, on=FORM)
    assert (saved.status_code, saved.json()) == (200, {"saved": "10:00"})
    assert typed(visit) == "Limes\nand oaks"
    assert "and have not handed it in" in visit.get(FORM).text
    again = visit.post(FORM, {"a-what": "Limes", "go": "keep"}, on=FORM)
    assert (again.status_code, again.headers["location"]) == (303, f"/dossier/{KEY}/{NUMBER}")
    assert (typed(visit), kept(green)) == ("Limes", [([["a-what", "Limes"]], True)])
    assert visit.post(FORM, {"go": "forget"}, on=FORM).headers["location"] == FORM
    assert (typed(visit), kept(green)) == ("", [([], False)])


def test_nobody_else_finds_it_and_with_the_form_handed_in_nothing_of_it_is_kept(green: Site) -> None:
    visit, other = green.visit(APPLICANT), green.visit(COLLEAGUE)
    visit.post(f"{FORM}/draft", {"a-what": "Limes"}, on=FORM)
    assert typed(other) == ""
    assert green.visit(STAFF).post(f"{FORM}/draft", {"a-what": "Oaks"}, on=f"/staff/{KEY}").status_code == 404
    assert visit.post(FORM, {"a-what": "Limes, and oaks"}, on=FORM).status_code == 303
    assert kept(green) == [([], False)]
    assert typed(visit) == "Limes, and oaks"


def test_what_staff_type_for_somebody_is_kept_for_them_as_well(green: Site) -> None:
    visit, form = green.visit(STAFF), f"/staff/{KEY}/dossiers/{NUMBER}/deliver/plan"
    assert f'data-autosave="{form}/draft"' in visit.get(form).text
    assert visit.post(f"{form}/draft", {"a-what": "Limes"}, on=form).status_code == 200
    assert (typed(visit, form), typed(green.visit(APPLICANT))) == ("Limes", "")
    again = visit.post(form, {"a-what": "Limes, oaks", "go": "keep"}, on=form)
    assert again.headers["location"] == f"/staff/{KEY}/dossiers/{NUMBER}"
    assert (typed(visit, form), green.visit(CHAIR).post(f"{form}/draft", on=f"/committee/{KEY}").status_code) == (
        "Limes, oaks", 404
    )
    assert visit.post(form, {"a-what": "Limes"}, on=form).status_code == 303
    assert kept(green) == [([], False)]


def test_what_is_typed_on_counts_for_none_of_the_forms_that_wait_for_somebody(green: Site) -> None:
    visit = green.visit(APPLICANT)
    visit.post(f"{FORM}/draft", {"a-what": "Limes"}, on=FORM)
    with green.database.transaction() as session:
        row = session.exec(select(KeptFormRow)).one()
        assert kept_forms.newest(session, row.person_id, green.now) is None
        assert kept_forms.find(session, row.nonce, row.person_id, green.now) is None
        one = {"person_id": row.person_id, "path": "/x", "texts": [], "files": [], "now": green.now}
        assert [kept_forms.keep(session, nonce=str(number) * 22, **one) for number in range(6)] == [True] * 5 + [False]
