"""How many places does a cap leave, and how much money a budget: in the round, or in each part of it?"""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from engine.database.cohort.guards import newest
from engine.database.cohort.scopes import in_scope, scope_for, scopes_of
from engine.database.expressions import string_of
from engine.database.records import DossierRow, TransitionRow, VerdictRow
from engine.database.standing_moves import stands
from engine.database.store import places_held
from engine.rules.budgets import budget_of, draws_on
from engine.rules.facts import to_six_places
from engine.rules.numbers import NUMBERS, is_share, places
from engine.rules.workflow import Transition, Workflow

Besides = int | Collection[int] | None
"""the dossiers whose places and money are left out"""
BROUGHT_IN = "brought in"


@dataclass(frozen=True, slots=True)
class Cap:
    """The places in the state that a transition leads to: `most` there are, and `held` are held."""

    scope: str | None
    """whose places these are; None where those of all are counted together"""
    most: int
    held: int
    handed_in: int = 0
    """what a share of the places is a share of"""

    @property
    def left(self) -> int:
        return max(self.most - self.held, 0)


@dataclass(frozen=True, slots=True)
class Budget:
    """The money that a transition gives away: `most` there is, and what is `held` for those who were promised it."""

    scope: str | None
    question: str
    most: int | float
    held: float

    @property
    def left(self) -> float:
        return max(to_six_places(self.most - self.held), 0.0)


def caps_of(
    session: Session, workflow: Workflow, round_id: int, transition: Transition, *, besides: Besides = None
) -> tuple[Cap, ...]:
    """The cap of a transition, one for each part that is counted apart; none without a cap.

    `besides` leaves out the places of one dossier, or of some.
    """
    if transition.guard("at_most") is None:
        return ()
    scopes = scopes_of(session, workflow, round_id, transition)
    return tuple(cap_of(session, workflow, round_id, transition, scope, besides) for scope in scopes)


def cap_for(
    session: Session, workflow: Workflow, round_id: int, transition: Transition, dossier: DossierRow, *,
    besides: Besides = None,
) -> Cap | None:  # fmt: skip
    """The same for one dossier."""
    if transition.guard("at_most") is None:
        return None
    return cap_of(session, workflow, round_id, transition, scope_for(session, workflow, transition, dossier), besides)


def cap_of(
    session: Session, workflow: Workflow, round_id: int, transition: Transition, scope: str | None,
    besides: Besides = None,
) -> Cap:
    """The cap of a transition that has one, in one part of what is counted apart."""
    guard = transition.guard("at_most")
    assert guard is not None
    assert isinstance(guard.value, NUMBERS)
    within = in_scope(workflow, transition, scope)
    whole = handed_in(session, round_id, within) if is_share(guard.value, workflow.given) else 0
    held = places_held(session, workflow, round_id, transition.target, besides=besides, within=within)
    return Cap(scope, places(guard.value, workflow.given, scope, whole), held, whole)


def handed_in(session: Session, round_id: int, within: sa.ColumnElement[bool]) -> int:
    """How many dossiers of a round, `within` a part of it, were handed in, whatever has become of them."""
    counted = sa.select(sa.func.count()).where(
        col(DossierRow.round_id) == round_id, col(DossierRow.received_at).is_not(None), within
    )
    number: int = session.connection().execute(counted).scalar_one()
    return number


def budgets_of(
    session: Session, workflow: Workflow, round_id: int, transition: Transition, *, besides: Besides = None
) -> tuple[Budget, ...]:
    """The budget that a transition draws on, one for each part that is counted apart; none where it gives no money."""
    if draws_on(transition) is None:
        return ()
    scopes = scopes_of(session, workflow, round_id, transition)
    return tuple(_budget(session, workflow, round_id, transition, scope, besides) for scope in scopes)


def budget_for(
    session: Session, workflow: Workflow, round_id: int, transition: Transition, dossier: DossierRow, *,
    besides: Besides = None,
) -> Budget | None:  # fmt: skip
    """The same for one dossier."""
    if draws_on(transition) is None:
        return None
    scope = scope_for(session, workflow, transition, dossier)
    return _budget(session, workflow, round_id, transition, scope, besides)


def _budget(
    session: Session, workflow: Workflow, round_id: int, transition: Transition, scope: str | None, besides: Besides
) -> Budget:
    question = draws_on(transition)
    assert question is not None
    within = in_scope(workflow, transition, scope)
    held = money_held(session, workflow, round_id, question, besides=besides, within=within)
    return Budget(scope, question, budget_of(workflow, scope), held)


def asked_in(question: str) -> sa.ColumnElement[float]:
    """The amount that a dossier asks in a question; nothing where it has not answered it."""
    return sa.cast(newest(question, string_of), sa.Float)


def amount_asked(session: Session, dossier: DossierRow, question: str) -> float | None:
    """The amount that one dossier asks in a question; None where it has not answered it."""
    asked = sa.select(asked_in(question)).where(col(DossierRow.id) == dossier.id)
    found: float | None = session.connection().execute(asked).scalar_one()
    return found


def money_held(
    session: Session, workflow: Workflow, round_id: int, question: str, *,
    besides: Besides = None, within: sa.ColumnElement[bool] | None = None,
) -> float:  # fmt: skip
    """How much money dossiers of the round hold that is asked in a question, `besides` one dossier, or some.

    Held from the first transition that asks whether it is there, by whoever made it and has not since entered a state
    that frees the place, and by standing verdicts that will make it. Whoever was brought in beyond such a transition
    holds it as well. What was taken back neither takes money nor frees it.
    """
    giving = [one for one in workflow.transitions.values() if draws_on(one) == question]
    entries = aliased(TransitionRow)
    takes = sa.or_(
        col(entries.name).in_([one.name for one in giving]),
        sa.and_(col(entries.name) == BROUGHT_IN, col(entries.target).in_([one.target for one in giving])),
    )
    entered = (
        sa.select(col(entries.dossier_id).label("dossier_id"), sa.func.max(col(entries.id)).label("entry"))
        .where(takes, stands(entries))
        .group_by(col(entries.dossier_id))
        .subquery("entered")
    )
    freed = sa.exists().where(
        col(TransitionRow.dossier_id) == entered.c.dossier_id,
        col(TransitionRow.target).in_([state.name for state in workflow.states.values() if state.frees_place]),
        col(TransitionRow.id) > entered.c.entry,
        stands(),
    )
    holding = sa.select(entered.c.dossier_id).where(~freed)
    promised = (
        sa.select(col(VerdictRow.dossier_id))
        .join(DossierRow, col(DossierRow.id) == col(VerdictRow.dossier_id))
        .where(
            col(VerdictRow.ended_at).is_(None),
            sa.or_(
                sa.false(),
                *(
                    sa.and_(col(VerdictRow.transition) == one.name, col(DossierRow.state).in_(one.sources))
                    for one in giving
                ),
            ),
        )
    )
    others = (besides or 0,) if besides is None or isinstance(besides, int) else besides
    held = sa.select(sa.func.coalesce(sa.func.sum(asked_in(question)), 0.0)).where(
        col(DossierRow.round_id) == round_id,
        col(DossierRow.id).in_(holding.union(promised)),
        col(DossierRow.id).not_in(others),
        sa.true() if within is None else within,
    )
    return to_six_places(float(session.connection().execute(held).scalar_one()))
