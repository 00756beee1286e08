"""Do staff move several dossiers as one act: all of them or none, and with letters that wait?"""

import pytest
from databases import fresh
from stage import GATE, GATE_2030, READING, STAFF, STAFF_2, Stage, applicant, at, programme, refused

from engine.cycle.acting import reasons_not_to_act
from engine.cycle.people import standing_of
from engine.cycle.seen import ChangedSince
from engine.cycle.together import MOST, NotAll, chosen_dossiers, moves_of_staff, reasons_not_to
from engine.database.connection import Database
from engine.database.records import BatchRow, NotificationRow, TransitionRow
from engine.errors import Unknown
from engine.rules.moments import SECOND

JUNE = at("2030-06-20T09:00")
WINDOW = 600 * SECOND


def stop(
    stage: Stage, *numbers: str, reason: str | None = "closed", by: str = STAFF, now: int = JUNE,
    seen: int | None = None, once: str | None = None, undo_for: int = WINDOW,
) -> int:  # fmt: skip
    return stage.cycle.move(
        stage.key, numbers, "stop", by=by, now=now, reason=reason, seen=seen, once=once, undo_for=undo_for
    )


def test_all_that_were_chosen_move_as_one_act_and_its_letters_wait(stage: Stage) -> None:
    first, second = stage.working("anna", "bert")
    links = len({row.link_id for row in stage.journal()})
    number = stop(stage, second, first, second)
    assert stage.states() == {first: "stopped", second: "stopped"}
    (batch,) = stage.rows(BatchRow)
    assert (batch.id, batch.transition, batch.reason, batch.dossiers, batch.made_at, batch.undo_until) == (
        number, "stop", "closed", 2, JUNE, JUNE + WINDOW,
    )  # fmt: skip
    assert batch.made_by == stage.person_id(STAFF)
    letters = [row for row in stage.rows(NotificationRow) if row.letter == "stopped"]
    assert [(row.status, row.leaves_at, row.next_try_at, row.batch_id) for row in letters] == [
        ("waiting", JUNE + WINDOW, JUNE + WINDOW, number)
    ] * 2
    assert [row.batch_id for row in stage.rows(TransitionRow) if row.name == "stop"] == [number, number]
    (made,) = stage.journal("batch made")
    assert made.details == {
        "batch": number, "name": "stop", "reason": "closed", "dossiers": [first, second], "undo_until": JUNE + WINDOW,
    }  # fmt: skip
    assert len({row.link_id for row in stage.journal()}) == links + 1


def test_one_that_may_not_move_keeps_all_where_they_are_and_each_is_told_why() -> None:
    stage = Stage(fresh()).open()
    first, second = stage.working("anna", "bert")
    gone = stage.brought_in("cleo", "declined", JUNE)
    before = stage.dump()
    with pytest.raises(NotAll) as told:
        stop(stage, first, gone, second)
    assert {number: [reason.code for reason in reasons] for number, reasons in told.value.against.items()} == {
        gone: ["state"]
    }
    with pytest.raises(NotAll) as told:
        stop(stage, first, second, reason=None)
    assert list(told.value.against) == [first, second]
    assert [reason.code for reason in told.value.reasons] == ["reason"]
    assert stage.dump() == before


def test_nothing_is_done_for_a_choice_that_is_none() -> None:
    stage = Stage(fresh()).open()
    (number,) = stage.working("anna")
    before = stage.dump()
    with refused("chosen"):
        stop(stage)
    with refused("chosen"):
        stop(stage, *(f"SG30-{one}" for one in range(MOST + 1)))
    with pytest.raises(Unknown):
        stop(stage, number, "SG30-099")
    with pytest.raises(Unknown):
        stage.cycle.move(stage.key, [number], "praise", by=STAFF, now=JUNE, undo_for=WINDOW)
    for name, code in (("take_up", "calendar"), ("choose", "verdict"), ("withdraw", "role")):
        with refused(code):
            stage.cycle.move(stage.key, [number], name, by=STAFF, now=JUNE, undo_for=WINDOW)
    with refused("role"):
        stop(stage, number, by=applicant("anna"))
    assert stage.dump() == before


def test_staff_move_nothing_with_which_they_have_a_conflict() -> None:
    stage = Stage(fresh()).open()
    (number,) = stage.working("anna")
    stage.cycle.add_person(stage.key, email=STAFF_2, name="", language="en", role="jury", by=STAFF, now=READING)
    stage.cycle.declare_conflict(stage.key, number, by=STAFF_2, now=JUNE)
    with pytest.raises(Unknown):
        stop(stage, number, by=STAFF_2)
    assert stage.state(number) == "working"


def test_a_dossier_that_moved_meanwhile_keeps_all_where_they_are() -> None:
    stage = Stage(fresh()).open()
    first, second = stage.working("anna", "bert")
    seen = max(row.id for row in stage.journal())
    stage.cycle.act(stage.key, second, "stop", by=STAFF_2, now=JUNE, reason="a quarrel")
    before = stage.dump()
    with pytest.raises(ChangedSince) as told:
        stop(stage, first, second, seen=seen, now=JUNE + 1)
    assert [(one.number, one.actor, one.what) for one in told.value.changes] == [(second, STAFF_2, "transition")]
    assert stage.dump() == before
    stop(stage, first, seen=seen, now=JUNE + 1)
    assert stage.state(first) == "stopped"


def test_a_form_that_is_sent_twice_moves_once() -> None:
    stage = Stage(fresh()).open()
    first, second = stage.working("anna", "bert")
    seen = max(row.id for row in stage.journal())
    number = stop(stage, first, second, seen=seen, once="key 1")
    before = stage.dump()
    assert stop(stage, second, first, seen=seen, once="key 1", now=JUNE + 9) == number
    assert stage.dump() == before
    with refused("once"):
        stop(stage, first, seen=seen, once="key 1", now=JUNE + 9)


def test_where_the_calendar_goes_on_at_once_nothing_can_be_undone_and_nothing_waits(database: Database) -> None:
    # what staff hand back the calendar takes up at once, for its moment has passed
    back = '[transition.hand_back]\nfrom = "read"\nto = "handed"\nby = "staff"\ntell = { applicant = "stopped" }\n\n'
    stage = Stage(database, programme(edits={"[transition.withdraw]": f"{back}[transition.withdraw]"})).open()
    (number,) = stage.under_decision("anna")
    other = stage.brought_in("bert", "read", READING)
    now = READING + SECOND
    batch = stage.cycle.move(stage.key, [number, other], "hand_back", by=STAFF, now=now, undo_for=WINDOW)
    # the first has been taken up before: once per moment and dossier
    assert stage.states() == {number: "handed", other: "read"}
    (row,) = stage.rows(BatchRow)
    assert (row.id, row.undo_until) == (batch, None)
    letters = [one for one in stage.rows(NotificationRow) if one.letter in ("stopped", "being-read")]
    assert {(one.leaves_at, one.batch_id) for one in letters if one.leaves_at >= now} == {(now, None)}
    with refused("left"):
        stage.cycle.undo(stage.key, batch, by=STAFF, now=now + SECOND)


def test_a_cap_counts_those_that_move_together(database: Database) -> None:
    edits = {'only_if = { reason = "written" }': "only_if = { at_most = 1 }"}
    stage = Stage(database, programme(edits=edits)).open()
    first, second = stage.working("anna", "bert")
    with pytest.raises(NotAll) as told:
        stop(stage, first, second)
    assert {number: [reason.code for reason in reasons] for number, reasons in told.value.against.items()} == {
        second: ["at_most"]
    }
    stop(stage, first)
    assert stage.states() == {first: "stopped", second: "working"}


def test_what_staff_may_do_for_many_is_theirs_or_minuted() -> None:
    assert [one.name for one in moves_of_staff(programme().workflow)] == ["finish", "stop"]
    assert [one.name for one in moves_of_staff(programme(GATE, GATE_2030, name="gate").workflow)] == [
        "decline",
        "choose_by_hand",
    ]


def test_many_at_once_are_judged_as_one_by_one(database: Database) -> None:
    stage = Stage(database).open()
    working, done = stage.working("anna", "bert")
    for owed in ("report 1", "report 2", "accounts 1", "accounts 2"):
        stage.cycle.excuse(stage.key, done, owed, reason="closed", by=STAFF, now=JUNE)
    stage.brought_in("cleo", "chosen", JUNE)
    stage.brought_in("dora", "declined", JUNE)
    told, numbers = [], list(stage.states())
    with database.reading() as session:
        scene = stage.cycle.look(session, stage.key, JUNE)
        person = scene.person(STAFF)
        dossiers = chosen_dossiers(session, scene.round_id, numbers, person, key=stage.key)
        for transition in moves_of_staff(scene.workflow):
            for reason in (None, " ", "closed"):
                standing = standing_of(scene, person)
                together = reasons_not_to(scene, dossiers, transition, person, standing, reason=reason)
                alone = {
                    one.number: tuple(found) for one in dossiers
                    if (found := reasons_not_to_act(scene, one, transition, standing, reason=reason, person=person))
                }  # fmt: skip
                assert together.keys() == alone.keys(), (transition.name, reason)
                assert all(set(reasons) <= set(alone[number]) for number, reasons in together.items())
                told.append((transition.name, reason, sorted({*numbers} - together.keys())))
    assert ("finish", None, [done]) in told
    assert ("stop", None, []) in told
    assert ("stop", "closed", ["SG30-001", "SG30-002", "SG30-003"]) in told
    assert working == "SG30-001"
