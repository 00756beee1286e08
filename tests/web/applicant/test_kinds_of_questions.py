"""Can every kind of question be answered on a page without a script, and is nothing that was typed lost?"""

from typing import Any

import pytest
from two_stages import ANSWERS, APPLICANT, CHAIR, KEY, STAFF, instant, opened, started
from visiting import Site, Visit

from engine.database.pages import dossiers
from engine.database.store import current_answers

NOW = instant(2030, 1, 15)
PROJECT = {"a-name": "Limes in the lane", "a-trees": "12", "a-street": "A lane", "a-begins": "5/10/2030"}
ROWS = {
    "a-milestones-what-0": "The ground is ready", "a-milestones-day-0": "2030-10-01", "a-milestones-money-0": "1.500",
    "a-milestones-what-1": "", "a-milestones-day-1": "", "a-milestones-money-1": "",
    "a-milestones-what-2": "The trees  stand", "a-milestones-day-2": "15/11/2030", "a-milestones-money-2": "2 999,50",
}  # fmt: skip


@pytest.fixture
def green() -> Site:
    cycle = opened()
    return Site(cycle.database, NOW)


def drafted(green: Site) -> tuple[Visit, str]:
    number = started(green.cycle, NOW)
    return green.visit(APPLICANT), f"/dossier/{KEY}/{number}"


def kept(green: Site) -> dict[str, Any]:
    with green.database.reading() as session:
        head = dossiers.find(session, KEY, "GS30-001")
        assert head is not None
        return dict(current_answers(session, head.id))


def send(visit: Visit, here: str, part: str, fields: dict[str, str], go: str = "back") -> Any:
    return visit.post(f"{here}/section/{part}", {**fields, "go": go}, on=f"{here}/section/{part}")


def test_a_form_of_every_kind_is_filled_in_and_kept_as_it_is_meant(green: Site) -> None:
    visit, here = drafted(green)
    assert send(visit, here, "project", PROJECT).status_code == 303
    assert send(visit, here, "budget", {"a-amount": "4500", **ROWS}).status_code == 303
    assert kept(green) == ANSWERS
    for part in ("project", "budget"):  # and an untouched form that is sent again changes nothing
        page = visit.get(f"{here}/section/{part}").text
        assert send(visit, here, part, {}).status_code == 303
        assert visit.get(f"{here}/section/{part}").text.count('value="') == page.count('value="')
    assert kept(green) == ANSWERS


def test_the_fields_are_the_browsers_own_with_what_was_answered_before(green: Site) -> None:
    visit, here = drafted(green)
    green.cycle.answer(KEY, "GS30-001", ANSWERS, by=APPLICANT, now=NOW)
    page = visit.get(f"{here}/section/project").text
    for part in ('type="date" value="2030-10-05"', 'inputmode="decimal"', 'type="radio" value="A lane"',
                 '<option value="April">', "Count only those that you plant.", "From 1 to 500."):  # fmt: skip
        assert part in page, part
    budget = visit.get(f"{here}/section/budget").text
    for cell in ('name="a-milestones-money-1" value="2999.50"', 'name="a-milestones-day-0" value="2030-10-01"'):
        assert cell in budget, cell
    assert budget.count("a-milestones-what-") - budget.count('for="a-milestones-what-') == 2 * 4  # two more are empty


@pytest.mark.parametrize(
    ("part", "typed", "sentence"),
    [
        ("project", {"a-trees": "a dozen"}, "Write a number, for example 12 or 12.5."),
        ("project", {"a-trees": "501"}, "This is 501, and at most 500 will do."),
        ("project", {"a-trees": "0"}, "This is 0, and at least 1 is needed."),
        ("project", {"a-begins": "soon"}, "Choose a day, or write it as 1/3/2019 (the day first)."),
        ("project", {"a-street": "A road"}, "Choose one of the answers that are offered."),
        ("budget", {"a-amount": "499"}, "This is €499, and at least €500 is needed."),
        ("budget", ROWS | {"a-milestones-day-2": "31/11/2030"}, "Row 2: choose a day, for example 1/3/2019."),
        ("budget", ROWS | {"a-milestones-money-0": "lots"}, "Row 1: write an amount, for example 4500."),
        ("budget", ROWS | {"a-milestones-what-0": ""}, "Row 1: say what is planned."),
        ("budget", ROWS | {"a-milestones-money-0": "9000"},
         "This is €11,999.50, and at most €9,000 will do."),
    ],
)  # fmt: skip
def test_what_will_not_do_stays_on_the_page_with_the_reason_by_its_field(
    green: Site, part: str, typed: dict[str, str], sentence: str
) -> None:
    visit, here = drafted(green)
    answer = send(visit, here, part, typed)
    assert answer.status_code == 422
    assert answer.text.count(sentence) == 2  # above the form, and by the field
    for text in typed.values():
        assert text in ("", "A road") or f'value="{text}"' in answer.text or text == "The trees  stand"
    assert kept(green) == {}


def test_more_rows_are_asked_for_with_a_button_that_keeps_those_that_are_there(green: Site) -> None:
    visit, here = drafted(green)
    answer = send(visit, here, "budget", ROWS, go="more-milestones")
    assert answer.headers["location"] == f"{here}/section/budget#a-milestones"
    assert kept(green) == {"milestones": ANSWERS["milestones"]}
    assert visit.get(answer.headers["location"]).text.count('<div class="of-what">') == 4
    emptied = dict.fromkeys(ROWS, "")
    assert send(visit, here, "budget", emptied).status_code == 303
    assert kept(green) == {"milestones": None}


def test_who_reads_it_reads_choices_days_and_rows_in_words(green: Site) -> None:
    visit, here = drafted(green)
    green.cycle.answer(KEY, "GS30-001", ANSWERS, by=APPLICANT, now=NOW)
    check = visit.get(f"{here}/check").text
    staff = green.visit(STAFF).get(f"/staff/{KEY}/dossiers/GS30-001/answers").text
    for said in ("Saturday 5 October 2030", "A lane", "1 Oct 2030: The ground is ready, €1,500",
                 "Together: €4,499.50"):  # fmt: skip
        assert said in check, said
        assert said in staff, said


def test_a_report_with_rows_is_handed_in_by_its_form(green: Site) -> None:
    visit, here = drafted(green)
    green.cycle.answer(KEY, "GS30-001", ANSWERS, by=APPLICANT, now=NOW)
    green.cycle.act(KEY, "GS30-001", "hand_in", by=APPLICANT, now=NOW)
    green.clock.instant = instant(2030, 5, 2)
    green.cycle.act(KEY, "GS30-001", "begin", by=CHAIR, now=instant(2030, 3, 4))
    form = f"{here}/deliver/report"
    rows = {name.replace("milestones", "spent"): text for name, text in ROWS.items()}
    visit = green.visit(APPLICANT)
    more = visit.post(form, {"a-planted": "11", **rows, "go": "more-spent"}, on=form)
    assert (more.status_code, 'value="11"' in more.text) == (200, True)
    assert more.text.count('<div class="of-what">') == 4
    assert visit.post(form, {"a-planted": "", **rows}, on=form).status_code == 422
    assert visit.post(form, {"a-planted": "11", **rows}, on=form).status_code == 303
    with green.database.reading() as session:
        head = dossiers.find(session, KEY, "GS30-001")
        assert head is not None
        (delivery,) = dossiers.whole(session, head).deliveries
    assert delivery.answers == {"planted": 11, "spent": ANSWERS["milestones"]}
    assert "The trees stand" in visit.get(form).text


def test_a_question_is_shown_with_its_condition_and_is_asked_only_where_that_holds(green: Site) -> None:
    visit, here = drafted(green)
    green.cycle.answer(KEY, "GS30-001", ANSWERS, by=APPLICANT, now=NOW)
    page = visit.get(f"{here}/section/project").text
    assert "Only if “What sort of street?” is answered “A square”." in page  # both stand on one page
    assert "The consent of the owner" not in visit.get(f"{here}/section/documents").text
    assert "Who owns the square?" not in visit.get(f"{here}/check").text
    assert send(visit, here, "project", {"a-street": "A square"}).status_code == 303
    assert "1 answer is missing" in visit.get(here).text
    assert send(visit, here, "project", {"a-owner": "Somebody else"}).status_code == 303
    assert "The consent of the owner" in visit.get(f"{here}/section/documents").text
    assert send(visit, here, "project", {"a-street": "A lane"}).status_code == 303
    assert "Check your answers and hand in" in visit.get(here).text
    assert "missing" not in visit.get(here).text
    staff = green.visit(STAFF).get(f"/staff/{KEY}/dossiers/GS30-001/answers").text
    assert "By what else is answered this is not asked: it counts for nothing." in staff
