"""Which rank has each dossier of a cohort?

Whoever lacks a mark by which it is ranked has none. What was worked out at the moment is kept as a list, and asked from
then on: nobody moves up because somebody left.
"""

from dataclasses import dataclass
from fractions import Fraction

import sqlalchemy as sa
from sqlmodel import Session, col

from engine.database.cohort.scopes import scope
from engine.database.cohort.scores import mean_mark, score
from engine.database.expressions import Expression
from engine.database.records import DossierRow, PlacementRow, RankedRow
from engine.database.sitting import of_its_committee
from engine.rules.numbers import NUMBERS, Number, PerStrand, Share, fill_in
from engine.rules.ranking import list_of, order_of
from engine.rules.roles import ordering_committee
from engine.rules.workflow import Transition, Workflow

Condition = sa.ColumnElement[bool]


def given_place(workflow: Workflow, state: Expression) -> sa.ColumnElement[int]:
    """The place that the committee gave a dossier by hand in a state; nothing where it gave none.

    Of committees of which there is one each, the one before which it lies now.
    """
    of = {name: ordering_committee(workflow, name) for name in workflow.states}
    apart = {name: one for name, one in of.items() if one and workflow.committees[one].per}
    its = [sa.and_(col(PlacementRow.state) == name, ~of_its_committee(workflow, one, PlacementRow))
           for name, one in apart.items()]  # fmt: skip
    return (
        sa.select(col(PlacementRow.place))
        .where(
            col(PlacementRow.dossier_id) == col(DossierRow.id), col(PlacementRow.state) == state,
            col(PlacementRow.replaced_at).is_(None), ~sa.or_(sa.false(), *its),
        )
        .correlate(DossierRow)
        .scalar_subquery()
    )  # fmt: skip


def merit(workflow: Workflow, name: str) -> sa.ColumnElement[float]:
    """What counts for `name` of an order: of two dossiers the one that has less of it comes first."""
    if name == "received":
        return sa.func.coalesce(col(DossierRow.received_at), col(DossierRow.started_at))
    if name == "committee":
        return sa.cast(given_place(workflow, col(DossierRow.state)), sa.Float)
    return -(score(workflow) if name == "score" else mean_mark(workflow, name))


def worked_out(workflow: Workflow, transition: Transition, among: Condition) -> sa.Subquery:
    """dossier_id, scope, rank: of each `among` a cohort that has what it is ranked by. Who ties has the same rank."""
    names = order_of(transition)
    each = sa.select(
        col(DossierRow.id).label("dossier_id"), scope(workflow, transition).label("scope"),
        *(merit(workflow, name).label(f"merit_{place}") for place, name in enumerate(names)),
    ).where(among).subquery("each")  # fmt: skip
    merits = [each.c[f"merit_{place}"] for place, _ in enumerate(names)]
    place = sa.func.rank().over(partition_by=each.c.scope, order_by=merits)
    return (
        sa.select(each.c.dossier_id, each.c.scope, place.label("rank"))
        .where(*(one.is_not(None) for one in merits))
        .subquery("worked_out")
    )


def _kept(round_id: int, workflow: Workflow, transition: Transition) -> Condition:
    return sa.and_(col(RankedRow.round_id) == round_id, col(RankedRow.list) == list_of(workflow, transition))


def is_ranked(round_id: int, workflow: Workflow, transition: Transition) -> Condition:
    """Whether a dossier stands in the list that was kept."""
    return sa.exists().where(
        _kept(round_id, workflow, transition), col(RankedRow.dossier_id) == col(DossierRow.id)
    )  # fmt: skip


def _with_equals(rows: sa.FromClause) -> sa.Subquery:
    """dossier_id, scope, rank, equals, ranked: with each how many of its scope have its rank, and how many have one."""
    of = rows.c
    equals = sa.func.count().over(partition_by=(of.scope, of.rank))
    ranked = sa.func.count().over(partition_by=of.scope)
    asked = sa.select(of.dossier_id, of.scope, of.rank, equals.label("equals"), ranked.label("ranked"))
    return asked.select_from(rows).subquery("with_equals")


def _list(workflow: Workflow, transition: Transition, round_id: int, among: Condition | None) -> sa.Subquery:
    """The list that was kept; or the one that would be, if it were worked out now `among` a cohort."""
    if among is not None:
        return _with_equals(worked_out(workflow, transition, among))
    row = RankedRow
    kept = sa.select(col(row.dossier_id), col(row.scope), col(row.rank)).where(_kept(round_id, workflow, transition))
    return _with_equals(kept.subquery("kept"))


def among_the_first(
    workflow: Workflow, transition: Transition, round_id: int, *, among: Condition | None = None
) -> Condition:
    """Whether a dossier is among the first that its transition lets pass, as `engine.rules.ranking.within` has it.

    By the list that was kept; with `among` by the one that would be, if it were worked out now among these.
    """
    guard = transition.guard("rank_at_most")
    assert guard is not None
    assert isinstance(guard.value, NUMBERS)
    of = _list(workflow, transition, round_id, among).c
    last = _last(fill_in(guard.value, workflow.given), of.scope, of.ranked)
    inside = of.rank + of.equals - 1 <= last
    if transition.ties == "in":
        inside = sa.or_(inside, of.rank <= last)
    return col(DossierRow.id).in_(sa.select(of.dossier_id).where(inside))


def _last(number: Number, strand: Expression, ranked: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    """The last rank that passes, as `engine.rules.numbers.places` has it."""
    if isinstance(number, PerStrand):
        return sa.case(*((strand == name, _last(one, strand, ranked)) for name, one in number.of.items()))
    if isinstance(number, Share):
        part = Fraction(str(number.percent)) / 100
        return (ranked * part.numerator) // sa.literal(part.denominator)
    assert isinstance(number, int)
    return sa.literal(number)


@dataclass(frozen=True, slots=True)
class Standing:
    """The rank of a dossier, how many have it, and how many have one."""

    rank: int
    equals: int
    ranked: int


def rank_of(
    session: Session,
    workflow: Workflow,
    transition: Transition,
    round_id: int,
    dossier_id: int,
    *,
    among: Condition | None = None,
) -> Standing | None:
    """The rank of a dossier; None for who has none. `among` is as `among_the_first` has it."""
    of = _list(workflow, transition, round_id, among).c
    asked = sa.select(of.rank, of.equals, of.ranked).where(of.dossier_id == dossier_id)
    found = session.connection().execute(asked).first()
    return None if found is None else Standing(*(int(one) for one in found))
