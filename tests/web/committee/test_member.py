"""What a member finds, reads and says, and what a conflict closes."""

import re
from typing import Any

import pytest
from jury_room import GOOD, HERE, LATE, before_the_jury, cleared, counting, marked, say
from sqlmodel import col, select
from visiting import APPLICANT, CHAIR, MEMBER, OBSERVER, ROUND, STAFF, THIRD, Site

from engine.database.pages.dossiers import find
from engine.database.pages.opinions import Opinion, opinions
from engine.database.records import NotificationRow
from web.committee.mine import A_PAGE


def said_of(site: Site, number: str, email: str) -> Opinion | None:
    with site.database.reading() as session:
        head = find(session, ROUND, number)
        assert head is not None
        return next((one for one in opinions(session, head.id) if one.email == email), None)


def left_in_list(page: Any) -> list[str]:
    """The numbers of the dossiers that a list shows."""
    return re.findall(r'<span class="why">(CI19-\d+)', page.text)


def test_a_member_sees_her_rounds_with_what_is_left_and_until_when(site: Site) -> None:
    before_the_jury(site, 3)
    page = site.visit(MEMBER).get("/committee?lang=en")
    assert "In preselection: 0 of 3 done" in page.text
    assert "Scores due Saturday 30 March 2019, 24:00 (Brussels), 21 days left" in page.text


def test_who_is_in_no_committee_is_told_so(site: Site) -> None:
    before_the_jury(site, 1)
    page = site.visit("an1@brug.example").get("/committee?lang=en")
    assert (page.status_code, "You are in no committee" in page.text) == (200, True)


def test_nobody_from_outside_finds_a_page_of_the_committee(site: Site) -> None:
    (number,) = before_the_jury(site, 1)
    applicant, nobody = site.visit("an1@brug.example"), site.visit()
    for path in ("", "/ranking", "/day/pitch", f"/{number}", f"/{number}/conflict", f"/{number}/verdict"):
        assert (applicant.get(HERE + path).status_code, nobody.get(HERE + path).status_code) == (404, 303)


def test_the_first_thing_asked_is_whether_there_is_a_conflict_and_nothing_is_told_before(site: Site) -> None:
    (number,) = before_the_jury(site, 1)
    visit = site.visit(MEMBER)
    page = visit.get(f"{HERE}/{number}")
    assert (page.status_code, page.headers["location"]) == (303, f"{HERE}/{number}/conflict")
    asked = visit.get(f"{HERE}/{number}/conflict?lang=en").text
    assert ("Werk van De Brug 1" in asked, "Samen koken" in asked, "an1@brug" in asked) == (True, False, False)
    for path in (f"{HERE}/{number}", f"{HERE}/{number}/autosave"):
        assert visit.post(path, GOOD, on=f"{HERE}/{number}/conflict").status_code == 303
    assert said_of(site, number, MEMBER) is None


def test_who_knows_nobody_reads_marks_and_goes_on_with_the_next(site: Site) -> None:
    first, second, third = before_the_jury(site, 3)
    visit = site.visit(MEMBER)
    assert visit.post(f"{HERE}/{first}/conflict", {"answer": "no"}, on=f"{HERE}/{first}/conflict").status_code == 303
    page = visit.get(f"{HERE}/{first}?lang=en").text
    assert ("Samen koken en vertellen." in page, f"/dossier/{ROUND}/{first}/file/plan/1" in page) == (True, True)
    fields = {**GOOD, "comment": "Mooi", "note": "Twijfel", "words": "Doen", "advises": "shortlist"}
    answer = say(visit, first, fields, "next")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HERE}/{second}")
    kept = said_of(site, first, MEMBER)
    assert kept is not None
    assert (kept.marks, kept.comment, kept.note, kept.recommendation, kept.advises) == (
        {"participation": 8, "artistic": 7, "learning": 9}, "Mooi", "Twijfel", "Doen", "shortlist",
    )  # fmt: skip
    assert left_in_list(visit.get(HERE)) == [second, third]
    assert left_in_list(visit.get(f"{HERE}?show=done")) == [first]
    assert "1 of 3 done" in visit.get(HERE).text


def test_marks_may_be_kept_one_by_one_and_a_dossier_is_done_when_all_are_given(site: Site) -> None:
    (number,) = before_the_jury(site, 1)
    cleared(site, number, MEMBER)
    visit = site.visit(MEMBER)
    say(visit, number, {"mark_artistic": "3"})
    assert left_in_list(visit.get(f"{HERE}?show=done")) == []
    say(visit, number, {**GOOD, "mark_artistic": "4"})
    assert left_in_list(visit.get(f"{HERE}?show=done")) == [number]
    kept = said_of(site, number, MEMBER)
    assert kept is not None
    assert kept.marks == {"artistic": 4, "participation": 8, "learning": 9}


def test_what_has_not_changed_is_not_kept_once_more(site: Site) -> None:
    (number,) = before_the_jury(site, 1)
    cleared(site, number, MEMBER)
    visit = site.visit(MEMBER)
    fields = {**GOOD, "comment": "a", "note": "b", "words": "c", "advises": "shortlist"}
    say(visit, number, fields)
    with counting(site) as asked:
        say(visit, number, fields)
    written = [one for one in asked if one.startswith(("INSERT", "UPDATE")) and "session" not in one]
    assert written == []


def test_what_is_being_typed_is_kept_without_what_will_not_do_yet(site: Site) -> None:
    (number,) = before_the_jury(site, 1)
    cleared(site, number, MEMBER)
    visit, path = site.visit(MEMBER), f"{HERE}/{number}/autosave"
    fields = {"mark_artistic": "3", "note": "half a", "words": "", "advises": "shortlist"}
    assert visit.post(path, fields, on=f"{HERE}/{number}").status_code == 204
    kept = said_of(site, number, MEMBER)
    assert kept is not None
    assert (kept.marks, kept.note, kept.recommendation) == ({"artistic": 3}, "half a", "")


TAMPERED = [
        ({"mark_artistic": "11"}, 422, "Give a mark from 1 to 10."),
        ({"mark_artistic": "7.5"}, 422, "Give a mark from 1 to 10."),
        ({"mark_artistic": "nan"}, 422, "Give a mark from 1 to 10."),
        ({"mark_elegance": "5"}, 409, "One of these criteria is not asked here."),
        ({"words": "x", "advises": "award"}, 422, "Choose one of these."),
        ({"advises": "shortlist"}, 422, "Write in words what you advise"),
        ({"note": "x" * 10_001}, 422, "This is too long: at most 10,000 characters."),
]


def test_a_form_that_was_tampered_with_keeps_nothing_and_loses_nothing(site: Site) -> None:
    (number,) = before_the_jury(site, 1)
    cleared(site, number, MEMBER)
    visit = site.visit(MEMBER)
    visit.get("/?lang=en")
    for fields, status, sentence in TAMPERED:
        answer = say(visit, number, {"comment": "what I had typed", **fields})
        assert (answer.status_code, sentence in answer.text, "what I had typed" in answer.text) == (status, True, True)
    assert said_of(site, number, MEMBER) is None


def test_the_others_are_shown_once_every_mark_of_her_own_is_given(site: Site) -> None:
    (number,) = before_the_jury(site, 1)
    marked(site, number, THIRD, 5)
    cleared(site, number, MEMBER)
    visit, words = site.visit(MEMBER), f"Words of {THIRD}"
    assert words not in visit.get(f"{HERE}/{number}").text
    say(visit, number, {"mark_artistic": "3", "mark_learning": "3"})
    assert words not in visit.get(f"{HERE}/{number}").text
    say(visit, number, GOOD)
    assert words in visit.get(f"{HERE}/{number}").text
    assert words in site.visit(STAFF).get(f"{HERE}/{number}").text
    assert words not in site.visit(OBSERVER).get(f"{HERE}/{number}").text


def test_a_conflict_ends_what_another_browser_could_read_with_its_next_request(site: Site) -> None:
    number, other = before_the_jury(site, 2)
    marked(site, number, THIRD, 5)
    marked(site, number, MEMBER, 6)
    here, elsewhere = site.visit(MEMBER), site.visit(MEMBER)
    assert elsewhere.get(f"{HERE}/{number}").status_code == 200
    form = f"{HERE}/{number}/conflict"
    answer = here.post(form, {"answer": "yes", "reason": "Mijn nicht werkt er"}, on=form)
    assert (answer.status_code, answer.headers["location"]) == (303, HERE)
    for path in (f"{HERE}/{number}", form, f"/dossier/{ROUND}/{number}/file/plan/1"):
        assert elsewhere.get(path).status_code == 404
    for path in (f"{HERE}/{number}", f"{HERE}/{number}/autosave", form):
        assert elsewhere.post(path, {**GOOD, "answer": "no"}, on=HERE).status_code == 404
    assert left_in_list(here.get(f"{HERE}?show=conflict")) == [number]
    assert left_in_list(here.get(HERE)) == [other]


def test_staff_are_told_of_a_conflict_by_mail(site: Site) -> None:
    (number,) = before_the_jury(site, 1)
    visit, form = site.visit(MEMBER), f"{HERE}/{number}/conflict"
    visit.post(form, {"answer": "yes", "reason": "Mijn nicht werkt er"}, on=form)
    with site.database.reading() as session:
        rows = session.exec(select(NotificationRow).where(col(NotificationRow.letter) == "conflict-declared")).all()
    assert [(row.address, row.facts["by"], row.facts["reason"]) for row in rows] == [
        (STAFF, "Noor Claes", "Mijn nicht werkt er")
    ]


def test_a_form_without_an_answer_says_what_is_wanted(site: Site) -> None:
    (number,) = before_the_jury(site, 1)
    visit, form = site.visit(MEMBER), f"{HERE}/{number}/conflict"
    assert visit.post(form, {"answer": "perhaps"}, on=form).status_code == 422


def test_an_observer_reads_without_being_asked_and_says_nothing(site: Site) -> None:
    (number,) = before_the_jury(site, 1)
    marked(site, number, MEMBER, 6)
    visit = site.visit(OBSERVER)
    page = visit.get(f"{HERE}/{number}").text
    assert ("Samen koken" in page, "mark_" in page, f"Words of {MEMBER}" in page) == (True, False, False)
    fields = {**GOOD, "answer": "yes", "number": number, "decision": "shortlist", "words": "x"}
    for path in (f"/{number}", f"/{number}/autosave", f"/{number}/conflict", f"/{number}/verdict", "/ranking/verdicts"):
        assert visit.post(HERE + path, fields, on=HERE).status_code == 404
    assert said_of(site, number, OBSERVER) is None
    assert left_in_list(visit.get(HERE)) == [number]


def test_after_the_last_day_a_member_reads_what_she_said_and_says_no_more(site: Site) -> None:
    (number,) = before_the_jury(site, 1)
    marked(site, number, MEMBER, 6)
    site.clock.instant = LATE
    visit = site.visit(MEMBER)
    page = visit.get(f"{HERE}/{number}?lang=en").text
    assert ("This was possible until Saturday 30 March 2019, 24:00 (Brussels)." in page, "Save and next" in page) == (
        True, False,
    )  # fmt: skip
    answer = say(visit, number, {**GOOD, "note": "too late to say"})
    assert (answer.status_code, "too late to say" in answer.text) == (409, True)
    assert visit.post(f"{HERE}/{number}/autosave", GOOD, on=f"{HERE}/{number}").status_code == 409
    kept = said_of(site, number, MEMBER)
    assert kept is not None
    assert kept.marks == {"participation": 6, "artistic": 6, "learning": 6}


def test_staff_minute_a_recommendation_and_give_no_marks(site: Site) -> None:
    (number,) = before_the_jury(site, 1)
    visit = site.visit(STAFF)
    assert "mark_" not in visit.get(f"{HERE}/{number}").text
    assert say(visit, number, {"words": "De commissie zegt ja", "advises": "shortlist"}).status_code == 303
    kept = said_of(site, number, STAFF)
    assert kept is not None
    assert (kept.recommendation, kept.marks) == ("De commissie zegt ja", {})


def test_foreign_and_unknown_numbers_are_one_answer(site: Site) -> None:
    (number,) = before_the_jury(site, 1)
    draft = site.cycle.start_dossier(
        ROUND, organisation="Het Huis", email="jan@huis.example", name="Jan", language="nl", by=STAFF, now=site.now,
        number="CI19-077", state="draft",
    )  # fmt: skip
    visit = site.visit(MEMBER)
    visit.post(f"{HERE}/{number}/conflict", {"answer": "yes"}, on=f"{HERE}/{number}/conflict")
    visit.get(HERE)  # takes the notice away
    pages = {visit.get(f"{HERE}/{one}").text.replace(one, "") for one in (number, draft, "CI19-999", "nothing")}
    assert len(pages) == 1
    assert visit.get(f"{HERE}/{draft}").status_code == 404


def test_a_draft_is_not_there_for_the_committee(site: Site) -> None:
    number = site.draft(APPLICANT)
    for email in (MEMBER, CHAIR, OBSERVER):
        assert site.visit(email).get(f"{HERE}/{number}").status_code == 404


def test_a_page_asks_the_same_number_of_questions_of_few_and_of_many(site: Site) -> None:
    numbers = before_the_jury(site, 12)
    visit = site.visit(MEMBER)
    pages = ("/committee", HERE, f"{HERE}?show=all", f"{HERE}/{numbers[0]}")

    def questions() -> list[int]:
        found = []
        for page in pages:
            with counting(site) as asked:
                assert visit.get(page).status_code == 200
            found.append(len(asked))
        return found

    for number in numbers[:2]:
        marked(site, number, MEMBER, 5)
    visit.get(HERE)
    few = questions()
    for number in numbers[2:]:
        marked(site, number, MEMBER, 5)
    marked(site, numbers[0], THIRD, 5)
    assert questions() == few


def test_a_long_list_comes_in_pages(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.committee.mine.A_PAGE", 2)
    numbers = before_the_jury(site, 3)
    visit = site.visit(MEMBER)
    assert (left_in_list(visit.get(HERE)), left_in_list(visit.get(f"{HERE}?page=2"))) == (numbers[:2], numbers[2:])
    assert (left_in_list(visit.get(f"{HERE}?page=99999999")), A_PAGE) == (numbers[2:], 50)
