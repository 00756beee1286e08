"""Who comes first, and who fits under a cap?

A cohort under a cap has a total order and stops at the first that does not fit. Ties at the line are settled by the
workflow's stated rule.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.rules.numbers import NUMBERS, is_by_strand
from engine.rules.workflow import Ties, Transition, Workflow

STRAND = "strand"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A dossier in a ranking; `marks` holds its score, or its mean for a criterion, for each name of `order`."""

    number: str
    received_at: int
    marks: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ranked:
    number: str
    rank: int
    """equal for those who tie"""
    fits: bool
    tied_at_line: bool = False


def per_of(workflow: Workflow, transition: Transition) -> str | None:
    """Over what a transition counts, ranks and pays: as it says; each strand where a number of it says so."""
    numbers = (guard.value for guard in transition.guards if isinstance(guard.value, NUMBERS))
    by_strand = any(is_by_strand(number, workflow.given) for number in numbers)
    return transition.per or (STRAND if by_strand else None)


def order_of(transition: Transition) -> tuple[str, ...]:
    """By what a transition ranks: as it says, else by the score."""
    return transition.order or ("score",)


def list_of(workflow: Workflow, transition: Transition) -> str:
    """The name of the list in which a cohort is ranked for a transition: the first that asks for ranks in it.

    One list for all that rank the same dossiers at the same moment alike: whoever is first in it is first for each.
    """

    def asks(one: Transition) -> tuple[object, ...]:
        return set(one.sources), one.when, one.by, order_of(one), per_of(workflow, one)

    every = (one for one in workflow.transitions.values() if one.guard("rank_at_most"))
    return next(one.name for one in every if asks(one) == asks(transition))


def within(rank: int, equals: int, last: int, ties: Ties) -> bool:
    """Whether a rank is among the first `last`, where `equals` have it: a group that straddles the line is in or out
    as a whole, and with "ask" out until staff decide."""
    return rank + equals - 1 <= last or (rank <= last and ties == "in")


def rank(candidates: Sequence[Candidate], order: Sequence[str], places: int, ties: Ties) -> tuple[Ranked, ...]:
    """The candidates from first to last, and which of them fit into `places`.

    `order` names what counts, first named first: `received` is the earlier the better, `committee` (the place that it
    gave by hand) the smaller, anything else the higher; who has no mark comes last and fits nowhere. Whoever is equal
    in all of it ties: with "ask" no one of a group that straddles the line fits, with "in" all do, with "out" none
    does; "in" and "out" are settled, "ask" is left to staff.
    """

    def merit(candidate: Candidate) -> tuple[float, ...]:
        """The smaller the better; the first place tells whether a mark is wanting, which no arrival makes up for."""
        keys: list[float] = []
        unmarked = False
        for name in order:
            if name == "received":
                keys.append(float(candidate.received_at))
            else:
                mark = candidate.marks.get(name)
                unmarked = unmarked or mark is None
                keys.append(0.0 if mark is None else mark if name == "committee" else -mark)
        return (float(unmarked), *keys)

    ordered = sorted(candidates, key=lambda candidate: (merit(candidate), candidate.received_at, candidate.number))
    ranked: list[Ranked] = []
    start = 0
    while start < len(ordered):
        merits = merit(ordered[start])
        end = start
        while end < len(ordered) and merit(ordered[end]) == merits:
            end += 1
        unmarked = bool(merits[0])
        straddles = start < places < end
        fits = not unmarked and (end <= places or (straddles and ties == "in"))
        ranked += [
            Ranked(candidate.number, start + 1, fits, straddles and ties == "ask" and not unmarked)
            for candidate in ordered[start:end]
        ]
        start = end
    return tuple(ranked)
