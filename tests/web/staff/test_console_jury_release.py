"""How do staff look at a ranking, minute verdicts, and release what is held: exactly what they saw, alone or as two?"""

import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from databases import BOTH, fresh, fresh_on
from sqlmodel import col, select
from visiting import FOURTH, MEMBER, ROUND, STAFF, THIRD, Site, Visit, at, prepared, put_round

from engine.database.connection import Database
from engine.database.records import DossierRow, NotificationRow, ReleaseRow, VerdictRow
from engine.errors import Refused

sys.path.insert(0, str(Path(__file__).parents[1] / "committee"))
from jury_room import PITCH, before_the_jury, counting, marked

SECOND = "tim@impuls.example"
COMMITTEE = f"/staff/{ROUND}/committee"
RANKING = f"{COMMITTEE}/ranking"
VERDICTS = f"/staff/{ROUND}/verdicts"
FIRST_BATCH, SECOND_BATCH = f"{VERDICTS}/recommendations-opens", f"{VERDICTS}/approval-opens"
STATE = "in_preselection"


@pytest.fixture
def site() -> Iterator[Site]:
    """In memory, with two of the staff."""
    database = prepared("sqlite://")
    made = Site(database)
    made.cycle.add_person(ROUND, email=SECOND, name="Tim Bos", language="fr", role="staff", by=STAFF, now=made.now)
    yield made
    database.close()


def words(page: Any) -> str:
    """A page as it reads, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


def decided(site: Site, count: int = 3, chosen: int = 2) -> list[str]:
    """So many before the jury, of which the first are invited and the others but the last are not."""
    numbers = before_the_jury(site, count)
    for place, number in enumerate(numbers):
        marked(site, number, MEMBER, 9 - place)
        if place < count - 1:
            site.cycle.verdict(
                ROUND, number, "shortlist" if place < chosen else "pass_over", by=STAFF, now=site.now + place
            )
    return numbers


def approve(visit: Visit, path: str, **more: str) -> Any:
    """Look at a batch and approve it as it stands, with what else is typed."""
    return send(visit, path, visit.get(path), do="approve", **more)


def send(visit: Visit, path: str, page: Any, **fields: str) -> Any:
    """The form of a page that is open already."""
    given = dict(re.findall(r'name="(csrf|digest|shown)" value="([^"]*)"', page.text))
    return visit.client.post(path, data=given | fields, headers={"sec-fetch-site": "same-origin"})


def letters(site: Site, *names: str) -> dict[str, int]:
    """letter -> how many were written."""
    with site.database.reading() as session:
        rows = session.exec(select(NotificationRow.letter).where(col(NotificationRow.letter).in_(names))).all()
    return {name: rows.count(name) for name in names}


def states(site: Site) -> dict[str, str]:
    with site.database.reading() as session:
        return dict(session.exec(select(DossierRow.number, DossierRow.state)).all())


# ── Ranking and minutes ─────────────────────────────────────────────────────


def test_the_ranking_draws_both_lines_marks_ties_across_them_and_lists_the_reserve(site: Site) -> None:
    numbers = before_the_jury(site, 14)
    for place, number in enumerate(numbers):
        marked(site, number, MEMBER, 9 if place < 11 else 7)
    site.cycle.verdict(ROUND, numbers[13], "pass_over", by=STAFF, now=site.now)
    page = site.visit(STAFF).get(f"{RANKING}?state={STATE}&budget=50000")
    said = words(page)
    assert "Here €50,000 end: €40,000 are used" in said
    assert "Here the 12 places for “Invited to pitch” end" in said
    assert "3 dossiers tie across the line: the ranking does not say which get in." in said
    rows = page.text.partition("<tbody>")[2].split("</tr>")
    of = {found[0]: row for row in rows if (found := re.search(r"CI19-\d+", row))}
    assert [number for number in numbers if "ties at the line" in of[number]] == numbers[11:]
    # the last has a verdict already, and waits for no place
    assert [number for number in numbers if "reserve 1" in of[number]] == [numbers[12]]
    assert [number for number in numbers if "reserve 2" in of[number]] == []
    assert page.text.index("CI19-002") < page.text.index("€50,000 end") < page.text.index("CI19-003")
    for budget in ("x", "-5", "1e400", "nan", "9" * 60):
        answer = site.visit(STAFF).get(f"{RANKING}?budget={budget}")
        assert (answer.status_code, " are used" in answer.text) == (200, False)


def test_marks_are_shown_as_if_all_marked_alike_beside_what_they_are(site: Site) -> None:
    numbers = before_the_jury(site, 4)
    for place, number in enumerate(numbers):
        marked(site, number, MEMBER, 9 - place)
        if place < 3:
            marked(site, number, THIRD, 5 - place)  # sterner, in the same order
    visit = site.visit(STAFF)
    page = visit.get(f"{RANKING}?alike=1")
    beside = r'data-label="If all marked alike"><span>([\d.]+) <span class="quiet-text">rank (\d+)'
    alike = re.findall(beside, page.text)
    # the last stands above the third because nobody stern has marked it; if all marked alike it would not
    order = [numbers[0], numbers[1], numbers[3], numbers[2]]
    assert list(dict.fromkeys(re.findall(r"CI19-\d+", page.text.partition("<tbody>")[2]))) == order
    assert [rank for _, rank in alike] == ["1", "2", "4", "3"]
    assert "If all marked alike" not in visit.get(RANKING).text
    lines = visit.get(f"{RANKING}.csv?alike=1").text.removeprefix("\ufeff").splitlines()
    assert lines[0].startswith("Rank,Number,Title,Organisation,Asked,Mean,Spread,Marked by,Without a conflict,")
    assert lines[0].endswith("Verdict,Within the line,Reserve,If all marked alike,Rank if all marked alike")
    assert len(lines) == 5


def test_staff_minute_one_verdict_on_several_and_hear_of_each_that_is_refused(site: Site) -> None:
    numbers = before_the_jury(site, 3)
    for number in numbers[:2]:
        marked(site, number, MEMBER, 8)
    visit = site.visit(STAFF)
    query = f"?state={STATE}&decision=pass_over" + "".join(f"&number={number}" for number in numbers[:2])
    page = visit.get(f"{RANKING}/verdicts{query}")
    assert re.search("“[^”]+” for 2 dossiers", words(page))
    fields = {"state": STATE, "decision": "pass_over", "number": numbers[:2], "reason": "Te vaag"}
    answer = visit.post(f"{RANKING}/verdicts", fields, on=f"{RANKING}/verdicts{query}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{RANKING}?state={STATE}")
    fields |= {"number": [numbers[1], numbers[2]], "decision": "shortlist"}
    answer = visit.post(f"{RANKING}/verdicts", fields, on=f"{RANKING}/verdicts{query}")
    assert (answer.status_code, "No recommendation has been written yet." in answer.text) == (409, True)
    with site.database.reading() as session:
        rows = session.exec(
            select(DossierRow.number, VerdictRow.transition, VerdictRow.minuted)
            .join(VerdictRow, col(VerdictRow.dossier_id) == col(DossierRow.id))
            .where(col(VerdictRow.ended_at).is_(None))
            .order_by(col(DossierRow.number))
        ).all()
    assert list(rows) == [(numbers[0], "pass_over", True), (numbers[1], "shortlist", True)]
    assert visit.get(f"{RANKING}/verdicts?state=draft&decision=shortlist&number={numbers[0]}").status_code == 404


# ── What is held ────────────────────────────────────────────────────────────


def test_a_batch_is_counted_by_verdict_letter_and_language_with_what_is_wanting(site: Site) -> None:
    numbers = decided(site, 4)
    site.cycle.add_contact(ROUND, numbers[0], email="x@brug.example", name="X", language="fr", by=STAFF, now=site.now)
    site.cycle.declare_conflict(ROUND, numbers[0], by=FOURTH, now=site.now)
    visit = site.visit(STAFF)
    said = words(visit.get(FIRST_BATCH))
    assert "not approved Goes on Sunday 31 March 2019, 09:00 (Brussels)" in said
    assert "One person approves it" in said
    assert "Invited to pitch 2" in said.replace("Uitgenodigd voor de pitch", "Invited to pitch")
    assert "In all 3" in said
    assert "invited-to-pitch Applicants: French 1 , Dutch 2 2 3" in said
    assert "not-shortlisted Applicants: Dutch 1 1 1" in said
    assert "Every verdict has its letter." in said
    assert f"1 dossier has no verdict They stay where they are, and nobody is told anything. {numbers[3]}" in said
    listed = words(visit.get(VERDICTS))
    assert listed.index("3 dossiers") < listed.index("2 people approve it")


def test_a_verdict_that_nobody_would_hear_of_is_told(site: Site) -> None:
    numbers = decided(site, 3, chosen=1)
    with site.database.transaction() as session:
        session.connection().exec_driver_sql(
            f"DELETE FROM contact WHERE dossier_id = (SELECT id FROM dossier WHERE number = '{numbers[0]}')"
        )
    said = words(site.visit(STAFF).get(FIRST_BATCH))
    assert "stands on 1 dossiers, and “invited-to-pitch” tells of 0: nobody speaks for the others." in said
    assert "Every verdict has its letter." not in said


def test_the_letters_are_shown_as_they_will_be_and_nothing_is_written(site: Site) -> None:
    numbers = decided(site)
    visit = site.visit(STAFF)
    for language, hour in (("nl", "9.30 tot 9.50"), ("fr", "9 mai 2019"), ("en", "9:30 to 9:50")):
        query = f"?transition=shortlist&role=applicant&language={language}"
        page = visit.get(f"{FIRST_BATCH}/letter{query}")
        assert (page.status_code, numbers[0] in page.text, hour in page.text) == (200, True, True), language
        frame = visit.get(f"{FIRST_BATCH}/letter/page{query}")
        assert ("sandbox" in frame.headers["content-security-policy"], numbers[0] in frame.text) == (True, True)
    assert visit.get(f"{FIRST_BATCH}/letter?transition=shortlist&role=jury").status_code == 200
    for query in ("transition=award", "transition=shortlist&role=staff", "transition=shortlist&language=de",
                  "transition=nothing", ""):  # fmt: skip
        assert visit.get(f"{FIRST_BATCH}/letter?{query}").status_code == 404, query
    assert visit.get(f"{VERDICTS}/call-closes").status_code == 404
    assert letters(site, "invited-to-pitch") == {"invited-to-pitch": 0}


def test_one_person_approves_takes_it_back_and_it_goes_at_its_moment_with_its_letters(site: Site) -> None:
    numbers = decided(site)
    visit = site.visit(STAFF)
    assert approve(visit, FIRST_BATCH).status_code == 303
    assert "Take my approval back" in visit.get(FIRST_BATCH).text
    answer = approve(visit, FIRST_BATCH, digest="")
    assert (answer.status_code, "You have approved exactly this already." in answer.text) == (409, True)
    assert send(visit, FIRST_BATCH, visit.get(FIRST_BATCH), do="take back").status_code == 303
    answer = send(visit, FIRST_BATCH, visit.get(FIRST_BATCH), do="take back")
    assert (answer.status_code, "You have not approved this." in answer.text) == (409, True)
    assert "(taken back" in visit.get(FIRST_BATCH).text
    approve(visit, FIRST_BATCH)
    site.clock.instant = at("2019-04-01 10:00")
    site.cycle.advance(site.now)
    assert [states(site)[number] for number in numbers] == ["shortlisted", "shortlisted", STATE]
    visit = site.visit(STAFF)
    said = words(visit.get(FIRST_BATCH))
    assert "gone Went on Monday 1 April 2019, 10:00 (Brussels)" in said
    assert "invited-to-pitch Dutch on its way 2" in said
    answer = visit.post(FIRST_BATCH, {"do": "take back"}, on=RANKING)
    assert (answer.status_code, "This has taken effect already." in answer.text) == (409, True)


def test_what_changed_since_the_page_was_shown_is_said_and_nothing_is_approved(site: Site) -> None:
    numbers = decided(site)
    visit = site.visit(STAFF)
    page = visit.get(FIRST_BATCH)
    site.clock.instant += 60_000_000
    site.cycle.verdict(ROUND, numbers[1], "pass_over", by=SECOND, now=site.now)
    site.clock.instant += 60_000_000
    answer = send(visit, FIRST_BATCH, page, do="approve")
    said = words(answer)
    assert (answer.status_code, "This has changed since you opened the page." in said) == (409, True)
    assert re.search(rf"This has changed: {numbers[1]}: “[^”]+” became “[^”]+” \({SECOND},", said)
    with site.database.reading() as session:
        assert session.exec(select(ReleaseRow)).all() == []
    # and what was approved before it changed is void, and says since when what changed
    approve(visit, FIRST_BATCH)
    site.clock.instant += 60_000_000
    site.cycle.withdraw_verdict(ROUND, numbers[0], by=SECOND, now=site.now, reason="a mistake")
    said = words(visit.get(FIRST_BATCH))
    assert "changed since it was approved" in said
    assert re.search(rf"This has changed: {numbers[0]}: “[^”]+” was taken back", said)
    assert "for something else: void" in said


def to_the_award(site: Site) -> list[str]:
    """Two invited and at the pitch, both with a verdict that two people release."""
    numbers = decided(site)
    site.cycle.approve(ROUND, "recommendations opens", by=STAFF, now=site.now)
    site.clock.instant = PITCH + 12 * 3_600_000_000
    site.cycle.advance(site.now)
    for number, decision in zip(numbers[:2], ("award", "turn_down"), strict=True):
        site.cycle.attend(ROUND, number, "pitch", by=STAFF, now=site.now)
        site.cycle.verdict(ROUND, number, decision, by=STAFF, now=site.now)
    return numbers[:2]


def test_two_people_release_and_the_same_person_is_not_two(site: Site) -> None:
    numbers = to_the_award(site)
    one, two = site.visit(STAFF), site.visit(SECOND)
    assert approve(one, SECOND_BATCH).status_code == 303
    page = one.get(SECOND_BATCH)
    assert "You have approved it. Somebody else must approve it as well." in words(page)
    answer = send(one, SECOND_BATCH, two.get(SECOND_BATCH), do="approve", csrf=one.csrf(RANKING))
    assert (answer.status_code, "You have approved exactly this already." in answer.text) == (409, True)
    # its moment comes, and it waits: the second approval cannot be taken back, so the count is typed
    site.clock.instant = at("2019-05-20 10:00")
    site.cycle.advance(site.now)
    two = site.visit(SECOND)
    said = words(two.get(SECOND_BATCH))
    assert "its moment is past: it waits for you" in said
    assert "The letters leave at once, and nothing of it can be taken back." in said
    assert approve(two, SECOND_BATCH).status_code == 422
    answer = approve(two, SECOND_BATCH, count="3")
    assert (answer.status_code, "Type 2, the number of dossiers: this cannot be taken back." in words(answer)) == (
        422, True,
    )  # fmt: skip
    assert [states(site)[number] for number in numbers] == ["shortlisted", "shortlisted"]
    assert approve(two, SECOND_BATCH, count="2").status_code == 303
    assert [states(site)[number] for number in numbers] == ["awarded", "declined"]
    assert letters(site, "awarded", "not-awarded") == {"awarded": 1, "not-awarded": 1}


def test_what_would_be_held_back_is_named_with_the_reason(site: Site) -> None:
    numbers = decided(site)
    site.cycle.act(ROUND, numbers[0], "withdraw", by="an1@brug.example", now=site.now)
    said = words(site.visit(STAFF).get(FIRST_BATCH))
    assert f"1 dossier would not go {numbers[0]}" in said
    assert "this is not possible from there" in said


def test_a_batch_asks_the_database_as_much_for_many_verdicts_as_for_few(site: Site) -> None:
    numbers = before_the_jury(site, 9)
    for number in numbers:
        marked(site, number, MEMBER, 7)
    asked_of: dict[str, list[int]] = {}
    for some in (numbers[:2], numbers[2:8]):
        for number in some:
            site.cycle.verdict(ROUND, number, "pass_over", by=STAFF, now=site.now)
        visit = site.visit(STAFF)
        for path in (VERDICTS, FIRST_BATCH, f"{FIRST_BATCH}/letter?transition=pass_over"):
            visit.get(path)
            with counting(site) as asked:
                assert visit.get(path).status_code == 200
            asked_of.setdefault(path, []).append(len(asked))
    assert [path for path, (few, many) in asked_of.items() if few != many] == []


# ── Two at once ─────────────────────────────────────────────────────────────


@contextmanager
def several_connections(kind: str, folder: Path) -> Iterator[Database]:
    """A database that more than one can be at work in: SQLite needs a file for that."""
    if kind == "postgresql":
        with fresh_on(kind) as database:
            yield database
        return
    database = fresh(f"sqlite:///{folder / 'site.db'}")
    yield database
    database.close()


@pytest.mark.parametrize("kind", BOTH)
def test_of_two_who_approve_at_once_both_count_and_of_one_who_sends_twice_one_does(kind: str, tmp_path: Path) -> None:
    with several_connections(kind, tmp_path) as database:
        put_round(database)
        site = Site(database)
        site.cycle.add_person(ROUND, email=SECOND, name="Tim", language="fr", role="staff", by=STAFF, now=site.now)
        numbers = to_the_award(site)
        outcomes: list[str] = []
        barrier = threading.Barrier(4)

        def press(email: str) -> None:
            barrier.wait()
            try:
                site.cycle.approve(ROUND, "approval opens", by=email, now=site.now)
                outcomes.append(email)
            except Refused as refused:
                outcomes.append(refused.reasons[0].code)

        pressing = [threading.Thread(target=press, args=(email,)) for email in (STAFF, STAFF, SECOND, SECOND)]
        for one in pressing:
            one.start()
        for one in pressing:
            one.join()
        assert sorted(outcomes) == sorted([STAFF, SECOND, "approved", "approved"])
        site.clock.instant = at("2019-05-20 10:00")
        site.cycle.advance(site.now)
        assert [states(site)[number] for number in numbers] == ["awarded", "declined"]
