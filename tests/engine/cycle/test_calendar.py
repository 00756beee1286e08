"""Does the calendar do what is due in order, once, as of its own instant, and do people hear of it when they should?"""

import pytest
from databases import fresh
from stage import (
    CALL,
    CHAIR,
    CLOSES,
    GRACE,
    NOTICE,
    READING,
    SECOND,
    SETTLE,
    SMALL,
    SMALL_2030,
    STAFF,
    Stage,
    at,
        programme,
    refused,
    sentences,
)

from engine.database.records import HeldBackRow, TransitionRow

CLOSE_FIRES = CLOSES + GRACE + SETTLE
YEARS_LATER = at("2033-01-01T10:00")


def fired(stage: Stage) -> list[tuple[str, int]]:
    """(deadline, as of) in the order in which the calendar fired them."""
    return [(row.details["name"], row.at) for row in stage.journal("due")]


def test_everything_fires_once_in_order_of_time_and_in_a_fixed_order_at_one_instant(either: Stage) -> None:
    either.cycle.advance(CALL)  # nobody has a draft: reminders would be missed by a later advance
    either.cycle.advance(at("2030-02-15T09:00"))
    either.cycle.advance(at("2030-02-26T09:00"))
    either.cycle.advance(YEARS_LATER)
    midnight = "T00:00"
    # the undecided ones of April are reminded in time or not at all, so that reminder is missed by then
    assert fired(either) == [
        ("edge call opens", at("2030-01-07" + midnight)),
        ("announcement call_opens", at("2030-01-07T09:00")),
        ("reminder unfinished 1", at("2030-02-15T09:00")),
        ("reminder unfinished 2", at("2030-02-26T09:00")),
        ("edge call closes", CLOSES),
        ("transition lapse", CLOSES),
        ("transition take_up", CLOSES),
        ("edge reading opens", at("2030-03-04" + midnight)),
        ("edge reading closes", at("2030-03-30" + midnight)),
        ("edge notice opens", at("2030-04-05" + midnight)),
        ("verdicts notice opens", NOTICE),
        ("edge notice closes", at("2030-04-06" + midnight)),
        ("promise answer", at("2030-04-06T09:00")),
        ("edge kick_off opens", at("2030-05-08" + midnight)),
        ("edge kick_off closes", at("2030-05-09" + midnight)),
        ("edge work opens", at("2030-06-03" + midnight)),
        ("transition start", at("2030-06-03" + midnight)),
        ("edge work closes", at("2032-06-03" + midnight)),
    ]
    before = either.dump()
    assert either.cycle.advance(YEARS_LATER) is None
    assert either.dump() == before


def test_at_one_instant_the_edge_comes_first_then_verdicts_then_moves_in_the_order_of_the_file() -> None:
    """With an hour written, the verdicts of `notice opens` and a calendar move of the same moment share an instant."""
    stage = Stage(
        fresh(),
        programme(
            edits={
                "notice   = { on = 2030-04-05 }": "notice = { from = 2030-04-05T14:00:00, to = 2030-04-08 }",
                "[reminder.undecided]": """
[transition.forget]
from = "read"
to   = "lapsed"
when = "notice opens"

[reminder.undecided]""",
            }
        ),
    ).open()
    one, two = stage.under_decision("anna", "bert")
    stage.cycle.verdict(stage.key, two, "choose", by=CHAIR, now=READING)
    stage.cycle.approve(stage.key, "notice opens", by=STAFF, now=READING)
    instant = at("2030-04-05T14:00")
    stage.cycle.advance(instant)
    assert fired(stage)[-3:] == [
        ("edge notice opens", instant), ("verdicts notice opens", instant), ("transition forget", instant),
    ]  # fmt: skip
    assert stage.transitions()[-2:] == [
        (two, "choose", "read", "chosen", instant), (one, "forget", "read", "lapsed", instant),
    ]  # fmt: skip


def test_a_close_fires_after_its_grace_and_the_settle_period_and_not_a_microsecond_before(either: Stage) -> None:
    draft, handed = either.draft("anna"), either.handed_in("bert")
    assert either.cycle.advance(CLOSE_FIRES - 1) == CLOSE_FIRES
    assert either.states() == {draft: "draft", handed: "handed"}
    assert either.cycle.advance(CLOSE_FIRES) == at("2030-03-04T00:00")
    assert either.transitions()[1:] == [
        (draft, "lapse", "draft", "lapsed", CLOSES), (handed, "take_up", "handed", "read", CLOSES),
    ]  # fmt: skip


def test_what_is_late_happens_as_of_its_own_instant_and_says_how_late(either: Stage) -> None:
    draft = either.draft("anna")
    months_later = at("2030-07-01T10:00")
    either.cycle.advance(months_later)
    assert either.transitions() == [(draft, "lapse", "draft", "lapsed", CLOSES)]
    (row,) = [row for row in either.rows(TransitionRow) if row.name == "lapse"]
    assert row.recorded_at == months_later
    (due,) = [row for row in either.journal("due") if row.details["name"] == "transition lapse"]
    assert (due.at, due.recorded_at, due.details["late_by"]) == (CLOSES, months_later, months_later - CLOSE_FIRES)
    (told,) = either.ear.of("draft-lapsed")
    assert (told.at, told.leaves_at) == (CLOSES, months_later)


def test_what_is_on_time_says_nothing_of_being_late(stage: Stage) -> None:
    stage.cycle.advance(at("2030-01-07T00:00"))
    assert [row.details for row in stage.journal("due")] == [{"name": "edge call opens"}]


def test_letters_of_a_move_at_midnight_leave_when_people_are_awake(stage: Stage) -> None:
    number = stage.draft("anna")
    stage.cycle.advance(CLOSE_FIRES)
    (told,) = stage.ear.of("draft-lapsed")
    assert (told.numbers, told.leaves_at) == ((number,), at("2030-03-02T09:00"))


# ── Held back, and late ──────────────────────────────────────────────────────


def test_a_move_held_back_by_a_guard_is_told_once_and_happens_as_soon_as_the_guard_holds(either: Stage) -> None:
    (number,) = either.chosen("anna")
    either.cycle.advance(at("2030-06-03T00:00"))
    assert either.state(number) == "chosen"
    (told,) = either.ear.of("kick-off-missed")
    assert (told.role, told.numbers, told.leaves_at) == ("staff", (number,), at("2030-06-03T09:00"))
    assert sentences(next(iter(told.told.facts_of.values()))) == [
        f'nobody came for {number} to "Kick-off meeting" (kick_off)'
    ]
    either.cycle.advance(at("2030-06-20T10:00"))
    now = at("2030-06-21T10:00")
    with refused("reason"):
        either.cycle.excuse(either.key, number, "kick_off", reason=" ", by=STAFF, now=now)
    either.cycle.excuse(either.key, number, "kick_off", reason="illness", by=STAFF, now=now)
    assert either.transitions()[-1] == (number, "start", "chosen", "working", now)
    assert [heard.leaves_at for heard in either.ear.of("started")] == [now]
    assert len(either.ear.of("kick-off-missed")) == 1
    assert len(either.rows(HeldBackRow)) == 1


def test_an_attendance_noted_late_lets_it_happen_as_well(stage: Stage) -> None:
    one, two = stage.chosen("anna", "bert")
    stage.cycle.advance(at("2030-06-03T00:00"))
    now = at("2030-06-21T10:00")
    stage.cycle.attend(stage.key, two, "kick_off", by=STAFF, now=now)
    assert stage.transitions()[-1] == (two, "start", "chosen", "working", now)
    assert stage.state(one) == "chosen"
    with refused("attended"):
        stage.cycle.attend(stage.key, two, "kick_off", by=STAFF, now=now)


def test_a_late_arrival_is_moved_at_once_and_once_per_moment_and_dossier(either: Stage) -> None:
    """A verdict is minuted into a state that the calendar has already emptied."""
    one, late = either.under_decision("anna", "bert")
    either.cycle.advance(at("2030-06-05T10:00"))
    now = at("2030-06-06T10:00")
    either.cycle.verdict(either.key, late, "choose", by=STAFF, now=now, reason="appeal upheld")
    assert either.transitions()[-1] == (late, "choose", "read", "chosen", now)
    assert [heard.numbers for heard in either.ear.of("kick-off-missed")] == [(late,)]
    either.cycle.attend(either.key, late, "kick_off", by=STAFF, now=now + SECOND)
    assert either.transitions()[-1] == (late, "start", "chosen", "working", now + SECOND)
    taken = [(row.deadline_id, row.dossier_id) for row in either.rows(TransitionRow) if row.deadline_id]
    assert len(taken) == len(set(taken))
    assert either.state(one) == "read"


def test_a_dossier_that_comes_back_is_not_taken_by_the_same_moment_twice() -> None:
    stage = Stage(
        fresh(),
        programme(
            edits={
                "[transition.finish]": '[transition.back]\nfrom = "working"\nto = "chosen"\nby = "staff"\n\n'
                "[transition.finish]"
            }
        ),
    ).open()
    (number,) = stage.working("anna")
    stage.cycle.act(stage.key, number, "back", by=STAFF, now=at("2030-06-10T10:00"))
    stage.cycle.advance(at("2030-06-20T10:00"))
    assert stage.state(number) == "chosen"
    assert [row[1] for row in stage.transitions()].count("start") == 1


AT_ONCE_AFTER_THE_NOTICE = {
    'when    = "work opens"\nonly_if = { attended = "kick_off" }\nif_not  = { staff = "kick-off-missed" }':
    'when    = "notice opens"'
}  # fmt: skip


@pytest.mark.parametrize("alarm", [NOTICE, at("2030-04-05T13:30"), at("2030-04-28T10:00")])
def test_a_late_arrival_by_the_calendar_moves_as_of_the_instant_that_brought_it_there(alarm: int) -> None:
    """Verdicts take effect at 09:00, and `start` was due at 00:00 of the day: whenever the alarm rings, it is 09:00."""
    stage = Stage(fresh(), programme(edits=AT_ONCE_AFTER_THE_NOTICE)).open()
    (number,) = stage.under_decision("anna")
    stage.cycle.verdict(stage.key, number, "choose", by=CHAIR, now=READING)
    stage.cycle.approve(stage.key, "notice opens", by=STAFF, now=READING)
    stage.cycle.advance(alarm)
    assert stage.transitions()[-2:] == [
        (number, "choose", "read", "chosen", NOTICE), (number, "start", "chosen", "working", NOTICE),
    ]  # fmt: skip


# ── Slots ────────────────────────────────────────────────────────────────────


def test_a_slot_is_given_once_in_the_order_of_the_notice(stage: Stage) -> None:
    one, two = stage.chosen("anna", "bert")
    told, day = stage.ear.of("granted")[0].told.facts_of, "2030-05-08T"
    assert [facts["slot"] for facts in told.values()] == [
        {"meeting": "kick_off", "position": place, "starts_at": at(day + start), "ends_at": at(day + end)}
        for place, start, end in ((1, "10:00", "10:20"), (2, "10:25", "10:45"))
    ]
    assert (one, two) == ("SG30-001", "SG30-002")


def test_a_dossier_that_enters_twice_keeps_its_slot() -> None:
    edits = {
        "[transition.finish]": '[transition.back]\nfrom = "working"\nto = "chosen"\nby = "staff"\n\n[transition.finish]'
    }
    stage = Stage(fresh(), programme(edits=edits)).open()
    (number,) = stage.working("anna")
    assert stage.cycle.act(stage.key, number, "back", by=STAFF, now=at("2030-06-10T10:00")) == "chosen"


# ── Several rounds ───────────────────────────────────────────────────────────


def test_a_round_that_fails_does_not_delay_another() -> None:
    database = fresh()
    stage = Stage(database).open()
    other = Stage(database, programme(SMALL, SMALL_2030.replace("SG30", "OT30"), name="other"))
    other.cycle = stage.cycle
    other.open()
    broken, sound = stage.draft("anna"), other.draft("bert")
    stage.ear.broken_for = lambda cause: cause.round_id == 1
    with pytest.raises(RuntimeError, match="nobody listens"):
        stage.cycle.advance(CLOSE_FIRES)
    assert stage.states() == {broken: "draft", sound: "lapsed"}
    stage.ear.broken_for = lambda _cause: False
    stage.cycle.advance(CLOSE_FIRES)
    assert stage.states() == {broken: "lapsed", sound: "lapsed"}


def test_nothing_of_a_deadline_is_kept_when_its_letters_cannot_be_queued(either: Stage) -> None:
    either.draft("anna")
    either.cycle.advance(CLOSE_FIRES - 1)
    either.ear.broken_for = lambda cause: cause.name == "transition lapse"
    with pytest.raises(RuntimeError, match="nobody listens"):
        either.cycle.advance(CLOSE_FIRES)
    assert set(either.states().values()) == {"draft"}
    assert either.deadlines()["transition lapse"].ended_at is None
    either.ear.broken_for = lambda _cause: False
    either.cycle.advance(CLOSE_FIRES + SECOND)
    assert either.transitions() == [("SG30-001", "lapse", "draft", "lapsed", CLOSES)]
    assert len(either.ear.of("draft-lapsed")) == 1
