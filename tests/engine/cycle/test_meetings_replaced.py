"""A round gets rules by which there is a meeting for each strand, or no more: nobody is lost, what was held stays."""

import pytest
from stage import BEFORE, CALL, PROGRAMMES, STAFF, Stage, applicant, at, programme

from engine.cycle.planning import plan
from engine.database.connection import Database
from engine.database.records import AttendanceRow, MeetingRow, SlotRow
from engine.errors import Refused
from engine.files.reading import Programme

RULES = (PROGRAMMES / "choirs/workflow.toml").read_text("utf-8")
DATES = (PROGRAMMES / "choirs/rounds/2030.toml").read_text("utf-8")
EACH = 'during  = "hearing"\nper     = "strand"\nslots'
SLOTS = "slots   = { minutes = 20, pause = 10 }\n"
ONE = 'during  = "hearing"\nslots'
DAYS = DATES[DATES.index("[[meeting.hearing.school]]") : DATES.index("[[meeting.table.school]]")]
DAY = '[[meeting.hearing]]\non    = 2030-04-09\nfrom  = 13:00:00\nto    = 17:00:00\nplace = "Antwerp"\n\n'
HEARD = at("2030-04-10T10:00")


def left_to_the_long_run(params: dict[str, object]) -> bool:
    """One way of each is enough on a server."""
    return params["database"] == "postgresql" and params.get("each") is False


def choirs(*, each: bool, slots: bool = True) -> Programme:
    rules, dates = (RULES, DATES) if each else (RULES.replace(EACH, ONE), DATES.replace(DAYS, DAY))
    return programme(rules if slots else rules.replace(SLOTS, ""), dates, name="choirs")


def opened(database: Database, *, each: bool, slots: bool = True) -> Stage:
    stage = Stage(database, choirs(each=each, slots=slots))
    stage.cycle.open_round(stage.programme, "2030", by=STAFF, now=BEFORE)
    stage.cycle.add_person(stage.key, email=STAFF, name="Staff", language="en", role="staff", by=STAFF, now=BEFORE)
    return stage


def handed_in(stage: Stage, who: str, strand: str) -> str:
    email = applicant(who)
    number = stage.cycle.start_dossier(
        stage.key, organisation=f"Choir of {who}", email=email, name=who, language="en", strand=strand, by=email,
        now=CALL,
    )  # fmt: skip
    stage.cycle.answer(stage.key, number, {"title": who, "province": "Antwerp"}, by=email, now=CALL)
    stage.cycle.act(stage.key, number, "submit", by=email, now=CALL)
    return number


def replace(stage: Stage, new: Programme, now: int) -> int | None:
    return stage.cycle.replace_rules(stage.key, new, reason="the board said so", by=STAFF, now=now)


def cancel(stage: Stage, name: str, now: int) -> None:
    for row in stage.rows(MeetingRow):
        if row.name == name:
            stage.cycle.cancel_meeting(stage.key, row.id, reason="held apart", by=STAFF, now=now)


def held(stage: Stage) -> list[tuple[str, str, bool]]:
    """Each hearing, its day, and whether it is cancelled."""
    return [
        (row.name, row.day, row.cancelled_at is not None) for row in stage.rows(MeetingRow) if "hearing" in row.name
    ]


@pytest.mark.parametrize("each", [True, False], ids=["to one for all", "to one for each"])
def test_a_meeting_to_come_that_the_rules_have_no_more_is_cancelled_first(database: Database, each: bool) -> None:
    stage, new = opened(database, each=each), choirs(each=not each)
    gone = {"hearing.school": "2030-04-02", "hearing.town": "2030-04-09"} if each else {"hearing": "2030-04-09"}
    foreseen = plan(stage.cycle, stage.key, new, now=CALL)
    assert [str(one) for one in foreseen.reasons] == [
        f'"{name}" is held on {day}, and the new rules have no such meeting: cancel it first'
        for name, day in gone.items()
    ]
    assert [(key.was, key.now) for one in foreseen.rules for key in one.keys if key.key == "per"] == [
        ("strand", "") if each else ("", "strand")
    ]
    with pytest.raises(Refused, match="cancel it first"):
        replace(stage, new, CALL)
    for name in gone:
        cancel(stage, name, CALL)
    assert replace(stage, new, CALL + 1) == 2
    then = {"hearing": "2030-04-09"} if each else {"hearing.school": "2030-04-02", "hearing.town": "2030-04-09"}
    assert held(stage) == [
        *((name, day, True) for name, day in gone.items()), *((name, day, False) for name, day in then.items())
    ]  # fmt: skip
    numbers = [handed_in(stage, "anna", "school"), handed_in(stage, "bert", "town")]
    slots = [(row.meeting, row.position) for row in stage.rows(SlotRow)]
    assert (numbers, slots) == (
        ["CH30-001", "CH30-002"],
        [("hearing", 1), ("hearing", 2)] if each else [("hearing.school", 1), ("hearing.town", 1)],
    )


def test_slots_that_are_given_keep_their_meeting(database: Database) -> None:
    stage = opened(database, each=True)
    handed_in(stage, "anna", "school")
    cancel(stage, "hearing.town", CALL)
    with pytest.raises(Refused, match=r'1 slots of "hearing\.school" are given, and the new rules give none there'):
        replace(stage, choirs(each=False), CALL + 1)


@pytest.mark.parametrize("each", [True, False], ids=["to one for all", "to one for each"])
def test_who_came_has_come_by_rules_that_divide_the_meeting_or_no_more(database: Database, each: bool) -> None:
    stage = opened(database, each=each, slots=False)
    number, other = handed_in(stage, "anna", "town"), handed_in(stage, "bert", "town")
    stage.cycle.advance(HEARD)
    stage.cycle.attend(stage.key, number, "hearing", by=STAFF, now=HEARD)
    assert replace(stage, choirs(each=not each, slots=False), HEARD + 1) == 2
    [row] = stage.rows(AttendanceRow)
    former = "hearing.town" if each else "hearing"
    with stage.database.reading() as session:
        rules = stage.cycle.look(session, stage.key, HEARD + 1).workflow
    assert (row.meeting, rules.meetings[former].title, rules.meetings[former].open_to) == (
        "hearing", "Hearing (Town choirs)" if each else "Hearing", (),
    )  # fmt: skip
    assert rules.meeting("hearing").per == (None if each else "strand")
    with pytest.raises(Refused, match="came to"):
        stage.cycle.attend(stage.key, number, "hearing", by=STAFF, now=HEARD + 2)
    stage.cycle.attend(stage.key, other, "hearing", by=STAFF, now=HEARD + 3)
    assert [row.meeting for row in stage.rows(AttendanceRow)] == ["hearing", "hearing"]
