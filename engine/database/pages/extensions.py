"""Who got more time in a round, who asked for it, and what was answered, by whom and how soon?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from engine.database.pages.committee import without_ties_of
from engine.database.records import (
    CauseRow,
    ConflictRow,
    DossierRow,
    ExtensionRequestRow,
    ExtensionRow,
    FeedRow,
    NotificationRow,
    ObligationRow,
    PersonRow,
)

UNLEFT = ("waiting", "held")
_UNDOING = aliased(ExtensionRow)


@dataclass(frozen=True, slots=True)
class Given:
    """One extension as it was decided: of a dossier, or (`number` is empty) of all. Days and hours are ISO."""

    id: int
    decision: int
    """the first extension of the same decision"""
    number: str
    organisation: str
    of: str
    old_day: str
    old_hour: str
    new_day: str
    new_hour: str
    reason: str
    decided_at: int
    decided_by: str
    asked_at: int | None
    """when the applicant asked for it, where one did"""
    undone_at: int | None
    times: int
    """how many extensions of its own this dossier has got, which stand"""
    strand: str | None
    """of whose dossiers, where it was moved for one strand"""

    @property
    def days(self) -> int:
        """By how many days; fewer than none where the date came nearer."""
        return (date.fromisoformat(self.new_day) - date.fromisoformat(self.old_day)).days


@dataclass(frozen=True, slots=True)
class Asked:
    """More time that an applicant asked for; `outcome` is None while nobody has answered."""

    id: int
    number: str
    organisation: str
    of: str
    wanted: str | None
    reason: str
    asked_at: int
    asked_by: str
    answered_at: int | None
    answered_by: str | None
    outcome: str | None
    answer: str | None
    granted_before: int
    """how many extensions this dossier has got of its own, which stand"""


def _visible(person_id: int) -> sa.ColumnElement[bool]:
    """What is of all, and of dossiers that a person of the staff has declared no conflict with."""
    conflict = sa.exists().where(
        col(ConflictRow.dossier_id) == col(DossierRow.id), col(ConflictRow.person_id) == person_id
    )
    return sa.or_(col(DossierRow.id).is_(None), ~conflict)


def _times(dossier_id: Any, of: type[ExtensionRow] | type[ExtensionRequestRow]) -> sa.ScalarSelect[int]:
    """How many extensions of its own a dossier has got, which stand; `of` is the table that it is asked of."""
    own, undoing = aliased(ExtensionRow), aliased(ExtensionRow)
    return (
        sa.select(sa.func.count())
        .select_from(own)
        .where(
            own.dossier_id == dossier_id, own.undoes_id.is_(None),  # type: ignore[union-attr]
            ~sa.exists().where(undoing.undoes_id == own.id),  # type: ignore[arg-type]
        )
        .correlate(of)
        .scalar_subquery()
    )  # fmt: skip


def given(
    session: Session, round_id: int, person_id: int, *, limit: int | None = 50, offset: int = 0
) -> Sequence[Given]:
    """The extensions of a round that a person of its staff may know of, the last decided first."""
    row, by = ExtensionRow, PersonRow
    request = (
        sa.select(sa.func.max(ExtensionRequestRow.asked_at))
        .where(
            col(ExtensionRequestRow.dossier_id) == col(row.dossier_id), col(ExtensionRequestRow.of) == col(row.of),
            col(ExtensionRequestRow.answered_at) == col(row.decided_at), col(ExtensionRequestRow.outcome) == "granted",
        )
        .correlate(ExtensionRow)
        .scalar_subquery()
    )  # fmt: skip
    columns: list[Any] = [
            col(row.id), sa.func.coalesce(col(row.first_id), col(row.id)), sa.func.coalesce(col(DossierRow.number), ""),
            sa.func.coalesce(col(DossierRow.organisation), ""), col(row.of), col(row.old_day),
            sa.func.coalesce(col(row.old_hour), ""), col(row.new_day), sa.func.coalesce(col(row.new_hour), ""),
            col(row.reason), col(row.decided_at), sa.case((col(by.name) == "", col(by.email)), else_=col(by.name)),
            request, _UNDOING.decided_at, _times(col(row.dossier_id), ExtensionRow), col(row.strand),
    ]  # fmt: skip
    rows = session.connection().execute(
        sa.select(*columns)
        .join(by, col(by.id) == col(row.decided_by))
        .join(DossierRow, col(DossierRow.id) == col(row.dossier_id), isouter=True)
        .join(_UNDOING, _UNDOING.undoes_id == col(row.id), isouter=True)  # type: ignore[arg-type]
        .where(col(row.round_id) == round_id, col(row.undoes_id).is_(None), _visible(person_id))
        .order_by(col(row.id).desc())
        .limit(limit)
        .offset(offset)
    )
    return [Given(*one) for one in rows]


@dataclass(frozen=True, slots=True)
class Sums:
    """How many extensions stand, how many were taken back, and how much was asked for and granted, refused or open."""

    for_all: int
    for_one: int
    dossiers: int
    taken_back: int
    asked: int
    granted: int
    refused: int


def sums(session: Session, round_id: int, person_id: int) -> Sums:
    """What there is in sum of what `given` and `asked` tell."""
    row, request = ExtensionRow, ExtensionRequestRow
    stands = _UNDOING.id.is_(None)  # type: ignore[union-attr]  # of an alias it is a column

    def count(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.count(sa.case((sa.and_(*conditions), 1)))

    own = col(row.dossier_id).is_not(None)
    extended = (
        session.connection()
        .execute(
            sa.select(
                count(~own, stands),
                count(own, stands),
                sa.func.count(sa.distinct(sa.case((stands, col(row.dossier_id))))),
                count(~stands),
            )
            .select_from(row)
            .join(DossierRow, col(DossierRow.id) == col(row.dossier_id), isouter=True)
            .join(_UNDOING, _UNDOING.undoes_id == col(row.id), isouter=True)  # type: ignore[arg-type]
            .where(col(row.round_id) == round_id, col(row.undoes_id).is_(None), _visible(person_id))
        )
        .one()
    )
    requests = (
        session.connection()
        .execute(
            sa.select(
                sa.func.count(), count(col(request.outcome) == "granted"), count(col(request.outcome) == "refused")
            )
            .select_from(request)
            .join(DossierRow, col(DossierRow.id) == col(request.dossier_id))
            .where(col(request.round_id) == round_id, _visible(person_id))
        )
        .one()
    )
    return Sums(*(int(one) for one in (*extended, *requests)))


def asked(
    session: Session,
    round_id: int,
    person_id: int,
    *,
    number: int | None = None,
    limit: int | None = 50,
    offset: int = 0,
) -> Sequence[Asked]:
    """What applicants asked for, those not answered first and then the last asked; or the one of that `number`."""
    row, by, answering = ExtensionRequestRow, PersonRow, aliased(PersonRow)
    columns: list[Any] = [
            col(row.id), col(DossierRow.number), col(DossierRow.organisation), col(row.of), col(row.wanted),
            col(row.reason), col(row.asked_at), sa.case((col(by.name) == "", col(by.email)), else_=col(by.name)),
            col(row.answered_at),
            sa.case((answering.name == "", answering.email), else_=answering.name),  # type: ignore[arg-type]
            col(row.outcome), col(row.answer), _times(col(row.dossier_id), ExtensionRequestRow),
    ]  # fmt: skip
    rows = session.connection().execute(
        sa.select(*columns)
        .join(DossierRow, col(DossierRow.id) == col(row.dossier_id))
        .join(by, col(by.id) == col(row.asked_by))
        .join(answering, answering.id == col(row.answered_by), isouter=True)  # type: ignore[arg-type]
        .where(
            col(row.round_id) == round_id, _visible(person_id), sa.true() if number is None else col(row.id) == number
        )
        .order_by(col(row.answered_at).is_not(None), col(row.id).desc())
        .limit(limit)
        .offset(offset)
    )
    return [Asked(*one) for one in rows]


@dataclass(frozen=True, slots=True)
class Undoable:
    """A decision that can still be taken back; instants are UTC microseconds."""

    id: int
    of: str
    new_day: str
    until: int
    dossiers: int
    """0 for a decision about everybody"""
    letters: int


def undoable(session: Session, round_id: int, now: int, *, limit: int = 5) -> Sequence[Undoable]:
    """The decisions whose time to be taken back is not over and none of whose letters has left, the last first."""
    row, other = ExtensionRow, aliased(ExtensionRow)
    of = sa.func.coalesce(other.first_id, other.id) == col(row.id)
    dossiers = (
        sa.select(sa.func.count(other.dossier_id)).where(of, other.undoes_id.is_(None))  # type: ignore[union-attr, arg-type]
        .correlate(ExtensionRow).scalar_subquery()
    )  # fmt: skip
    of_it = (
        sa.select(sa.func.count())
        .select_from(NotificationRow)
        .join(CauseRow, col(CauseRow.id) == col(NotificationRow.cause_id))
        .where(col(CauseRow.extension_id) == col(row.id))
        .correlate(ExtensionRow)
    )
    left = of_it.where(col(NotificationRow.status).not_in((*UNLEFT, "cancelled", "expired"))).scalar_subquery()
    waits = of_it.where(col(NotificationRow.status).in_(UNLEFT)).scalar_subquery()
    rows = session.connection().execute(
        sa.select(col(row.id), col(row.of), col(row.new_day), col(row.undo_until), dossiers, waits)
        .where(
            col(row.round_id) == round_id, col(row.first_id).is_(None), col(row.undoes_id).is_(None),
            col(row.undo_until) > now, left == 0, ~sa.exists().where(_UNDOING.undoes_id == col(row.id)),  # type: ignore[arg-type]
        )
        .order_by(col(row.id).desc())
        .limit(limit)
    )  # fmt: skip
    return [Undoable(*one) for one in rows]


@dataclass(frozen=True, slots=True)
class OpenDue:
    """What dossiers owe and have not done, of which the last day can be moved; days are ISO."""

    name: str
    position: int
    first_day: str
    last_day: str
    dossiers: int


def open_dues(
    session: Session, round_id: int, ended: Sequence[str], numbers: Sequence[str] | None = None
) -> Sequence[OpenDue]:
    """What all dossiers of a round, or those of these numbers, still owe, by name and position."""
    row = ObligationRow
    of = (col(row.name), col(row.position))
    rows = session.connection().execute(
        sa.select(*of, sa.func.min(row.last_day), sa.func.max(row.last_day), sa.func.count())
        .join(DossierRow, col(DossierRow.id) == col(row.dossier_id))
        .where(
            col(DossierRow.round_id) == round_id, col(DossierRow.state).not_in(list(ended)),
            col(row.fulfilled_at).is_(None), col(row.excused_at).is_(None), col(row.handed_in_at).is_(None),
            sa.true() if numbers is None else col(DossierRow.number).in_(list(numbers)),
        )
        .group_by(*of)
        .order_by(sa.func.min(row.last_day), *of)
    )  # fmt: skip
    return [OpenDue(*one) for one in rows]


@dataclass(frozen=True, slots=True)
class Concerned:
    """Whom a decision is about: how many dossiers, the first of them (number, organisation), and calendar feeds."""

    dossiers: int
    first: Sequence[tuple[str, str]]
    feeds: int


def concerned(session: Session, decision: int, person_id: int, *, limit: int = 20) -> Concerned:
    """The dossiers of a decision, or of one about everybody those whose people are told; without the visitor's ties."""
    told = (
        select(NotificationRow.dossier_id)
        .join(CauseRow, col(CauseRow.id) == col(NotificationRow.cause_id))
        .where(col(CauseRow.extension_id) == decision)
    )
    moved = select(ExtensionRow.dossier_id).where(
        sa.func.coalesce(col(ExtensionRow.first_id), col(ExtensionRow.id)) == decision,
        col(ExtensionRow.dossier_id).is_not(None),
    )
    here = sa.or_(col(DossierRow.id).in_(told), col(DossierRow.id).in_(moved))
    count = session.exec(select(sa.func.count()).select_from(DossierRow).where(here)).one()
    first = session.exec(
        select(DossierRow.number, DossierRow.organisation)
        .where(here, without_ties_of(person_id))
        .order_by(col(DossierRow.number))
        .limit(limit)
    ).all()
    people = (
        select(NotificationRow.person_id)
        .join(CauseRow, col(CauseRow.id) == col(NotificationRow.cause_id))
        .where(col(CauseRow.extension_id) == decision)
    )
    feeds = session.exec(
        select(sa.func.count())
        .select_from(FeedRow)
        .where(col(FeedRow.ended_at).is_(None), col(FeedRow.person_id).in_(people))
    ).one()
    return Concerned(count, [(number, organisation) for number, organisation in first], feeds)
