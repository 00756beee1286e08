"""Does the start page tell staff of everything that waits for them, most urgent first, and of nothing else?"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from databases import fresh
from sqlmodel import select
from visiting import APPLICANT, CHAIR, FOURTH, MEMBER, ROUND, STAFF, THIRD, Site, at

from engine.cycle import Imported
from engine.database.records import NotificationRow, PersonRow, RoleRow

READING = at("2019-03-09 10:00")


def words(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def needs(site: Site, email: str = STAFF) -> list[str]:
    """What waits, in order: what is said in bold of each row."""
    listed = re.search(r'<ul class="card flush today".*?</ul>', site.visit(email).get("/staff").text, re.DOTALL)
    return re.findall(r"<strong>(.*?)</strong>", listed[0]) if listed else []


@contextmanager
def questions(site: Site) -> Iterator[list[str]]:
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    sa.event.listen(site.database.reader, "before_cursor_execute", note)
    yield asked
    sa.event.remove(site.database.reader, "before_cursor_execute", note)


def brought(site: Site, state: str, count: int = 1) -> list[str]:
    rows = [Imported(f"Huis {n}", f"huis{n}@x.example", "H", "nl", state=state, received_at=1) for n in range(count)]
    return list(site.cycle.import_dossiers(ROUND, rows, by=STAFF, now=site.now))


def it_is(site: Site, text: str) -> None:
    site.clock.instant = at(text)
    site.cycle.advance(site.now)


def test_nothing_waits_in_a_quiet_call(site: Site) -> None:
    site.draft()
    said = words(site.visit(STAFF).get("/staff"))
    assert needs(site) == []
    assert "Nothing waits for you." in said
    assert "1 dossier was started" in said
    assert "The calendar does nothing in the coming week." in said


def test_what_waits_is_told_the_most_urgent_first(site: Site) -> None:
    one, two = site.handed_in(), site.handed_in("bo@huis.example", "Huis")
    it_is(site, "2019-03-28 10:00")
    for number in (one, two):
        for member in (CHAIR, MEMBER, THIRD, FOURTH):
            if (number, member) == (two, FOURTH):
                continue
            site.cycle.declare_clear(ROUND, number, by=member, now=site.now)
            marks = dict.fromkeys(("participation", "artistic", "learning"), 7)
            site.cycle.score(ROUND, number, marks, by=member, now=site.now)
        site.cycle.recommend(ROUND, number, "Goed.", by=MEMBER, now=site.now, advises="shortlist")
    site.cycle.declare_conflict(ROUND, two, by=FOURTH, now=site.now, reason="Mijn broer.")
    site.cycle.verdict(ROUND, one, "shortlist", by=CHAIR, now=site.now)
    assert needs(site) == [
        "1 verdict waits until its letters are approved",  # they leave within three days
        "Promised by Monday 1 April 2019, 09:00 (Brussels): Recommendations to the applicants",
        "1 conflict was declared",
    ]
    site.cycle.approve(ROUND, "recommendations opens", by=STAFF, now=site.now)
    assert "1 verdict waits until its letters are approved" not in needs(site)
    # another verdict, and the approval is void
    site.cycle.verdict(ROUND, two, "shortlist", by=CHAIR, now=site.now + 1)
    assert needs(site)[0] == "2 verdicts wait until their letters are approved"
    it_is(site, "2019-04-01 08:00")
    assert needs(site)[0] == "2 verdicts wait until their letters are approved"
    assert "They should have left on Sunday 31 March 2019" in words(site.visit(STAFF).get("/staff"))
    it_is(site, "2019-04-03 10:00")  # and a promise that was not kept goes on waiting
    assert needs(site)[:2] == [
        "2 verdicts wait until their letters are approved",
        "Promised by Monday 1 April 2019, 09:00 (Brussels): Recommendations to the applicants",
    ]


def test_members_are_late_once_the_rules_remind_them(site: Site) -> None:
    site.handed_in()
    it_is(site, "2019-03-09 10:00")
    assert needs(site) == []
    it_is(site, "2019-03-24 10:00")
    assert "4 members are late with what is asked of them" in needs(site)
    assert "Bo Adams, Noor Claes, Ine Ruys …: 4 dossiers are left." in words(site.visit(STAFF).get("/staff"))


def test_who_has_said_all_or_has_a_tie_is_not_late(site: Site) -> None:
    number = site.handed_in()
    it_is(site, "2019-03-24 10:00")
    site.cycle.declare_conflict(ROUND, number, by=FOURTH, now=site.now)
    site.cycle.declare_clear(ROUND, number, by=MEMBER, now=site.now)
    marks = dict.fromkeys(("participation", "artistic", "learning"), 7)
    site.cycle.score(ROUND, number, marks, by=MEMBER, now=site.now)
    site.cycle.add_contact(ROUND, number, email=THIRD, name="", language="nl", by=APPLICANT, now=site.now)
    assert "1 member is late with what is asked of her" in needs(site)


def test_what_is_stuck_overdue_or_asked_for_is_told(site: Site) -> None:
    draft = site.draft()
    site.cycle.ask_extension(
        ROUND, draft, of="call closes", to=date(2019, 3, 9), reason="Ziek", by=APPLICANT, now=site.now
    )
    assert needs(site) == ["1 dossier asks for more time"]
    site.cycle.answer_extension(ROUND, 1, granted=False, words="Nee", by=STAFF, now=site.now)
    it_is(site, "2019-06-10 10:00")
    (number,) = brought(site, "awarded")
    it_is(site, "2019-09-10 10:00")
    assert needs(site)[0] == "1 dossier could not become “In rollout”"
    assert "1 thing that is owed is overdue" in needs(site)
    site.cycle.excuse(ROUND, number, "kick_off", reason="Ziek", by=STAFF, now=site.now)
    assert [one for one in needs(site) if "could not" in one or "overdue" in one] == []


def test_a_letter_that_failed_or_is_held_is_told(site: Site) -> None:
    site.handed_in()
    with site.database.transaction() as session:
        row = session.exec(select(NotificationRow)).first()
        assert row is not None
        row.status, row.ended_at = "failed", site.now
        session.add(row)
    assert needs(site) == ["1 letter has failed"]
    with site.database.transaction() as session:
        row = session.get_one(NotificationRow, row.id)
        row.status, row.ended_at = "held", None
        session.add(row)
    assert needs(site) == ["1 letter is held"]


def test_what_happened_is_told_since_the_last_visit(site: Site) -> None:
    site.visit(STAFF).get("/staff")
    site.clock.instant += 3 * 3_600_000_000
    site.draft()
    said = words(site.visit(STAFF).get("/staff"))
    assert "Since Tuesday 15 January 2019, 10:00 (Brussels)." in said
    assert "1 dossier was started" in said
    site.clock.instant += 3 * 3_600_000_000
    assert "Nothing has happened." in words(site.visit(STAFF).get("/staff"))


def test_a_clock_that_stands_still_is_told(site: Site) -> None:
    site.handed_in()
    assert "Something has waited too long" not in words(site.visit(STAFF).get("/staff"))
    site.clock.instant = at("2019-03-09 10:00")  # and nothing has fired
    said = words(site.visit(STAFF).get("/staff"))
    assert "Something has waited too long" in said
    assert "Oldest overdue deadline 529 hours the clock" in said


def test_only_staff_come_in_and_only_to_their_own_rounds(site: Site) -> None:
    site.draft()
    assert [site.visit(one).get("/staff").status_code for one in (APPLICANT, CHAIR, MEMBER)] == [404] * 3
    assert site.visit().get("/staff").status_code == 303
    with site.database.transaction() as session:
        for row in session.exec(select(RoleRow).where(RoleRow.role == "staff")).all():
            row.role = "everyone"
            session.add(row)
    assert site.visit(STAFF).get("/staff").status_code == 404


def test_while_no_round_is_open_whoever_signs_in_finds_out_how_to_begin() -> None:
    database = fresh()
    site = Site(database)
    with database.transaction() as session:
        session.add(PersonRow(email="first@fund.example", name="", language="en"))
    said = words(site.visit("first@fund.example").get("/staff"))
    assert "No round is open yet. Begin here:" in said
    assert "make demo" in said
    assert "grantcycle open PROGRAMME/ROUND --as first@fund.example" in said
    assert site.visit().get("/staff").status_code == 303
    database.close()


@pytest.mark.parametrize("when", ["2019-01-15 10:00", "2019-03-24 10:00"])
def test_the_page_asks_the_same_however_many_dossiers_and_rounds_there_are(site: Site, when: str) -> None:
    site.handed_in()
    it_is(site, when)
    visit, counted = site.visit(STAFF), []
    for more in range(2):
        visit.get("/staff")
        with questions(site) as asked:
            visit.get("/staff")
        counted.append(len(asked))
        if not more:
            brought(site, "in_preselection", 5)
    assert counted[0] == counted[1]
