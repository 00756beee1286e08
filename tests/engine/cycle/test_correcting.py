"""An address is corrected once, everywhere, and only of somebody who cannot be reached and is nobody else's."""

import asyncio

import pytest
from databases import fresh
from played_rounds import END, played_on
from sqlmodel import Session
from stage import (
    BEFORE,
    CALL,
    CHAIR,
    GATE,
    GATE_2030,
    MEMBER,
    NOTICE,
    READING,
    SENDER,
    STAFF,
    STAFF_2,
    Stage,
    applicant,
    ask_what_must_hold,
    programme,
    refused,
)

from engine.clock import StoppedClock
from engine.cycle.messages import Message, Words
from engine.cycle.receiving import FAILURE, Failure, Mail
from engine.database.access import factors, sessions
from engine.database.connection import Database
from engine.database.records import CorrectionRow, JournalRow, NotificationRow, PersonRow, RoundRow, SessionRow
from engine.database.store import the_id
from engine.faults import arm
from notifications.postman import Postman
from notifications.rendering import Renderer
from notifications.staff_desk import StaffDesk
from notifications.transport import Mailbox

ANNA, BERT, RIGHT = applicant("anna"), applicant("bert"), "anna@home.example"
BACK, LATER = CALL + 60_000_000, CALL + 120_000_000


def post(stage: Stage, now: int, *, down: bool = False) -> None:
    """Send what may leave; nothing does where the relay is down."""
    clock = StoppedClock(now)
    relay = Mailbox(clock, down=[(0, now + 1)] if down else [])
    asyncio.run(Postman(stage.database, relay, Renderer(SENDER), sender=SENDER).deliver(clock))


def came_back(stage: Stage, who: str = ANNA, at: int = BACK) -> NotificationRow:
    """The last letter that was sent to somebody comes back."""
    (round,) = (row.id for row in stage.rows(RoundRow) if row.key == stage.key)
    letters = [row for row in stage.rows(NotificationRow) if row.address == who and row.round_id == round]
    letter = [row for row in letters if row.status == "sent"][-1]
    mail = Mail(
        f"{who} {at}", "<a@b.example>", "mailer-daemon@mx.example", "Undelivered", FAILURE, b"raw", 3,
        about=(letter.message_id,), failure=Failure((who,), "550 nobody"),
    )  # fmt: skip
    assert stage.cycle.receive(mail, now=at) == "letter marked"
    return letter


def correct(stage: Stage, who: str = ANNA, to: str = RIGHT, by: str = STAFF, now: int = LATER) -> list[tuple[str, str]]:
    told: list[tuple[str, str]] = []

    def tell(_session: Session, person: PersonRow, old: str) -> None:
        told.append((person.email, old))

    stage.cycle.correct_address(stage.key, email=who, to=to, by=by, now=now, tell=tell)
    return told


@pytest.fixture
def unreachable(stage: Stage) -> Stage:
    """Anna has handed in, and the receipt came back; a letter to her is held, and one waits."""
    stage.handed_in("anna")
    post(stage, CALL + 1)
    came_back(stage)
    return stage


def test_an_address_is_corrected_everywhere_and_its_owner_is_told_at_both(unreachable: Stage) -> None:
    stage = unreachable
    person_id = stage.person_id(ANNA)
    stage.cycle.add_contact(stage.key, "SG30-001", email="b@home.example", name="", language="en", by=ANNA, now=BACK)
    with stage.database.transaction() as session:
        sessions.begin(session, person_id, "d" * 64, "Firefox", BACK - 1)
    stage.cycle.act(stage.key, "SG30-001", "withdraw", by=ANNA, now=BACK + 1)
    post(stage, BACK + 2, down=True)  # this one is written, and does not leave
    hello = Message({"en": Words("Open day", "Come.")})
    stage.cycle.message(stage.key, ["SG30-001"], hello, by=STAFF, now=BACK + 3)
    assert correct(stage, to=f" {RIGHT.upper()} ") == [(RIGHT, ANNA)]
    assert stage.person_id(RIGHT) == person_id
    waits = [row for row in stage.rows(NotificationRow) if row.person_id == person_id and row.ended_at is None]
    assert [(row.letter, row.address) for row in waits] == [("withdrawn", ANNA), ("staff-message", RIGHT)]
    (row,) = stage.rows(CorrectionRow)
    assert (row.person_id, row.old, row.new, row.at, row.corrected_by) == (
        person_id, ANNA, RIGHT, LATER, stage.person_id(STAFF),
    )  # fmt: skip
    (told,) = [row for row in stage.rows(JournalRow) if row.what == "address corrected"]
    assert (told.actor, told.details) == (STAFF, {"old": ANNA, "new": RIGHT})
    assert [(one.ended_at, one.ending) for one in stage.rows(SessionRow)] == [(LATER, "address corrected")]


def test_the_letter_that_came_back_goes_again_to_the_address_that_is_right(unreachable: Stage) -> None:
    stage = unreachable
    (back,) = [row for row in stage.rows(NotificationRow) if row.bounced_at is not None]
    correct(stage)
    desk = StaffDesk(stage.database, SENDER)
    number = desk.write_anew(the_id(back), address=RIGHT, by=STAFF, now=LATER + 1)
    assert desk.write_anew(the_id(back), address=RIGHT, by=STAFF, now=LATER + 2) == number
    post(stage, LATER + 3)
    rows = {row.id: row for row in stage.rows(NotificationRow)}
    assert [(rows[one].address, rows[one].status, rows[one].letter) for one in (back.id, number)] == [
        (ANNA, "sent", back.letter), (RIGHT, "sent", back.letter),
    ]  # fmt: skip


@pytest.mark.parametrize("where", ["address corrected", "letters redirected"])
def test_an_address_is_corrected_wholly_or_not_at_all(unreachable: Stage, where: str) -> None:
    stage = unreachable

    def stops(point: str) -> None:
        if point == where:
            raise KeyboardInterrupt

    arm(stops)
    try:
        with pytest.raises(KeyboardInterrupt):
            correct(stage)
    finally:
        arm(None)
    assert (stage.rows(CorrectionRow), [row.email for row in stage.rows(PersonRow) if row.email == RIGHT]) == ([], [])
    assert correct(stage) == [(RIGHT, ANNA)]


def test_only_staff_correct_an_address_and_only_one_that_fails(unreachable: Stage) -> None:
    stage = unreachable
    with refused("role"):
        correct(stage, by=MEMBER)
    for wrong in ("", "anna", "a@b@c", "a@b.example, c@d.example", ANNA):
        with refused("address"):
            correct(stage, to=wrong)
    with refused("address"):  # somebody else's
        correct(stage, to=CHAIR)
    with refused("address"):  # no letter came back
        correct(stage, who=CHAIR)
    with refused("address", "address"):  # on staff
        correct(stage, who=STAFF_2)
    with stage.database.transaction() as session:
        sessions.begin(session, stage.person_id(ANNA), "d" * 64, "Firefox", BACK + 1)
    with refused("address"):  # she has signed in with it since
        correct(stage)
    assert stage.rows(CorrectionRow) == []


def test_nobody_is_touched_who_has_a_second_factor_or_takes_part_where_the_actor_does_not(database: Database) -> None:
    stage = Stage(database).open()
    other = Stage(database, programme(GATE, GATE_2030.replace("SG30", "GA30"), name="gate"))
    other.cycle.open_round(other.programme, "2030", by=STAFF_2, now=BEFORE)
    other.cycle.add_person(other.key, email=STAFF_2, name="", language="en", role="staff", by=STAFF_2, now=BEFORE)
    for who in ("anna", "bert"):
        stage.handed_in(who)
    other.cycle.subscribe(other.key, email=ANNA, language="en", now=CALL)
    other.cycle.add_person(other.key, email=BERT, name="", language="en", role="jury", by=STAFF_2, now=CALL)
    post(stage, CALL + 1)
    came_back(stage)
    came_back(stage, BERT)
    with refused("address"):
        correct(stage, BERT, by=STAFF)
    with refused("address"):  # none of this round's letters came back
        correct(other, BERT, by=STAFF_2)
    with database.transaction() as session:
        factors.put(session, stage.person_id(BERT), "n" * 22, 1, [], BACK)
    with refused("address"):
        correct(stage, BERT, by=STAFF_2)
    correct(stage)  # to be told of a call is no part in it


def everything(database: Database) -> Stage:
    """Both played rounds, in which a member and an applicant are corrected who have done all that one can."""
    stage = played_on(database)
    for place, who in enumerate((MEMBER, applicant("anna"), applicant("bert"))):
        came_back(stage, who, END + 100 + place)
        correct(stage, who, f"{place}@home.example", now=END + 200 + place)
    return stage


@pytest.mark.slow
def test_whatever_somebody_has_done_is_still_theirs_under_another_address() -> None:
    database = fresh("sqlite://")
    everything(database)
    ask_what_must_hold()
    database.close()


def test_who_has_judged_keeps_what_they_judged_and_an_old_address_may_be_a_new_persons(stage: Stage) -> None:
    (number,) = stage.under_decision("anna")
    stage.cycle.score(stage.key, number, {"quality": 6}, by=MEMBER, now=READING)
    stage.cycle.declare_clear(stage.key, number, by=MEMBER, now=READING)
    stage.cycle.assign(stage.key, "jury", add=[(number, MEMBER)], by=STAFF, now=READING)
    stage.cycle.verdict(stage.key, number, "choose", by=CHAIR, now=READING + 1)
    post(stage, READING + 2)
    came_back(stage, MEMBER, READING + 3)
    correct(stage, MEMBER, "member@home.example", now=READING + 4)
    for who, mark in (("member@home.example", 7), (MEMBER, 8)):
        if who == MEMBER:
            stage.cycle.add_person(
                stage.key, email=MEMBER, name="Another", language="en", role="jury", by=STAFF, now=READING + 5
            )
        stage.cycle.score(stage.key, number, {"quality": mark}, by=who, now=READING + 6)
    stage.cycle.advance(NOTICE)
    stage.cycle.approve(stage.key, "notice opens", by=STAFF, now=NOTICE)
    post(stage, NOTICE)
    came_back(stage, "member@home.example", NOTICE + 1)
    correct(stage, "member@home.example", "third@home.example", now=NOTICE + 2)
