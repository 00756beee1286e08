"""How long has the oldest thing that should have happened been waiting?

A process that is alive may still do nothing. So health is what has not happened: the oldest deadline that is overdue,
and the oldest letter that has not left. Both are found by an index, over all rounds or in one.
"""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from engine.database.records import DeadlineRow, NotificationRow

UNSENT = ("waiting", "retry", "leased")
"""a letter that should leave and has not"""
SECOND = 1_000_000
DEADLINE_LATE = 300 * SECOND
"""from here on an overdue deadline is a fault: an alarm looks every few seconds, a cohort takes minutes at most"""
LETTER_LATE = 3600 * SECOND
"""from here on an unsent letter is one: a relay is paused for a quarter of an hour at a time"""


@dataclass(frozen=True, slots=True)
class Health:
    """Since when the oldest overdue deadline and the oldest unsent letter wait: UTC microseconds, None for nothing."""

    overdue_since: int | None
    unsent_since: int | None

    def overdue(self, now: int) -> int:
        """The age of the oldest overdue deadline in microseconds; 0 when none is."""
        return 0 if self.overdue_since is None else now - self.overdue_since

    def unsent(self, now: int) -> int:
        """The age of the oldest unsent letter in microseconds; 0 when there is none."""
        return 0 if self.unsent_since is None else now - self.unsent_since

    def is_good(self, now: int) -> bool:
        """Whether nothing has waited for longer than it takes."""
        return self.overdue(now) <= DEADLINE_LATE and self.unsent(now) <= LETTER_LATE


def health(session: Session, now: int, round_id: int | None = None) -> Health:
    """The oldest deadline that is overdue and the oldest letter that has not left, of all rounds or of one.

    A deadline that waits for people to approve its letters is theirs to act on; the promise rings for it.
    """
    # not min(): SQLite would look at all that has not ended
    overdue = (
        select(DeadlineRow.fires_at)
        .where(
            col(DeadlineRow.ended_at).is_(None),
            col(DeadlineRow.awaits_release).is_(False),
            col(DeadlineRow.fires_at) <= now,
        )
        .order_by(col(DeadlineRow.fires_at))
        .limit(1)
    )
    unsent = (
        select(NotificationRow.leaves_at)
        .where(
            col(NotificationRow.ended_at).is_(None),
            col(NotificationRow.status) != "held",  # what has not ended is unsent or held; by status SQLite would sort
            col(NotificationRow.leaves_at) <= now,
        )
        .order_by(col(NotificationRow.leaves_at))
        .limit(1)
    )
    if round_id is not None:
        overdue = overdue.where(col(DeadlineRow.round_id) == round_id)
        unsent = unsent.where(col(NotificationRow.round_id) == round_id)
    return Health(session.exec(overdue).first(), session.exec(unsent).first())
