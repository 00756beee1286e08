"""What does a board, or a table, show of each dossier?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from engine.database.cohort.guards import lacks
from engine.database.cohort.letters import title
from engine.database.pages import filtering, marks
from engine.database.pages.filtering import Rules
from engine.database.records import (
    ConflictRow,
    ContactRow,
    DossierRow,
    ObligationRow,
    PersonRow,
    ScoreRow,
    SlotRow,
    VerdictRow,
)
from engine.rules.workflow import Workflow

FLAGS = ("late", "extension", "asks", "held")
IDS: sa.BindParameter[int] = sa.bindparam("ids", expanding=True)


@dataclass(frozen=True, slots=True)
class Card:
    """A dossier at a glance; instants are UTC microseconds."""

    id: int
    number: str
    organisation: str
    title: str
    state: str
    entered_at: int
    received_at: int | None
    batch: int | None
    """in which it was handed in, where a phase is cut"""
    amount: float | None
    missing: int
    """required questions without an answer"""
    conflicts: int
    """members who have declared one"""
    stepped_back: int
    """of these, members of the committee that reads it where it stands"""
    asked_first: int | None
    """members without a conflict who are asked first, None where all are asked alike"""
    overdue: int
    """obligations"""
    next_due: int | None
    """the first instant after the window of what it owes next"""
    slot: int | None
    """when it comes before a meeting that is open to it where it stands"""
    verdict: str | None
    """the transition of the verdict that stands"""
    mean: float | None
    spread: float | None
    members: int
    """how many have given every mark"""
    late: bool
    """handed in, or delivered something, after the day"""
    extension: bool
    """has dates of its own"""
    asks: bool
    """for more time, and is not answered yet"""
    held: bool
    """a move or a verdict was held back, and waits still"""
    strand: str | None
    language: str | None
    """of whoever spoke for it first"""
    contact: str | None
    """the address of the same"""


def statement(rules: Rules) -> sa.Select[Any]:
    """The question for the cards of the dossiers that `ids` names; the same for every round on the same rules."""
    workflow = rules.workflow
    scored = marks.scored(workflow, col(ScoreRow.dossier_id).in_(IDS))
    flags = [filtering.flag(name, rules) for name in FLAGS]
    shown: list[Any] = [
        col(DossierRow.id), col(DossierRow.number), col(DossierRow.organisation), title(workflow),
        col(DossierRow.state), col(DossierRow.entered_at), col(DossierRow.received_at),
        col(DossierRow.batch), filtering.amount(workflow), _missing(workflow), _count(ConflictRow),
        marks.stepped_back(workflow), marks.asked_first(workflow),
        _count(ObligationRow, *_open(), col(ObligationRow.overdue_at).is_not(None)),
        _next_due(), _slot(workflow), _verdict(), scored.c.mean, scored.c.spread,
        sa.func.coalesce(scored.c.members, 0), *flags, col(DossierRow.strand),
    ]  # fmt: skip
    return (
        sa.select(*shown)
        .select_from(DossierRow)
        .join(scored, scored.c.dossier_id == col(DossierRow.id), isouter=True)
        .where(col(DossierRow.id).in_(IDS))
    )


Facts = Sequence[tuple[Any, ...]]
"""all of some cards but who speaks for them"""


def facts(session: Session, question: sa.Select[Any], ids: Sequence[int]) -> Facts:
    """What these dossiers show that changes only when something happens in the round; `question` is a `statement`."""
    return [tuple(row) for row in session.connection().execute(question, {"ids": list(ids)})]


def cards(session: Session, of: Facts, ids: Sequence[int]) -> list[Card]:
    """The cards of these dossiers, in this order, with those who speak for them as they are now."""
    speak: dict[int, tuple[str | None, str | None]] = {
        dossier_id: (language, email)
        for dossier_id, language, email in session.connection().execute(_FIRST_CONTACTS, {"ids": list(ids)})
    }
    make: Callable[..., Card] = Card
    found = {row[0]: make(*row, *speak.get(row[0], (None, None))) for row in of}
    return [found[one] for one in ids if one in found]


_FIRST_CONTACTS = (
    sa.select(col(ContactRow.dossier_id), col(PersonRow.language), col(PersonRow.email))
    .join(PersonRow, col(PersonRow.id) == col(ContactRow.person_id))
    .where(
        col(ContactRow.id).in_(
            sa.select(sa.func.min(col(ContactRow.id)))
            .where(col(ContactRow.dossier_id).in_(IDS))
            .group_by(col(ContactRow.dossier_id))
        )
    )
)


def _scalar(question: sa.Select[Any]) -> sa.ScalarSelect[Any]:
    return question.correlate(DossierRow).scalar_subquery()


def _count(row: Any, *where: sa.ColumnElement[bool]) -> sa.ScalarSelect[Any]:
    of_it = col(row.dossier_id) == col(DossierRow.id)
    return _scalar(sa.select(sa.func.count()).select_from(row).where(of_it, *where))


def _missing(workflow: Workflow) -> sa.ColumnElement[int]:
    required = [one for one in workflow.questions.values() if one.required]
    count: sa.ColumnElement[int] = sa.literal(0)
    for one in required:
        count = count + sa.case((lacks(one, workflow), 1), else_=0)
    return count


def _open() -> tuple[sa.ColumnElement[bool], ...]:
    """What the applicant is to do still: what was handed in lies with staff."""
    row = ObligationRow
    return col(row.fulfilled_at).is_(None), col(row.excused_at).is_(None), col(row.handed_in_at).is_(None)


def _next_due() -> sa.ScalarSelect[Any]:
    of_it = col(ObligationRow.dossier_id) == col(DossierRow.id)
    return _scalar(sa.select(sa.func.min(col(ObligationRow.due_at))).where(of_it, *_open()))


def _slot(workflow: Workflow) -> sa.ColumnElement[int]:
    here = [
        sa.and_(col(DossierRow.state).in_(one.open_to), col(SlotRow.meeting) == one.name)
        for one in workflow.meetings.values()
        if one.slots and not isinstance(one.open_to, str)
    ]
    if not here:
        return sa.cast(sa.null(), sa.BigInteger)
    of_it = col(SlotRow.dossier_id) == col(DossierRow.id)
    return _scalar(sa.select(sa.func.min(col(SlotRow.starts_at))).where(of_it, sa.or_(*here)))


def _verdict() -> sa.ScalarSelect[Any]:
    standing = sa.and_(col(VerdictRow.dossier_id) == col(DossierRow.id), col(VerdictRow.ended_at).is_(None))
    return _scalar(sa.select(sa.func.max(col(VerdictRow.transition))).where(standing))
