"""What can staff do with one letter?

They hold it, let it go, cancel it, or have a failed one tried again. Each is one transaction and stands in the journal
of the letter's round; of a letter that belongs to none, on the letter itself.
"""

from collections.abc import Callable

from sqlmodel import Session, select

from engine.database import journal
from engine.database.connection import Database
from engine.database.records import NotificationRow, RoundRow
from engine.database.store import find_person, lock_round, roles_of, the_id
from engine.errors import GrantcycleError, Refusal, Refused
from engine.faults import point
from engine.rules.roles import Standing, must_be_staff
from notifications.lease import end

Change = Callable[[NotificationRow, int], None]


class Desk:
    """Acts on letters, each named by its number in the outbox.

    `by` is the address of somebody on the round's staff, or on that of any round for a letter that belongs to none.
    They raise GrantcycleError for a number that no letter has, Refused for an act that its status does not allow.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    def hold(self, letter: int, *, by: str, now: int) -> None:
        """Keep a letter back until it is let go."""
        self._act(letter, "held", ("waiting", "retry"), by, now, lambda row, _: _set(row, "held"))

    def let_go(self, letter: int, *, by: str, now: int) -> None:
        """Let a held letter leave at its time, or now if that is past."""
        self._act(letter, "let go", ("held",), by, now, _wait)

    def cancel(self, letter: int, *, by: str, now: int) -> None:
        """Never send a letter."""
        self._act(
            letter, "cancelled", ("waiting", "retry", "held"), by, now,
            lambda row, at: end(row, "cancelled", f"cancelled by {by}", at),
        )  # fmt: skip

    def retry(self, letter: int, *, by: str, now: int) -> None:
        """Try a letter now that failed, or that waits for its next try or to be let go."""
        self._act(letter, "tried again", ("failed", "retry", "held"), by, now, _again)

    def _act(self, letter: int, what: str, allowed: tuple[str, ...], by: str, now: int, change: Change) -> None:
        with self.database.transaction() as session:
            row = session.get(NotificationRow, letter)
            if row is None:
                raise GrantcycleError(f"there is no letter {letter}")
            if row.round_id is not None:
                lock_round(session, session.get_one(RoundRow, row.round_id).key)
            session.refresh(row, with_for_update=row.round_id is None)
            _must_be_staff(session, row.round_id, by)
            if row.status not in allowed:
                sentence = f"letter {letter} is {row.status}: only one that is {' or '.join(allowed)} can be {what}"
                raise Refused([Refusal("status", sentence)])
            change(row, now)
            session.add(row)
            point("letter changed")
            if row.round_id is None:
                row.last_reply = f"{what} by {by}"
                return
            details = {"letter": row.letter, "number": letter, "person": row.address}
            entry = journal.Entry(f"letter {what}", now, by, row.dossier_id, details)
            journal.write(session, row.round_id, [entry], now)


def _set(row: NotificationRow, status: str) -> None:
    row.status = status


def _wait(row: NotificationRow, now: int) -> None:
    row.status, row.next_try_at = "waiting", max(row.leaves_at, now)


def _again(row: NotificationRow, now: int) -> None:
    row.status, row.next_try_at, row.attempts, row.ended_at = "waiting", now, 0, None


def _must_be_staff(session: Session, round_id: int | None, by: str) -> None:
    person = find_person(session, by)
    rounds = session.exec(select(RoundRow.id)).all() if round_id is None else [round_id]
    roles = [role for one in rounds if person and one for role in roles_of(session, one, the_id(person))]
    refusal = must_be_staff(Standing(roles=frozenset(role.role for role in roles)))
    if refusal:
        raise Refused([refusal])
