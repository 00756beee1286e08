"""Who comes first, and who fits under a cap?

A cohort under a cap has a total order and stops at the first that does not fit. Ties at the line are settled by the
workflow's stated rule.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from engine.rules.budgets import BUDGET, draws_on
from engine.rules.facts import to_six_places
from engine.rules.numbers import NUMBERS, is_by_strand
from engine.rules.workflow import STRAND, Ties, Transition, Workflow

BATCH = "batch"
Wants = Literal["marks", "a better rank", "a place", "money"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A dossier in a ranking; `marks` holds its score, or its mean for a criterion, for each name of `order`."""

    number: str
    received_at: int
    marks: Mapping[str, float | None] = field(default_factory=dict)
    amount: float = 0.0
    """the money that it asks, where money is given"""


@dataclass(frozen=True, slots=True)
class Ranked:
    number: str
    rank: int
    """equal for those who tie"""
    fits: bool
    tied_at_line: bool = False
    wants: Wants | None = field(default=None, compare=False)
    """what it lacks, where it does not fit"""


def per_of(workflow: Workflow, transition: Transition) -> str | None:
    """Over what a transition counts, ranks and pays: as it says; each strand where a number of it says so."""
    numbers = (guard.value for guard in transition.guards if isinstance(guard.value, NUMBERS))
    by_strand = any(is_by_strand(number, workflow.given) for number in numbers) or _has_budgets(workflow, transition)
    return transition.per or (STRAND if by_strand else None)


def _has_budgets(workflow: Workflow, transition: Transition) -> bool:
    budget = workflow.given.get(BUDGET)
    return draws_on(transition) is not None and isinstance(budget, NUMBERS) and is_by_strand(budget, workflow.given)


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


def rank(
    candidates: Sequence[Candidate], order: Sequence[str], places: int | None, ties: Ties, money: float | None = None
) -> tuple[Ranked, ...]:
    """The candidates from first to last, and which of them fit into `places` and share out `money`, where there is an
    end of these.

    `order` names what counts, first named first: `received` is the earlier the better, `committee` (the place that it
    gave by hand) the smaller, anything else the higher; who has no mark comes last and fits nowhere. Whoever is equal
    in all of it ties: with "ask" no one of a group that straddles the line fits, with "in" all do, with "out" none
    does; "in" and "out" are settled, "ask" is left to staff. After the first that does not fit nobody does: who asks
    less is not let in before who is better. Money is never given that is not there, whatever is done about ties.
    """
    ordered = sorted(candidates, key=lambda one: (_merit(one, order), one.received_at, one.number))
    ranked: list[Ranked] = []
    start, is_open, left = 0, True, money
    while start < len(ordered):
        merits = _merit(ordered[start], order)
        end = start
        while end < len(ordered) and _merit(ordered[end], order) == merits:
            end += 1
        group, unmarked = ordered[start:end], bool(merits[0])
        amounts = [one.amount for one in group]
        inside = places is None or end <= places
        straddles = places is not None and start < places < end
        paid = left is None or to_six_places(sum(amounts)) <= left
        fits = is_open and not unmarked and paid and (inside or (straddles and ties == "in"))
        # one of the group might have it, and nothing says which
        torn = is_open and not unmarked and not fits and len(group) > 1 and (places is None or start < places)
        torn = torn and (left is None or min(amounts) <= left)
        wants = _wants(unmarked, torn, start, places) if not fits else None
        ranked += [Ranked(one.number, start + 1, fits, torn and ties == "ask", wants) for one in group]
        is_open = fits
        left = to_six_places(left - sum(amounts)) if fits and left is not None else left
        start = end
    return tuple(ranked)


def _wants(unmarked: bool, torn: bool, before: int, places: int | None) -> Wants:
    """What a group lacks that does not fit, with so many before it."""
    if unmarked:
        return "marks"
    if torn:
        return "a better rank"
    return "a place" if places is not None and before >= places else "money"


def _merit(candidate: Candidate, order: Sequence[str]) -> tuple[float, ...]:
    """The smaller the better; the first tells whether a mark is wanting, which no arrival makes up for."""
    keys: list[float] = []
    unmarked = False
    for name in order:
        if name == "received":
            keys.append(float(candidate.received_at))
            continue
        mark = candidate.marks.get(name)
        unmarked = unmarked or mark is None
        keys.append(0.0 if mark is None else mark if name == "committee" else -mark)
    return (float(unmarked), *keys)
