"""What a mail changes that comes in: once, in the round that it belongs to, and nothing where it is not certain."""


import asyncio
from typing import Any

import pytest
from sqlmodel import Session
from stage import (
    CALL,
    GATE,
    GATE_2030,
    MEMBER,
    NOTICE,
    SENDER,
    STAFF,
    STAFF_2,
    Stage,
    applicant,
    programme,
    refused,
)

from engine.clock import StoppedClock
from engine.cycle.receiving import AUTOMATIC, CALENDAR, DELAY, FAILURE, HOUR, REPLY, Failure, Mail
from engine.database.records import JournalRow, NotificationRow, ReceivedRow
from engine.errors import Unknown
from engine.files.reading import Programme
from notifications.postman import Postman
from notifications.rendering import Renderer
from notifications.transport import Mailbox

ANNA = applicant("anna")
SAID = "550 5.1.1 nobody is called so here"
COMES = CALL + 60_000_000


@pytest.fixture
def letter(stage: Stage) -> NotificationRow:
    """A receipt that has been sent to Anna."""
    stage.handed_in("anna")
    post(stage, CALL + 1)
    return _letter_to(stage, ANNA)


def post(stage: Stage, now: int) -> None:
    """Send what may leave."""
    clock = StoppedClock(now)
    postman = Postman(stage.database, Mailbox(clock), Renderer(SENDER), sender=SENDER)
    asyncio.run(postman.deliver(clock))


def on_its_way(stage: Stage, status: str) -> NotificationRow:
    """The last letter to Anna, as if it were just leaving."""
    with stage.database.transaction() as session:
        row = session.get_one(NotificationRow, _letter_to(stage, ANNA).id)
        row.status, row.ended_at = status, None
        session.add(row)
    stage.tampered = "a letter is said to have left, and no postman took it"
    return _letter_to(stage, ANNA)


def _letter_to(stage: Stage, address: str) -> NotificationRow:
    return [row for row in stage.rows(NotificationRow) if row.address == address][-1]


def mail(letter: NotificationRow | None, kind: str = REPLY, digest: str = "1", **more: Any) -> Mail:
    about = () if letter is None else ("<unknown@b.example>", letter.message_id)
    given = {
        "sender": ANNA, "subject": "Re: it", "message_id": "<a@b.example>", "raw": b"raw", "size": 3, "about": about,
    }  # fmt: skip
    return Mail(**{"digest": digest, "kind": kind, **given, **more})  # type: ignore[arg-type]


def back(letter: NotificationRow | None, *addresses: str, digest: str = "1") -> Mail:
    return mail(letter, FAILURE, digest, sender="mailer-daemon@mx.example", failure=Failure(addresses, SAID))


def step_back(stage: Stage) -> None:
    """Somebody on staff, who sits in the jury too, has a conflict with Anna's dossier."""
    stage.cycle.add_person(stage.key, email=STAFF, name="", language="en", role="jury", by=STAFF_2, now=NOTICE)
    stage.cycle.declare_conflict(stage.key, "SG30-001", by=STAFF, now=NOTICE)


def kept(stage: Stage) -> list[tuple[str, str, str]]:
    return [(row.kind, row.outcome, row.why) for row in stage.rows(ReceivedRow)]


def test_a_letter_that_came_back_is_marked_with_what_was_said_and_stays_sent(
    stage: Stage, letter: NotificationRow
) -> None:
    assert stage.cycle.receive(back(letter, ANNA), now=COMES) == "letter marked"
    marked = _letter_to(stage, ANNA)
    assert (marked.status, marked.bounced_at, marked.bounce) == ("sent", COMES, SAID)
    (row,) = stage.rows(ReceivedRow)
    assert (row.round_id, row.notification_id, row.dossier_id, row.person_id, row.received_at, row.raw) == (
        letter.round_id, letter.id, letter.dossier_id, letter.person_id, COMES, b"raw",
    )  # fmt: skip
    (told,) = [one for one in stage.rows(JournalRow) if one.what == "mail received"]
    assert (told.actor, told.dossier_id, told.details["outcome"], told.details["letter"]) == (
        "mail", letter.dossier_id, "letter marked", letter.id,
    )  # fmt: skip


def test_the_same_mail_counts_once_and_another_about_the_same_letter_changes_nothing(
    stage: Stage, letter: NotificationRow
) -> None:
    got = [stage.cycle.receive(back(letter, ANNA, digest=one), now=COMES + n) for n, one in enumerate("112")]
    assert got == ["letter marked", None, "known already"]
    assert _letter_to(stage, ANNA).bounced_at == COMES
    assert len(stage.rows(ReceivedRow)) == 2


def test_a_letter_comes_back_before_it_is_known_to_have_left(stage: Stage) -> None:
    stage.handed_in("anna")
    post(stage, CALL + 1)
    for place, status in enumerate(("leased", "retry")):
        row = on_its_way(stage, status)
        outcome = stage.cycle.receive(back(row, ANNA, digest=status), now=COMES + place)
        assert outcome == ("letter marked", "known already")[place]


def test_a_letter_that_never_left_does_not_come_back(stage: Stage) -> None:
    stage.handed_in("anna")
    assert stage.cycle.receive(back(_letter_to(stage, ANNA), ANNA), now=COMES) == "before staff"
    assert kept(stage) == [("failure", "before staff", "no letter")]


def test_a_failure_elsewhere_goes_before_staff(stage: Stage, letter: NotificationRow) -> None:
    assert stage.cycle.receive(back(letter, "anna@elsewhere.example"), now=COMES) == "before staff"
    assert (kept(stage), _letter_to(stage, ANNA).bounced_at) == ([("failure", "before staff", "other address")], None)


def test_nothing_else_changes_a_letter(stage: Stage, letter: NotificationRow) -> None:
    for digest, (kind, doubt, outcome) in enumerate([
        (DELAY, "", "ignored"), (AUTOMATIC, "automatic", "ignored"), (REPLY, "", "before staff"),
        (REPLY, "large", "before staff"), (CALENDAR, "counter", "before staff"),
    ]):  # fmt: skip
        assert stage.cycle.receive(mail(letter, kind, str(digest), doubt=doubt), now=COMES) == outcome
        assert kept(stage)[-1] == (kind, outcome, doubt)
    assert stage.cycle.receive(mail(None, digest="own", message_id=letter.message_id), now=COMES) == "ignored"
    assert _letter_to(stage, ANNA) == letter


def test_what_answers_no_letter_belongs_to_no_round_and_goes_before_staff(stage: Stage) -> None:
    assert stage.cycle.receive(mail(None), now=COMES) == "before staff"
    (row,) = stage.rows(ReceivedRow)
    assert (row.round_id, row.why, [one for one in stage.rows(JournalRow) if one.what == "mail received"]) == (
        None, "no letter", [],
    )  # fmt: skip


def test_staff_see_to_a_mail_once(stage: Stage, letter: NotificationRow) -> None:
    stage.cycle.receive(mail(letter), now=COMES)
    (number,) = [row.id for row in stage.rows(ReceivedRow)]
    stage.cycle.handle_mail(stage.key, number, by=STAFF_2, now=COMES + 1)
    (row,) = stage.rows(ReceivedRow)
    assert (row.handled_at, row.handled_by) == (COMES + 1, stage.person_id(STAFF_2))
    with refused("mail"):
        stage.cycle.handle_mail(stage.key, number, by=STAFF, now=COMES + 2)


def test_who_is_not_on_staff_or_has_a_conflict_sees_to_none(stage: Stage, letter: NotificationRow) -> None:
    stage.cycle.receive(mail(letter), now=COMES)
    (number,) = [row.id for row in stage.rows(ReceivedRow)]
    with refused("role"):
        stage.cycle.handle_mail(stage.key, number, by=MEMBER, now=COMES)
    step_back(stage)
    for by, wrong in ((STAFF, number), (STAFF_2, number + 1)):
        with pytest.raises(Unknown):
            stage.cycle.handle_mail(stage.key, wrong, by=by, now=COMES)


def test_a_mail_of_another_round_is_none_of_this_rounds(stage: Stage, letter: NotificationRow) -> None:
    stage.cycle.receive(mail(letter), now=COMES)
    (number,) = [row.id for row in stage.rows(ReceivedRow)]
    other = Stage(stage.database, _gate()).open()
    with pytest.raises(Unknown):
        other.cycle.handle_mail(other.key, number, by=STAFF, now=COMES)
    stage.cycle.receive(mail(None, digest="of nobody"), now=COMES)
    other.cycle.handle_mail(other.key, number + 1, by=STAFF, now=COMES)  # what is of no round is everybody's on staff


def _gate() -> Programme:
    return programme(GATE, GATE_2030.replace("SG30", "GA30"), name="gate")


def test_staff_are_told_at_once_and_then_at_most_once_an_hour(stage: Stage, letter: NotificationRow) -> None:
    told: list[tuple[int | None, int]] = []

    def look(now: int) -> list[tuple[int | None, int]]:
        told.clear()
        stage.cycle.tell_of_mail(tell=lambda _session, of, count: told.append((of, count)), now=now)
        return sorted(told, key=str)

    assert look(COMES) == []
    stage.cycle.receive(mail(letter), now=COMES)
    stage.cycle.receive(mail(None, digest="of nobody"), now=COMES)
    stage.cycle.receive(mail(letter, AUTOMATIC, "robot"), now=COMES)
    assert look(COMES + 1) == [(letter.round_id, 1), (None, 1)]
    for digest in "ab":
        stage.cycle.receive(mail(letter, digest=digest), now=COMES + 2)
    assert look(COMES + HOUR) == []
    assert look(COMES + 1 + HOUR) == [(letter.round_id, 2)]
    assert look(COMES + 9 * HOUR) == []


def test_a_letter_that_tells_of_mail_and_the_note_that_it_was_told_are_one(
    stage: Stage, letter: NotificationRow
) -> None:
    stage.cycle.receive(mail(letter), now=COMES)

    def fails(_session: Session, _round: int | None, _count: int) -> None:
        raise RuntimeError("nobody to write to")

    with pytest.raises(RuntimeError):
        stage.cycle.tell_of_mail(tell=fails, now=COMES)
    assert stage.cycle.tell_of_mail(tell=lambda *_: None, now=COMES) == 1


def test_a_bundle_about_a_dossier_hides_its_answer_from_who_has_a_conflict(stage: Stage) -> None:
    """The answer to a list of dossiers names none itself."""
    stage.under_decision("anna")
    stage.cycle.advance(NOTICE)
    post(stage, NOTICE)
    letter = [row for row in stage.rows(NotificationRow) if row.facts.get("dossiers")][-1]
    assert letter.status == "sent"
    stage.cycle.receive(mail(letter, sender=MEMBER), now=NOTICE)
    (number,) = [row.id for row in stage.rows(ReceivedRow)]
    step_back(stage)
    with pytest.raises(Unknown):
        stage.cycle.handle_mail(stage.key, number, by=STAFF, now=NOTICE)


