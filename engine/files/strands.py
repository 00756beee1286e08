"""Do the rules about strands speak of some of them, and never of none?"""

from engine.files.conditions import conditions_in, questions_in
from engine.files.source import Spot
from engine.rules.asked import asked_about
from engine.rules.guards import named
from engine.rules.workflow import STRAND, Workflow


def check_strands(workflow: Workflow, whole: Spot) -> None:
    """Warn where a strand makes no difference, and complain about a question that no strand is asked."""
    if len(workflow.strands) == 1:
        whole.at("strand").complain("is the only one: without [strand] all dossiers are of one kind already", "warning")
    for path, guards in conditions_in(workflow):
        for guard in guards:
            if guard.word == STRAND and set(workflow.strands) <= set(named(guard)):
                whole.at(*path, "only_if", guard.word).complain("always holds: it names every strand", "warning")
    _check_questions(workflow, whole)


def _check_questions(workflow: Workflow, whole: Spot) -> None:
    """What hangs on the answer to a question of other strands is asked of nobody."""
    asked_in: dict[str, set[str]] = {}
    for path, question in questions_in(workflow):
        of = set(workflow.strands)
        for guard in question.only_if:
            of &= set(named(guard)) if guard.word == STRAND else of
        for other in (name for guard in question.only_if for name in asked_about(guard)):
            both = of & asked_in.get(other, of)
            if of and not both:
                whole.at(*path, "only_if").complain(f'is asked of nobody: "{other}" is a question of other strands')
            of = both
        asked_in[question.key] = of
