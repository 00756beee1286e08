"""What becomes of the letters when work goes on in a restored copy of the database?

The copy knows nothing of what fired and left after it was made. Either all of that happens again, or what was due
until an instant is caught up with as of then, and its letters are taken as sent.
"""

from sqlalchemy import update
from sqlmodel import Session, col

from engine.cycle import Cycle
from engine.cycle.due import next_instant
from engine.database import holds
from engine.database.health import UNSENT
from engine.database.records import NotificationRow
from engine.errors import GrantcycleError, Refusal, Refused


def resume(cycle: Cycle, *, by: str, now: int, sent_until: int | None) -> int:
    """End the hold over a restored copy; gives how many letters are taken as sent.

    `by` is somebody on staff. What was due until the instant `sent_until` fires as of then, and its letters are not
    sent; with None everything happens again. Raises GrantcycleError when no copy is held, Refused for somebody who is
    not on staff, for an instant that has not come, and while something else is held.
    """
    with cycle.database.reading() as session:
        holds.to_be_ended(session, holds.RESTORED, by)
        other = holds.standing(session, despite=holds.RESTORED)
    if other:
        raise Refused([holds.refusal_of(other)])
    if sent_until is not None:
        if sent_until > now:
            raise Refused([Refusal("future", "what has not happened yet cannot have been sent")])
        _catch_up(cycle, sent_until)
    with cycle.database.transaction() as session:
        hold = holds.to_be_ended(session, holds.RESTORED, by)
        taken = 0 if sent_until is None else _take_as_sent(session, sent_until, now)
        ending = "sent again" if sent_until is None else f"{taken} letters taken as sent"
        holds.end(session, hold, ending, now, by)
    return taken


def _catch_up(cycle: Cycle, until: int) -> None:
    """Let everything that was due until then fire at its own time, as it did in the database that was lost."""
    with cycle.database.reading() as session:
        following = next_instant(session)
    while following is not None and following <= until:
        after = cycle.advance(following, despite=holds.RESTORED)
        if after is not None and after <= following:
            raise GrantcycleError("somebody is at work in a round just now; try again")
        following = after


def _take_as_sent(session: Session, until: int, now: int) -> int:
    taken = session.connection().execute(
        update(NotificationRow)
        .where(col(NotificationRow.status).in_(UNSENT), col(NotificationRow.leaves_at) <= until)
        .values(
            status="sent", last_reply="taken as sent before the database was restored", ended_at=now, leased_until=None
        )
    )
    return int(taken.rowcount)
