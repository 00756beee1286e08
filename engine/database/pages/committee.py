"""Which dossiers may somebody know of beside a committee, and in which order are they heard?"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from engine.database.cohort.letters import title
from engine.database.records import AttendanceRow, ConflictRow, ContactRow, DossierRow, SlotRow
from engine.database.sitting import scope_now, seated_beside
from engine.rules.workflow import Workflow

Condition = sa.ColumnElement[bool]


_HERS = aliased(ConflictRow)
"""what asks may have conflicts of its own beside the dossier; made once: an alias makes each column anew"""


def without_conflict_of(person_id: int) -> Condition:
    """The dossiers with which a person has no conflict."""
    return ~sa.exists().where(col(_HERS.dossier_id) == col(DossierRow.id), col(_HERS.person_id) == person_id)


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


def counts_apart(
    session: Session, workflow: Workflow, round_id: int, person_id: int
) -> dict[tuple[str, str], int]:
    """(state, strand or answer) -> the same, of states whose dossiers lie before a committee for each."""
    found: dict[tuple[str, str], int] = {}
    for per in dict.fromkeys(one.per for one in workflow.committees.values() if one.per):
        each = (
            sa.select(col(DossierRow.state).label("state"), scope_now(per).label("scope"))
            .where(col(DossierRow.round_id) == round_id, without_conflict_of(person_id))
            .subquery("each")
        )
        counted = sa.select(each.c.state, each.c.scope, sa.func.count()).group_by(each.c.state, each.c.scope)
        for state, scope, number in session.connection().execute(counted):
            found[str(state), str(scope)] = int(number)
    return found


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
        col(AttendanceRow.dossier_id) == col(DossierRow.id),
        col(AttendanceRow.meeting) == workflow.meeting(meeting).declared,
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
            sa.true() if without_ties is None else sa.and_(without_ties_of(without_ties), seated_beside(without_ties)),
        )
        .order_by(col(SlotRow.position))
    )  # fmt: skip
    return [
        InOrder(position, starts_at, ends_at, number, organisation, called, state, bool(came))
        for position, starts_at, ends_at, number, organisation, called, state, came in rows
    ]
