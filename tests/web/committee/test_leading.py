"""What a chair and staff see of the whole, what they decide, and what nobody outside hears of it."""

import re
from typing import Any

from jury_room import HERE, LATE, PITCH, before_the_jury, cleared, counting, marked
from sqlmodel import col, select
from visiting import CHAIR, FOURTH, MEMBER, OBSERVER, ROUND, STAFF, THIRD, Site, Visit, at

from engine.database.records import DossierRow, NotificationRow, VerdictRow

EDGE = at("2019-03-31 09:00")


def verdicts(site: Site) -> list[tuple[str, str, bool]]:
    """(number, decision, minuted) of every verdict that stands."""
    with site.database.reading() as session:
        rows = session.exec(
            select(DossierRow.number, VerdictRow.transition, VerdictRow.minuted)
            .join(VerdictRow, col(VerdictRow.dossier_id) == col(DossierRow.id))
            .where(col(VerdictRow.ended_at).is_(None))
            .order_by(col(DossierRow.number))
        ).all()
    return [(number, transition, minuted) for number, transition, minuted in rows]


def ranked(page: Any) -> list[tuple[str, str]]:
    """(number, mean) of each row of a ranking; `-` is the line."""
    rows = re.findall(r'<tr class="cut">|<tr.*?</tr>', page.text.partition("<tbody>")[2], re.S)
    found = []
    for row in rows:
        if row.startswith('<tr class="cut"'):
            found.append(("-", ""))
        else:
            number = re.search(r"CI19-\d+", row)
            mean = re.search(r'data-label="Mean">([^<]*)', row)
            assert number is not None
            found.append((number[0], mean[1] if mean else ""))
    return found


def decide(visit: Visit, number: str, decision: str, **more: str) -> Any:
    page = f"{HERE}/{number}/verdict"
    return visit.post(page, {"decision": decision, **more}, on=page)


def test_the_ranking_goes_from_first_to_last_and_marks_ties_spread_and_who_is_not_marked(site: Site) -> None:
    first, second, third, fourth = before_the_jury(site, 4)
    for number, member, mark in [(second, MEMBER, 9), (second, THIRD, 3), (first, MEMBER, 6), (third, MEMBER, 8)]:
        marked(site, number, member, mark)
    page = site.visit(STAFF).get(f"{HERE}/ranking?lang=en")
    assert ranked(page) == [(third, "8"), (first, "6"), (second, "6"), (fourth, "–")]
    rows = page.text.partition("<tbody>")[2].split("</tr>")
    assert ["far apart" in row for row in rows[:4]] == [False, False, True, False]
    assert ["> ties<" in row for row in rows[:4]] == [False, True, True, False]
    assert ["1 of 4" in row for row in rows[:4]] == [True, True, False, False]
    assert "Asked for in all: €80,000" in page.text


def test_the_line_is_drawn_where_the_places_end(site: Site) -> None:
    numbers = before_the_jury(site, 14)
    for place, number in enumerate(numbers):
        marked(site, number, MEMBER, 10 - place // 3)
    page = site.visit(STAFF).get(f"{HERE}/ranking?lang=en")
    assert [number for number, _ in ranked(page)].index("-") == 12
    assert "Here the 12 places for “Invited to pitch” end" in page.text
    assert "Above the line: €240,000" in page.text


def test_a_chair_sees_no_dossier_that_she_has_a_conflict_with_and_no_gap_where_it_stands(site: Site) -> None:
    first, second, third = before_the_jury(site, 3)
    for number, mark in [(first, 9), (second, 8), (third, 7)]:
        marked(site, number, MEMBER, mark)
    visit = site.visit(CHAIR)
    page = visit.get(f"{HERE}/ranking?lang=en")
    assert (ranked(page), "Say first whether you know them" in page.text) == ([], True)
    assert visit.get(f"{HERE}/{second}/verdict").headers["location"] == f"{HERE}/{second}/conflict"
    cleared(site, third, CHAIR)
    page = visit.get(f"{HERE}/ranking?lang=en")
    assert (ranked(page), re.findall(r'data-label="Rank"><span>(\d+)', page.text)) == ([(third, "7")], ["1"])
    cleared(site, second, CHAIR)
    site.cycle.declare_conflict(ROUND, first, by=CHAIR, now=site.now)
    page = visit.get(f"{HERE}/ranking?lang=en")
    assert (ranked(page), first in page.text) == ([(second, "8"), (third, "7")], False)
    assert re.findall(r'data-label="Rank"><span>(\d+)', page.text) == ["1", "2"]
    assert "Dossiers that you have a conflict with are not shown." in page.text
    assert visit.get(f"{HERE}/{first}/verdict").status_code == 404
    assert visit.post(f"{HERE}/{first}/verdict", {"decision": "shortlist"}).status_code == 404
    fields = {"state": "in_preselection", "decision": "shortlist", "number": [first, second]}
    assert visit.get(f"{HERE}/ranking/verdicts", params=fields).status_code == 404
    assert visit.post(f"{HERE}/ranking/verdicts", fields).status_code == 404
    assert verdicts(site) == []


def test_a_verdict_is_recorded_replaced_and_taken_back_with_its_consequences_told_first(site: Site) -> None:
    (number,) = before_the_jury(site, 1)
    marked(site, number, MEMBER, 7)
    cleared(site, number, CHAIR)
    visit = site.visit(CHAIR)
    page = visit.get(f"{HERE}/{number}/verdict?lang=en").text
    for sentence in (
        "12 of 12 places are left.",
        "It goes to “Invited to pitch” on Sunday 31 March 2019, 09:00 (Brussels).",
        "Somebody of the staff approves the letters before they leave.",
        "1 letter to applicants (Dutch 1).",
    ):
        assert sentence in page
    answer = decide(visit, number, "shortlist", reason="Sterk")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HERE}/ranking?state=in_preselection")
    assert verdicts(site) == [(number, "shortlist", False)]
    decide(visit, number, "shortlist", reason="Sterk")
    decide(visit, number, "pass_over")
    assert verdicts(site) == [(number, "pass_over", False)]
    visit.post(f"{HERE}/{number}/verdict", {"do": "take back", "reason": "Te vroeg"}, on=f"{HERE}/{number}/verdict")
    assert verdicts(site) == []
    with site.database.reading() as session:
        endings = session.exec(select(VerdictRow.ending).order_by(col(VerdictRow.id))).all()
    assert list(endings) == ["replaced", "withdrawn"]


def test_what_is_refused_is_said_beside_the_form_and_nothing_typed_is_lost(site: Site) -> None:
    (number,) = before_the_jury(site, 1)
    visit = site.visit(STAFF)
    visit.get("/?lang=en")
    answer = decide(visit, number, "shortlist", reason="Unaniem")
    assert (answer.status_code, "No recommendation has been written yet." in answer.text, "Unaniem" in answer.text) == (
        409, True, True,
    )  # fmt: skip
    assert decide(visit, number, "award").status_code == 422
    assert decide(visit, number, "").status_code == 422
    answer = visit.post(f"{HERE}/{number}/verdict", {"do": "take back"}, on=f"{HERE}/{number}/verdict")
    assert (answer.status_code, "No verdict stands on this dossier." in answer.text) == (409, True)
    assert verdicts(site) == []


def test_a_refusal_is_said_in_the_readers_language_with_the_programmes_own_words(site: Site) -> None:
    numbers = before_the_jury(site, 13)
    for number in numbers:
        marked(site, number, MEMBER, 7)
    for number in numbers[:12]:
        site.cycle.verdict(ROUND, number, "shortlist", by=STAFF, now=site.now)
    visit = site.visit(STAFF)
    visit.get("/?lang=en")
    page = decide(visit, numbers[12], "shortlist").text
    assert "No place is left for “Invited to pitch”: 12 of 12 taken." in page


def test_staff_minute_and_a_late_verdict_needs_a_reason(site: Site) -> None:
    (number,) = before_the_jury(site, 1)
    marked(site, number, MEMBER, 7)
    visit = site.visit(STAFF)
    page = visit.get(f"{HERE}/{number}/verdict?lang=en").text
    assert "a verdict that you enter is minuted for the committee" in page
    site.clock.instant = LATE
    site.cycle.advance(site.now)
    visit = site.visit(STAFF)
    page = visit.get(f"{HERE}/{number}/verdict?lang=en").text
    assert "Its moment is past: it goes to “Declined” at once." in page
    answer = decide(visit, number, "pass_over")
    assert (answer.status_code, "Write down the reason." in answer.text) == (409, True)
    assert decide(visit, number, "pass_over", reason="De voorzitter was ziek").status_code == 303
    assert visit.get(f"{HERE}/ranking?state=declined").text.count(number) > 0


def test_a_member_who_does_not_chair_finds_neither_ranking_nor_verdict(site: Site) -> None:
    (number,) = before_the_jury(site, 1)
    marked(site, number, MEMBER, 7)
    for email in (MEMBER, OBSERVER):
        visit = site.visit(email)
        for path in ("/ranking", "/ranking/verdicts?decision=shortlist", f"/{number}/verdict"):
            assert visit.get(HERE + path).status_code == 404
        fields = {"decision": "shortlist", "number": number, "state": "in_preselection"}
        for path in ("/ranking/verdicts", f"/{number}/verdict"):
            assert visit.post(HERE + path, fields, on=HERE).status_code == 404
    assert verdicts(site) == []


def test_one_verdict_on_several_shows_what_it_does_first_and_says_what_was_refused(site: Site) -> None:
    first, second, third = before_the_jury(site, 3)
    marked(site, first, MEMBER, 5)
    marked(site, third, MEMBER, 8)
    site.cycle.verdict(ROUND, third, "pass_over", by=STAFF, now=site.now)
    visit = site.visit(STAFF)
    visit.get("/?lang=en")
    chosen = {"state": "in_preselection", "decision": "shortlist", "number": [first, second, third]}
    page = visit.get(f"{HERE}/ranking/verdicts", params=chosen).text
    assert re.findall(r"<li>(CI19-\d+)", page) == [third, first, second]
    for sentence in ("“Invited to pitch” for 3 dossiers", "12 of 12 places are left.", "replaces “Declined”",
                     "3 letters to applicants (Dutch 3)."):  # fmt: skip
        assert sentence in page
    assert verdicts(site) == [(third, "pass_over", True)]
    answer = visit.post(f"{HERE}/ranking/verdicts", chosen)
    refused, _, done = answer.text.partition("<h2>Recorded</h2>")
    assert answer.status_code == 409
    assert (second in refused, "No recommendation has been written yet." in refused) == (True, True)
    assert (first in done, third in done, second in done) == (True, True, False)
    assert verdicts(site) == [(first, "shortlist", True), (third, "shortlist", True)]
    cleared(site, second, MEMBER)
    site.cycle.recommend(ROUND, second, "Toch", by=MEMBER, now=site.now)
    assert visit.post(f"{HERE}/ranking/verdicts", chosen).headers["location"] == f"{HERE}/ranking?state=in_preselection"
    assert [number for number, _, _ in verdicts(site)] == [first, second, third]


def test_of_more_than_fit_the_first_get_the_places(site: Site) -> None:
    numbers = before_the_jury(site, 14)
    for place, number in enumerate(numbers):
        marked(site, number, MEMBER, 1 + place % 10)
    visit = site.visit(STAFF)
    visit.get("/?lang=en")
    chosen = {"state": "in_preselection", "decision": "shortlist", "number": numbers}
    page = visit.get(f"{HERE}/ranking/verdicts", params=chosen).text
    assert "That is fewer than the 14 chosen: the others are refused." in page
    order = re.findall(r"<li>(CI19-\d+)", page)
    assert visit.post(f"{HERE}/ranking/verdicts", chosen).status_code == 409
    assert {number for number, _, _ in verdicts(site)} == set(order[:12])


def test_nothing_is_chosen_by_nobody_and_unknown_things_are_not_there(site: Site) -> None:
    (number,) = before_the_jury(site, 1)
    visit = site.visit(STAFF)
    wanted = {"state": "in_preselection", "decision": "shortlist"}
    assert "No dossier is chosen" in visit.get(f"{HERE}/ranking/verdicts?lang=en", params=wanted).text
    for wrong in ({"decision": "award"}, {"decision": "submit"}, {"state": "draft"}, {"number": ["CI19-999", number]}):
        assert visit.get(f"{HERE}/ranking/verdicts", params={**wanted, **wrong}).status_code == 404
    assert visit.get(f"{HERE}/ranking?state=draft").status_code == 404


def test_nothing_outside_changes_when_a_verdict_is_recorded(site: Site) -> None:
    number, other = before_the_jury(site, 2)
    marked(site, number, MEMBER, 7)
    applicant, observer = site.visit("an1@brug.example"), site.visit(OBSERVER)
    paths = ["/", "/dossiers", f"/call/{ROUND}", f"/dossier/{ROUND}/{number}", f"{HERE}/{number}"]
    paths += [f"/dossier/{ROUND}/{number}/{part}" for part in ("letters", "calendar.ics", "answers")]

    def outside() -> list[object]:
        seen: list[object] = [(one.status_code, one.text) for one in map(applicant.get, paths)]
        seen += [observer.get(path).text for path in (HERE, f"{HERE}/{number}", f"{HERE}/{other}")]
        with site.database.reading() as session:
            seen.append(session.exec(select(NotificationRow.id, NotificationRow.letter)).all())
        return seen

    outside()
    before = outside()
    site.cycle.verdict(ROUND, number, "shortlist", by=STAFF, now=site.now)
    assert outside() == before


def test_on_the_day_everybody_has_the_running_order_and_no_line_of_what_is_not_hers(site: Site) -> None:
    first, second, third = _pitching(site)
    site.cycle.act(ROUND, second, "withdraw", by="an2@brug.example", now=site.now)
    site.cycle.declare_conflict(ROUND, third, by=THIRD, now=site.now)
    page = site.visit(THIRD).get(f"{HERE}/day/pitch?lang=en")
    assert "Thursday 9 May 2019" in page.text
    assert "Hours in Brussels" in page.text
    assert re.findall(r"<time[^>]*>(\d\d:\d\d)</time>–(\d\d:\d\d)", page.text) == [
        ("09:30", "09:50"), ("09:55", "10:15"), ("10:20", "10:40"),
    ]  # fmt: skip
    assert [one in page.text for one in (first, second, third, "De Brug 2", "De Brug 3")] == [
        True, False, False, False, False,
    ]  # fmt: skip
    assert ("Not for you" in page.text, "This hour has come free" in page.text) == (True, True)
    observer = site.visit(OBSERVER).get(f"{HERE}/day/pitch?lang=en").text
    assert (third in observer, "Your marks" in observer) == (True, False)
    for meeting in ("kick_off", "info_session", "nothing"):
        assert site.visit(MEMBER).get(f"{HERE}/day/{meeting}").status_code == 404


def _pitching(site: Site) -> list[str]:
    """Three dossiers that are invited to pitch, on the morning of that day."""
    numbers = before_the_jury(site, 3)
    for number in numbers:
        for member in (MEMBER, THIRD, FOURTH):
            marked(site, number, member, 7)
        site.cycle.verdict(ROUND, number, "shortlist", by=STAFF, now=site.now)
    site.cycle.approve(ROUND, "recommendations opens", by=STAFF, now=site.now)
    site.cycle.advance(EDGE)
    site.clock.instant = PITCH
    site.cycle.advance(site.now)
    return numbers


def test_a_page_asks_the_same_number_of_questions_of_few_and_of_many(site: Site) -> None:
    numbers = before_the_jury(site, 14)
    visit = site.visit(STAFF)
    chosen = "&".join(f"number={number}" for number in numbers)

    def questions(path: str) -> int:
        with counting(site) as asked:
            assert visit.get(path).status_code == 200
        return len(asked)

    several = f"{HERE}/ranking/verdicts?state=in_preselection&decision=pass_over"
    one = f"{HERE}/{numbers[0]}/verdict"
    questions(HERE)
    for number in numbers[:2]:
        marked(site, number, MEMBER, 5)
    before = [questions(f"{HERE}/ranking"), questions(f"{several}&number={numbers[0]}"), questions(one)]
    for number in numbers[2:]:
        marked(site, number, MEMBER, 5)
    for member in (THIRD, FOURTH):
        marked(site, numbers[0], member, 7)
    assert [questions(f"{HERE}/ranking"), questions(f"{several}&{chosen}"), questions(one)] == before
