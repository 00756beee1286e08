"""What have staff done to several dossiers at once, what came of it, and which of it can still be undone?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from engine.database.pages.committee import without_conflict_of
from engine.database.records import BatchRow, DossierRow, NotificationRow, PersonRow, TransitionRow
from engine.database.undoable import GONE, can_be_undone

NAMED = 20
"""dossiers of an act that are named"""
BANNERS = 3
"""acts that can be undone of which a page tells"""


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who did something, and when (UTC microseconds)."""

    at: int
    name: str


@dataclass(frozen=True, slots=True)
class Act:
    """One act of staff on several dossiers.

    `leaves_at` is when the first letter leaves that waits, or None. `can_be_undone` says nothing of what has happened
    to its dossiers since: that is found when it is tried.
    """

    id: int
    transition: str
    reason: str | None
    dossiers: int
    made: Somebody
    undo_until: int | None
    sent: Somebody | None
    undone: Somebody | None
    can_be_undone: bool
    waiting: int
    left: int
    cancelled: int
    leaves_at: int | None
    numbers: tuple[str, ...] = ()
    """the first of them, in the order in which they moved"""


def open_batches(session: Session, round_id: int, now: int) -> list[Act]:
    """The last acts of a round that can be undone at `now`, the newest first: three questions, or one if none can."""
    if not session.connection().execute(_ANY_OPEN, {"round_id": round_id, "now": now}).scalar():
        return []
    return _told(session, session.connection().execute(_OPEN, {"round_id": round_id, "now": now}).all())


def acts(
    session: Session, round_id: int, now: int, *, looker: int, before: int | None = None, limit: int = 25
) -> list[Act]:
    """The acts of a round, the newest first, those before the act of that number.

    Each names its first dossiers, apart from those with which the person who looks has a conflict.
    """
    earlier = col(BatchRow.id) < before if before is not None else sa.true()
    found = _acts(session, round_id, now, earlier, limit=limit)
    named = _numbers(session, [one.id for one in found], without_conflict_of(looker))
    return [_named(one, named.get(one.id, ())) for one in found]


def one_act(session: Session, round_id: int, now: int, number: int) -> Act | None:
    """The act of that number of a round, with its first dossiers; None when there is none."""
    found = _acts(session, round_id, now, col(BatchRow.id) == number, limit=1)
    return _named(found[0], _numbers(session, [number]).get(number, ())) if found else None


def _named(act: Act, numbers: Sequence[str]) -> Act:
    return replace(act, numbers=tuple(numbers))


_PEOPLE = tuple(aliased(PersonRow) for _ in range(3))
"""who made, sent and undid an act; made once: an alias makes each column of its table anew"""


def _question(where: sa.ColumnElement[bool], *, limit: int) -> Any:
    """Of the acts of a round (`round_id`), at an instant (`now`), the newest first."""
    made, sent, undone = _PEOPLE
    return (
        sa.select(
            BatchRow.__table__, col(made.name).label("maker"), col(made.email).label("maker_email"),  # type: ignore[attr-defined]
            col(sent.name).label("sender"), col(undone.name).label("undoer"), can_be_undone(_NOW).label("open"),
        )
        .join(made, col(made.id) == col(BatchRow.made_by))
        .outerjoin(sent, col(sent.id) == col(BatchRow.sent_by))
        .outerjoin(undone, col(undone.id) == col(BatchRow.undone_by))
        .where(col(BatchRow.round_id) == sa.bindparam("round_id"), where)
        .order_by(col(BatchRow.id).desc())
        .limit(limit)
    )  # fmt: skip


_NOW: sa.BindParameter[int] = sa.bindparam("now", type_=sa.BigInteger())
_OPEN = _question(can_be_undone(_NOW), limit=BANNERS)
_ANY_OPEN = sa.select(
    sa.exists().where(col(BatchRow.round_id) == sa.bindparam("round_id"), can_be_undone(_NOW))
)
"""put together once: every page of a round's console asks it"""


def _acts(session: Session, round_id: int, now: int, where: sa.ColumnElement[bool], *, limit: int) -> list[Act]:
    question = _question(where, limit=limit)
    return _told(session, session.connection().execute(question, {"round_id": round_id, "now": now}).all())


def _told(session: Session, rows: Sequence[Any]) -> list[Act]:
    letters = _letters(session, [row.id for row in rows])
    return [
        Act(
            row.id, row.transition, row.reason, row.dossiers, Somebody(row.made_at, row.maker or row.maker_email),
            row.undo_until, Somebody(row.sent_at, row.sender) if row.sent_at is not None else None,
            Somebody(row.undone_at, row.undoer) if row.undone_at is not None else None, bool(row.open),
            *letters.get(row.id, (0, 0, 0, None)),
        )
        for row in rows
    ]  # fmt: skip


def _letters(session: Session, batches: Sequence[int]) -> dict[int, tuple[int, int, int, int | None]]:
    """How many letters of each act wait, have left, will not leave; and when the first leaves that waits."""
    if not batches:
        return {}
    row = NotificationRow
    waits = col(row.ended_at).is_(None) & col(row.status).not_in(GONE)
    found = session.connection().execute(
        sa.select(
            col(row.batch_id), sa.func.count(sa.case((waits, 1))),
            sa.func.count(sa.case((col(row.status).in_(GONE), 1))),
            sa.func.count(sa.case((col(row.status).in_(("cancelled", "expired")), 1))),
            sa.func.min(sa.case((waits, col(row.leaves_at)))),
        )
        .where(col(row.batch_id).in_(batches))
        .group_by(col(row.batch_id))
    )  # fmt: skip
    return {number: (waiting, left, gone, leaves_at) for number, waiting, left, gone, leaves_at in found}


def _numbers(session: Session, batches: Sequence[int], *where: sa.ColumnElement[bool]) -> dict[int, list[str]]:
    """The first dossiers of each act, for which all these conditions hold."""
    if not batches:
        return {}
    place = sa.func.row_number().over(partition_by=col(TransitionRow.batch_id), order_by=col(TransitionRow.id))
    moved = (
        sa.select(col(TransitionRow.batch_id), col(DossierRow.number), place.label("place"))
        .join(DossierRow, col(DossierRow.id) == col(TransitionRow.dossier_id))
        .where(col(TransitionRow.batch_id).in_(batches), col(TransitionRow.undoes_id).is_(None), *where)
        .subquery("moved")
    )
    found: dict[int, list[str]] = {}
    for batch, number, _ in session.connection().execute(
        sa.select(moved).where(moved.c.place <= NAMED).order_by(moved.c.batch_id, moved.c.place)
    ):
        found.setdefault(batch, []).append(number)
    return found
