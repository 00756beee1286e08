"""Do the assessments fit the states, the committees and the questions?"""

from collections.abc import Iterator

from engine.files.source import Spot
from engine.rules.assessing import list_in
from engine.rules.questions import Question
from engine.rules.roles import deciding_committee
from engine.rules.workflow import STAFF, Assessment, Transition, Workflow

UNCOUNTABLE = ("long_text", "file")
"""kinds of question whose answers are all different"""


def check_assessments(workflow: Workflow, whole: Spot) -> None:
    """Complain about whatever concerns assessments together with other tables."""
    if whole.source.broken & {"assessment", "criterion", "state", "transition", "committee"}:
        return
    before: dict[str, str] = {}
    for one in workflow.assessments.values():
        spot = whole.at("assessment", one.name)
        for state in one.about:
            if state == workflow.begins_in:
                spot.at("about").complain(f'"{state}" is where dossiers are still written: nobody reads them there')
            elif state in before:
                spot.at("about").complain(
                    f'"{state}" is scored in "{before[state]}" already; put a state between the two'
                )
            before.setdefault(state, one.name)
            decides = deciding_committee(workflow, state)
            if decides not in (None, one.by):
                spot.at("about").complain(
                    f'"{decides}" decides on a dossier that is "{state}", and "{one.by}" scores it; '
                    "put a state between the two"
                )
        _check_questions(workflow, one, spot)
    if workflow.assessments:
        _check_uses(workflow, whole)


def _check_questions(workflow: Workflow, one: Assessment, spot: Spot) -> None:
    for named in _naming(workflow):
        if one.reads is not None and named.name not in one.reads:
            spot.at("reads").complain(f'must have "{named.name}": its answer is what people call the dossier')
    spread = workflow.questions.get(one.spread or "")
    if spread is not None and spread.kind in UNCOUNTABLE:
        spot.at("spread").complain(f'the answers to "{spread.name}" ({spread.kind}) are all different')
    if one.set_aside is not None:
        _check_set_aside(one, spot.at("set_aside"))
    known = "criterion" not in spot.source.broken
    if known and one.score == "consensus" and not any(workflow.criteria[name].weight for name in one.criteria):
        spot.at("score").complain("no score is agreed where every criterion has the weight 0")


def _check_set_aside(one: Assessment, spot: Spot) -> None:
    if not one.criteria:
        spot.complain("says nothing here: no marks are given, as there are no criteria")
    elif one.score == "consensus":
        spot.complain("says nothing here: what counts is the score that the committee agrees on")
    elif one.set_aside not in (STAFF, one.by):
        spot.complain(f'must be "staff" or "{one.by}": "{one.set_aside}" does not see the marks of the others')


def _naming(workflow: Workflow) -> Iterator[Question]:
    """The questions whose answers may be what people call a dossier: the first text that is there."""
    for question in workflow.questions.values():
        if question.kind == "text":
            yield question
            if question.required:
                return


def _check_uses(workflow: Workflow, whole: Spot) -> None:
    scored = {name for one in workflow.assessments.values() for name in one.criteria}
    for name in workflow.criteria:
        if name not in scored and "criterion" not in whole.source.broken:
            whole.at("criterion", name).complain("no assessment scores it", "warning")
    for move in workflow.transitions.values():
        _check_quorum(workflow, move, whole.at("transition", move.name, "only_if"))
        for place, name in enumerate(move.order):
            if name in workflow.criteria and not all(_counts(workflow, state, name) for state in move.sources):
                whole.at("transition", move.name, "order", place).complain(
                    f'"{name}" is not scored before a dossier moves so'
                )


def _check_quorum(workflow: Workflow, move: Transition, spot: Spot) -> None:
    """No more members can have scored a dossier than those to whom it was given."""
    quorum = move.guard("quorum")
    for state in move.sources if quorum else ():
        one = list_in(workflow, state)
        if quorum and one and one.readers and isinstance(quorum.value, int) and one.readers < quorum.value:
            spot.at("quorum").complain(
                f"cannot hold: each dossier is given to {one.readers} members, and {quorum.value} must score it"
            )
            return


def _counts(workflow: Workflow, state: str, criterion: str) -> bool:
    one = list_in(workflow, state)
    return one is not None and criterion in one.criteria
