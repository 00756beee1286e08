"""Can everybody tell to which committee or meeting a dossier belongs, where there is one for each strand or answer?"""

from collections.abc import Iterable

from engine.files.source import Spot
from engine.rules.numbers import PerStrand
from engine.rules.questions import Question
from engine.rules.roles import ordering_committee
from engine.rules.workflow import STRAND, Committee, Meeting, Transition, Workflow


def check_divided(workflow: Workflow, whole: Spot) -> None:
    """Complain about a committee or a meeting for each answer to what not every dossier answers, and about an order by
    hand that counts for dossiers of several committees together."""
    divided: tuple[tuple[str, Iterable[Committee | Meeting]], ...] = (
        ("committee", workflow.committees.values()), ("meeting", workflow.meetings.values()),
    )  # fmt: skip
    for kind, named in divided:
        for one in named:
            if one.per not in (None, STRAND) and "question" not in whole.source.broken:
                _check_question(workflow.questions.get(one.per or ""), kind, whole.at(kind, one.name, "per"))
    for transition in workflow.transitions.values():
        sources = [state for state in transition.sources if state in workflow.states]
        gives = workflow.committees.get((ordering_committee(workflow, sources[0]) if sources else None) or "")
        if "committee" in transition.order and gives is not None and gives.per not in (None, _counted_over(transition)):
            whole.at("transition", transition.name, "order").complain(
                f'each committee "{gives.name}" gives an order of its own: count those of each by themselves, '
                f'per = "{gives.per}"'
            )


def _counted_over(transition: Transition) -> str | None:
    """Over what a transition counts, as the workflow file itself says."""
    by_strand = any(isinstance(guard.value, PerStrand) for guard in transition.guards)
    return transition.per or (STRAND if by_strand else None)


def _check_question(question: Question | None, kind: str, place: Spot) -> None:
    if question is None:
        return
    if str(question.kind) != "choice":
        place.complain(
            f'"{question.name}" has the kind "{question.kind}": there is one {kind} for each of what one chooses '
            "from a list"
        )
    elif not question.required or question.only_if:
        lost = "lie before no committee" if kind == "committee" else "be asked to no meeting"
        place.complain(
            f'"{question.name}" may be left open: a dossier without an answer would {lost}, so it '
            "must be required and asked of everybody"
        )


def not_by_strand(per: str | None) -> str | None:
    """Why a meeting has no seats for each strand; None where there is one meeting for each."""
    if per == STRAND:
        return None
    for_all = f'it is one meeting for all (add per = "{STRAND}")'
    return f'there is one meeting for each answer to "{per}"' if per else for_all
