"""What does a committee have before it, and how far has a member come?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from engine.database.cohort.letters import title
from engine.database.records import (
    AttendanceRow,
    ClearanceRow,
    ConflictRow,
    ContactRow,
    DossierRow,
    RecommendationRow,
    ScoreRow,
    SlotRow,
)
from engine.rules.roles import deciding_committee, states_read_by
from engine.rules.workflow import Workflow

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class ToRead:
    """A dossier in a member's list, and what the member has done about it.

    Until the member is `cleared` nothing but what stands here may be shown of it.
    """

    number: str
    organisation: str
    title: str
    state: str
    received_at: int | None
    under_decision: bool
    cleared: bool
    marks: int
    """for how many criteria the member has given one"""
    complete: bool
    recommended: bool


@dataclass(frozen=True, slots=True)
class Left:
    """How many dossiers a member has before her, and of how many something is still wanting."""

    dossiers: int
    unanswered: int
    unmarked: int
    unrecommended: int


def without_conflict_of(person_id: int) -> Condition:
    """The dossiers with which a person has no conflict."""
    hers = aliased(ConflictRow)  # what asks may have conflicts of its own beside the dossier
    return ~sa.exists().where(col(hers.dossier_id) == col(DossierRow.id), col(hers.person_id) == person_id)


def without_ties_of(person_id: int) -> Condition:
    """The dossiers with which a person has no conflict, and for which she does not speak herself."""
    speaks = sa.exists().where(
        col(ContactRow.dossier_id) == col(DossierRow.id), col(ContactRow.person_id) == person_id
    )
    return sa.and_(without_conflict_of(person_id), ~speaks)


def counts_by_state(session: Session, round_id: int, person_id: int) -> dict[str, int]:
    """state -> how many dossiers of the round stand in it, without those that a person has a conflict with."""
    rows = session.connection().execute(
        sa.select(col(DossierRow.state), sa.func.count())
        .where(col(DossierRow.round_id) == round_id, without_conflict_of(person_id))
        .group_by(col(DossierRow.state))
    )
    return {str(state): int(number) for state, number in rows}


def _cleared(person_id: int) -> Condition:
    return sa.exists().where(
        col(ClearanceRow.dossier_id) == col(DossierRow.id),
        col(ClearanceRow.person_id) == person_id,
        col(ClearanceRow.ended_at).is_(None),
    )


def _marks(workflow: Workflow, person_id: int) -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.count(sa.distinct(col(ScoreRow.criterion))))
        .where(
            col(ScoreRow.dossier_id) == col(DossierRow.id),
            col(ScoreRow.person_id) == person_id,
            col(ScoreRow.replaced_at).is_(None),
            col(ScoreRow.criterion).in_(list(workflow.criteria)),
        )
        .correlate(DossierRow)
        .scalar_subquery()
    )


def _recommended(person_id: int) -> Condition:
    return sa.exists().where(
        col(RecommendationRow.dossier_id) == col(DossierRow.id),
        col(RecommendationRow.person_id) == person_id,
        col(RecommendationRow.replaced_at).is_(None),
    )


def to_read(
    session: Session,
    workflow: Workflow,
    round_id: int,
    committee: str,
    person_id: int,
    *,
    limit: int = 50,
    after: str = "",
) -> Sequence[ToRead]:
    """The dossiers that a member, or an observer, of a committee may know of, by number; `after` is a number."""
    rows = session.connection().execute(
        sa.select(
            col(DossierRow.number), col(DossierRow.organisation), title(workflow), col(DossierRow.state),
            col(DossierRow.received_at), _cleared(person_id), _marks(workflow, person_id), _recommended(person_id),
        )
        .where(
            col(DossierRow.round_id) == round_id,
            col(DossierRow.state).in_(states_read_by(workflow, committee)),
            col(DossierRow.number) > after,
            without_ties_of(person_id),
        )
        .order_by(col(DossierRow.number))
        .limit(limit)
    )  # fmt: skip
    return [
        ToRead(
            number, organisation, called, state, received_at, deciding_committee(workflow, state) == committee,
            bool(cleared), marks, marks == len(workflow.criteria), bool(recommended),
        )
        for number, organisation, called, state, received_at, cleared, marks, recommended in rows
    ]  # fmt: skip


def left(session: Session, workflow: Workflow, round_id: int, committee: str, person_id: int) -> Left:
    """How much of what is under decision a member has still to do."""
    states = [state for state in workflow.states if deciding_committee(workflow, state) == committee]

    def count(condition: Condition) -> sa.ColumnElement[Any]:
        return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)

    own = (
        sa.select(
            _cleared(person_id).label("cleared"),
            _marks(workflow, person_id).label("marks"),
            _recommended(person_id).label("recommended"),
        )
        .where(col(DossierRow.round_id) == round_id, col(DossierRow.state).in_(states), without_ties_of(person_id))
        .subquery("own")
    )
    found = session.connection().execute(
        sa.select(
            sa.func.count(), count(~own.c.cleared), count(own.c.marks < len(workflow.criteria)),
            count(~own.c.recommended),
        ).select_from(own)
    )  # fmt: skip
    dossiers, unanswered, unmarked, unrecommended = found.one()
    return Left(int(dossiers), int(unanswered), int(unmarked), int(unrecommended))


@dataclass(frozen=True, slots=True)
class InOrder:
    """A dossier's place in the running order of a meeting; instants are UTC microseconds."""

    position: int
    starts_at: int
    ends_at: int
    number: str
    organisation: str
    title: str
    state: str
    attended: bool


def running_order(
    session: Session, workflow: Workflow, round_id: int, meeting: str, *, without_ties: int | None = None
) -> Sequence[InOrder]:
    """The running order of a meeting; without the dossiers with which a person (`without_ties`) has ties."""
    attended = sa.exists().where(
        col(AttendanceRow.dossier_id) == col(DossierRow.id), col(AttendanceRow.meeting) == meeting
    )
    rows = session.connection().execute(
        sa.select(
            col(SlotRow.position), col(SlotRow.starts_at), col(SlotRow.ends_at), col(DossierRow.number),
            col(DossierRow.organisation), title(workflow), col(DossierRow.state), attended,
        )
        .join(DossierRow, col(DossierRow.id) == col(SlotRow.dossier_id))
        .where(
            col(SlotRow.round_id) == round_id,
            col(SlotRow.meeting) == meeting,
            sa.true() if without_ties is None else without_ties_of(without_ties),
        )
        .order_by(col(SlotRow.position))
    )  # fmt: skip
    return [
        InOrder(position, starts_at, ends_at, number, organisation, called, state, bool(came))
        for position, starts_at, ends_at, number, organisation, called, state, came in rows
    ]


def conflicts_of(session: Session, round_id: int, person_id: int) -> Sequence[tuple[str, int]]:
    """(number, declared at) of the dossiers that a member has stepped back from."""
    rows = session.exec(
        select(DossierRow.number, ConflictRow.declared_at)
        .join(ConflictRow, col(ConflictRow.dossier_id) == col(DossierRow.id))
        .where(col(DossierRow.round_id) == round_id, col(ConflictRow.person_id) == person_id)
        .order_by(col(DossierRow.number))
    ).all()
    return [(number, at) for number, at in rows]
