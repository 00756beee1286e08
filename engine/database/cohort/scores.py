"""What do the marks of dossiers come to? As SQL, with the same answer as `engine.rules.assessing`.

A score is over the marks of the assessment whose scores count where a dossier stands; more is always better.
"""

from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from engine.database.expressions import rounded
from engine.database.records import AgreedRow, ConflictRow, DossierRow, ScoreRow, SetAsideRow
from engine.database.sitting import of_its_committee, said_elsewhere
from engine.rules.assessing import criteria_of, divisor, lists
from engine.rules.marks import falls
from engine.rules.workflow import Assessment, Criterion, Workflow

Condition = sa.ColumnElement[bool]
Of = Callable[[Any], Condition]
"""which dossiers are looked at: the condition on a row about one"""
List = tuple[Assessment, tuple[str, ...]]
"""an assessment, and the states in which its scores count"""


def worth(criterion: Criterion, mark: Any) -> sa.ColumnElement[float]:
    """A mark as it is compared, as `engine.rules.marks.worth` has it."""
    turned: sa.ColumnElement[float] = sa.literal(float(sum(criterion.scale))) - mark if falls(criterion) else mark
    return turned


def of_list(one: Assessment, criteria: Iterable[str], row: Any = ScoreRow) -> Condition:
    """The condition that a mark is one of an assessment's criteria, and stands."""
    return sa.and_(
        col(row.replaced_at).is_(None), col(row.assessment) == one.name, col(row.criterion).in_(list(criteria))
    )


def scored_lists(workflow: Workflow) -> list[List]:
    """The assessments of which a score can come, each with the states in which it counts."""
    return [(one, states) for one, states in lists(workflow) if divisor(workflow, one)]


def complete_mean(workflow: Workflow, one: Assessment, row: Any = ScoreRow) -> tuple[Any, Condition]:
    """What the marks of a group come to, and the condition that every mark of the assessment is among them."""
    criteria = criteria_of(workflow, one)
    weighed = sa.case(
        *(
            (col(row.criterion) == name, worth(criterion, col(row.mark)) * sa.literal(float(criterion.weight)))
            for name, criterion in criteria.items()
        )
    )
    mean = sa.func.sum(weighed) / sa.literal(divisor(workflow, one))
    return mean, sa.func.count(sa.distinct(col(row.criterion))) == len(criteria)


def counting(workflow: Workflow, one: Assessment, row: Any = ScoreRow) -> Condition:
    """The marks of members without a conflict, which nobody has set aside; of the committee where the dossier lies."""
    conflict = sa.exists().where(
        col(ConflictRow.dossier_id) == col(row.dossier_id), col(ConflictRow.person_id) == col(row.person_id)
    )
    return sa.and_(~conflict, ~set_aside(row), ~said_elsewhere(workflow, one.by, row))


def set_aside(row: Any = ScoreRow) -> sa.Exists:
    """The marks that somebody has set aside."""
    return sa.exists().where(
        col(SetAsideRow.dossier_id) == col(row.dossier_id), col(SetAsideRow.assessment) == col(row.assessment),
        col(SetAsideRow.person_id) == col(row.person_id), col(SetAsideRow.ended_at).is_(None),
    )  # fmt: skip


def of_its_list(workflow: Workflow, row: Any) -> Condition:
    """The condition that a row about a dossier belongs to the assessment that counts where the dossier stands."""
    if not workflow.assessments:
        return sa.true()
    every = lists(workflow)
    here = (sa.and_(col(DossierRow.state).in_(states), col(row.assessment) == one.name) for one, states in every)
    return sa.or_(sa.false(), *here)


def member_means(workflow: Workflow, of: Of, *, only: str | None = None) -> sa.Subquery:
    """dossier, member -> `mean`: the score of each member without a conflict who has given every mark.

    `of` says which dossiers are looked at; `only` in which state they stand, where that is known.
    """
    found = [_means_of(workflow, *each, of, only) for each in _listed(workflow, only)]
    number, nothing = sa.literal(0), sa.literal(0.0)
    none: Any = sa.select(number.label("dossier_id"), number.label("person_id"), nothing.label("mean"))
    return _together(found, none)


def _listed(workflow: Workflow, only: str | None) -> list[List]:
    return [(one, states) for one, states in scored_lists(workflow) if only is None or only in states]


def _together(found: list[sa.Select[Any]], none: sa.Select[Any]) -> sa.Subquery:
    """All of these; where there are none, nothing with the same columns."""
    if not found:
        return none.where(sa.false()).subquery("means")
    return (found[0] if len(found) == 1 else sa.union_all(*found)).subquery("means")


def _means_of(
    workflow: Workflow, one: Assessment, states: tuple[str, ...], of: Of, only: str | None
) -> sa.Select[Any]:
    mean, complete = complete_mean(workflow, one)
    return (
        sa.select(
            col(ScoreRow.dossier_id).label("dossier_id"), col(ScoreRow.person_id).label("person_id"), mean.label("mean")
        )
        .where(of_list(one, one.criteria), counting(workflow, one), *_standing(workflow, ScoreRow, states, of, only))
        .group_by(col(ScoreRow.dossier_id), col(ScoreRow.person_id))
        .having(complete)
    )  # fmt: skip


def _standing(
    workflow: Workflow, row: Any, states: tuple[str, ...], of: Of, only: str | None
) -> tuple[Condition, ...]:
    """The conditions that a mark is of one of the dossiers that are looked at, in one of these states."""
    if only is None and not workflow.assessments:
        return (of(row),)
    here = col(DossierRow.state) == only if only is not None else col(DossierRow.state).in_(states)
    return of(row), col(row.dossier_id).in_(sa.select(col(DossierRow.id)).where(here))


def scored(workflow: Workflow, of: Of, *, only: str | None = None) -> sa.Subquery:
    """dossier -> `mean` (its score), `spread` (between the members' own) and `members` (how many gave every mark)."""
    found: list[sa.Select[Any]] = []
    for one, states in _listed(workflow, only):
        means = _means_of(workflow, one, states, of, only).subquery("means").c
        by_members = one.score != "consensus"
        counted = means.mean if by_members else sa.cast(sa.null(), sa.Float)
        found.append(sa.select(means.dossier_id, means.mean, counted.label("counted")))
        if not by_members:
            found.append(_agreed_of(workflow, one, _standing(workflow, AgreedRow, states, of, only)))
    number, nothing = sa.literal(0), sa.literal(0.0)
    none: Any = sa.select(number.label("dossier_id"), nothing.label("mean"), nothing.label("counted"))
    each = _together(found, none).c
    return (
        sa.select(
            each.dossier_id,
            rounded(sa.func.avg(each.counted)).label("mean"),
            rounded(sa.func.max(each.mean) - sa.func.min(each.mean)).label("spread"),
            sa.func.count(each.mean).label("members"),
        )
        .group_by(each.dossier_id)
        .subquery("scored")
    )


def _agreed_of(workflow: Workflow, one: Assessment, where: tuple[Condition, ...]) -> sa.Select[Any]:
    mean, complete = complete_mean(workflow, one, AgreedRow)
    return (
        sa.select(
            col(AgreedRow.dossier_id).label("dossier_id"), sa.cast(sa.null(), sa.Float).label("mean"),
            mean.label("counted"),
        )
        .where(
            of_list(one, one.criteria, AgreedRow), *where,
            _agreed_here(workflow, one),
        )
        .group_by(col(AgreedRow.dossier_id))
        .having(complete)
    )  # fmt: skip


def _agreed_here(workflow: Workflow, one: Assessment) -> Condition:
    """The same as `of_its_committee`, in a question that is not about dossiers."""
    if not workflow.committees[one.by].per:
        return sa.true()
    here = sa.select(col(DossierRow.id)).where(of_its_committee(workflow, one.by, AgreedRow))
    return col(AgreedRow.dossier_id).in_(here.correlate(AgreedRow))


def score(workflow: Workflow) -> sa.ColumnElement[float]:
    """A dossier's score, as `score_over` has it; nothing when nobody scored it completely."""
    every = [(states, _score_of(workflow, one)) for one, states in scored_lists(workflow)]
    return _by_state(workflow, every)


def _score_of(workflow: Workflow, one: Assessment) -> sa.ColumnElement[float]:
    if one.score == "consensus":
        return _agreed(workflow, one)
    mean, complete = complete_mean(workflow, one)
    means = (
        sa.select(mean.label("mean"))
        .where(col(ScoreRow.dossier_id) == col(DossierRow.id), of_list(one, one.criteria), _counts(workflow, one))
        .correlate(DossierRow)
        .group_by(col(ScoreRow.person_id))
        .having(complete)
        .subquery("means")
    )
    return sa.select(rounded(sa.func.avg(means.c.mean))).scalar_subquery()


def _agreed(workflow: Workflow, one: Assessment) -> sa.ColumnElement[float]:
    mean, complete = complete_mean(workflow, one, AgreedRow)
    agreed = (
        sa.select(mean.label("mean"))
        .where(
            col(AgreedRow.dossier_id) == col(DossierRow.id), of_list(one, one.criteria, AgreedRow),
            of_its_committee(workflow, one.by, AgreedRow),
        )
        .correlate(DossierRow)
        .having(complete)
        .subquery("agreed_marks")
    )
    return sa.select(rounded(agreed.c.mean)).scalar_subquery()


def _counts(workflow: Workflow, one: Assessment) -> Condition:
    conflicted = sa.select(col(ConflictRow.person_id)).where(col(ConflictRow.dossier_id) == col(DossierRow.id))
    return sa.and_(
        col(ScoreRow.person_id).not_in(conflicted.correlate(DossierRow)), ~set_aside(),
        ~said_elsewhere(workflow, one.by, ScoreRow),
    )  # fmt: skip


def _by_state(
    workflow: Workflow, every: list[tuple[tuple[str, ...], sa.ColumnElement[float]]]
) -> sa.ColumnElement[float]:
    """Whichever of these is meant in the state of the dossier; nothing where none is."""
    if not every:
        return sa.cast(sa.null(), sa.Float)
    if not workflow.assessments:
        return every[0][1]
    return sa.case(*((col(DossierRow.state).in_(states), value) for states, value in every))


def mean_mark(workflow: Workflow, criterion: str) -> sa.ColumnElement[float]:
    """The mean of what a criterion's marks are worth over the members without a conflict; nothing without any."""
    every = [
        (states, _mean_mark(workflow, workflow.criteria[criterion], one))
        for one, states in lists(workflow)
        if criterion in one.criteria
    ]
    return _by_state(workflow, every)


def _mean_mark(workflow: Workflow, criterion: Criterion, one: Assessment) -> sa.ColumnElement[float]:
    marks = (
        sa.select(rounded(sa.func.avg(worth(criterion, col(ScoreRow.mark)))))
        .where(col(ScoreRow.dossier_id) == col(DossierRow.id), of_list(one, [criterion.name]), _counts(workflow, one))
        .correlate(DossierRow)
    )
    return marks.scalar_subquery()


def complete_members(workflow: Workflow) -> sa.ColumnElement[int]:
    """How many members without a conflict have given every mark of the list that counts."""
    found: list[tuple[tuple[str, ...], sa.ColumnElement[Any]]] = []
    for one, states in lists(workflow):
        each = (
            sa.select(col(ScoreRow.person_id))
            .where(col(ScoreRow.dossier_id) == col(DossierRow.id), of_list(one, one.criteria), _counts(workflow, one))
            .correlate(DossierRow)
            .group_by(col(ScoreRow.person_id))
            .having(sa.func.count(sa.distinct(col(ScoreRow.criterion))) == len(one.criteria))
            .subquery("complete")
        )
        found.append((states, sa.select(sa.func.count()).select_from(each).scalar_subquery()))
    return sa.func.coalesce(_by_state(workflow, found), 0)


def is_majority(workflow: Workflow, criterion: str, mark: float) -> Condition:
    """Whether more than half of the members without a conflict who marked a criterion gave that mark."""
    found: list[Condition] = []
    for one, states in lists(workflow):
        so = (
            sa.select(2 * sa.func.count(sa.case((col(ScoreRow.mark) == mark, 1))) > sa.func.count())
            .where(col(ScoreRow.dossier_id) == col(DossierRow.id), of_list(one, [criterion]), _counts(workflow, one))
            .correlate(DossierRow)
            .scalar_subquery()
        )
        if criterion in one.criteria:
            found.append(sa.and_(col(DossierRow.state).in_(states), so))
    return sa.or_(sa.false(), *found)
