"""How do the dossiers that a committee decides on compare, and how many places are there?"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlmodel import Session, col

from engine.database.caps import budgets_of, caps_of
from engine.database.cohort.letters import title
from engine.database.cohort.scopes import in_scope
from engine.database.cohort.scores import member_means, scored
from engine.database.pages.committee import without_conflict_of, without_ties_of
from engine.database.pages.marks import of_round
from engine.database.records import AgreedRow, ConflictRow, DossierRow, PlacementRow, RecommendationRow, VerdictRow
from engine.database.sitting import known_to, of_its_committee, said_elsewhere, scope_now
from engine.rules.assessing import list_in, said_score
from engine.rules.roles import decisions_from, ordering_committee
from engine.rules.workflow import Assessment, Workflow


@dataclass(frozen=True, slots=True)
class RankedDossier:
    """A dossier in the ranking. `rank` is equal for those who tie, and None for who was not scored completely."""

    number: str
    organisation: str
    title: str
    received_at: int | None
    rank: int | None
    mean: float | None
    """over the members' weighted means, without those who have a conflict; as people say it (`said_score`)"""
    spread: float | None
    """the highest of these means less the lowest"""
    members: int
    """how many have given every mark"""
    verdict: str | None
    """the transition of the standing verdict"""
    strand: str | None = None
    advised: Mapping[str, int] = field(default_factory=dict)
    """transition -> how many members advise it"""


@dataclass(frozen=True, slots=True)
class Line:
    """How many of the ranking's dossiers a decision may still take: the line is drawn below the last of `places`."""

    transition: str
    cap: int
    taken_elsewhere: int
    """places held by dossiers that are not in this ranking any more"""
    standing: int
    """verdicts that stand on dossiers of this ranking and would take such a place"""
    scope: str | None = None
    """whose places these are; None where those of all are counted together"""

    @property
    def places(self) -> int:
        return max(self.cap - self.taken_elsewhere, 0)


def ranking(
    session: Session,
    workflow: Workflow,
    round_id: int,
    state: str,
    *,
    without_ties: int | None = None,
    without_conflict: int | None = None,
    among: sa.ColumnElement[bool] | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Sequence[RankedDossier]:
    """The dossiers of a round in one state from first to last; who is not scored comes last, then by arrival.

    A chair is shown it without the dossiers with which she has ties (`without_ties`), as if these were not there;
    staff without those that they have a conflict with. `among` is what must hold of a dossier besides.
    """
    one = list_in(workflow, state)
    marks = scored(workflow, of_round(round_id), only=state)
    place = sa.func.rank().over(order_by=marks.c.mean.desc().nulls_last())
    rows = session.connection().execute(
        sa.select(
            col(DossierRow.id), col(DossierRow.number), col(DossierRow.organisation), title(workflow),
            col(DossierRow.received_at), place, marks.c.mean, marks.c.spread, marks.c.members,
            col(VerdictRow.transition), col(DossierRow.strand),
        )
        .select_from(DossierRow)
        .join(marks, marks.c.dossier_id == col(DossierRow.id), isouter=True)
        .join(
            VerdictRow,
            sa.and_(col(VerdictRow.dossier_id) == col(DossierRow.id), col(VerdictRow.ended_at).is_(None)),
            isouter=True,
        )
        .where(
            col(DossierRow.round_id) == round_id,
            col(DossierRow.state) == state,
            sa.true() if without_ties is None else without_ties_of(without_ties),
            sa.true() if without_ties is None else known_to(workflow, without_ties, as_chair=True),
            sa.true() if among is None else among,
            sa.true() if without_conflict is None else without_conflict_of(without_conflict),
        )
        .order_by(marks.c.mean.desc().nulls_last(), col(DossierRow.received_at), col(DossierRow.number))
        .limit(limit)
        .offset(offset)
    ).all()  # fmt: skip
    advised = _advised(session, workflow, state, [row[0] for row in rows])
    return [
        RankedDossier(
            number, organisation, called, received_at, None if mean is None else rank,
            said_score(workflow, one, mean), spread, members or 0, verdict, strand, advised.get(dossier_id, {}),
        )
        for dossier_id, number, organisation, called, received_at, rank, mean, spread, members, verdict, strand in rows
    ]  # fmt: skip


def _means(workflow: Workflow, round_id: int, state: str) -> sa.Subquery:
    """dossier, member -> her score, of every member without a conflict who has given every mark."""
    return member_means(workflow, of_round(round_id), only=state)


def means_by_member(
    session: Session, workflow: Workflow, round_id: int, state: str
) -> Mapping[tuple[str, int], float]:
    """(number, member) -> her score, more being better, of each without a conflict who has given every mark."""
    of = _means(workflow, round_id, state).c
    rows = session.connection().execute(
        sa.select(col(DossierRow.number), of.person_id, of.mean).join(DossierRow, col(DossierRow.id) == of.dossier_id)
    )
    return {(str(number), int(person_id)): float(mean) for number, person_id, mean in rows}


def _advised(session: Session, workflow: Workflow, state: str, ids: Sequence[int]) -> dict[int, dict[str, int]]:
    conflict = sa.exists().where(
        col(ConflictRow.dossier_id) == col(RecommendationRow.dossier_id),
        col(ConflictRow.person_id) == col(RecommendationRow.person_id),
    )
    rows = session.connection().execute(
        sa.select(col(RecommendationRow.dossier_id), col(RecommendationRow.advises), sa.func.count())
        .where(
            col(RecommendationRow.dossier_id).in_(ids),
            col(RecommendationRow.replaced_at).is_(None),
            # what was advised on an earlier decision says nothing about this one
            col(RecommendationRow.advises).in_(list(decisions_from(workflow, state))),
            ~conflict,
            ~said_elsewhere(workflow, col(RecommendationRow.committee), RecommendationRow),
        )
        .group_by(col(RecommendationRow.dossier_id), col(RecommendationRow.advises))
        .order_by(col(RecommendationRow.dossier_id), col(RecommendationRow.advises))
    )
    found: dict[int, dict[str, int]] = {}
    for dossier_id, advises, count in rows:
        found.setdefault(dossier_id, {})[str(advises)] = count
    return found


def given_places(session: Session, workflow: Workflow, round_id: int, state: str) -> Mapping[str, int]:
    """number -> the place that the committee gave by hand to those that stand in a state; without those that have none.
    """
    rows = session.connection().execute(
        sa.select(col(DossierRow.number), col(PlacementRow.place))
        .join(DossierRow, col(DossierRow.id) == col(PlacementRow.dossier_id))
        .where(
            col(DossierRow.round_id) == round_id, col(DossierRow.state) == state, col(PlacementRow.state) == state,
            col(PlacementRow.replaced_at).is_(None),
            of_its_committee(workflow, ordering_committee(workflow, state), PlacementRow),
        )
    )  # fmt: skip
    return {str(number): int(place) for number, place in rows}


def scopes_in(session: Session, workflow: Workflow, round_id: int, state: str) -> Mapping[str, str]:
    """number -> of which strand or answer the committee is that puts the dossiers of a state in order; nothing where
    there is one for all."""
    committee = workflow.committees.get(ordering_committee(workflow, state) or "")
    if committee is None or committee.per is None:
        return {}
    rows = session.connection().execute(
        sa.select(col(DossierRow.number), scope_now(committee.per)).where(
            col(DossierRow.round_id) == round_id, col(DossierRow.state) == state
        )
    )
    return {str(number): str(scope) for number, scope in rows}


def agreed_of_all(
    session: Session, workflow: Workflow, round_id: int, state: str, assessment: Assessment
) -> Mapping[str, Mapping[str, float]]:
    """number -> criterion -> the mark on which the committee agreed, of those that stand in a state."""
    rows = session.connection().execute(
        sa.select(col(DossierRow.number), col(AgreedRow.criterion), col(AgreedRow.mark))
        .join(DossierRow, col(DossierRow.id) == col(AgreedRow.dossier_id))
        .where(
            col(DossierRow.round_id) == round_id, col(DossierRow.state) == state,
            col(AgreedRow.assessment) == assessment.name, col(AgreedRow.replaced_at).is_(None),
            of_its_committee(workflow, assessment.by, AgreedRow),
        )
    )  # fmt: skip
    found: dict[str, dict[str, float]] = {}
    for number, criterion, mark in rows:
        found.setdefault(number, {})[criterion] = mark
    return found


@dataclass(frozen=True, slots=True)
class Purse:
    """The money that a move out of a state gives: `most` there is, `held` is held for those who were promised it."""

    transition: str
    most: float
    held: float
    scope: str | None = None
    """whose money it is; None where it is one budget for all"""

    @property
    def left(self) -> float:
        return max(self.most - self.held, 0)


def purses(
    session: Session, workflow: Workflow, round_id: int, state: str, *, besides: Collection[int] | None = None
) -> Sequence[Purse]:
    """The budgets that the moves out of a state draw on, in the order of the file; few questions for each of them.

    `besides` leaves out what some dossiers hold.
    """
    return [
        Purse(one.name, budget.most, budget.held, budget.scope)
        for one in workflow.transitions.values()
        if state in one.sources
        for budget in budgets_of(session, workflow, round_id, one, besides=besides)
    ]


def lines(session: Session, workflow: Workflow, round_id: int, state: str) -> Sequence[Line]:
    """The caps of the decisions that are open in a state, in the order of the file; few questions for each of them."""
    found = []
    for name, transition in decisions_from(workflow, state).items():
        ways = [one.name for one in workflow.transitions.values() if one.target == transition.target]
        for cap in caps_of(session, workflow, round_id, transition):
            standing: int = session.connection().execute(
                sa.select(sa.func.count())
                .select_from(VerdictRow)
                .join(DossierRow, col(DossierRow.id) == col(VerdictRow.dossier_id))
                .where(
                    col(DossierRow.round_id) == round_id,
                    col(DossierRow.state) == state,
                    in_scope(workflow, transition, cap.scope),
                    col(VerdictRow.ended_at).is_(None),
                    col(VerdictRow.transition).in_(ways),
                )
            ).scalar_one()  # fmt: skip
            found.append(Line(name, cap.most, cap.held - standing, standing, cap.scope))
    return found
