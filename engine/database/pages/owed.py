"""How far are the dossiers of a round with what they owe, and what awaits the review of staff?

A dossier with which the reader has a conflict is not among them. What a dossier at its end has left undone is asked of
nobody any more.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from engine.database.cohort.letters import title
from engine.database.pages.committee import without_conflict_of
from engine.database.records import DeliveryRow, DossierRow, JournalRow, ObligationRow, RoundRow
from engine.rules.workflow import Workflow

Condition = sa.ColumnElement[bool]
Filter = Literal["", "overdue", "review", "month"]
FILTERS: tuple[Filter, ...] = ("", "overdue", "review", "month")
Told = Literal["open", "handed in", "fulfilled", "excused", "overdue", "over"]
TOLD: tuple[Told, ...] = ("open", "handed in", "fulfilled", "excused", "overdue", "over")
"""where something owed stands; `over` for what a dossier at its end has left undone"""


@dataclass(frozen=True, slots=True)
class Of:
    """Of which round it is asked, on which rules, and by whom; `month` is the instants in which this month lies."""

    workflow: Workflow
    round_id: int
    looker: int
    month: tuple[int, int]

    @property
    def dossiers(self) -> Condition:
        """The condition that a dossier is among them."""
        return sa.and_(col(DossierRow.round_id) == self.round_id, without_conflict_of(self.looker))


@dataclass(frozen=True, slots=True)
class Column:
    """Something owed, by all who owe it alike: `first` and `last` of their last days, and how many stand where."""

    name: str
    position: int
    first: str
    last: str
    counts: Mapping[Told, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Cell:
    """What one dossier owes; `late`: its first version came after its last day. Instants are UTC microseconds."""

    name: str
    position: int
    opens_at: int
    due_at: int
    last_day: str
    told: Told
    ended_at: int | None
    late: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A dossier, and what it owes by (name, position)."""

    number: str
    title: str
    organisation: str
    state: str
    cells: Mapping[tuple[str, int], Cell]


@dataclass(frozen=True, slots=True)
class Awaiting:
    """A version that awaits review; `version` counts those of the same obligation."""

    delivery: int
    number: str
    organisation: str
    title: str
    name: str
    position: int
    received_at: int
    version: int
    late: bool


_OWED = ObligationRow
_DONE, _EXCUSED = col(_OWED.fulfilled_at).is_not(None), col(_OWED.excused_at).is_not(None)
_LEFT = sa.and_(~_DONE, ~_EXCUSED)
_IN_REVIEW = col(_OWED.handed_in_at).is_not(None)


def _ended(of: Of) -> Condition:
    return col(DossierRow.state).in_(of.workflow.ends_in)


def _told(of: Of) -> sa.ColumnElement[str]:
    return sa.case(
        (_DONE, "fulfilled"), (_EXCUSED, "excused"), (_ended(of), "over"), (_IN_REVIEW, "handed in"),
        (col(_OWED.overdue_at).is_not(None), "overdue"), else_="open",
    )  # fmt: skip


def _as_told(word: str) -> Told:
    return next(one for one in TOLD if one == word)


def _shown(of: Of, shown: Filter) -> Condition:
    """What holds of something owed that a filter looks for."""
    still = sa.and_(_LEFT, ~_ended(of))
    if shown == "overdue":
        return sa.and_(still, ~_IN_REVIEW, col(_OWED.overdue_at).is_not(None))
    if shown == "review":
        return sa.and_(still, _IN_REVIEW)
    if shown == "month":
        return sa.and_(still, ~_IN_REVIEW, col(_OWED.due_at) > of.month[0], col(_OWED.due_at) <= of.month[1])
    return sa.true()


def _has(of: Of, shown: Filter) -> Condition:
    """The condition that a dossier owes something that a filter looks for."""
    return sa.exists().where(col(_OWED.dossier_id) == col(DossierRow.id), _shown(of, shown)).correlate(DossierRow)


def columns(session: Session, of: Of) -> Sequence[Column]:
    """All that is owed in the round, in the order in which it is due, with how many stand where."""
    told = _told(of).label("told")
    rows = session.connection().execute(
        sa.select(
            col(_OWED.name), col(_OWED.position), told, sa.func.count(), sa.func.min(col(_OWED.last_day)),
            sa.func.max(col(_OWED.last_day)),
        )
        .join(DossierRow, col(DossierRow.id) == col(_OWED.dossier_id))
        .where(of.dossiers)
        .group_by(col(_OWED.name), col(_OWED.position), told)
    )  # fmt: skip
    found: dict[tuple[str, int], dict[Told, int]] = {}
    days: dict[tuple[str, int], list[str]] = {}
    for name, position, where, count, first, last in rows:
        found.setdefault((name, position), {})[_as_told(where)] = count
        days.setdefault((name, position), []).extend((first, last))
    order = list(of.workflow.obligations)
    return sorted(
        (Column(*key, min(days[key]), max(days[key]), counts) for key, counts in found.items()),
        key=lambda one: (one.first, order.index(one.name) if one.name in order else 0, one.position),
    )


def counts(session: Session, of: Of) -> Mapping[Filter, int]:
    """How many dossiers each filter shows."""
    asked = [sa.func.coalesce(sa.func.sum(sa.case((_has(of, one), 1), else_=0)), 0) for one in FILTERS]
    row = session.connection().execute(sa.select(*asked).select_from(DossierRow).where(of.dossiers)).one()
    return {name: int(count) for name, count in zip(FILTERS, row, strict=True)}


def page(session: Session, of: Of, shown: Filter = "", *, limit: int = 50, offset: int = 0) -> Sequence[Line]:
    """Some of the dossiers that owe something a filter looks for, by number, with all that they owe."""
    heads = session.connection().execute(
        sa.select(
            col(DossierRow.id), col(DossierRow.number), title(of.workflow), col(DossierRow.organisation),
            col(DossierRow.state),
        )
        .where(of.dossiers, _has(of, shown))
        .order_by(col(DossierRow.number))
        .limit(limit)
        .offset(offset)
    ).all()  # fmt: skip
    cells: dict[int | None, dict[tuple[str, int], Cell]] = {}
    rows = session.connection().execute(
        sa.select(
            col(_OWED.dossier_id), col(_OWED.name), col(_OWED.position), col(_OWED.opens_at), col(_OWED.due_at),
            col(_OWED.last_day), _told(of),
            sa.func.coalesce(col(_OWED.fulfilled_at), col(_OWED.excused_at), col(_OWED.handed_in_at)), _first_is_late(),
        )
        .join(DossierRow, col(DossierRow.id) == col(_OWED.dossier_id))
        .where(col(_OWED.dossier_id).in_([row[0] for row in heads]))
    )  # fmt: skip
    for dossier_id, name, position, opens_at, due_at, last_day, told, ended_at, late in rows:
        cell = Cell(name, position, opens_at, due_at, last_day, _as_told(told), ended_at, bool(late))
        cells.setdefault(dossier_id, {})[name, position] = cell
    return [Line(number, called or "", whose, state, cells.get(id, {})) for id, number, called, whose, state in heads]


def pages(session: Session, of: Of, shown: Filter = "", *, size: int = 500) -> Iterator[Line]:
    """All of them, some in memory at a time."""
    offset = 0
    while lines := page(session, of, shown, limit=size, offset=offset):
        yield from lines
        offset += size


def _first_is_late() -> sa.ScalarSelect[Any]:
    """Whether the first version came after the last day: that stays so, whatever comes after it."""
    return (
        sa.select(col(DeliveryRow.late))
        .where(col(DeliveryRow.obligation_id) == col(_OWED.id))
        .order_by(col(DeliveryRow.id))
        .limit(1)
        .correlate(ObligationRow)
        .scalar_subquery()
    )


def awaiting(session: Session, of: Of, *, limit: int = 50, offset: int = 0) -> Sequence[Awaiting]:
    """What awaits review, the oldest first."""
    version = (
        sa.select(sa.func.count())
        .select_from(DeliveryRow)
        .where(col(DeliveryRow.obligation_id) == col(_OWED.id))
        .correlate(ObligationRow)
        .scalar_subquery()
    )
    newest = aliased(DeliveryRow)
    later = sa.exists().where(col(newest.obligation_id) == col(_OWED.id), col(newest.id) > col(DeliveryRow.id))
    rows = session.connection().execute(
        sa.select(
            col(DeliveryRow.id), col(DossierRow.number), col(DossierRow.organisation), title(of.workflow),
            col(_OWED.name), col(_OWED.position), col(DeliveryRow.received_at), version, _first_is_late(),
        )
        .select_from(ObligationRow)
        .join(DossierRow, col(DossierRow.id) == col(_OWED.dossier_id))
        .join(DeliveryRow, sa.and_(col(DeliveryRow.obligation_id) == col(_OWED.id), ~later))
        .where(of.dossiers, _shown(of, "review"))
        .order_by(col(DeliveryRow.received_at), col(DeliveryRow.id))
        .limit(limit)
        .offset(offset)
    )  # fmt: skip
    return [
        Awaiting(id, number, whose, called or "", name, position, at, count, bool(late))
        for id, number, whose, called, name, position, at, count, late in rows
    ]


@dataclass(frozen=True, slots=True)
class Promised:
    """What became of a promise when its moment came: `broken` dossiers for which it was not kept."""

    at: int
    kept: bool
    broken: tuple[str, ...]
    more: int


def promises(session: Session, of: Of) -> Mapping[str, Promised]:
    """promise -> what became of it, of those whose moment has come."""
    visible = sa.select(col(DossierRow.number)).where(of.dossiers)
    rows = session.connection().execute(
        sa.select(col(JournalRow.what), col(JournalRow.at), col(JournalRow.details))
        .where(
            col(JournalRow.round_id) == of.round_id, col(JournalRow.what).in_(("promise kept", "promise not kept")),
        )
        .order_by(col(JournalRow.id))
    )  # fmt: skip
    kept = {str(details["name"]): (what == "promise kept", at, details) for what, at, details in rows}
    named = {number for _, _, details in kept.values() for number in details.get("dossiers") or ()}
    known = set(session.connection().execute(visible.where(col(DossierRow.number).in_(sorted(named)))).scalars())
    return {
        name: Promised(
            at, held, tuple(one for one in details.get("dossiers") or () if one in known),
            int(details.get("more") or 0),
        )
        for name, (held, at, details) in kept.items()
    }  # fmt: skip


def in_review(session: Session, round_key: str, number: str, name: str) -> int | None:
    """The version of something that a dossier owes which awaits review, or None."""
    return session.connection().execute(
        sa.select(sa.func.max(col(DeliveryRow.id)))
        .join(ObligationRow, col(ObligationRow.id) == col(DeliveryRow.obligation_id))
        .join(DossierRow, col(DossierRow.id) == col(DeliveryRow.dossier_id))
        .join(RoundRow, col(RoundRow.id) == col(DossierRow.round_id))
        .where(
            col(RoundRow.key) == round_key, col(DossierRow.number) == number, col(ObligationRow.name) == name,
            col(ObligationRow.handed_in_at).is_not(None),
        )
    ).scalar()  # fmt: skip
