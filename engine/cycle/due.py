"""What is due, and when will something be due next?

Questions put to the database: no process keeps the answer.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from engine.database.records import DeadlineRow, RoundRow
from engine.faults import point


def _open() -> tuple[ColumnElement[bool], ...]:
    """A deadline that has not ended, and that waits for nothing but its instant."""
    return col(DeadlineRow.ended_at).is_(None), col(DeadlineRow.awaits_release).is_(False)


def next_due(session: Session, round_id: int, now: int) -> DeadlineRow | None:
    """The first deadline of a round that is due, or None."""
    point("asking what is due")
    return session.exec(
        select(DeadlineRow)
        .where(col(DeadlineRow.round_id) == round_id, *_open(), col(DeadlineRow.fires_at) <= now)
        .order_by(col(DeadlineRow.fires_at), col(DeadlineRow.position), col(DeadlineRow.id))
        .limit(1)
    ).first()


def rounds_due(session: Session, now: int) -> Sequence[str]:
    """The rounds in which something is due, the longest overdue first."""
    return session.exec(
        select(RoundRow.key)
        .join(DeadlineRow, col(RoundRow.id) == col(DeadlineRow.round_id))
        .where(*_open(), col(DeadlineRow.fires_at) <= now)
        .group_by(col(RoundRow.key))
        .order_by(func.min(DeadlineRow.fires_at), col(RoundRow.key))
    ).all()


def next_instant(session: Session) -> int | None:
    """The instant at which the next thing will be due, or None."""
    # not min(): SQLite would look at every deadline that has not ended
    following = select(DeadlineRow.fires_at).where(*_open()).order_by(col(DeadlineRow.fires_at)).limit(1)
    return session.exec(following).first()
