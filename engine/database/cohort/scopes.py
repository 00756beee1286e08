"""Over what does a transition count places, ranks and money: the round, a strand, a batch, or an answer?"""

import sqlalchemy as sa
from sqlmodel import Session, col

from engine.database.cohort.guards import newest
from engine.database.expressions import as_text, string_of, text
from engine.database.records import DossierRow
from engine.rules.ranking import BATCH, per_of
from engine.rules.workflow import STRAND, Transition, Workflow


def scope(workflow: Workflow, transition: Transition) -> sa.ColumnElement[str]:
    """With what a dossier is counted: its strand, its batch or its answer; nothing where it is the whole round."""
    per = per_of(workflow, transition)
    if per is None:
        return text("")
    if per == STRAND:
        return sa.func.coalesce(sa.cast(col(DossierRow.strand), sa.Text), "")
    if per == BATCH:
        return sa.func.coalesce(as_text(col(DossierRow.batch)), "")
    return sa.func.coalesce(newest(per, string_of), "")


def in_scope(workflow: Workflow, transition: Transition, of: str | None) -> sa.ColumnElement[bool]:
    """The condition that a dossier is counted with those; any is where the whole round is counted (None)."""
    return sa.true() if of is None else scope(workflow, transition) == of


def scopes_of(session: Session, workflow: Workflow, round_id: int, transition: Transition) -> tuple[str | None, ...]:
    """All that is counted apart, in an order that stays; (None,) where it is the whole round."""
    per = per_of(workflow, transition)
    if per is None:
        return (None,)
    if per == STRAND:
        return tuple(workflow.strands)
    known = sa.select(scope(workflow, transition).label("scope")).where(col(DossierRow.round_id) == round_id).distinct()
    return tuple(sorted(session.connection().execute(known).scalars()))


def scope_for(session: Session, workflow: Workflow, transition: Transition, dossier: DossierRow) -> str | None:
    """With what one dossier is counted; None where it is the whole round."""
    per = per_of(workflow, transition)
    if per is None:
        return None
    if per == STRAND:
        return dossier.strand or ""
    asked = sa.select(scope(workflow, transition)).where(col(DossierRow.id) == dossier.id)
    found: str = session.connection().execute(asked).scalar_one()
    return found


def called(workflow: Workflow, scope: str) -> str:
    """What people call it: the title of a strand, an answer as it is."""
    return workflow.strands.get(scope, scope)
