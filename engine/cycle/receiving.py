"""What does a mail that comes in change, and what of it is for staff to decide?

It is kept once, whatever it says, in the transaction of what it changes: a letter came back, an invitation is answered,
or nothing. What is not certain is put before staff.
"""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from engine.cycle import inviting
from engine.cycle.people import standing_of
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.database.connection import inserting
from engine.database.pages.received import is_visible
from engine.database.records import DossierRow, InvitationRow, NotificationRow, PersonRow, ReceivedRow
from engine.database.store import find_person, the_id
from engine.errors import Refusal, Unknown
from engine.faults import point
from engine.rules.roles import must_be_staff

POST = "mail"
"""the actor of what a mail changes by itself"""
FAILURE, DELAY, CALENDAR, AUTOMATIC, REPLY = "failure", "delay", "calendar", "automatic", "reply"
KINDS = (FAILURE, DELAY, CALENDAR, AUTOMATIC, REPLY)
"""what a mail can be: a letter that came back, one that is late, an answer of a calendar, of a machine, of a person"""
MARKED, ANSWERED, KNOWN, IGNORED, BEFORE_STAFF = (
    "letter marked", "answer counted", "known already", "ignored", "before staff",
)  # fmt: skip
"""what can become of it"""
HOUR = 3_600_000_000
TellOfMail = Callable[[Session, int | None, int], object]
"""writes, in the same transaction, that so many mails of a round (or of none) wait for somebody"""


@dataclass(frozen=True, slots=True)
class Failure:
    """A letter did not arrive: at which addresses (as far as that is said), and what the server there said."""

    addresses: tuple[str, ...]
    said: str


@dataclass(frozen=True, slots=True)
class CalendarAnswer:
    """What somebody's calendar answers for them to the invitation `uid`; `stamped_at` in UTC microseconds."""

    uid: str
    attendee: str
    answer: str
    sequence: int
    stamped_at: int | None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail, as it was understood.

    `about` are the Message-IDs that it names, the nearest first; `doubt` says why only staff can tell what is to be
    done with it, whatever it says; `is_vouched_for` that the sender's address is the sender's, as far as that is asked.
    """

    digest: str
    message_id: str
    sender: str
    subject: str
    kind: str
    raw: bytes
    size: int
    about: tuple[str, ...] = ()
    failure: Failure | None = None
    answer: CalendarAnswer | None = None
    doubt: str = ""
    is_vouched_for: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """What a mail belongs to, as far as that is known."""

    round_id: int | None = None
    letter: NotificationRow | None = None
    person: PersonRow | None = None
    invitation: InvitationRow | None = None

    @property
    def dossier_id(self) -> int | None:
        of = self.invitation or self.letter
        return of.dossier_id if of else None


def place_of(session: Session, mail: Mail) -> Place:
    """The letter or the invitation that a mail is about, and whose it is."""
    letter = letter_of(session, mail.about)
    if mail.answer and (invitation := _invitation_of(session, mail.answer.uid)):
        return Place(invitation.round_id, letter, find_person(session, mail.sender), invitation)
    if mail.failure is not None:
        person = session.get(PersonRow, letter.person_id) if letter and letter.person_id is not None else None
        failed = [found for one in mail.failure.addresses if (found := find_person(session, one))]
        return Place(letter.round_id if letter else None, letter, person if letter else next(iter(failed), None))
    return Place(letter.round_id if letter else None, letter, find_person(session, mail.sender))


def letter_of(session: Session, message_ids: tuple[str, ...]) -> NotificationRow | None:
    """The letter that left under the first of the Message-IDs that is one of ours, or None."""
    if not message_ids:
        return None
    row = NotificationRow
    named = col(row.message_id).in_(message_ids)
    # two questions, so that each goes by an index: one that has just left may not be known to have arrived
    found = [
        *session.exec(select(row).where(named, col(row.ended_at).is_not(None))),
        *session.exec(select(row).where(named, col(row.status).in_(("leased", "retry")))),
    ]
    return min(found, key=lambda one: message_ids.index(one.message_id), default=None)


def _invitation_of(session: Session, uid: str) -> InvitationRow | None:
    """The invitation of a calendar entry, which says besides from which server it is."""
    named = uid.partition("@")[0]
    return session.exec(select(InvitationRow).where(col(InvitationRow.uid) == named)).first() if named else None


def receive(session: Session, mail: Mail, place: Place, now: int, scene: Scene | None) -> str | None:
    """Keep a mail, with what it changes; gives what became of it, None where it was received before.

    `scene` is that of the round that it belongs to, None for one that belongs to none.
    """
    letter = place.letter
    known = session.exec(select(ReceivedRow.id).where(col(ReceivedRow.digest) == mail.digest)).first()
    if known is not None:
        return None
    outcome, why = _decide(session, mail, place, scene)
    row = {
        "digest": mail.digest, "received_at": now, "message_id": mail.message_id, "sender": mail.sender,
        "subject": mail.subject, "kind": mail.kind, "outcome": outcome, "why": why, "round_id": place.round_id,
        "notification_id": the_id(letter) if letter else None,
        "person_id": the_id(place.person) if place.person else None,
        "dossier_id": place.dossier_id, "invitation_uid": place.invitation.uid if place.invitation else None,
        "size": mail.size, "raw": mail.raw,
    }  # fmt: skip
    kept = session.connection().execute(
        inserting(session, ReceivedRow)
        .values(**row)
        .on_conflict_do_nothing(index_elements=["digest"])
        .returning(col(ReceivedRow.id))
    )
    number = kept.scalar()
    point("mail kept")
    if number is None:
        return None
    if outcome == MARKED and letter and mail.failure:
        letter.bounced_at, letter.bounce = now, mail.failure.said
        session.add(letter)
        session.flush()
        point("letter came back")
    if scene:
        dossier = session.get_one(DossierRow, place.dossier_id) if place.dossier_id is not None else None
        scene.note(
            "mail received", POST, dossier=dossier, number=number, kind=mail.kind, outcome=outcome, why=why or None,
            letter=the_id(letter) if letter else None, digest=mail.digest, uid=row["invitation_uid"],
        )  # fmt: skip
    return outcome


def _decide(session: Session, mail: Mail, place: Place, scene: Scene | None) -> tuple[str, str]:
    """What becomes of a mail, and why; an answer to an invitation is written."""
    letter = place.letter
    if mail.kind in (DELAY, AUTOMATIC):
        return IGNORED, mail.doubt
    if mail.message_id and letter_of(session, (mail.message_id,)):
        return IGNORED, "own"  # one of our letters, which somebody had sent to this mailbox
    if mail.doubt:
        return BEFORE_STAFF, mail.doubt
    if mail.kind == FAILURE and mail.failure:
        return _decide_failure(mail.failure, letter)
    if mail.kind == CALENDAR and mail.answer:
        return _decide_answer(mail, mail.answer, place, scene)
    return BEFORE_STAFF, "" if letter else "no letter"


def _decide_failure(failure: Failure, letter: NotificationRow | None) -> tuple[str, str]:
    if letter is None:
        return BEFORE_STAFF, "no letter"
    if failure.addresses and letter.address.lower() not in failure.addresses:
        # somebody has their mail sent on, or it is about another letter: that one may have arrived all the same
        return BEFORE_STAFF, "other address"
    return (KNOWN, "") if letter.bounced_at is not None else (MARKED, "")


def _decide_answer(mail: Mail, given: CalendarAnswer, place: Place, scene: Scene | None) -> tuple[str, str]:
    """Only the person who was asked answers, from the address that was asked; whatever else claims to is staff's."""
    row = place.invitation
    if row is None or scene is None:
        return BEFORE_STAFF, "no invitation"
    invited = scene.session.get_one(PersonRow, row.person_id)
    if given.attendee != invited.email:
        return BEFORE_STAFF, "other attendee"
    if mail.sender != given.attendee:
        return BEFORE_STAFF, "other sender"
    if not mail.is_vouched_for:
        return BEFORE_STAFF, "not vouched for"
    before = row.answer if row.answer_sequence == given.sequence else None
    counted = inviting.answer(
        scene, row, given.answer, via="mail", by=invited.email, sequence=given.sequence, stamp=given.stamped_at,
        words=given.words or None,
    )  # fmt: skip
    if counted:
        return ANSWERED, ""
    return (KNOWN, "") if before == given.answer else (IGNORED, "stale")


def handle(scene: Scene, number: int, *, by: str) -> None:
    """Somebody on staff has seen to a mail that waited for them. Raises Unknown for one that is not theirs to see,
    Refused for one that does not wait."""
    person, row = scene.person(by), find_mail(scene.session, number, scene.round_id)
    refuse([must_be_staff(standing_of(scene, person))])
    if not is_visible(scene.session, number, the_id(person)):
        raise Unknown("mail", str(number))
    if row.outcome != BEFORE_STAFF or row.handled_at is not None:
        refuse([Refusal("mail", f"mail {number} does not wait for anybody", {"because": "done"})])
    row.handled_at, row.handled_by = scene.now, the_id(person)
    scene.session.add(row)
    scene.session.flush()
    point("mail handled")
    if row.round_id is not None:
        dossier = scene.session.get_one(DossierRow, row.dossier_id) if row.dossier_id is not None else None
        scene.note("mail handled", by, dossier=dossier, number=number)


def find_mail(session: Session, number: int, round_id: int) -> ReceivedRow:
    """A mail of a round, or one that belongs to none. Raises Unknown."""
    row = session.get(ReceivedRow, number)
    if row is None or row.round_id not in (None, round_id):
        raise Unknown("mail", str(number))
    return row


def tell_of_waiting(session: Session, round_id: int | None, now: int, tell: TellOfMail) -> int:
    """Have those who see to it told how many mails have come for them, at most once an hour; gives how many."""
    row = ReceivedRow
    of = col(row.round_id).is_(None) if round_id is None else col(row.round_id) == round_id
    last = session.exec(select(sa.func.max(row.told_at)).where(of)).one()
    new = (of, col(row.outcome) == BEFORE_STAFF, col(row.handled_at).is_(None), col(row.told_at).is_(None))
    count = session.exec(select(sa.func.count()).select_from(row).where(*new)).one()
    if not count or (last is not None and now - last < HOUR):
        return 0
    tell(session, round_id, count)
    session.connection().execute(sa.update(row).where(*new).values(told_at=now))
    point("staff told of mail")
    return count


def untold_rounds(session: Session) -> list[int | None]:
    """The rounds, and None for what is of no round, of which mail waits that nobody has been told of."""
    row = ReceivedRow
    found = select(row.round_id).where(
        col(row.outcome) == BEFORE_STAFF, col(row.handled_at).is_(None), col(row.told_at).is_(None)
    )
    return list(session.exec(found.distinct()))
