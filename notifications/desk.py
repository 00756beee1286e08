"""What can staff do with one letter?

They hold it, let it go, cancel it, or have a failed one tried again. Each is one transaction and stands in the journal
of the letter's round; of a letter that belongs to none, on the letter itself.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.headerregistry import Address
from typing import Any

from sqlmodel import Session, col, select

from engine.cycle.scene import Shelf
from engine.database import journal
from engine.database.connection import Database
from engine.database.pages.outbox import in_conflict
from engine.database.records import NotificationRow, PersonRow, ReplacementRow, RoundRow
from engine.database.store import find_person, lock_round, roles_of, the_id
from engine.errors import GrantcycleError, Refusal, Refused
from engine.faults import point
from engine.rules.roles import Standing, must_be_staff
from notifications.lease import end

NOWHERE = Address("", addr_spec="nobody@nowhere.invalid")


@dataclass
class AtHand:
    """A letter that is held fast until the transaction ends, and who acts on it."""

    session: Session
    row: NotificationRow
    person: PersonRow
    now: int
    entries: list[journal.Entry] = field(default_factory=list)

    @property
    def number(self) -> int:
        return the_id(self.row)

    def must_be(self, allowed: Sequence[str], done: str) -> None:
        """Raises Refused for a letter that stands elsewhere, with what has become of it."""
        if self.row.status in allowed:
            return
        sentence = (
            f"letter {self.number} is {self.row.status}: only one that is {' or '.join(allowed)} can be {done}"
        )
        raise Refused([Refusal("status", sentence, {"status": self.row.status, "letter": self.number})])

    def note(self, what: str, **details: Any) -> None:
        """Put into the journal that something was done with the letter."""
        kept = {name: value for name, value in details.items() if value is not None}
        said = {"letter": self.row.letter, "number": self.number, "person": self.row.address, **kept}
        self.entries.append(journal.Entry(f"letter {what}", self.now, self.person.email, self.row.dossier_id, said))


class Letters:
    """What every act on letters needs. `sender`, `allow` and `shelf` as the outbox has them; `site` is where our pages
    are."""

    def __init__(
        self,
        database: Database,
        sender: Address = NOWHERE,
        allow: Sequence[str] = (),
        shelf: Shelf | None = None,
        site: str = "",
    ) -> None:
        self.database = database
        self.site = site
        self.sender = sender
        self.allow = tuple(allow)
        self.shelf = shelf or Shelf()

    @contextmanager
    def _with(self, letter: int, by: str, now: int) -> Iterator[AtHand]:
        """One act on one letter. Whoever sends letters waits, or has taken it already."""
        with self.database.transaction() as session:
            row = session.get(NotificationRow, letter)
            if row is None:
                raise GrantcycleError(f"there is no letter {letter}")
            if row.round_id is not None:
                lock_round(session, session.get_one(RoundRow, row.round_id).key)
            session.refresh(row, with_for_update=True)
            hand = AtHand(session, row, acting(session, row.round_id, by), now)
            if in_conflict(session, the_id(hand.person), row):
                raise Refused([Refusal("conflict", "you have a conflict with a dossier that this letter tells of")])
            yield hand
            session.flush()
            point("letter changed")
            if row.round_id is None and hand.entries:
                row.last_reply = f"{hand.entries[-1].what.removeprefix('letter ')} by {by}"
            elif row.round_id is not None:
                journal.write(session, row.round_id, hand.entries, now)


class Desk(Letters):
    """Acts on letters, each named by its number in the outbox.

    `by` is the address of somebody on the round's staff, or on that of any round for a letter that belongs to none.
    They raise GrantcycleError for a number that no letter has, Refused for an act that its status does not allow, and
    for a letter about a dossier that whoever acts has a conflict with.
    """

    def hold(self, letter: int, *, by: str, now: int) -> None:
        """Keep a letter back until it is let go."""
        with self._with(letter, by, now) as hand:
            hand.must_be(("waiting", "retry"), "held")
            hand.row.status = "held"
            hand.note("held")

    def let_go(self, letter: int, *, by: str, now: int) -> None:
        """Let a held letter leave at its time, or now if that is past."""
        with self._with(letter, by, now) as hand:
            hand.must_be(("held",), "let go")
            hand.row.status, hand.row.next_try_at = "waiting", max(hand.row.leaves_at, now)
            hand.note("let go")

    def cancel(self, letter: int, *, by: str, now: int, reason: str | None = None) -> None:
        """Never send a letter."""
        with self._with(letter, by, now) as hand:
            hand.must_be(("waiting", "retry", "held"), "cancelled")
            end(hand.row, "cancelled", because(by, reason), now)
            hand.note("cancelled", reason=reason)

    def retry(self, letter: int, *, by: str, now: int) -> None:
        """Try a letter now that failed, or that waits for its next try or to be let go."""
        with self._with(letter, by, now) as hand:
            hand.must_be(("failed", "retry", "held"), "tried again")
            row, other = hand.row, replaced_by(hand.session, letter)
            if other is not None:
                sentence = f"letter {other} goes in place of letter {letter}"
                raise Refused([Refusal("replaced", sentence, {"letter": other})])
            # what can still be undone waits until it no longer can
            at = now if row.batch_id is None else max(row.leaves_at, now)
            row.status, row.next_try_at, row.attempts, row.ended_at = "waiting", at, 0, None
            hand.note("tried again")


def because(by: str, reason: str | None) -> str:
    """What stands on a letter that somebody has cancelled."""
    return f"cancelled by {by}: {reason}" if reason else f"cancelled by {by}"


def acting(session: Session, round_id: int | None, by: str) -> PersonRow:
    """Whoever acts. Raises Refused for somebody who is not on staff."""
    person = find_person(session, by)
    rounds = session.exec(select(RoundRow.id)).all() if round_id is None else [round_id]
    roles = [role for one in rounds if person and one for role in roles_of(session, one, the_id(person))]
    refusal = must_be_staff(Standing(roles=frozenset(role.role for role in roles)))
    if refusal or person is None:
        raise Refused([refusal or Refusal("staff", f"nobody has the address {by}")])
    return person


def replaced_by(session: Session, letter: int) -> int | None:
    """Which letter goes in place of this one, or None."""
    found = select(ReplacementRow.notification_id).where(col(ReplacementRow.replaces) == letter)
    return session.exec(found).first()
