"""Who comes to a meeting is noted once, counts for the dossier, and can be put right."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from databases import fresh, fresh_on
from stage import (
    CHAIR,
    STAFF,
    STAFF_2,
    WITH_MEETINGS,
    Stage,
    applicant,
    ask_what_must_hold,
    at,
    programme,
    refused,
)

from engine.cycle.admitting import Asked
from engine.cycle.meetings import Sitting
from engine.database.records import AttendanceRow, ExcuseRow, InvitationRow, MeetingRow, ObligationRow, PresenceRow
from engine.errors import Unknown

DAY_BEFORE, DOOR, EVENING = at("2030-05-07T09:00"), at("2030-05-08T09:50"), at("2030-05-08T18:00")
MINUTE = 60_000_000
ANNA, BERT = applicant("anna"), applicant("bert")


def two_speak(stage: Stage) -> tuple[Stage, str]:
    """A dossier that owes the kick-off, for which anna and bert speak."""
    (number,) = stage.chosen("anna")
    stage.cycle.add_contact(stage.key, number, email=BERT, name="bert", language="en", by=STAFF, now=DAY_BEFORE)
    return stage, number


@pytest.fixture
def chosen() -> Iterator[tuple[Stage, str]]:
    with fresh_on("sqlite") as database:
        yield two_speak(Stage(database).open())
        ask_what_must_hold()


def test_what_counts_is_the_same_on_either_database(stage: Stage) -> None:
    _, number = two_speak(stage)
    both = [Asked(ANNA, "applicant", number), Asked(BERT, "applicant", number)]
    stage.cycle.invite(stage.key, 1, both, by=STAFF, now=DAY_BEFORE)
    stage.cycle.answer_invitation(
        stage.key, stage.rows(InvitationRow)[1].uid, "declined", via="page", by=BERT, now=DAY_BEFORE
    )
    come(stage, number, now=DAY_BEFORE + 1, came=False, reason="ill")
    assert kick_off(stage).excused_at == DAY_BEFORE + 1  # bert had declined
    line = come(stage, number, now=DOOR)
    assert kick_off(stage).fulfilled_at == DOOR
    stage.cycle.record_presences(stage.key, 1, [(ANNA, number), (BERT, number), (CHAIR, None)], by=STAFF, now=DOOR + 1)
    stage.cycle.correct_presence(stage.key, line, by=STAFF, now=DOOR + 2)
    assert kick_off(stage).fulfilled_at == DOOR
    assert [row[1:4] for row in noted(stage)] == [
        (False, "ill", False), (True, None, False), (True, None, True), (True, None, False)
    ]  # fmt: skip


def test_at_several_doors_at_once_somebody_is_noted_once(tmp_path: Path) -> None:
    database = fresh(f"sqlite:///{tmp_path / 'round.db'}")
    stage, number = two_speak(Stage(database).open())
    with ThreadPoolExecutor(4) as doors:
        lines = set(doors.map(lambda _: come(stage, number), range(4)))
    assert len(lines) == 1
    assert [row[1] for row in noted(stage)] == [True]
    assert len(stage.rows(AttendanceRow)) == 1
    ask_what_must_hold()
    database.close()


def noted(stage: Stage) -> list[tuple[int, bool, str | None, bool, bool, str | None]]:
    """(person, came, reason, counts as attendance, counts as excuse, ending) of each line."""
    return [
        (row.person_id, row.came, row.reason, row.attendance_id is not None, row.excuse_id is not None, row.ending)
        for row in sorted(stage.rows(PresenceRow), key=lambda row: row.id)
    ]


def kick_off(stage: Stage) -> ObligationRow:
    (row,) = (row for row in stage.rows(ObligationRow) if row.name == "kick_off")
    assert isinstance(row, ObligationRow)
    return row


def come(stage: Stage, number: str | None, who: str = ANNA, now: int = DOOR, **more: Any) -> int:
    return stage.cycle.record_presence(stage.key, 1, who, number=number, by=STAFF, now=now, **more)


def test_the_first_who_comes_for_a_dossier_fulfils_what_it_owes_and_the_others_come_with_her(
    chosen: tuple[Stage, str],
) -> None:
    stage, number = chosen
    first = come(stage, number)
    assert come(stage, number, now=DOOR + 1) == first  # the same button, pressed at the other door
    come(stage, number, BERT, now=DOOR + 2)
    anna, bert = stage.person_id(ANNA), stage.person_id(BERT)
    assert noted(stage) == [(anna, True, None, True, False, None), (bert, True, None, True, False, None)]
    assert [row.recorded_at for row in stage.rows(AttendanceRow)] == [DOOR]
    assert kick_off(stage).fulfilled_at == DOOR
    assert [row.details["outcome"] for row in stage.journal("presence recorded")] == ["came", "came"]


def test_members_and_staff_come_for_no_dossier(chosen: tuple[Stage, str]) -> None:
    stage, _ = chosen
    come(stage, None, CHAIR)
    assert noted(stage) == [(stage.person_id(CHAIR), True, None, False, False, None)]
    assert stage.rows(AttendanceRow) == []


def test_nobody_comes_before_the_day_but_an_excuse_may(chosen: tuple[Stage, str]) -> None:
    stage, number = chosen
    with refused("early"):
        come(stage, number, now=DAY_BEFORE)
    with refused("reason"):
        come(stage, number, now=DAY_BEFORE, came=False, reason="  ")
    come(stage, number, now=DAY_BEFORE, came=False, reason="a birth")
    assert kick_off(stage).excused_at == DAY_BEFORE


def test_only_staff_note_who_came(chosen: tuple[Stage, str]) -> None:
    stage, number = chosen
    with refused("role"):
        stage.cycle.record_presence(stage.key, 1, ANNA, number=number, by=ANNA, now=DOOR)
    with refused("role"):
        stage.cycle.walk_in(stage.key, 1, email="x@y.example", name="X", language="en", by=CHAIR, now=DOOR)
    assert noted(stage) == []


def test_a_dossier_is_excused_once_nobody_is_expected_for_it(chosen: tuple[Stage, str]) -> None:
    stage, number = chosen
    both = [Asked(ANNA, "applicant", number), Asked(BERT, "applicant", number)]
    stage.cycle.invite(stage.key, 1, both, by=STAFF, now=DAY_BEFORE)
    come(stage, number, now=DOOR, came=False, reason="ill")
    assert (kick_off(stage).excused_at, stage.rows(ExcuseRow)) == (None, [])  # bert may still come
    come(stage, number, BERT, now=DOOR + 1, came=False, reason="a strike")
    assert kick_off(stage).excused_at == DOOR + 1
    assert [(row.reason, row.of) for row in stage.rows(ExcuseRow)] == [("ill", "kick_off")]


def test_who_was_excused_may_come_after_all(chosen: tuple[Stage, str]) -> None:
    stage, number = chosen
    come(stage, number, now=DAY_BEFORE, came=False, reason="ill")
    come(stage, number, now=DOOR)
    anna = stage.person_id(ANNA)
    assert noted(stage) == [
        (anna, False, "ill", False, False, "came after all"), (anna, True, None, True, False, None)
    ]
    assert (kick_off(stage).excused_at, kick_off(stage).fulfilled_at) == (None, DOOR)
    assert stage.rows(ExcuseRow) == []
    with refused("presence"):
        come(stage, number, now=DOOR + 1, came=False, reason="ill")


def test_a_mistake_is_undone_and_what_it_fulfilled_is_owed_again(chosen: tuple[Stage, str]) -> None:
    stage, number = chosen
    line = come(stage, number)
    stage.cycle.correct_presence(stage.key, line, by=STAFF_2, now=DOOR + MINUTE)
    stage.cycle.correct_presence(stage.key, line, by=STAFF, now=DOOR + 2 * MINUTE)  # the other door, too
    assert noted(stage) == [(stage.person_id(ANNA), True, None, False, False, "undone at once")]
    assert (kick_off(stage).fulfilled_at, stage.rows(AttendanceRow)) == (None, [])
    assert len(stage.journal("presence corrected")) == len(stage.journal("attendance taken back")) == 1
    come(stage, number, now=DOOR + 3 * MINUTE)
    assert kick_off(stage).fulfilled_at == DOOR + 3 * MINUTE


def test_later_a_mistake_is_put_right_with_a_reason_unless_somebody_else_came_too(chosen: tuple[Stage, str]) -> None:
    stage, number = chosen
    line = come(stage, number)
    come(stage, number, BERT, now=DOOR + 1)
    with refused("reason"):
        stage.cycle.correct_presence(stage.key, line, by=STAFF, now=EVENING)
    stage.cycle.correct_presence(stage.key, line, reason="it was her sister", by=STAFF, now=EVENING)
    assert noted(stage)[0][5] == "it was her sister"
    assert kick_off(stage).fulfilled_at == DOOR  # bert was there


def test_what_something_rests_on_is_not_taken_back(chosen: tuple[Stage, str]) -> None:
    stage, number = chosen
    line = come(stage, number)
    stage.cycle.advance(at("2030-06-03T09:00"))
    assert stage.state(number) == "working"
    before = stage.dump()
    with refused("presence") as sentences:
        stage.cycle.correct_presence(stage.key, line, reason="a mistake", by=STAFF, now=at("2030-06-04T09:00"))
    assert sentences == [f'{number} is "At work" because of this: it is not taken back any more']
    assert stage.dump() == before


def test_what_is_owed_again_after_its_last_day_is_overdue(chosen: tuple[Stage, str]) -> None:
    stage, number = chosen
    line = come(stage, number)
    late = at("2030-05-20T09:00")
    stage.cycle.advance(late)
    stage.cycle.correct_presence(stage.key, line, reason="it was her sister", by=STAFF, now=late)
    owed = kick_off(stage)
    assert (owed.fulfilled_at, owed.overdue_at) == (None, owed.due_at)


def test_all_on_a_list_are_noted_together_and_once(chosen: tuple[Stage, str]) -> None:
    stage, number = chosen
    come(stage, number)
    everybody = [(ANNA, number), (BERT, number), (CHAIR, None)]
    assert stage.cycle.record_presences(stage.key, 1, everybody, by=STAFF, now=EVENING) == 2
    assert stage.cycle.record_presences(stage.key, 1, everybody, by=STAFF_2, now=EVENING + 1) == 0
    assert [row[1] for row in noted(stage)] == [True, True, True]


def test_somebody_who_was_not_asked_walks_in_for_a_dossier_or_for_none(chosen: tuple[Stage, str]) -> None:
    stage, number = chosen
    walk = {"language": "en", "by": STAFF, "now": DOOR}
    stage.cycle.walk_in(stage.key, 1, email="Zus@Huis.example", name="Zus", number=number, **walk)
    stage.cycle.walk_in(stage.key, 1, email="press@paper.example", name="Press", **walk)
    assert [(one[1], one[3]) for one in noted(stage)] == [(True, True), (True, False)]
    assert kick_off(stage).fulfilled_at == DOOR
    with pytest.raises(Unknown):
        stage.cycle.walk_in(stage.key, 1, email="a@b.example", name="A", number="SG30-999", **walk)


def test_a_cancelled_meeting_has_nobody_and_one_of_another_round_is_not_there(chosen: tuple[Stage, str]) -> None:
    stage, number = chosen
    with pytest.raises(Unknown):
        stage.cycle.record_presence(stage.key, 99, ANNA, number=number, by=STAFF, now=DOOR)
    stage.cycle.cancel_meeting(stage.key, 1, reason="a flood", by=STAFF, now=DAY_BEFORE)
    with refused("presence"):
        come(stage, number)


def test_a_booked_meeting_counts_for_what_it_was_booked_for_and_its_host_is_noted_as_well() -> None:
    with fresh_on("sqlite") as database:
        stage = Stage(database, programme(edits=WITH_MEETINGS)).open()
        number, other = stage.working("anna", "bert")
        july, day = at("2030-07-01T10:00"), at("2031-09-10T10:00")
        times = [Sitting(date(2031, 9, 10), time(10), time(11), "Ghent")]
        proposed = stage.cycle.propose_times(stage.key, number, "coaching 2", times, words="", by=ANNA, now=july)
        stage.cycle.accept_time(stage.key, number, proposed, 1, by=STAFF, now=july + 1)
        (meeting,) = (row.id for row in stage.rows(MeetingRow) if row.dossier_id is not None)
        stage.cycle.advance(day)
        stage.cycle.record_presence(stage.key, meeting, STAFF, by=STAFF, now=day)
        stage.cycle.record_presence(stage.key, meeting, ANNA, number=number, by=STAFF, now=day + 1)
        owed = {
            row.position: row.fulfilled_at for row in stage.rows(ObligationRow)
            if row.name == "coaching" and row.dossier_id == 1
        }  # fmt: skip
        assert owed == {1: None, 2: day + 1}
        with refused("presence"):
            stage.cycle.record_presence(stage.key, meeting, BERT, number=other, by=STAFF, now=day + 2)
        ask_what_must_hold()
