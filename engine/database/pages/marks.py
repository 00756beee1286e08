"""When do members lie far apart, and of how many of them are marks wanted on a dossier?"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from engine.database.cohort.scores import Of, of_its_list
from engine.database.records import AssignmentRow, ConflictRow, DossierRow, RoleRow
from engine.database.sitting import sits_for
from engine.rules.assessing import ends, list_in
from engine.rules.roles import reading_committee
from engine.rules.workflow import Workflow

WIDE = 1 / 3
"""of the scale: members who lie further apart have something to talk about"""


def far_apart(workflow: Workflow, state: str) -> float:
    """From which spread on members lie far apart on dossiers in that state; 0 where nothing is marked."""
    one = list_in(workflow, state)
    low, high = ends(workflow, one) if one else (0.0, 0.0)
    return (high - low) * WIDE


def of_round(round_id: int) -> Of:
    """What is said of the dossiers of a round."""
    ids = sa.select(col(DossierRow.id)).where(col(DossierRow.round_id) == round_id)
    return lambda row: col(row.dossier_id).in_(ids)


def _reading(workflow: Workflow) -> Any:
    """The committee that reads a dossier where it stands, or no text."""
    reads = {state: committee for state in workflow.states if (committee := reading_committee(workflow, state))}
    if not reads:
        return sa.literal("")
    return sa.case(*((col(DossierRow.state) == state, name) for state, name in reads.items()), else_="")


def stepped_back(workflow: Workflow) -> sa.ScalarSelect[Any]:
    """How many members of the committee that reads a dossier have a conflict with it."""
    return (
        sa.select(sa.func.count())
        .select_from(ConflictRow)
        .join(RoleRow, col(RoleRow.person_id) == col(ConflictRow.person_id))
        .where(
            col(ConflictRow.dossier_id) == col(DossierRow.id),
            col(RoleRow.round_id) == col(DossierRow.round_id),
            col(RoleRow.role) == _reading(workflow),
            sits_for(),
        )
        .correlate(DossierRow)
        .scalar_subquery()
    )


def asked_first(workflow: Workflow) -> sa.ScalarSelect[Any]:
    """How many members without a conflict are asked first about a dossier; nothing when all are asked alike."""
    conflict = sa.exists().where(
        col(ConflictRow.dossier_id) == col(AssignmentRow.dossier_id),
        col(ConflictRow.person_id) == col(AssignmentRow.person_id),
    )
    return (
        sa.select(sa.func.nullif(sa.func.count(), 0))
        .select_from(AssignmentRow)
        .where(
            col(AssignmentRow.dossier_id) == col(DossierRow.id), col(AssignmentRow.ended_at).is_(None),
            col(AssignmentRow.committee) == _reading(workflow), of_its_list(workflow, AssignmentRow), ~conflict,
        )
        .correlate(DossierRow)
        .scalar_subquery()
    )  # fmt: skip


def wanted(workflow: Workflow, sizes: Mapping[str, int]) -> sa.ColumnElement[int]:
    """Of how many members marks are wanted on a dossier: of those who are asked first, or of all without a conflict.

    `sizes` says how many members each committee has.
    """
    committee = _reading(workflow)
    of_each = {name: seated(name) if workflow.committees[name].per else count for name, count in sizes.items()}
    size = sa.case(*((committee == name, one) for name, one in of_each.items()), else_=0) if sizes else sa.literal(0)
    return sa.func.coalesce(asked_first(workflow), size - stepped_back(workflow))


def seated(committee: str) -> sa.ScalarSelect[int]:
    """How many sit in the committee of that name before which a dossier lies."""
    return (
        sa.select(sa.func.count())
        .select_from(RoleRow)
        .where(col(RoleRow.round_id) == col(DossierRow.round_id), col(RoleRow.role) == committee, sits_for())
        .correlate(DossierRow)
        .scalar_subquery()
    )
