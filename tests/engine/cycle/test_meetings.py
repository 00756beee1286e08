"""When do meetings take place, who is asked to them, and what do they hear and answer?"""

from dataclasses import replace
from datetime import date, time
from typing import Any

from databases import fresh
from sqlalchemy import delete
from stage import CHAIR, GATE, GATE_2030, MEMBER, STAFF, THIRD, Stage, applicant, at, programme, refused

from engine.cycle.admitting import Asked
from engine.cycle.meetings import Sitting
from engine.database.records import InvitationRow, MeetingRow, NotificationRow, SlotRow
from engine.errors import Unknown

MARCH = at("2030-03-01T10:00")
LATER = at("2031-09-01T10:00")
OPEN_DAY = Sitting(date(2031, 9, 10), time(10), time(12), "Ghent", "https://meet.example/one")


def planned(stage: Stage) -> list[tuple[str, int, str, str | None, str | None, int, bool]]:
    return [
        (row.name, row.position, row.day, row.start, row.place, row.sequence, row.cancelled_at is not None)
        for row in stage.rows(MeetingRow)
    ]


def inside(gate: Stage) -> tuple[str, str]:
    """Two dossiers that the calendar admitted."""
    numbers = gate.handed_in("anna"), gate.handed_in("bert")
    for number, mark in zip(numbers, (9, 8), strict=True):
        gate.cycle.score(gate.key, number, {"quality": mark}, by=MEMBER, now=MARCH)
    gate.cycle.advance(LATER)
    assert [gate.state(one) for one in numbers] == ["inside", "inside"]
    return numbers


def asked(gate: Stage, who: str, meeting: int = 1) -> InvitationRow:
    (row,) = (
        one
        for one in gate.rows(InvitationRow)
        if (one.meeting_id, one.person_id) == (meeting, gate.person_id(who))
    )
    assert isinstance(row, InvitationRow)
    return row


def letters(gate: Stage, uid: str) -> list[tuple[str, str, int, str, str | None]]:
    return [
        (row.letter, row.facts["invitation"]["method"], row.facts["invitation"]["sequence"], row.address,
         row.facts["invitation"]["place"])
        for row in sorted(gate.rows(NotificationRow), key=lambda row: row.id)
        if row.thread == uid
    ]  # fmt: skip


def test_a_round_is_opened_with_the_meetings_of_its_file(stage: Stage) -> None:
    assert planned(stage) == [("kick_off", 1, "2030-05-08", "10:00:00", None, 0, False)]
    (row,) = stage.rows(MeetingRow)
    assert (row.starts_at, row.ends_at, row.zone, row.planned_by) == (
        at("2030-05-08T10:00"), None, "Europe/Brussels", None,
    )  # fmt: skip


def test_at_every_start_what_is_missing_is_laid_out_once(stage: Stage) -> None:
    with stage.database.transaction() as session:
        session.connection().execute(delete(MeetingRow))
    stage.cycle.work_out_again(MARCH)
    stage.cycle.work_out_again(MARCH)
    assert planned(stage) == [("kick_off", 1, "2030-05-08", "10:00:00", None, 0, False)]


def test_a_moved_meeting_takes_its_running_order_along_and_is_what_letters_tell_of(stage: Stage) -> None:
    (number,) = stage.chosen("anna")
    moved = Sitting(date(2030, 5, 8), time(14), time(16), "Leuven")
    stage.cycle.move_meeting(stage.key, 1, moved, reason="a strike", by=STAFF, now=at("2030-05-01T09:00"))
    assert planned(stage) == [("kick_off", 1, "2030-05-08", "14:00:00", "Leuven", 1, False)]
    assert [(row.starts_at, row.ends_at) for row in stage.rows(SlotRow)] == [
        (at("2030-05-08T14:00"), at("2030-05-08T14:20"))
    ]
    stage.cycle.act(stage.key, number, "withdraw", by=applicant("anna"), now=at("2030-05-02T09:00"))
    (told,) = stage.ear.of("withdrawn")[-1:]
    assert told.shared["meetings"]["kick_off"]["sessions"] == [
        {"day": "2030-05-08", "start": "14:00:00", "end": "16:00:00", "place": "Leuven"}
    ]


def test_whoever_is_asked_hears_of_it_of_each_change_and_of_the_end_under_one_uid(gate: Stage) -> None:
    number, _ = inside(gate)
    key, now = gate.key, LATER
    meeting = gate.cycle.plan_meeting(key, "open_day", OPEN_DAY, by=STAFF, now=now)
    everybody = [Asked(applicant("anna"), "applicant", number), Asked(CHAIR, "jury")]
    assert gate.cycle.invite(key, meeting, everybody, by=STAFF, now=now + 1) == 2
    assert gate.cycle.invite(key, meeting, everybody, by=STAFF, now=now + 2) == 0
    later = replace(OPEN_DAY, start=time(11), place="Bruges")
    assert gate.cycle.move_meeting(key, meeting, later, reason="a strike", by=STAFF, now=now + 3) == 2
    assert gate.cycle.move_meeting(key, meeting, later, reason="again", by=STAFF, now=now + 4) == 0
    assert gate.cycle.cancel_meeting(key, meeting, reason="a flood", by=STAFF, now=now + 5) == 2
    for who in (applicant("anna"), CHAIR):
        row = asked(gate, who)
        assert letters(gate, row.uid) == [
            ("invitation", "REQUEST", 0, who, "Ghent"),
            ("invitation-changed", "REQUEST", 1, who, "Bruges"),
            ("invitation-cancelled", "CANCEL", 2, who, "Bruges"),
        ]
        assert (row.sequence, row.cancelled_at, row.starts_at) == (2, now + 5, at("2031-09-10T11:00"))
    facts: dict[str, Any] = gate.rows(NotificationRow)[-1].facts["invitation"]
    assert (facts["reason"], facts["zone"], facts["title"]) == ("a flood", "Europe/Brussels", "Open day")


def test_a_place_that_changes_keeps_the_answer_and_a_time_that_changes_asks_again(gate: Stage) -> None:
    number, _ = inside(gate)
    meeting = gate.cycle.plan_meeting(gate.key, "open_day", OPEN_DAY, by=STAFF, now=LATER)
    gate.cycle.invite(gate.key, meeting, [Asked(applicant("anna"), "applicant", number)], by=STAFF, now=LATER + 1)
    uid = asked(gate, applicant("anna")).uid

    def said() -> tuple[str | None, str | None]:
        row = asked(gate, applicant("anna"))
        return row.answer, row.words

    gate.cycle.answer_invitation(
        gate.key, uid, "accepted", via="page", by=applicant("anna"), now=LATER + 2, words=" Gladly. "
    )
    gate.cycle.move_meeting(gate.key, meeting, replace(OPEN_DAY, place="Mons"), reason="x", by=STAFF, now=LATER + 3)
    assert said() == ("accepted", "Gladly.")
    moved = replace(OPEN_DAY, place="Mons", start=time(9))
    gate.cycle.move_meeting(gate.key, meeting, moved, reason="x", by=STAFF, now=LATER + 4)
    assert said() == (None, None)


def test_an_answer_of_a_calendar_counts_once_and_an_older_one_never(gate: Stage) -> None:
    number, _ = inside(gate)
    who = applicant("anna")
    meeting = gate.cycle.plan_meeting(gate.key, "open_day", OPEN_DAY, by=STAFF, now=LATER)
    gate.cycle.invite(gate.key, meeting, [Asked(who, "applicant", number)], by=STAFF, now=LATER + 1)
    uid = asked(gate, who).uid

    def mailed(given: str, sequence: int, stamp: int, now: int) -> bool:
        return gate.cycle.answer_invitation(
            gate.key, uid, given, via="mail", by=who, now=now, sequence=sequence, stamp=stamp
        )

    assert mailed("accepted", 0, LATER + 2, LATER + 10)
    assert not mailed("accepted", 0, LATER + 2, LATER + 11)
    assert not mailed("declined", 0, LATER + 1, LATER + 12)
    assert mailed("tentative", 0, LATER + 3, LATER + 13)
    moved = replace(OPEN_DAY, start=time(9))
    gate.cycle.move_meeting(gate.key, meeting, moved, reason="x", by=STAFF, now=LATER + 14)
    assert not mailed("declined", 0, LATER + 15, LATER + 16)
    assert not mailed("declined", 7, LATER + 15, LATER + 17)
    assert asked(gate, who).answer is None
    assert mailed("declined", 1, LATER + 18, LATER + 18)
    assert [entry.details["answer"] for entry in gate.journal("answered")] == ["accepted", "tentative", "declined"]
    assert not mailed("accepted", 1, at("2031-09-10T11:00"), at("2031-09-10T12:00"))


def test_an_invitation_of_somebody_else_is_not_there(gate: Stage) -> None:
    number, _ = inside(gate)
    meeting = gate.cycle.plan_meeting(gate.key, "open_day", OPEN_DAY, by=STAFF, now=LATER)
    gate.cycle.invite(gate.key, meeting, [Asked(applicant("anna"), "applicant", number)], by=STAFF, now=LATER + 1)
    uid = asked(gate, applicant("anna")).uid
    for by, named in ((applicant("bert"), uid), (STAFF, uid), (applicant("anna"), "x" * 32)):
        try:
            gate.cycle.answer_invitation(gate.key, named, "accepted", via="page", by=by, now=LATER + 2)
        except Unknown as problem:
            assert str(problem) == f'there is no invitation in {gate.key} "{named}"'  # noqa: PT017  each of several
        else:
            raise AssertionError(by)
    with refused("role"):
        gate.cycle.answer_invitation(gate.key, uid, "accepted", via="staff", by=applicant("bert"), now=LATER + 2)


def test_nobody_is_asked_who_is_not_admitted(gate: Stage) -> None:
    number, _ = inside(gate)
    late = gate.draft("dora", LATER)
    meeting = gate.cycle.plan_meeting(gate.key, "open_day", OPEN_DAY, by=STAFF, now=LATER)
    wrong = [
        Asked(applicant("dora"), "applicant", late), Asked(applicant("bert"), "applicant", number),
        Asked(MEMBER, "staff"),
    ]  # fmt: skip
    with refused("state", "contact", "role"):
        gate.cycle.invite(gate.key, meeting, wrong, by=STAFF, now=LATER + 1)
    with refused("role"):
        gate.cycle.invite(gate.key, meeting, [Asked(THIRD, "jury")], by=THIRD, now=LATER + 1)
    assert gate.rows(InvitationRow) == []


def test_a_meeting_is_held_in_its_window_in_hours_that_there_are_and_not_in_the_past(gate: Stage) -> None:
    def refuses(sitting: Sitting, *codes: str) -> list[str]:
        with refused(*codes) as sentences:
            gate.cycle.plan_meeting(gate.key, "open_day", sitting, by=STAFF, now=LATER)
        return sentences

    assert refuses(replace(OPEN_DAY, day=date(2031, 8, 31)), "meeting") == ["2031-08-31 is past"]
    assert refuses(replace(OPEN_DAY, day=date(2032, 6, 3)), "meeting") == [
        '"Open day" takes place from 2030-06-03 to 2032-06-02 (during work)'
    ]
    assert refuses(replace(OPEN_DAY, end=time(9)), "meeting") == ["a meeting ends after it begins, on the same day"]
    assert refuses(Sitting(date(2032, 3, 28), time(2, 30)), "meeting") == [
        "2032-03-28 02:30:00 does not exist in Europe/Brussels: the clocks go forward over it; write 01:30 or 03:30"
    ]
    assert gate.rows(MeetingRow) == []


def test_a_meeting_that_has_begun_or_was_cancelled_is_not_moved(gate: Stage) -> None:
    first = gate.cycle.plan_meeting(gate.key, "open_day", OPEN_DAY, by=STAFF, now=LATER)
    begun = at("2031-09-10T10:00")
    with refused("meeting") as sentences:
        gate.cycle.move_meeting(gate.key, first, replace(OPEN_DAY, place="x"), reason="x", by=STAFF, now=begun)
    assert sentences == ["this meeting has begun"]
    later = replace(OPEN_DAY, day=date(2031, 10, 1))
    second = gate.cycle.plan_meeting(gate.key, "open_day", later, by=STAFF, now=begun)
    gate.cycle.cancel_meeting(gate.key, second, reason="x", by=STAFF, now=begun + 1)
    with refused("reason", "meeting"):
        gate.cycle.cancel_meeting(gate.key, second, reason=" ", by=STAFF, now=begun + 2)


def test_a_form_that_is_sent_twice_plans_one_meeting() -> None:
    gate = Stage(fresh(), programme(GATE, GATE_2030, name="gate")).open()
    first, second = (
        gate.cycle.plan_meeting(gate.key, "open_day", OPEN_DAY, by=STAFF, now=LATER, once="one form") for _ in range(2)
    )
    assert (first, second, len(gate.rows(MeetingRow))) == (1, 1, 1)
