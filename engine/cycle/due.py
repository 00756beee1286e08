"""What is due, and when will something be due next?

Questions put to the database: no process keeps the answer.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, bindparam
from sqlmodel import Session, col, func, select

from engine.database.cohort.moving import OF_OBLIGATIONS
from engine.database.records import DeadlineRow, RoundRow
from engine.faults import point
from engine.rules.paying import UNPAID

TOGETHER = 200
"""deadlines of single dossiers that fire in one transaction"""


def _open() -> tuple[ColumnElement[bool], ...]:
    """A deadline that has not ended, and that waits for nothing but its instant."""
    return col(DeadlineRow.ended_at).is_(None), col(DeadlineRow.awaits_release).is_(False)


# asked after every act: building it anew would take longer than the answer
_NEXT = (
    select(DeadlineRow)
    .where(col(DeadlineRow.round_id) == bindparam("round"), *_open(), col(DeadlineRow.fires_at) <= bindparam("now"))
    .order_by(col(DeadlineRow.fires_at), col(DeadlineRow.position), col(DeadlineRow.id))
    .limit(1)
)


def next_due(session: Session, round_id: int, now: int) -> DeadlineRow | None:
    """The first deadline of a round that is due, or None."""
    point("asking what is due")
    return session.exec(_NEXT, params={"round": round_id, "now": now}).first()


def alike(session: Session, deadline: DeadlineRow) -> Sequence[DeadlineRow]:
    """The deadline that is due and, where dossiers have one each, others of the same kind and instant."""
    if deadline.kind not in (*OF_OBLIGATIONS, UNPAID):
        return [deadline]
    return session.exec(
        select(DeadlineRow)
        .where(
            col(DeadlineRow.round_id) == deadline.round_id, *_open(),
            col(DeadlineRow.fires_at) == deadline.fires_at, col(DeadlineRow.kind) == deadline.kind,
        )
        .order_by(col(DeadlineRow.id))
        .limit(TOGETHER)
    ).all()  # fmt: skip


def rounds_due(session: Session, now: int) -> Sequence[str]:
    """The rounds in which something is due, the longest overdue first."""
    return session.exec(
        select(RoundRow.key)
        .join(DeadlineRow, col(RoundRow.id) == col(DeadlineRow.round_id))
        .where(*_open(), col(DeadlineRow.fires_at) <= now)
        .group_by(col(RoundRow.key))
        .order_by(func.min(DeadlineRow.fires_at), col(RoundRow.key))
    ).all()


def next_instant(session: Session, after: int | None = None) -> int | None:
    """The instant at which the next thing will be due (of those after an instant, if one is given), or None."""
    # not min(): SQLite would look at every deadline that has not ended
    following = select(DeadlineRow.fires_at).where(*_open()).order_by(col(DeadlineRow.fires_at)).limit(1)
    if after is not None:
        following = following.where(col(DeadlineRow.fires_at) > after)
    return session.exec(following).first()
