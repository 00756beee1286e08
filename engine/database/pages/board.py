"""How does a round stand, state by state: how many dossiers, what they ask for, and what they wait for?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from engine.database.caps import caps_of
from engine.database.cohort.scores import scored as scored_by
from engine.database.pages import filtering, marks
from engine.database.pages.filtering import Filter
from engine.database.pages.lists import Looking
from engine.database.pages.ranking import Purse, purses
from engine.database.records import DossierRow, ObligationRow, RoleRow
from engine.rules.assessing import assessment_in
from engine.rules.roles import decisions_from
from engine.rules.workflow import Workflow

FIRST_CARDS = 8
"""of a column; the others stand in the table"""


@dataclass(frozen=True, slots=True)
class Gate:
    """How many may pass by a decision, and how many places are held: by those who passed, and by standing verdicts."""

    transition: str
    held: int
    cap: int
    scope: str | None = None
    """whose places these are; None where those of all are counted together"""


@dataclass(frozen=True, slots=True)
class Column:
    """The dossiers in one state."""

    state: str
    count: int
    asked: float
    scores_in: int
    """by members who have given every mark"""
    scores_wanted: int
    """of members without a conflict; 0 where nothing is to be marked"""
    owed: int
    """obligations of dossiers that stand here"""
    done: int
    """of these, fulfilled or excused"""
    gates: tuple[Gate, ...]
    purses: tuple[Purse, ...]
    """the budgets that moves out of the state draw on"""
    first: tuple[int, ...]
    """the dossiers that are shown first"""


def columns(looking: Looking, wanted: Filter) -> Mapping[str, Column]:
    """state -> its column, of the dossiers that a filter leaves; gates are of the round, whatever is filtered."""

    def work_out() -> Mapping[str, Column]:
        sums, owed = _sums(looking, wanted), _owed(looking, wanted)
        first, scores = _first(looking, wanted)
        return {state: _column(looking, state, sums, scores, owed, first) for state in looking.workflow.states}

    return work_out() if wanted.is_live else looking.keep(("columns", wanted), work_out)


Rows = Mapping[str, tuple[Any, ...]]
"""state -> what was counted of it"""


def _column(looking: Looking, state: str, sums: Rows, scores: Rows, owed: Rows, first: Rows) -> Column:
    count, asked = sums.get(state, (0, 0.0))
    scores_in, scores_wanted = scores.get(state, (0, 0))
    of_all, done = owed.get(state, (0, 0))
    return Column(
        state, count, asked, scores_in, scores_wanted, of_all, done, _gates(looking, state),
        tuple(purses(looking.session, looking.workflow, looking.round_id, state, besides=looking.tied)),
        first.get(state, ()),
    )  # fmt: skip


def _by_state(looking: Looking, question: Any) -> dict[str, tuple[Any, ...]]:
    return {row[0]: tuple(row[1:]) for row in looking.session.connection().execute(question)}


def _sums(looking: Looking, wanted: Filter) -> dict[str, tuple[Any, ...]]:
    each = looking.chosen(
        wanted, col(DossierRow.state), filtering.amount(looking.workflow).label("amount")
    ).subquery("each")
    of = each.c
    return _by_state(
        looking,
        sa.select(of.state, sa.func.count(), sa.func.coalesce(sa.func.sum(of.amount), 0.0)).group_by(of.state),
    )


def committee_sizes(looking: Looking) -> Mapping[str, int]:
    """committee -> how many members it has in the round."""

    def work_out() -> Mapping[str, int]:
        question = (
            sa.select(col(RoleRow.role), sa.func.count())
            .where(col(RoleRow.round_id) == looking.round_id, col(RoleRow.role).in_(list(looking.workflow.committees)))
            .group_by(col(RoleRow.role))
        )
        return {role: count for role, (count,) in _by_state(looking, question).items()}

    return looking.keep(("committees",), work_out)


def _owed(looking: Looking, wanted: Filter) -> dict[str, tuple[Any, ...]]:
    if not looking.workflow.obligations:
        return {}
    ended = sa.or_(col(ObligationRow.fulfilled_at).is_not(None), col(ObligationRow.excused_at).is_not(None))
    of_it = col(ObligationRow.dossier_id) == col(DossierRow.id)
    question = (
        looking.chosen(wanted, col(DossierRow.state), sa.func.count(), sa.func.sum(sa.case((ended, 1), else_=0)))
        .join(ObligationRow, of_it)
        .group_by(col(DossierRow.state))
    )
    return _by_state(looking, question)


def _first(looking: Looking, wanted: Filter) -> tuple[Rows, Rows]:
    """Of the states on the way: the first dossiers, and how many members' marks are in, of how many at most.

    The best marked come first, then who arrived first, then by number. All marks are summed up once.
    """
    workflow = looking.workflow
    scored = scored_by(workflow, marks.of_round(looking.round_id))
    _, shown, _ = rails(workflow)
    sizes = committee_sizes(looking)
    state = col(DossierRow.state)
    each = (
        looking.chosen(wanted, state, col(DossierRow.id), col(DossierRow.received_at), col(DossierRow.number))
        .join(scored, scored.c.dossier_id == col(DossierRow.id), isouter=True)
        .add_columns(
            scored.c.mean, sa.func.coalesce(scored.c.members, 0).label("members"),
            marks.wanted(workflow, sizes).label("wanted"),
        )
        .where(state.in_(shown))
        .subquery("each")
    )  # fmt: skip
    one = each.c
    order = one.mean.desc().nulls_last(), one.received_at.asc().nulls_last(), one.number
    # marks that are in are never more than those that are wanted
    most = sa.case((one.wanted < one.members, one.members), else_=one.wanted)
    ordered = sa.select(
        one.state, one.id, sa.func.row_number().over(partition_by=one.state, order_by=order).label("place"),
        sa.func.sum(one.members).over(partition_by=one.state).label("members"),
        sa.func.sum(most).over(partition_by=one.state).label("wanted"),
    ).subquery("ordered")  # fmt: skip
    of = ordered.c
    question = sa.select(of.state, of.id, of.members, of.wanted)
    first: dict[str, tuple[int, ...]] = {}
    scores: dict[str, tuple[int, int]] = {}
    rows = looking.session.connection().execute(question.where(of.place <= FIRST_CARDS).order_by(of.state, of.place))
    for name, dossier_id, members, wanted_ones in rows:
        first[name] = (*first.get(name, ()), dossier_id)
        if (read := assessment_in(workflow, name)) and read.criteria:
            scores[name] = (int(members), int(wanted_ones))
    return first, scores


def _gates(looking: Looking, state: str) -> tuple[Gate, ...]:
    workflow = looking.workflow
    found = []
    for name, decision in decisions_from(workflow, state).items():
        # what a verdict on a dossier that she has a tie with says is not told by a count either
        caps = caps_of(looking.session, workflow, looking.round_id, decision, besides=looking.tied)
        found += [Gate(name, cap.held, cap.most, cap.scope) for cap in caps]
    return tuple(found)


def rails(workflow: Workflow) -> tuple[Sequence[str], Sequence[str], Sequence[str]]:
    """The states before, on and after the way: where a dossier begins, where it goes, and where it ends."""
    on_the_way = [
        state for state, one in workflow.states.items()
        if not one.retired and state != workflow.begins_in and state not in workflow.ends_in
    ]
    return [workflow.begins_in], on_the_way, list(workflow.ends_in)
