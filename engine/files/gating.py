"""Does a gate know what it counts, and who gives the order in which it lets pass?"""

from engine.files.source import Spot
from engine.rules.budgets import draws_on
from engine.rules.roles import ordering_committee
from engine.rules.workflow import STRAND, Transition, Workflow


def check_gates(workflow: Workflow, whole: Spot) -> None:
    """Complain about money of no amount, parts that nobody can tell apart, and an order that nobody gives."""
    for transition in workflow.transitions.values():
        place = whole.at("transition", transition.name)
        _check_money(workflow, transition, place)
        _check_per(workflow, transition, place)
        if "committee" in transition.order:
            _check_by_hand(workflow, transition, place.at("order"))


def _check_money(workflow: Workflow, transition: Transition, place: Spot) -> None:
    question = workflow.questions.get(draws_on(transition) or "")
    if question is None or "question" in place.source.broken:
        return
    if question.kind != "money":
        place.at("only_if", "budget_left").complain(
            f'"{question.name}" asks for no money: its kind is "{question.kind}"'
        )
    elif not question.required:
        place.at("only_if", "budget_left").complain(
            f'"{question.name}" may be left open: what is asked is taken from the budget, so it must be required'
        )


def _check_per(workflow: Workflow, transition: Transition, place: Spot) -> None:
    question = workflow.questions.get(transition.per or "")
    if transition.per in (None, STRAND) or question is None or "question" in place.source.broken:
        return
    if str(question.kind) != "choice":
        place.at("per").complain(
            f'"{question.name}" has the kind "{question.kind}": only what one chooses from a list can be counted apart'
        )


def _check_by_hand(workflow: Workflow, transition: Transition, place: Spot) -> None:
    if len(transition.sources) > 1:
        place.complain('"committee" is the order of those in one state, and "from" names several')
    elif ordering_committee(workflow, transition.sources[0]) is None:
        place.complain(
            f'nobody gives the order by hand: no committee decides on "{transition.sources[0]}", and there is not just '
            "one committee"
        )
