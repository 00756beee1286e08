"""Who has stepped back from what, and what has come of it since?"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from engine.database.cohort.letters import title
from engine.database.pages.committee import without_conflict_of
from engine.database.records import ConflictRow, DossierRow, JournalRow, PersonRow, RoleRow, ScoreRow, VerdictRow
from engine.database.sitting import sits_for
from engine.rules.workflow import Workflow


@dataclass(frozen=True, slots=True)
class Declared:
    """One conflict, and what it means for the dossier now."""

    number: str
    title: str
    organisation: str
    state: str
    member: str
    email: str
    reason: str | None
    at: int
    by_applicant: bool
    """whether the applicant has the member kept away"""
    minuted_by: str | None
    """who of the staff wrote it down, or None where the member said it herself"""
    marks: int
    """marks that she had given, which do not count any more"""
    free: int
    """members of the committee who have no conflict with it"""
    verdict: bool
    """whether the verdict that stands was recorded by her, so that it will not take effect"""


def declared(
    session: Session, workflow: Workflow, round_id: int, committee: str, looker: int,
    among: sa.ColumnElement[bool] | None = None,
) -> Sequence[Declared]:  # fmt: skip
    """Every conflict of the members of a committee, the last first; of dossiers that `looker` may know of.

    `among` is what must hold of a dossier besides.
    """
    stepped_back = aliased(ConflictRow)
    others = (
        sa.select(sa.func.count())
        .select_from(RoleRow)
        .where(
            col(RoleRow.round_id) == round_id, col(RoleRow.role) == committee, sits_for(),
            ~sa.exists().where(
                col(stepped_back.dossier_id) == col(DossierRow.id),
                col(stepped_back.person_id) == col(RoleRow.person_id),
            ).correlate(DossierRow, RoleRow),
        )
        .correlate(DossierRow)
        .scalar_subquery()
    )  # fmt: skip
    marks = (
        sa.select(sa.func.count())
        .where(
            col(ScoreRow.dossier_id) == col(DossierRow.id), col(ScoreRow.person_id) == col(PersonRow.id),
            col(ScoreRow.replaced_at).is_(None),
        )
        .correlate(DossierRow, PersonRow)
        .scalar_subquery()
    )  # fmt: skip
    hers = sa.exists().where(
        col(VerdictRow.dossier_id) == col(DossierRow.id), col(VerdictRow.recorded_by) == col(PersonRow.id),
        col(VerdictRow.ended_at).is_(None), ~col(VerdictRow.minuted),
    )  # fmt: skip
    minuted = (
        sa.select(col(JournalRow.actor))
        .where(
            col(JournalRow.dossier_id) == col(DossierRow.id), col(JournalRow.what) == "conflict declared",
            col(JournalRow.at) == col(ConflictRow.declared_at),
            col(JournalRow.details)["of"].as_string() == col(PersonRow.email),
        )
        .correlate(DossierRow, ConflictRow, PersonRow)
        .limit(1)
        .scalar_subquery()
    )  # fmt: skip
    sits = sa.exists().where(
        col(RoleRow.round_id) == round_id, col(RoleRow.role) == committee, col(RoleRow.person_id) == col(PersonRow.id),
        sits_for(),
    )
    rows = session.connection().execute(
        sa.select(
            col(DossierRow.number), title(workflow), col(DossierRow.organisation), col(DossierRow.state),
            col(PersonRow.name), col(PersonRow.email), col(ConflictRow.reason), col(ConflictRow.declared_at),
            col(ConflictRow.kept_away), minuted, marks, others, hers,
        )
        .select_from(ConflictRow)
        .join(DossierRow, col(DossierRow.id) == col(ConflictRow.dossier_id))
        .join(PersonRow, col(PersonRow.id) == col(ConflictRow.person_id))
        .where(col(DossierRow.round_id) == round_id, sits, without_conflict_of(looker),
               sa.true() if among is None else among)
        .order_by(col(ConflictRow.declared_at).desc(), col(DossierRow.number), col(PersonRow.email))
    )  # fmt: skip
    return [
        Declared(number, called, of, state, name or email, email, reason, at, kept, by, given, free, bool(verdict))
        for number, called, of, state, name, email, reason, at, kept, by, given, free, verdict in rows
    ]
