"""Does undoing an act of staff put everything back as it was, as long as nobody has heard of it?"""

import asyncio
from datetime import date
from email.headerregistry import Address
from threading import Thread
from typing import Any

import pytest
from databases import fresh, fresh_on
from stage import (
    PDF,
    READING,
    SENDER,
    STAFF,
    STAFF_2,
    Stage,
    applicant,
    ask_what_must_hold,
    at,
    programme,
    refused,
)

from engine.clock import StoppedClock
from engine.cycle.seen import ChangedSince
from engine.database.connection import Database
from engine.database.records import BatchRow, DossierRow, NotificationRow, TransitionRow
from engine.database.undoable import can_be_undone
from engine.errors import Refused, Unknown
from engine.faults import arm
from engine.rules.moments import SECOND
from notifications.lease import take
from notifications.postman import Postman
from notifications.rendering import Renderer
from notifications.transport import Mailbox

JUNE = at("2030-06-20T09:00")
WINDOW = 600 * SECOND
LATER = JUNE + WINDOW - SECOND


def move(stage: Stage, *numbers: str, name: str = "stop", now: int = JUNE) -> int:
    return stage.cycle.move(stage.key, numbers, name, by=STAFF, now=now, reason="closed", undo_for=WINDOW)


def undo(stage: Stage, batch: int, now: int = LATER, by: str = STAFF_2) -> None:
    stage.cycle.undo(stage.key, batch, by=by, now=now)


def without_history(stage: Stage) -> dict[str, Any]:
    """All that the database holds, but for what only ever grows: the journal, the moves, the acts, the letters."""
    kept = stage.dump()
    for table in ("journal", "journal_link", "transition", "batch", "cause", "notification", "dossier", "once"):
        del kept[table]
    dossiers = [row.model_dump(exclude={"version"}) for row in stage.rows(DossierRow)]
    return {**kept, "dossiers": sorted(dossiers, key=lambda row: row["number"])}


def deliver(stage: Stage, now: int) -> list[str]:
    """Let the postman send what may leave; gives the addresses."""
    clock = StoppedClock(now)
    mailbox = Mailbox(clock)
    contact = Address("Els Example", addr_spec="els@fund.example")
    asyncio.run(Postman(stage.database, mailbox, Renderer(contact), sender=SENDER).deliver(clock))
    return [one.recipient for one in mailbox.letters]


def undoable(stage: Stage, now: int) -> list[int]:
    with stage.database.reading() as session:
        found = session.connection().execute(BatchRow.__table__.select().where(can_be_undone(now)))  # type: ignore[attr-defined]
        return [row.id for row in found]


def test_undoing_puts_everything_back_and_nobody_hears_of_it(stage: Stage) -> None:
    first, second = stage.working("anna", "bert")
    deliver(stage, JUNE)
    before, moves = without_history(stage), len(stage.transitions())
    batch = move(stage, first, second)
    assert without_history(stage) != before
    assert undoable(stage, LATER) == [batch]
    undo(stage, batch)
    assert without_history(stage) == before
    assert stage.transitions()[moves + 2 :] == [
        (number, "taken back", "stopped", "working", LATER) for number in (second, first)
    ]
    letters = [row for row in stage.rows(NotificationRow) if row.batch_id == batch]
    assert [(row.status, row.ended_at, row.last_reply) for row in letters] == [
        ("cancelled", LATER, f"taken back by {STAFF_2}")
    ] * 2
    assert deliver(stage, JUNE + 2 * WINDOW) == []
    (undone,) = stage.journal("batch undone")
    assert (undone.actor, undone.details) == (
        STAFF_2, {"batch": batch, "name": "stop", "dossiers": [first, second], "letters": 2},
    )  # fmt: skip
    assert undoable(stage, LATER) == []


def test_what_a_move_laid_out_is_taken_away_with_its_deadlines_and_slots(database: Database) -> None:
    edits = {"[transition.withdraw]": '[transition.invite]\nfrom = "read"\nto = "chosen"\nby = "staff"\n'
             'tell = { applicant = "granted" }\n\n[transition.withdraw]'}  # fmt: skip
    stage = Stage(database, programme(edits=edits)).open()
    first, second = stage.under_decision("anna", "bert")
    deliver(stage, READING)
    before = without_history(stage)
    batch = move(stage, first, second, name="invite", now=READING)
    laid = stage.dump()
    assert (len(laid["obligation"]), len(laid["slot"])) == (2, 2)
    undo(stage, batch, now=READING + SECOND)
    assert without_history(stage) == before
    # and once more, for good
    again = move(stage, first, second, name="invite", now=READING + 2 * SECOND)
    assert len(stage.dump()["slot"]) == 2
    assert deliver(stage, READING + 2 * SECOND + WINDOW) == [applicant("anna"), applicant("bert")]
    with refused("left"):
        undo(stage, again, now=READING + 3 * WINDOW)


def test_undoing_twice_counts_once() -> None:
    stage = Stage(fresh()).open()
    (number,) = stage.working("anna")
    batch = move(stage, number)
    undo(stage, batch)
    before = stage.dump()
    undo(stage, batch, now=LATER + SECOND, by=STAFF)
    assert stage.dump() == before


def test_once_the_first_letter_has_left_nothing_is_undone() -> None:
    stage = Stage(fresh()).open()
    first, second = stage.working("anna", "bert")
    batch = move(stage, first, second)
    assert deliver(stage, JUNE + WINDOW)[-2:] == [applicant("anna"), applicant("bert")]
    before = stage.dump()
    with refused("left") as sentences:
        undo(stage, batch, now=JUNE + 2 * WINDOW)
    assert sentences == [
        f'the letter "stopped" to {applicant("anna")} has left: only a correcting act with a reason helps now'
    ]
    assert stage.dump() == before
    assert undoable(stage, JUNE + 2 * WINDOW) == []


def test_a_letter_that_a_postman_has_taken_has_left_and_one_that_was_undone_no_postman_takes(stage: Stage) -> None:
    (first, second) = stage.working("anna", "bert")
    deliver(stage, JUNE)
    early, late = move(stage, first), move(stage, second, now=JUNE + SECOND)
    with stage.database.transaction() as session:
        leased = take(session, "relay", JUNE + WINDOW, free=8, busy=0)
    assert [letter.address for letter in leased] == [applicant("anna")]
    with refused("left"):
        undo(stage, early, now=JUNE + WINDOW)
    undo(stage, late, now=JUNE + WINDOW)
    with stage.database.transaction() as session:
        assert take(session, "relay", JUNE + WINDOW + SECOND, free=8, busy=0) == []


def test_an_undo_that_meets_a_postman_at_work_waits_and_then_says_which_letter_he_has() -> None:
    with fresh_on("postgresql") as database:
        stage = Stage(database).open()
        (number,) = stage.working("anna")
        deliver(stage, JUNE)
        batch, told = move(stage, number), []

        def try_to_undo() -> None:
            try:
                undo(stage, batch, now=JUNE + WINDOW)
            except Refused as refused:
                told.extend(reason.code for reason in refused.reasons)

        with database.transaction() as session:
            assert len(take(session, "relay", JUNE + WINDOW, free=8, busy=0)) == 1
            undoing = Thread(target=try_to_undo)
            undoing.start()
            undoing.join(0.3)
            assert undoing.is_alive()
        undoing.join()
        assert (told, stage.state(number)) == (["left"], "stopped")
        ask_what_must_hold()


def test_a_postman_passes_by_what_is_just_being_undone() -> None:
    with fresh_on("postgresql") as database:
        stage = Stage(database).open()
        (number,) = stage.working("anna")
        deliver(stage, JUNE)
        batch, found = move(stage, number), []

        def come_by(name: str) -> None:
            if name == "letters taken back":
                with database.transaction() as session:
                    found.append(take(session, "relay", JUNE + WINDOW, free=8, busy=0))

        arm(come_by)
        try:
            undo(stage, batch, now=JUNE + WINDOW)
        finally:
            arm(None)
        assert (found, stage.state(number)) == ([[]], "working")
        assert deliver(stage, JUNE + 2 * WINDOW) == []
        ask_what_must_hold()


def test_as_long_as_letters_wait_an_act_is_undone_after_its_time_as_well() -> None:
    stage = Stage(fresh()).open()
    (number,) = stage.working("anna")
    batch = move(stage, number)
    # the relay was away
    assert undoable(stage, JUNE + 3 * WINDOW) == [batch]
    undo(stage, batch, now=JUNE + 3 * WINDOW)
    assert stage.state(number) == "working"


def test_an_act_that_nobody_is_told_of_is_undone_in_its_time_only() -> None:
    database = fresh()
    stage = Stage(database, programme(edits={'tell    = { applicant = "stopped" }': ""})).open()
    first, second = stage.working("anna", "bert")
    early, late = move(stage, first), move(stage, second, now=JUNE + SECOND)
    assert undoable(stage, JUNE + WINDOW) == [late]
    undo(stage, late, now=JUNE + WINDOW)
    with refused("left"):
        undo(stage, early, now=JUNE + WINDOW)
    assert stage.states() == {first: "stopped", second: "working"}


def test_letters_are_sent_at_once_when_somebody_says_so_and_then_nothing_is_undone() -> None:
    stage = Stage(fresh()).open()
    (number,) = stage.working("anna")
    deliver(stage, JUNE)
    batch = move(stage, number)
    stage.cycle.send_now(stage.key, batch, by=STAFF_2, now=JUNE + SECOND)
    before = stage.dump()
    stage.cycle.send_now(stage.key, batch, by=STAFF, now=JUNE + 2 * SECOND)
    assert stage.dump() == before
    with refused("left"):
        undo(stage, batch, now=JUNE + 2 * SECOND)
    assert undoable(stage, JUNE + 2 * SECOND) == []
    assert deliver(stage, JUNE + 2 * SECOND) == [applicant("anna")]


def test_what_was_undone_is_not_sent() -> None:
    stage = Stage(fresh()).open()
    (number,) = stage.working("anna")
    batch = move(stage, number)
    undo(stage, batch)
    with refused("undone"):
        stage.cycle.send_now(stage.key, batch, by=STAFF, now=LATER)


def test_what_has_happened_to_a_dossier_since_is_in_the_way_and_is_told() -> None:
    stage = Stage(fresh()).open()
    first, second = stage.working("anna", "bert")
    batch = move(stage, first, second)
    stage.cycle.excuse(stage.key, second, "report 1", reason="a birth", by=STAFF_2, now=JUNE + SECOND)
    before = stage.dump()
    with pytest.raises(ChangedSince) as told:
        undo(stage, batch)
    assert [(one.number, one.what, one.actor) for one in told.value.changes] == [(second, "excused", STAFF_2)]
    assert stage.dump() == before


def test_a_later_act_is_undone_first_and_then_the_earlier_one() -> None:
    database = fresh()
    edits = {"[transition.withdraw]": '[transition.pause]\nfrom = "stopped"\nto = "working"\nby = "staff"\n'
             "\n[transition.withdraw]", '"withdrawn", "stopped"]': '"withdrawn"]'}  # fmt: skip
    stage = Stage(database, programme(edits=edits)).open()
    (number,) = stage.working("anna")
    before = without_history(stage)
    first = move(stage, number)
    second = move(stage, number, name="pause", now=JUNE + SECOND)
    with pytest.raises(ChangedSince):
        undo(stage, first)
    undo(stage, second)
    assert stage.state(number) == "stopped"
    undo(stage, first)
    assert without_history(stage) == before


def test_dates_that_moved_for_all_meanwhile_are_in_the_way() -> None:
    stage = Stage(fresh()).open()
    (number,) = stage.working("anna")
    batch = move(stage, number)
    stage.cycle.extend(
        stage.key, "work closes", date(2032, 6, 16), reason="a strike", by=STAFF, now=JUNE + SECOND
    )  # fmt: skip
    with refused("left"):
        undo(stage, batch)


def test_what_fell_due_meanwhile_happens_when_the_dossier_is_back(stage: Stage) -> None:
    first, second = stage.working("anna", "bert")
    due = min(row.due_at for key, row in stage.deadlines().items() if key.startswith("overdue") and "2031" in key)
    stage.cycle.deliver(
        stage.key, first, "report", {}, by=applicant("anna"), now=at("2031-05-01T09:00"), files={"report": PDF}
    )
    batch = move(stage, first, now=due - SECOND)
    stage.cycle.advance(due + 60 * SECOND)
    undo(stage, batch, now=due + 61 * SECOND)
    found = [(row.details["obligation"], row.at) for row in stage.journal("overdue") if row.at == due]
    assert sorted(found) == [("accounts 1", due)] * 2 + [("report 1", due)]
    assert {one: stage.state(one) for one in (first, second)} == {first: "working", second: "working"}


def test_a_move_of_the_calendar_that_fell_due_meanwhile_takes_the_dossier_when_it_is_back() -> None:
    stage = Stage(fresh()).open()
    (number,) = stage.chosen("anna")
    stage.cycle.attend(stage.key, number, "kick_off", by=STAFF, now=at("2030-05-08T18:00"))
    opens = at("2030-06-03T00:00")
    batch = move(stage, number, now=opens - SECOND)
    stage.cycle.advance(opens + SECOND)
    undo(stage, batch, now=opens + 2 * SECOND)
    assert stage.transitions()[-2:] == [
        (number, "taken back", "stopped", "chosen", opens + 2 * SECOND),
        (number, "start", "chosen", "working", opens + 2 * SECOND),
    ]


def test_a_place_that_was_taken_by_mistake_is_free_again(database: Database) -> None:
    edits = {"[transition.withdraw]": '[transition.invite]\nfrom = "read"\nto = "chosen"\nby = "staff"\n'
             "only_if = { at_most = 1 }\n\n[transition.withdraw]"}  # fmt: skip
    stage = Stage(database, programme(edits=edits)).open()
    first, second = stage.under_decision("anna", "bert")
    batch = move(stage, first, name="invite", now=READING)
    with refused("at_most"):
        move(stage, second, name="invite", now=READING)
    undo(stage, batch, now=READING)
    move(stage, second, name="invite", now=READING)
    assert stage.states() == {first: "read", second: "chosen"}


def test_only_staff_undo_and_only_what_is_there() -> None:
    stage = Stage(fresh()).open()
    (number,) = stage.working("anna")
    batch = move(stage, number)
    before = stage.dump()
    with refused("role"):
        undo(stage, batch, by=applicant("anna"))
    with refused("role"):
        stage.cycle.send_now(stage.key, batch, by=applicant("anna"), now=LATER)
    with pytest.raises(Unknown):
        undo(stage, batch + 1)
    with pytest.raises(Unknown):
        stage.cycle.send_now(stage.key, batch + 1, by=STAFF, now=LATER)
    assert stage.dump() == before
    assert [row.undoes_id for row in stage.rows(TransitionRow) if row.undoes_id] == []
