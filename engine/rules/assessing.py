"""In which assessment is a dossier scored, whose scores count for it, and what do marks come to?

A workflow that declares no assessment has one all the same: the committee that decides scores on every criterion, in
the states in which it decides.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.rules.facts import to_six_places
from engine.rules.marks import place_of, score_falls, worth
from engine.rules.numbers import Number, PerStrand, amount, fill_in, is_share
from engine.rules.roles import judging_committee
from engine.rules.workflow import Assessment, Criterion, Workflow

UNDECLARED = ""
"""the name of the assessment of a workflow that declares none"""


def assessment_in(workflow: Workflow, state: str) -> Assessment | None:
    """The assessment in which dossiers in that state are scored, or None."""
    if workflow.assessments:
        return next((one for one in workflow.assessments.values() if state in one.about), None)
    committee = judging_committee(workflow, state)
    return _undeclared(workflow, committee) if committee else None


def has_one_time(assessment: Assessment, cut: str | None) -> bool:
    """Whether dossiers are scored in an assessment until one instant for all, or for as long as is decided; `cut` is
    the phase of the round that is cut into batches."""
    recurs = assessment.window is not None and assessment.window.recurs_with(cut)
    return assessment.within is None and assessment.own_window is None and not recurs


def list_in(workflow: Workflow, state: str) -> Assessment | None:
    """The assessment whose scores count for a dossier in that state: what guards judge, and rankings put in order.

    It is the one about that state; or else the last, in the order of the file, from whose states a way leads there.
    """
    if not workflow.assessments:
        return _undeclared(workflow, judging_committee(workflow, state) or "")
    if (here := assessment_in(workflow, state)) is not None:
        return here
    behind = [one for one in workflow.assessments.values() if state in _following(workflow, one.about)]
    return behind[-1] if behind else None


def lists(workflow: Workflow) -> list[tuple[Assessment, tuple[str, ...]]]:
    """Each assessment with the states in which its scores count."""
    found: dict[str, tuple[Assessment, list[str]]] = {}
    for state in workflow.states:
        if (one := list_in(workflow, state)) is not None:
            found.setdefault(one.name, (one, []))[1].append(state)
    return [(one, tuple(states)) for one, states in found.values()]


def _undeclared(workflow: Workflow, committee: str) -> Assessment:
    title = workflow.committees[committee].title if committee else ""
    about = tuple(state for state in workflow.states if committee and judging_committee(workflow, state) == committee)
    return Assessment(UNDECLARED, title, committee, about, tuple(workflow.criteria))


def _following(workflow: Workflow, states: Iterable[str]) -> set[str]:
    reached, fresh = set(states), set(states)
    while fresh:
        moves = workflow.transitions.values()
        fresh = {move.target for move in moves if fresh & set(move.sources)} - reached
        reached |= fresh
    return reached


def criteria_of(workflow: Workflow, assessment: Assessment | None) -> dict[str, Criterion]:
    """What is scored in an assessment, by name; nothing in none."""
    return {name: workflow.criteria[name] for name in assessment.criteria} if assessment else {}


def criteria_in(workflow: Workflow, state: str) -> dict[str, Criterion]:
    """The criteria whose marks count for a dossier in that state."""
    return criteria_of(workflow, list_in(workflow, state))


def divisor(workflow: Workflow, assessment: Assessment) -> float:
    """By what weighted marks are divided to become a member's score; 0 where nothing counts."""
    total = float(sum(one.weight for one in criteria_of(workflow, assessment).values()))
    return 1.0 if total and assessment.score == "sum" else total


def ends(workflow: Workflow, assessment: Assessment) -> tuple[float, float]:
    """The lowest and the highest score that can come of an assessment; (0, 0) where nothing counts."""
    by = divisor(workflow, assessment)
    criteria = criteria_of(workflow, assessment).values()
    low, high = (sum(pick(one.scale) * one.weight for one in criteria) / (by or 1) for pick in (min, max))
    return low, high


def member_score(workflow: Workflow, assessment: Assessment, marks: Mapping[str, float]) -> float | None:
    """What one member's marks come to, or those that were agreed; None unless every one is given and one counts."""
    criteria, by = criteria_of(workflow, assessment), divisor(workflow, assessment)
    if not by or not criteria.keys() <= marks.keys():
        return None
    return sum(one.weight * worth(one, marks[name]) for name, one in criteria.items()) / by


def score_over(
    workflow: Workflow,
    assessment: Assessment,
    marks: Mapping[str, Mapping[str, float]],
    conflicted: frozenset[str] = frozenset(),
    agreed: Mapping[str, float] | None = None,
) -> float | None:
    """The score of a dossier, more being better, from `marks` (member -> criterion -> mark) or those `agreed`.

    It is the mean over the members without a conflict who gave every mark; None when there is nobody. Where one score
    is agreed it is that of the agreed marks.
    """
    if assessment.score == "consensus":
        one = member_score(workflow, assessment, agreed or {})
        return None if one is None else to_six_places(one)
    scores = [
        score
        for member, given in sorted(marks.items())
        if member not in conflicted and (score := member_score(workflow, assessment, given)) is not None
    ]
    return to_six_places(sum(scores) / len(scores)) if scores else None


def said_score(workflow: Workflow, assessment: Assessment | None, score: float | None) -> float | None:
    """A score as people read it: where every scale falls, the best score is the lowest. Reading it back is the same."""
    if assessment is None or score is None or not score_falls(criteria_of(workflow, assessment).values()):
        return score
    low, high = ends(workflow, assessment)
    return to_six_places(low + high - score)


@dataclass(frozen=True, slots=True)
class Floor:
    """The least score that is asked for: as people say it, and as scores are compared."""

    said: float | str
    worth: float


def floor_of(workflow: Workflow, assessment: Assessment, asked: Number | str, strand: str | None = None) -> Floor:
    """What `score_at_least` asks of a dossier of that strand: a score as people say it, a share, or a mark in words.

    A share is one of the highest score that can come of the assessment.
    """
    if isinstance(asked, str):
        criteria = [one for one in criteria_of(workflow, assessment).values() if asked in one.words and one.weight]
        return Floor(asked, float(place_of(criteria[0], asked)))
    filled = fill_in(asked, workflow.given)
    part = filled.of[strand] if isinstance(filled, PerStrand) and strand is not None else filled
    number = amount(part, workflow.given, strand, whole=ends(workflow, assessment)[1])
    turned = said_score(workflow, assessment, number)
    assert turned is not None
    return Floor(turned, float(number)) if is_share(part, workflow.given) else Floor(number, float(turned))
