"""Do applicants, members of a committee and staff hand in what is left to them, each on a page of their own?"""

import re
from typing import Any

import pytest
from two_stages import ANSWERS, APPLICANT, CHAIR, KEY, STAFF, instant, opened, started
from visiting import PDF, Site

from engine.database.pages import dossiers

NOW, READING, INVITED = instant(2030, 1, 15), instant(2030, 3, 4), instant(2030, 3, 18)
MEMBER, NUMBER = "noor@panel.example", "GS30-001"
HERE, AT = f"/dossier/{KEY}/{NUMBER}", f"/committee/{KEY}/{NUMBER}"
FILE = {"files": [("a-map", ("map.pdf", PDF, "application/pdf"))]}


@pytest.fixture
def green() -> Site:
    cycle = opened()
    started(cycle, NOW)
    cycle.answer(KEY, NUMBER, ANSWERS, by=APPLICANT, now=NOW)
    cycle.act(KEY, NUMBER, "hand_in", by=APPLICANT, now=NOW)
    cycle.add_person(KEY, email=MEMBER, name="Noor", language="en", role="panel", by=STAFF, now=NOW)
    for email in (CHAIR, MEMBER):
        cycle.declare_clear(KEY, NUMBER, by=email, now=READING)
    cycle.comment(KEY, NUMBER, "Mind the roots.", to="applicant", by=MEMBER, now=READING)
    cycle.verdict(KEY, NUMBER, "invite", by=CHAIR, now=READING)
    cycle.advance(INVITED)
    return Site(cycle.database, INVITED)


def handed_in(green: Site) -> list[tuple[str, str]]:
    with green.database.reading() as session:
        head = dossiers.find(session, KEY, NUMBER)
        assert head is not None
        return [(one.deliverable, one.by) for one in dossiers.whole(session, head).deliveries]


def test_the_applicant_reads_what_the_committee_wrote_and_replies_with_the_second_form(green: Site) -> None:
    visit = green.visit(APPLICANT)
    status = visit.get(HERE).text
    assert ("Planting plan" in status, "You may hand this in now." in status) == (True, True)
    form = f"{HERE}/deliver/plan"
    page = visit.get(form).text
    assert ("Mind the roots." in page, "29 March 2030" in page) == (True, True)
    missing = visit.post(form, {"a-what": ""}, on=form, **FILE)
    assert (missing.status_code, "This is asked for, and not there yet." in missing.text) == (422, True)
    assert "map.pdf is kept: you need not choose it again." in missing.text
    held = re.findall(r'name="(held-map)" value="([^"]+)"', missing.text)
    assert visit.post(form, {"a-what": "Limes", **dict(held)}, on=form).status_code == 303
    again = visit.get(form).text
    assert "You may hand in a new version; the newest counts." in again
    assert re.search(r">\s*Limes</textarea>", again)
    assert visit.post(form, {"a-what": "Limes and oaks"}, on=form).status_code == 303
    assert handed_in(green) == [("plan", APPLICANT)] * 2
    assert "You may hand this in now." not in visit.get(HERE).text
    assert visit.post(f"{HERE}/act/plan", {"once": "x"}, on=f"{HERE}/act/plan").status_code == 303
    assert "Nothing is asked of you here now." in visit.get(form).text


def test_a_member_hands_in_for_the_committee_and_the_applicant_does_not_read_it(green: Site) -> None:
    visit, form = green.visit(MEMBER), f"{AT}/deliver/visit"
    assert f'href="{form}"' in visit.get(AT).text
    wrong = visit.post(form, {"a-seen": "A good lane"}, on=form)
    assert (wrong.status_code, "A good lane" in wrong.text) == (422, True)
    assert visit.post(form, {"a-seen": "A good lane", "a-fit": "Yes"}, on=form).status_code == 303
    assert handed_in(green) == [("visit", MEMBER)]
    assert "A good lane" in visit.get(AT).text
    assert "A good lane" in green.visit(STAFF).get(f"/staff/{KEY}/dossiers/{NUMBER}/documents").text
    applicant = green.visit(APPLICANT)
    assert "A good lane" not in applicant.get(HERE).text
    assert applicant.get(f"{HERE}/deliver/visit").status_code == 404
    assert visit.get(f"{AT}/deliver/plan").status_code == 404
    assert visit.get(f"{AT}/deliver/nothing").status_code == 404


def test_staff_hand_in_what_is_theirs_and_the_applicant_reads_it(green: Site) -> None:
    visit, form = green.visit(STAFF), f"/staff/{KEY}/dossiers/{NUMBER}/deliver/advice"
    assert f'href="{form}"' in visit.get(f"/staff/{KEY}/dossiers/{NUMBER}").text
    assert visit.post(form, {"a-words": "The town agrees."}, on=form).status_code == 303
    assert handed_in(green) == [("advice", STAFF)]
    assert "The town agrees." in green.visit(APPLICANT).get(f"{HERE}/deliver/advice").text


def test_the_chair_accepts_a_report_and_a_member_only_reads_it(green: Site) -> None:
    cycle, may = green.cycle, instant(2030, 5, 2)
    cycle.deliver(KEY, NUMBER, "plan", {"what": "Limes"}, by=APPLICANT, now=INVITED)
    cycle.act(KEY, NUMBER, "plan", by=APPLICANT, now=INVITED)
    report: dict[str, Any] = {"planted": 3, "spent": ANSWERS["milestones"]}
    cycle.deliver(KEY, NUMBER, "report", report, by=APPLICANT, now=may)
    green.clock.instant = may + 1
    member, chair = green.visit(MEMBER), green.visit(CHAIR)
    found = re.search(rf'href="({AT}/review/\d+)"', chair.get(AT).text)
    assert found is not None
    assert "The chair accepts it, or asks for changes." in member.get(found[1]).text
    assert "Together: €4,499.50" in chair.get(found[1]).text
    silent = chair.post(found[1], {"do": "changes", "words": ""}, on=found[1])
    assert (silent.status_code, "This was not kept" in silent.text) == (422, True)
    assert chair.post(found[1], {"do": "accept", "words": ""}, on=found[1]).status_code == 303
    assert "Nothing awaits review here any more." in chair.get(found[1]).text
    assert green.visit(APPLICANT).get(f"{HERE}/deliver/report").text.count("Accepted") >= 1
    forged = member.post(found[1], {"do": "accept"}, on=AT)
    assert forged.status_code in (403, 409, 422)


def test_who_has_nothing_to_judge_but_something_to_accept_answers_first_and_reads(green: Site) -> None:
    newcomer = "wim@panel.example"
    green.cycle.deliver(KEY, NUMBER, "plan", {"what": "Limes"}, by=APPLICANT, now=INVITED)
    green.cycle.act(KEY, NUMBER, "plan", by=APPLICANT, now=INVITED)
    green.cycle.add_person(KEY, email=newcomer, name="Wim", language="en", role="panel", by=STAFF, now=INVITED)
    visit = green.visit(newcomer)
    assert visit.get(AT).headers["location"] == f"{AT}/conflict"
    assert visit.post(f"{AT}/conflict", {"answer": "no"}, on=f"{AT}/conflict").headers["location"] == AT
    assert "Limes in the lane" in visit.get(AT).text
