"""How does a round stand, state by state: how many dossiers, what they ask for, and what they wait for?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from engine.database.pages import filtering, marks
from engine.database.pages.filtering import Filter
from engine.database.pages.lists import Looking
from engine.database.records import DossierRow, ObligationRow, RoleRow
from engine.database.store import places_held
from engine.rules.roles import deciding_committee, decisions_from
from engine.rules.workflow import Workflow

FIRST_CARDS = 8
"""of a column; the others stand in the table"""


@dataclass(frozen=True, slots=True)
class Gate:
    """How many may pass by a decision, and how many places are held: by those who passed, and by standing verdicts."""

    transition: str
    held: int
    cap: int


@dataclass(frozen=True, slots=True)
class Column:
    """The dossiers in one state."""

    state: str
    count: int
    asked: float
    incomplete: int
    scores_in: int
    """by members who have given every mark"""
    scores_wanted: int
    """of members without a conflict; 0 where nothing is to be marked"""
    owed: int
    """obligations of dossiers that stand here"""
    done: int
    """of these, fulfilled or excused"""
    gates: tuple[Gate, ...]
    first: tuple[int, ...]
    """the dossiers that are shown first"""


def columns(looking: Looking, wanted: Filter) -> Mapping[str, Column]:
    """state -> its column, of the dossiers that a filter leaves; gates are of the round, whatever is filtered."""

    def work_out() -> Mapping[str, Column]:
        sums, scores, owed, first = (
            _sums(looking, wanted), _scores(looking, wanted), _owed(looking, wanted), _first(looking, wanted),
        )  # fmt: skip
        return {state: _column(looking, state, sums, scores, owed, first) for state in looking.workflow.states}

    return work_out() if wanted.is_live else looking.keep(("columns", wanted), work_out)


Rows = Mapping[str, tuple[Any, ...]]
"""state -> what was counted of it"""


def _column(looking: Looking, state: str, sums: Rows, scores: Rows, owed: Rows, first: Rows) -> Column:
    count, asked, incomplete = sums.get(state, (0, 0.0, 0))
    scores_in, scores_wanted = scores.get(state, (0, 0))
    of_all, done = owed.get(state, (0, 0))
    return Column(
        state, count, asked, incomplete, scores_in, scores_wanted, of_all, done, _gates(looking, state),
        first.get(state, ()),
    )  # fmt: skip


def _by_state(looking: Looking, question: Any) -> dict[str, tuple[Any, ...]]:
    return {row[0]: tuple(row[1:]) for row in looking.session.connection().execute(question)}


def _sums(looking: Looking, wanted: Filter) -> dict[str, tuple[Any, ...]]:
    incomplete = sa.case((filtering.flag("incomplete", looking.rules), 1), else_=0)
    each = looking.chosen(
        wanted, col(DossierRow.state), filtering.amount(looking.workflow).label("amount"),
        incomplete.label("incomplete"),
    ).subquery("each")  # fmt: skip
    of = each.c
    sums = sa.func.count(), sa.func.coalesce(sa.func.sum(of.amount), 0.0), sa.func.sum(of.incomplete)
    return _by_state(looking, sa.select(of.state, *sums).group_by(of.state))


def _scores(looking: Looking, wanted: Filter) -> dict[str, tuple[int, int]]:
    """state -> how many members' marks are in, and how many there will be at most."""
    workflow = looking.workflow
    deciding = {state: name for state in workflow.states if (name := deciding_committee(workflow, state))}
    if not workflow.criteria or not deciding:
        return {}
    scored = marks.scored(workflow, marks.of_round(looking.round_id))
    states = col(DossierRow.state).in_(list(deciding))
    each = (
        looking.chosen(
            wanted, col(DossierRow.state), scored.c.members, marks.stepped_back(workflow).label("stepped_back")
        )
        .join(scored, scored.c.dossier_id == col(DossierRow.id), isouter=True)
        .where(states)
        .subquery("each")
    )
    of = each.c
    counted = sa.func.count(), sa.func.coalesce(sa.func.sum(of.members), 0), sa.func.sum(of.stepped_back)
    rows = _by_state(looking, sa.select(of.state, *counted).group_by(of.state))
    members = committee_sizes(looking)
    return {
        state: (int(given), max(int(count) * members.get(deciding[state], 0) - int(stepped_back), int(given)))
        for state, (count, given, stepped_back) in rows.items()
    }


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


def _first(looking: Looking, wanted: Filter) -> dict[str, tuple[int, ...]]:
    """state -> its first dossiers: the best marked, then by arrival, then by number."""
    workflow = looking.workflow
    scored = marks.scored(workflow, marks.of_round(looking.round_id))
    arrived = col(DossierRow.received_at).asc().nulls_last(), col(DossierRow.number)
    place = sa.func.row_number().over(
        partition_by=col(DossierRow.state),
        order_by=(scored.c.mean.desc().nulls_last(), *arrived),
    )
    shown = [state for state in workflow.states if state not in workflow.ends_in and state != workflow.begins_in]
    ordered = (
        looking.chosen(wanted, col(DossierRow.state), col(DossierRow.id), place.label("place"))
        .join(scored, scored.c.dossier_id == col(DossierRow.id), isouter=True)
        .where(col(DossierRow.state).in_(shown))
        .subquery("ordered")
    )
    of = ordered.c
    question = sa.select(of.state, of.id).where(of.place <= FIRST_CARDS).order_by(of.state, of.place)
    found: dict[str, list[int]] = {}
    for state, dossier_id in looking.session.connection().execute(question):
        found.setdefault(state, []).append(dossier_id)
    return {state: tuple(ids) for state, ids in found.items()}


def _gates(looking: Looking, state: str) -> tuple[Gate, ...]:
    workflow = looking.workflow
    found = []
    for name, decision in decisions_from(workflow, state).items():
        cap = decision.guard("at_most")
        if cap is not None and isinstance(cap.value, int):
            # what a verdict on a dossier that she has a tie with says is not told by a count either
            held = places_held(looking.session, workflow, looking.round_id, decision.target, besides=looking.tied)
            found.append(Gate(name, held, cap.value))
    return tuple(found)


def rails(workflow: Workflow) -> tuple[Sequence[str], Sequence[str], Sequence[str]]:
    """The states before, on and after the way: where a dossier begins, where it goes, and where it ends."""
    on_the_way = [state for state in workflow.states if state != workflow.begins_in and state not in workflow.ends_in]
    return [workflow.begins_in], on_the_way, list(workflow.ends_in)
