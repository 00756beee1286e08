"""Which answer of a calendar counts that comes by mail: the newest of the person who was asked, once."""

from dataclasses import replace
from datetime import time

import pytest
from stage import CHAIR, MEMBER, STAFF, Stage, applicant
from test_meetings import LATER, OPEN_DAY, asked, inside

from engine.cycle.admitting import Asked
from engine.cycle.receiving import CALENDAR, CalendarAnswer, Mail
from engine.database.records import JournalRow, ReceivedRow

ANNA = applicant("anna")
COMES = LATER + 60_000_000


@pytest.fixture
def invited(gate: Stage) -> Stage:
    """Anna is asked to an open day, and so is the chair."""
    number, _ = inside(gate)
    meeting = gate.cycle.plan_meeting(gate.key, "open_day", OPEN_DAY, by=STAFF, now=LATER)
    both = [Asked(ANNA, "applicant", number), Asked(CHAIR, "jury")]
    gate.cycle.invite(gate.key, meeting, both, by=STAFF, now=LATER + 1)
    return gate


def says(
    stage: Stage, answer: str, *, stamp: int = COMES, sequence: int = 0, attendee: str = ANNA, sender: str = ANNA,
    uid: str = "", at: int = COMES, vouched: bool = True, doubt: str = "",
) -> str | None:  # fmt: skip
    """What becomes of an answer of Anna's calendar."""
    given = CalendarAnswer(uid or asked(stage, ANNA).uid, attendee, answer, sequence, stamp, "I come later")
    digest = repr((given, sender, doubt, vouched))
    mail = Mail(
        digest, "<a@b.example>", sender, "Accepted", CALENDAR, b"raw", 3, answer=given, doubt=doubt,
        is_vouched_for=vouched,
    )  # fmt: skip
    return stage.cycle.receive(mail, now=at)


def stands(stage: Stage) -> tuple[str | None, str | None, int | None, str | None]:
    row = asked(stage, ANNA)
    return row.answer, row.answered_via, row.answered_at, row.words


def whys(stage: Stage) -> list[str]:
    return [row.why for row in stage.rows(ReceivedRow)]


def test_an_answer_counts_once_and_stands_with_its_mail_in_the_journal(invited: Stage) -> None:
    uid = asked(invited, ANNA).uid
    assert [says(invited, "accepted", at=COMES + n, uid=uid) for n in range(2)] == ["answer counted", None]
    assert says(invited, "accepted", stamp=COMES + 5, uid=f"{uid}@impuls.example", at=COMES + 6) == "known already"
    assert stands(invited) == ("accepted", "mail", COMES, "I come later")
    rows = [row for row in invited.rows(JournalRow) if row.what in ("mail received", "answered")]
    assert [(row.what, row.actor, row.details["uid"], row.dossier_id is not None) for row in rows] == [
        ("answered", ANNA, uid, True), ("mail received", "mail", uid, True), ("mail received", "mail", uid, True),
    ]  # fmt: skip


def test_an_older_answer_and_one_to_an_earlier_hour_change_nothing(invited: Stage) -> None:
    assert says(invited, "declined", stamp=COMES) == "answer counted"
    assert says(invited, "accepted", stamp=COMES - 1, at=COMES + 1) == "ignored"
    assert stands(invited)[0] == "declined"
    moved = replace(OPEN_DAY, start=time(11))
    invited.cycle.move_meeting(invited.key, asked(invited, ANNA).meeting_id, moved, reason="x", by=STAFF, now=COMES + 2)
    assert says(invited, "accepted", sequence=0, stamp=COMES + 3, at=COMES + 3) == "ignored"
    assert says(invited, "accepted", sequence=7, stamp=COMES + 3, at=COMES + 3) == "ignored"
    assert stands(invited)[0] is None
    assert says(invited, "tentative", sequence=1, stamp=COMES + 3, at=COMES + 4) == "answer counted"
    assert stands(invited) == ("tentative", "mail", COMES + 4, "I come later")
    assert whys(invited) == ["", "stale", "stale", "stale", ""]


def test_what_is_not_certain_changes_nothing_and_goes_before_staff(invited: Stage) -> None:
    forged = (
        says(invited, "declined", uid="0" * 32),
        says(invited, "declined", uid="' OR 1=1 --"),
        says(invited, "declined", attendee=MEMBER, sender=MEMBER),
        says(invited, "declined", sender=MEMBER),
        says(invited, "declined", sender=""),
        says(invited, "declined", vouched=False),
        says(invited, "declined", doubt="several attendees"),
        says(invited, "", doubt="counter"),
        says(invited, "", doubt="delegated"),
    )
    assert forged == ("before staff",) * 9
    assert stands(invited) == (None, None, None, None)
    assert whys(invited) == [
        "no invitation", "no invitation", "other attendee", "other sender", "other sender", "not vouched for",
        "several attendees", "counter", "delegated",
    ]  # fmt: skip
