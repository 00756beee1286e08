"""What must always hold in the database, and does it?

Each invariant is a question whose answer must be empty. They are asked of one moment of the database, after every
test and in production.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from engine.database.invariants.across import ACROSS
from engine.database.invariants.agreed import AGREED
from engine.database.invariants.asking import FEW, Invariant, View
from engine.database.invariants.assignments import ASSIGNMENTS
from engine.database.invariants.batches import BATCHES
from engine.database.invariants.bookings import BOOKINGS
from engine.database.invariants.deadlines import DEADLINES
from engine.database.invariants.dossiers import DOSSIERS
from engine.database.invariants.everything import EVERYTHING
from engine.database.invariants.freeings import FREEINGS
from engine.database.invariants.gates import GATES
from engine.database.invariants.judgements import JUDGEMENTS
from engine.database.invariants.meetings import MEETINGS
from engine.database.invariants.moves import MOVES
from engine.database.invariants.obligations import OBLIGATIONS
from engine.database.invariants.outbox import OUTBOX
from engine.database.invariants.payments import PAYMENTS
from engine.database.invariants.presence import PRESENCE
from engine.database.invariants.received import RECEIVED
from engine.database.invariants.reviews import REVIEWS
from engine.database.invariants.rounds import ROUNDS
from engine.database.invariants.running_orders import RUNNING_ORDERS
from engine.database.invariants.seats import SEATS
from engine.database.invariants.set_aside import SET_ASIDE
from engine.database.invariants.sparing import Present
from engine.database.invariants.texts import TEXTS
from engine.database.invariants.timers import TIMERS
from engine.database.invariants.writings import WRITINGS
from engine.database.records import RoundRow

__all__ = ["INVARIANTS", "Found", "Invariant", "check"]

INVARIANTS: tuple[Invariant, ...] = (
    *EVERYTHING, *ROUNDS, *DOSSIERS, *MOVES, *BATCHES, *DEADLINES, *TIMERS, *FREEINGS, *JUDGEMENTS, *GATES, *AGREED,
    *SET_ASIDE, *ASSIGNMENTS, *OBLIGATIONS, *MEETINGS, *PRESENCE, *REVIEWS, *BOOKINGS, *RUNNING_ORDERS, *SEATS,
    *WRITINGS, *OUTBOX, *TEXTS, *RECEIVED, *ACROSS, *PAYMENTS,
)  # fmt: skip
"""in the order in which they are asked: what all else rests on comes first"""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found about one invariant: a few of the things that offend it, none when it holds.

    `round` is the round that they are of, None for the whole database.
    """

    invariant: Invariant
    round: str | None
    offending: tuple[str, ...]
    more: bool
    """whether there are more of them than are told"""


def check(
    session: Session,
    now: int,
    rounds: Sequence[RoundRow],
    *,
    invariants: Sequence[Invariant] = INVARIANTS,
    each: Callable[[], object] = lambda: None,
) -> Iterator[Found]:
    """Ask each invariant of the database, or of each of the `rounds`; calls `each` after every answer.

    What cannot be asked does not hold: the reason is told in its place.
    """
    whole = View(session, now, present=Present(session))
    views = [View(session, now, row, whole.read, whole.present) for row in rounds]
    for invariant in invariants:
        for view in _asked(invariant, views, whole):
            offending = _offending(invariant, view)
            yield Found(invariant, view.row.key if view.row else None, offending[:FEW], len(offending) > FEW)
            each()


def _asked(invariant: Invariant, views: Sequence[View], whole: View) -> Sequence[View]:
    if not invariant.of_a_round:
        return [whole]
    return [*views, whole] if invariant.and_of_none else views


def _offending(invariant: Invariant, view: View) -> tuple[str, ...]:
    try:
        return tuple(islice((one for look in invariant.looks for one in look(view)), FEW + 1))
    except DBAPIError as problem:
        view.session.rollback()  # PostgreSQL answers nothing more in a transaction in which it was asked nonsense
        return (f"this cannot be asked: {problem.orig}",)
    except Exception as problem:  # where something was written that is no date, no JSON, no rule: that is a finding too
        return (f"this cannot be asked: {problem}",)
