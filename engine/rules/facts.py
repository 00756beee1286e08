"""What does a guard need to know about a dossier?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

from engine.rules.workflow import Criterion

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
    recommended: bool = False
    verdict: str | None = None
    """the transition of the standing verdict"""
    reason: str | None = None
    """what whoever acts gives as the reason"""
    handed_in: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """deliverable -> the answers of the newest that counts as delivered"""
    places_held: Mapping[str, int] = field(default_factory=dict)
    """state -> places that other dossiers of the round hold in it"""


def to_six_places(number: float) -> float:
    """A score as it is compared: to six places, halves away from zero, which databases do as well."""
    return float(Decimal(number).quantize(Decimal("0.000001"), ROUND_HALF_UP))


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
    means = [
        sum(weight * given[name] for name, weight in weights.items()) / total
        for member, given in sorted(marks.items())
        if weights and member not in conflicted and weights.keys() <= given.keys()
    ]
    return to_six_places(sum(means) / len(means)) if means else None
