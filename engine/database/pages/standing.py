"""How does it stand with the rounds that somebody runs, in one look at all of them?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlmodel import Session, col

from engine.database.health import UNSENT, Health
from engine.database.records import DeadlineRow, DossierRow, NotificationRow
from engine.database.seats import OFFER


@dataclass(frozen=True, slots=True)
class Coming:
    """The next thing that the calendar does: its moment, as the rules write it, and when, in UTC microseconds."""

    moment: str
    kind: str
    name: str
    due_at: int
    by_clocks: bool = False
    """whether it is for some dossiers alone, by their own clocks"""


@dataclass(frozen=True, slots=True)
class Stands:
    """How one round stands."""

    dossiers: int
    held: int
    """letters that wait for somebody's approval"""
    coming: Coming | None
    health: Health


def stands(session: Session, ids: Sequence[int], now: int) -> Mapping[int, Stands]:
    """How these rounds stand: five questions, however many they are."""
    dossiers = _counts(session, select(col(DossierRow.round_id), func.count()), DossierRow.round_id, ids)
    letter = NotificationRow
    held = _counts(
        session, select(col(letter.round_id), func.count()).where(col(letter.status) == "held"), letter.round_id, ids
    )
    overdue = _counts(
        session,
        select(col(DeadlineRow.round_id), func.min(col(DeadlineRow.fires_at))).where(
            col(DeadlineRow.ended_at).is_(None),
            col(DeadlineRow.awaits_release).is_(False),
            col(DeadlineRow.fires_at) <= now,
        ),
        DeadlineRow.round_id,
        ids,
    )
    unsent = _counts(
        session,
        select(col(letter.round_id), func.min(col(letter.leaves_at))).where(
            col(letter.ended_at).is_(None), col(letter.status).in_(UNSENT), col(letter.leaves_at) <= now
        ),
        letter.round_id,
        ids,
    )
    coming = _coming(session, ids, now)
    return {
        id: Stands(dossiers.get(id, 0), held.get(id, 0), coming.get(id), Health(overdue.get(id), unsent.get(id)))
        for id in ids
    }


@dataclass(frozen=True, slots=True)
class Figures:
    """What is to come, and what waits, in some rounds: deadlines, those of them that are overdue, and letters."""

    deadlines: int
    overdue: int
    may_leave: int
    held: int
    failed: int


def figures(session: Session, ids: Sequence[int], now: int) -> Figures:
    """The figures of these rounds: two questions."""
    late = sa.and_(col(DeadlineRow.awaits_release).is_(False), col(DeadlineRow.fires_at) <= now)
    of_deadlines = sa.select(func.count(), func.coalesce(func.sum(sa.case((late, 1), else_=0)), 0)).where(
        col(DeadlineRow.round_id).in_(ids), col(DeadlineRow.ended_at).is_(None)
    )
    letter = NotificationRow
    due = sa.and_(col(letter.status).in_(UNSENT), col(letter.next_try_at) <= now)
    kinds = (due, col(letter.status) == "held", col(letter.status) == "failed")
    of_letters = sa.select(*(func.coalesce(func.sum(sa.case((kind, 1), else_=0)), 0) for kind in kinds)).where(
        col(letter.round_id).in_(ids)
    )
    deadlines = session.connection().execute(of_deadlines).one()
    letters = session.connection().execute(of_letters).one()
    return Figures(*map(int, (*deadlines, *letters)))


def _counts(session: Session, asked: sa.Select[*tuple[Any, ...]], by: Any, ids: Sequence[int]) -> dict[int, int]:
    """round -> the figure that is `asked` of it."""
    grouped = asked.where(col(by).in_(ids)).group_by(col(by))
    return {row[0]: row[1] for row in session.connection().execute(grouped)}


def _coming(session: Session, ids: Sequence[int], now: int) -> dict[int, Coming]:
    order = (col(DeadlineRow.due_at), col(DeadlineRow.position), col(DeadlineRow.id))
    place = func.row_number().over(partition_by=col(DeadlineRow.round_id), order_by=order).label("place")
    # what stands for a single dossier or person, such as a reminder, is not what a round waits for
    following = (
        sa.select(
            col(DeadlineRow.round_id), col(DeadlineRow.moment), col(DeadlineRow.kind), col(DeadlineRow.name),
            col(DeadlineRow.due_at), col(DeadlineRow.clocks), place,
        )
        .where(
            col(DeadlineRow.round_id).in_(ids),
            col(DeadlineRow.ended_at).is_(None),
            col(DeadlineRow.due_at) > now,
            col(DeadlineRow.dossier_id).is_(None),
            col(DeadlineRow.kind) != OFFER,
        )
        .subquery("following")
    )  # fmt: skip
    first = sa.select(following).where(following.c.place == 1)
    return {
        row.round_id: Coming(row.moment, row.kind, row.name, row.due_at, row.clocks is not None)
        for row in session.connection().execute(first)
    }
