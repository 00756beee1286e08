"""How does a letter get another text, another address, or a test of itself?

What was frozen is never changed: it goes again as it is, or another letter goes in its place, under a Message-ID of its
own. A letter that is not written yet takes the text that staff give it.
"""

import hashlib

from sqlmodel import Session, col, select

from engine.database.connection import inserting
from engine.database.pages.outbox import TEST as TEST_CAUSE
from engine.database.records import (
    ACCOUNT,
    CauseRow,
    EditRow,
    LetterRow,
    NotificationRow,
    PersonRow,
    ReplacementRow,
    RoundRow,
)
from engine.database.store import the_id
from engine.errors import GrantcycleError, Refusal, Refused
from engine.faults import point
from notifications.account_facts import NONCE
from notifications.cohort import Keys
from notifications.desk import AtHand, Letters, replaced_by
from notifications.edited import refusals, tidy
from notifications.facts import page_of
from notifications.lease import end
from notifications.outbox import door, message_id
from notifications.recipients import read_address
from notifications.rendering import TEST

OPEN = ("waiting", "retry", "held")
_PARTICULARS = 12
"""hexadecimal digits that tell two letters about one thing apart"""


class WritingDesk(Letters):
    """Acts that change what a letter says, or to whom. They raise as those of the desk do."""

    def edit(self, letter: int, *, subject: str, body: str, by: str, now: int) -> None:
        """Give one letter a text of its own (Markdown, nothing to fill in); what it would say stays beside it.

        Raises Refused with what is wrong with the text, and for a letter that has been written already.
        """
        edited = tidy(subject, body)
        with self._with(letter, by, now) as hand:
            _must_be_unwritten(hand)
            if found := refusals(edited, page_of(hand.row.facts, self.site)):
                raise Refused(found)
            _put_edit(hand, edited.subject, edited.body)

    def take_edit_back(self, letter: int, *, by: str, now: int) -> None:
        """Let a letter say again what its programme says."""
        with self._with(letter, by, now) as hand:
            _must_be_unwritten(hand)
            newest = _newest_edit(hand.session, letter)
            if newest is None or newest.body is None:
                raise Refused([Refusal("edited", f"letter {letter} says what its programme says")])
            _put_edit(hand, None, None)

    def write_anew(self, letter: int, *, address: str | None = None, hold: bool = False, by: str, now: int) -> int:
        """Have another letter go in place of one that has not arrived; gives its number.

        It says the same, to another `address` if one is given, under a Message-ID of its own, and has not been written
        yet. Asked twice it is one letter.
        """
        to = read_address(address.strip()) if address is not None else None
        with self._with(letter, by, now) as hand:
            row = hand.row
            known = replaced_by(hand.session, letter)
            if known is not None:
                return known
            if row.bounced_at is None:
                hand.must_be((*OPEN, "failed"), "written anew")
            if row.role == ACCOUNT and (row.round_id is None or not _is_its_readers(hand, to or row.address)):
                # it may hold a link that signs its reader in, and nobody else
                raise Refused([Refusal("account", "a letter about an account goes to nobody but its reader")])
            number = _put_anew(hand, to or row.address, self._door(to or row.address, now, hold=hold))
            hand.session.add(
                ReplacementRow(notification_id=number, replaces=letter, at=now, person_id=the_id(hand.person))
            )
            if row.status in OPEN:
                end(row, "cancelled", f"replaced by letter {number}", now)
            hand.note("written anew", by=number, address=to if to and to != row.address else None)
            point("letter written anew")
            edit = _newest_edit(hand.session, letter)
            if edit is not None and edit.body is not None:
                again = AtHand(hand.session, hand.session.get_one(NotificationRow, number), hand.person, now)
                _put_edit(again, edit.subject, edit.body)
                hand.entries += again.entries
            return number

    def _door(self, address: str, now: int, *, hold: bool) -> dict[str, object]:
        found = door(address, self.allow, now)
        return {**found, "status": "held"} if hold and found["status"] == "waiting" else found

    def send_test(self, letter: int, *, once: str, by: str, now: int) -> None:
        """Send a letter to whoever asks, marked as a test; the letter itself stays where it is.

        `once` tells one wish from another. Raises Refused for a letter with a link that is only for its reader.
        """
        with self._with(letter, by, now) as hand:
            row, person = hand.row, hand.person
            if row.role == ACCOUNT or row.round_id is None:
                raise Refused([Refusal("account", "this letter holds a link that is for its reader alone")])
            round = hand.session.get_one(RoundRow, row.round_id)
            pinned = hand.session.get_one(CauseRow, row.cause_id)
            drawn = hashlib.sha256(f"{letter} {once}".encode()).hexdigest()[:_PARTICULARS]
            keys = Keys(f"{round.key} | {TEST_CAUSE} | {now} | {row.letter}", round.opened_at, self.sender.domain)
            who = str(the_id(person))
            what, named = _about(row, drawn)
            if _has_asked(hand.session, the_id(person), row, drawn):
                return
            cause = CauseRow(round_id=row.round_id, name=TEST_CAUSE, at=now, facts=pinned.facts, digest=pinned.digest)
            hand.session.add(cause)
            hand.session.flush()
            copied = _copied(row) | {
                "key": keys.key(who, what), "message_id": keys.message_id(named, who), "cause_id": the_id(cause),
                "person_id": the_id(person), "address": person.email, "thread": None, "valid_until": None,
                "facts": {**row.facts, TEST: {"for": row.address}}, "urgent": True,
                "leaves_at": now, "next_try_at": now, **door(person.email, self.allow, now),
            }  # fmt: skip
            test = _put(hand.session, copied)
            edit = _newest_edit(hand.session, letter)
            if edit is not None and edit.body is not None:
                again = AtHand(hand.session, hand.session.get_one(NotificationRow, test), person, now)
                _put_edit(again, edit.subject, edit.body)
                hand.entries += again.entries
            hand.note("tried out", test=test)
            point("test letter queued")


def _is_its_readers(hand: AtHand, address: str) -> bool:
    """Whether a letter about an account goes to nobody but its reader: where it went to, or, without a link that signs
    in, to the address that has been corrected since."""
    row = hand.row
    if address == row.address:
        return True
    reader = hand.session.get(PersonRow, row.person_id) if row.person_id is not None else None
    return reader is not None and reader.email == address and NONCE not in row.facts


def _must_be_unwritten(hand: AtHand) -> None:
    hand.must_be(OPEN, "edited")
    if hand.row.role == ACCOUNT:
        raise Refused([Refusal("account", "this letter holds a link that is for its reader alone")])
    if hand.session.get(LetterRow, hand.number) is not None:
        sentence = f"letter {hand.number} has been written already: what was frozen is sent as it is, or written anew"
        raise Refused([Refusal("written", sentence)])


def _newest_edit(session: Session, letter: int) -> EditRow | None:
    return session.exec(
        select(EditRow).where(col(EditRow.notification_id) == letter).order_by(col(EditRow.id).desc()).limit(1)
    ).first()


def _put_edit(hand: AtHand, subject: str | None, body: str | None) -> None:
    hand.session.add(
        EditRow(
            notification_id=hand.number, subject=subject, body=body, at=hand.now, person_id=the_id(hand.person)
        )
    )  # fmt: skip
    hand.session.flush()
    point("letter edited")
    hand.note("edited" if body is not None else "edit taken back", subject=subject, body=body)


def _about(row: NotificationRow, drawn: str) -> tuple[str, str]:
    """How the key and the Message-ID of a letter like this one name what it is about."""
    if row.dossier_id is None:
        return drawn, drawn
    return f"{row.facts['dossier']['number']} {drawn}", f"{row.dossier_id}.{drawn}"


def _put_anew(hand: AtHand, address: str, door: dict[str, object]) -> int:
    """The letter that goes in place of another."""
    row, session = hand.row, hand.session
    drawn = hashlib.sha256(row.key.encode()).hexdigest()[:_PARTICULARS]
    leaves_at = max(row.leaves_at, hand.now)
    changed: dict[str, object] = {
        "address": address, "leaves_at": leaves_at, "next_try_at": leaves_at, "batch_id": row.batch_id, **door
    }  # fmt: skip
    if row.role == ACCOUNT:
        key = f"{row.key} {drawn}"
        at = session.get_one(CauseRow, row.cause_id).at
        changed |= {"key": key, "message_id": message_id(at, key, row.message_id.strip("<>").partition("@")[2])}
    else:
        of, who, _ = row.key.rsplit(" | ", 2)
        what, named = _about(row, drawn)
        round = session.get_one(RoundRow, row.round_id)
        keys = Keys(of, round.opened_at, row.message_id.strip("<>").partition("@")[2])
        changed |= {"key": f"{of} | {who} | {what}", "message_id": keys.message_id(named, who.removeprefix("person "))}
    return _put(session, _copied(row) | changed)


def _copied(row: NotificationRow) -> dict[str, object]:
    """What a letter shares with the one that it is made of."""
    names = ("round_id", "cause_id", "dossier_id", "person_id", "role", "letter", "language", "thread", "facts",
             "valid_until", "urgent")  # fmt: skip
    return {name: getattr(row, name) for name in names} | {"attempts": 0}


def _put(session: Session, values: dict[str, object]) -> int:
    written = session.connection().execute(
        inserting(session, NotificationRow).values(**values).returning(col(NotificationRow.id))
    )
    number = written.scalar_one()
    if number is None:
        raise GrantcycleError("the letter was not written")
    return number


def _has_asked(session: Session, person_id: int, row: NotificationRow, drawn: str) -> bool:
    """Whether this very test was asked for before."""
    return session.exec(
        select(NotificationRow.id).where(
            col(NotificationRow.person_id) == person_id, col(NotificationRow.dossier_id) == row.dossier_id
            if row.dossier_id is not None else col(NotificationRow.dossier_id).is_(None),
            col(NotificationRow.round_id) == row.round_id, col(NotificationRow.key).endswith(drawn),
        ).limit(1)
    ).first() is not None  # fmt: skip
