"""What does a guard need to know about a dossier?"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

from engine.rules.earlier import Before
from engine.rules.workflow import Criterion, Workflow

ObligationState = Literal["open", "handed in", "fulfilled", "excused", "overdue"]
"""`handed in` awaits the review of staff: it is neither overdue nor fulfilled"""
UNFULFILLED: tuple[ObligationState, ...] = ("open", "handed in", "overdue")
"""owed still, whoever is to do something about it"""
AWAITED: tuple[ObligationState, ...] = ("open", "overdue")
"""owed still, and it is for the applicant to do it"""


@dataclass(frozen=True, slots=True)
class Owed:
    """One obligation of a dossier and where it stands."""

    name: str
    position: int
    state: ObligationState
    last_day: str


@dataclass(frozen=True, slots=True)
class Facts:
    """One dossier as the rules see it at one instant; `attended` includes what is excused."""

    number: str
    state: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    attended: frozenset[str] = frozenset()
    delivered: frozenset[str] = frozenset()
    owed: tuple[Owed, ...] = ()
    score: float | None = None
    scored_by: int = 0
    """how many members without a conflict have given every mark"""
    marks: Mapping[str, Mapping[float, int]] = field(default_factory=dict)
    """criterion -> mark -> how many members without a conflict gave it"""
    recommended: bool = False
    verdict: str | None = None
    """the transition of the standing verdict"""
    reason: str | None = None
    """what whoever acts gives as the reason"""
    answered_later: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """deliverable -> the answers of the newest that counts as delivered"""
    rank: int | None = None
    """its place in the list of its cohort; None for who has none"""
    equals: int = 1
    """how many have that rank, with this one"""
    ranked: int = 0
    """how many have a rank: what a share of them is a share of"""
    places_held: Mapping[str, int] = field(default_factory=dict)
    """state -> places that other dossiers of the round hold in it; of its own strand where those are counted apart"""
    before: Before | None = None
    """what the applicant did before; None where nobody asked"""
    lifted: frozenset[str] = frozenset()
    """the guards that staff have lifted for this dossier"""
    sits_in: frozenset[str] = frozenset()
    """the committees of which whoever acts is a member"""
    strand: str | None = None
    scope: str | None = None
    """with what it is counted under a cap or a budget; None where it is the whole round"""
    money: float | None = None
    """the amount that it asks in the question by which money is given"""
    money_left: float = 0.0
    """what is left of that money"""
    handed_in: int = 0
    """dossiers of the round, or of the strand, that were handed in: what a share of the places is a share of"""


def to_six_places(number: float) -> float:
    """A score as it is compared: to six places, halves away from zero, which databases do as well."""
    return float(Decimal(number).quantize(Decimal("0.000001"), ROUND_HALF_UP))


def best_score(workflow: Workflow) -> float:
    """The highest score that can be given: what a share of the score is a share of."""
    return _mean_of_scales(workflow, max)


def worst_score(workflow: Workflow) -> float:
    """The lowest score that can be given."""
    return _mean_of_scales(workflow, min)


def _mean_of_scales(workflow: Workflow, end: Callable[[Iterable[int | float]], int | float]) -> float:
    weight = sum(criterion.weight for criterion in workflow.criteria.values())
    return sum(end(criterion.scale) * criterion.weight for criterion in workflow.criteria.values()) / (weight or 1)


def weighted_score(
    criteria: Mapping[str, Criterion],
    marks: Mapping[str, Mapping[str, float]],
    conflicted: frozenset[str] = frozenset(),
) -> float | None:
    """The mean over members of each member's weighted mean over the criteria; None when nobody scored completely.

    `marks` is member -> criterion -> mark. A member with a conflict, or who left a criterion open, does not count.
    """
    weights = {criterion.name: criterion.weight for criterion in criteria.values()}
    total = sum(weights.values())
    complete = complete_scores(criteria, marks, conflicted)
    means = [sum(weight * given[name] for name, weight in weights.items()) / total for given in complete]
    return to_six_places(sum(means) / len(means)) if means else None


def complete_scores(
    criteria: Mapping[str, Criterion],
    marks: Mapping[str, Mapping[str, float]],
    conflicted: frozenset[str] = frozenset(),
) -> Sequence[Mapping[str, float]]:
    """The marks (criterion -> mark) of each member without a conflict who has given every one; none without criteria.

    `marks` is as `weighted_score` has it.
    """
    return [
        given
        for member, given in sorted(marks.items())
        if criteria and member not in conflicted and criteria.keys() <= given.keys()
    ]


def marks_given(
    marks: Mapping[str, Mapping[str, float]], conflicted: frozenset[str] = frozenset()
) -> Mapping[str, Mapping[float, int]]:
    """criterion -> mark -> how many members without a conflict gave it; `marks` is as `weighted_score` has it."""
    found: dict[str, dict[float, int]] = {}
    for member, given in sorted(marks.items()):
        for criterion, mark in given.items() if member not in conflicted else ():
            counts = found.setdefault(criterion, {})
            counts[mark] = counts.get(mark, 0) + 1
    return found
