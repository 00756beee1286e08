"""A committee accepts what is owed, meets by itself, and a text reaches everyone whom it concerns, once."""

from typing import Any

import pytest
from databases import BOTH, fresh_on
from sqlmodel import col, select
from test_unasked import INVITED, NOW, PLAN, READING, handed_in, invited, offending, read, refusals
from two_stages import ANSWERS, APPLICANT, CHAIR, KEY, STAFF, instant, opened, started

from engine.cycle import Cycle
from engine.cycle.admitting import admitted
from engine.database.records import MeetingRow, NotificationRow
from engine.errors import Refused

MEMBER = "noor@panel.example"
REPORT = {"planted": 3, "spent": ANSWERS["milestones"], "outcome": "All"}
MAY = instant(2030, 5, 2)


def with_report(cycle: Cycle) -> tuple[str, int]:
    """A dossier at work whose report was handed in, and the number of that version."""
    number = invited(cycle)
    cycle.add_person(KEY, email=MEMBER, name="Noor", language="en", role="panel", by=STAFF, now=INVITED)
    cycle.deliver(KEY, number, "plan", PLAN, by=APPLICANT, now=INVITED)
    cycle.act(KEY, number, "plan", by=APPLICANT, now=INVITED)
    cycle.deliver(KEY, number, "report", REPORT, by=APPLICANT, now=MAY)
    return number, read(cycle, number).deliveries[-1].id


def test_what_a_committee_accepts_counts_once_its_chair_does_and_may_be_sent_back_before() -> None:
    cycle = opened()
    number, version = with_report(cycle)
    with pytest.raises(Refused) as refused:
        cycle.review(KEY, number, version, accepted=True, by=MEMBER, now=MAY + 1)
    assert refusals(refused) == [("role", 'only the chair of "Panel" (panel) may do this, or staff who minute it')]
    cycle.review(KEY, number, version, accepted=False, words="Count again.", by=CHAIR, now=MAY + 2)
    assert read(cycle, number).obligations[0].state == "open"
    cycle.deliver(KEY, number, "report", REPORT | {"planted": 4}, by=APPLICANT, now=MAY + 3)
    again = read(cycle, number).deliveries[-1].id
    cycle.review(KEY, number, again, accepted=True, by=CHAIR, now=MAY + 4)
    assert read(cycle, number).obligations[0].state == "fulfilled"
    assert offending(cycle) == []


def test_a_chair_with_a_conflict_accepts_nothing_and_staff_minute_it() -> None:
    cycle = opened()
    number, version = with_report(cycle)
    cycle.declare_conflict(KEY, number, by=CHAIR, now=MAY + 1)
    with pytest.raises(Refused) as refused:
        cycle.review(KEY, number, version, accepted=True, by=CHAIR, now=MAY + 2)
    assert {one.code for one in refused.value.reasons} == {"conflict"}
    cycle.review(KEY, number, version, accepted=True, by=STAFF, now=MAY + 3)
    assert read(cycle, number).obligations[0].state == "fulfilled"


def test_a_committees_meeting_is_for_its_members_and_for_no_dossier() -> None:
    cycle = opened()
    number = handed_in(cycle)
    cycle.add_person(KEY, email=MEMBER, name="Noor", language="en", role="panel", by=STAFF, now=NOW)
    with cycle._act(KEY, NOW + 1) as scene:
        row = scene.session.exec(select(MeetingRow).where(col(MeetingRow.name) == "table")).one()
        found = admitted(scene, row)
        meeting = row.id or 0
    assert [(one.email, one.role, one.number) for one in found] == [(CHAIR, "panel", None), (MEMBER, "panel", None)]
    assert cycle.invite(KEY, meeting, found, by=STAFF, now=NOW + 2) == 2
    with pytest.raises(Refused) as refused:
        cycle.attend(KEY, number, "table", by=STAFF, now=instant(2030, 3, 6) + 5 * 3_600_000_000)
    assert [one.code for one in refused.value.reasons] == ["state"]


@pytest.mark.parametrize("url", BOTH)
def test_a_text_about_states_reaches_everyone_concerned_once(url: Any) -> None:
    with fresh_on(url) as database:
        cycle = opened(database)
        numbers = [started(cycle, NOW), started(cycle, NOW)]
        for number in numbers:
            cycle.answer(KEY, number, ANSWERS, by=APPLICANT, now=NOW)
            cycle.act(KEY, number, "hand_in", by=APPLICANT, now=NOW)
        for number in numbers:
            cycle.verdict(KEY, number, "invite", by=CHAIR, now=READING)
        cycle.advance(INVITED)
        for number in numbers:
            cycle.deliver(KEY, number, "plan", PLAN, by=APPLICANT, now=INVITED + 5)
            cycle.act(KEY, number, "plan", by=APPLICANT, now=INVITED + 6)
        cycle.add_person(
            KEY, email="reader@public.example", name="Ray", language="en", role="everyone", by=STAFF, now=INVITED
        )
        cycle.advance(instant(2030, 4, 9))
        with cycle.database.reading() as session:
            told = session.exec(
                select(NotificationRow.address, NotificationRow.role)
                .where(col(NotificationRow.letter) == "water")
                .order_by(col(NotificationRow.address))
            ).all()
        assert list(told) == [(APPLICANT, "everyone"), (CHAIR, "panel")]
        assert offending(cycle) == []
