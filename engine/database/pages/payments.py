"""What money is to be paid in a round, what was paid, and when?

A dossier with which the reader has a conflict is not among them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from engine.database.cohort.letters import title
from engine.database.pages.owed import Of
from engine.database.promised import STANDS
from engine.database.records import DossierRow, PaymentRow, PersonRow, PromisedRow

Told = Literal["late", "to pay", "waits", "paid", "over"]
TOLD: tuple[Told, ...] = ("late", "to pay", "waits", "paid", "over")
"""where a sum stands: not paid by its day, to be paid, waits for what it hangs on, paid, owed no more"""
Filter = Literal["", "late", "to pay", "waits", "paid"]
FILTERS: tuple[Filter, ...] = ("", "late", "to pay", "waits", "paid")


@dataclass(frozen=True, slots=True)
class Sum:
    """One sum that a dossier is promised. Money in cents, instants in UTC microseconds, days ISO."""

    id: int
    number: str
    title: str
    organisation: str
    state: str
    name: str
    position: int
    what: str | None
    cents: int
    paid: int
    last_day: str | None
    kept_at: int | None
    told: Told

    @property
    def left(self) -> int:
        """How many cents are still to be paid; of what is owed no more none."""
        return 0 if self.told == "over" else self.cents - self.paid


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that was paid, by whom it was recorded, and why it was a mistake where it was one."""

    id: int
    promised: int
    cents: int
    day: str
    reference: str
    by: str
    recorded_at: int
    taken_back_at: int | None
    taken_back_by: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Total:
    """So many sums that stand alike, what they come to, and what of it was paid, in cents."""

    count: int
    cents: int
    paid: int


_SUM = PromisedRow
_PAID = (
    sa.select(sa.func.coalesce(sa.func.sum(col(PaymentRow.cents)), 0))
    .where(col(PaymentRow.promised_id) == col(PromisedRow.id), STANDS)
    .correlate(PromisedRow)
    .scalar_subquery()
)
_SHOWN = sa.or_(
    col(_SUM.ended_at).is_(None), sa.exists().where(col(PaymentRow.promised_id) == col(_SUM.id)).correlate(PromisedRow)
)
"""what is owed, or was paid in part before it was owed no more"""


def _told(now: int) -> sa.ColumnElement[str]:
    return sa.case(
        (col(_SUM.kept_at).is_not(None), "paid"), (col(_SUM.ended_at).is_not(None), "over"),
        (col(_SUM.due_at).is_(None), "waits"), (col(_SUM.due_at) <= now, "late"), else_="to pay",
    )  # fmt: skip


def _as_told(word: str) -> Told:
    return next(one for one in TOLD if one == word)


def totals(session: Session, of: Of, *, now: int) -> Mapping[Told, Total]:
    """What all sums of the round come to, by where they stand."""
    told = _told(now).label("told")
    each = (
        sa.select(told, col(_SUM.cents).label("cents"), _PAID.label("paid"))
        .join(DossierRow, col(DossierRow.id) == col(_SUM.dossier_id))
        .where(of.dossiers, _SHOWN)
        .subquery()
    )
    rows = session.connection().execute(
        sa.select(each.c.told, sa.func.count(), sa.func.sum(each.c.cents), sa.func.sum(each.c.paid))
        .group_by(each.c.told)
    )  # fmt: skip
    return {_as_told(word): Total(count, int(cents), int(paid)) for word, count, cents, paid in rows}


def sums(
    session: Session, of: Of, shown: Filter = "", *, now: int, number: str | None = None, limit: int = 50,
    offset: int = 0,
) -> Sequence[Sum]:  # fmt: skip
    """Some of the sums that a filter shows, what is due first first; with a `number` those of one dossier."""
    where = [of.dossiers]
    if shown:
        where.append(_told(now) == shown)
    if number is not None:
        where.append(col(DossierRow.number) == number)
    found = _sums(now, title(of.workflow)).where(*where).limit(limit).offset(offset)
    return [_sum(row) for row in session.connection().execute(found)]


def sums_of_dossier(session: Session, dossier_id: int, *, now: int) -> Sequence[Sum]:
    """What one dossier is promised, as its own people see it."""
    found = _sums(now, sa.literal("")).where(col(DossierRow.id) == dossier_id)
    return [_sum(row) for row in session.connection().execute(found)]


def _sums(now: int, called: sa.ColumnElement[Any]) -> sa.Select[Any]:
    return (
        sa.select(
            col(_SUM.id), col(DossierRow.number), called, col(DossierRow.organisation), col(DossierRow.state),
            col(_SUM.name), col(_SUM.position), col(_SUM.what), col(_SUM.cents), _PAID, col(_SUM.last_day),
            col(_SUM.kept_at), _told(now),
        )
        .join(DossierRow, col(DossierRow.id) == col(_SUM.dossier_id))
        .where(_SHOWN)
        .order_by(
            col(_SUM.due_at).is_(None), col(_SUM.due_at), col(DossierRow.number), col(_SUM.name), col(_SUM.position)
        )
    )  # fmt: skip


def _sum(row: Any) -> Sum:
    id, number, called, whose, state, name, position, what, cents, paid, last_day, kept_at, told = row
    return Sum(
        id, number, called or "", whose, state, name, position, what, cents, int(paid), last_day, kept_at,
        _as_told(told),
    )  # fmt: skip


def every_sum(session: Session, of: Of, shown: Filter = "", *, now: int, size: int = 500) -> Iterator[Sum]:
    """All of them, some in memory at a time."""
    offset = 0
    while found := sums(session, of, shown, now=now, limit=size, offset=offset):
        yield from found
        offset += size


def payments_of(session: Session, promised: Sequence[int]) -> Mapping[int, list[Payment]]:
    """promised -> what was paid of it, mistakes too, oldest first."""
    who, back = aliased(PersonRow), aliased(PersonRow)
    rows = session.connection().execute(
        sa.select(
            col(PaymentRow.id), col(PaymentRow.promised_id), col(PaymentRow.cents), col(PaymentRow.day),
            col(PaymentRow.reference), col(who.name), col(who.email), col(PaymentRow.recorded_at),
            col(PaymentRow.taken_back_at), col(back.name), col(back.email), col(PaymentRow.reason),
        )
        .join(who, col(who.id) == col(PaymentRow.recorded_by))
        .outerjoin(back, col(back.id) == col(PaymentRow.taken_back_by))
        .where(col(PaymentRow.promised_id).in_(promised))
        .order_by(col(PaymentRow.id))
    )  # fmt: skip
    found: dict[int, list[Payment]] = {}
    for row in rows:
        one = _payment(row)
        found.setdefault(one.promised, []).append(one)
    return found


def _payment(row: Any) -> Payment:
    id, of, cents, day, reference, name, email, at, back_at, back_name, back_email, reason = row
    return Payment(id, of, cents, day, reference, name or email, at, back_at, back_name or back_email or "", reason)


def late_in(session: Session, round_ids: Sequence[int], *, now: int, soon: int) -> Mapping[int, tuple[int, int, int]]:
    """round -> how many sums are late, how many more are due by `soon`, and when the first of them is."""
    due = col(_SUM.due_at)
    rows = session.connection().execute(
        sa.select(
            col(DossierRow.round_id), sa.func.sum(sa.case((due <= now, 1), else_=0)),
            sa.func.sum(sa.case((due > now, 1), else_=0)), sa.func.min(due),
        )
        .join(DossierRow, col(DossierRow.id) == col(_SUM.dossier_id))
        .where(
            col(DossierRow.round_id).in_(round_ids), col(_SUM.kept_at).is_(None), col(_SUM.ended_at).is_(None),
            due <= soon,
        )
        .group_by(col(DossierRow.round_id))
    )  # fmt: skip
    return {round_id: (int(late), int(more), first) for round_id, late, more, first in rows}
