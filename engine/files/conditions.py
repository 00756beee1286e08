"""Where do conditions stand in a workflow file, and which questions does it ask?"""

from collections.abc import Iterator

from engine.files.locating import Path
from engine.rules.conditions import Guard
from engine.rules.questions import Question
from engine.rules.workflow import Workflow


def questions_in(workflow: Workflow) -> Iterator[tuple[Path, Question]]:
    """Every question of every form, with its path in the file."""
    yield from ((("question", one.name), one) for one in workflow.questions.values())
    for form in workflow.deliverables.values():
        yield from ((("deliverable", form.name, "question", one.name), one) for one in form.questions.values())


def conditions_in(workflow: Workflow) -> Iterator[tuple[Path, tuple[Guard, ...]]]:
    """The conditions of every rule and of every question, with the path of its table in the file."""
    for path, question in questions_in(workflow):
        yield path, question.only_if
    for move in workflow.transitions.values():
        yield ("transition", move.name), move.guards
    for reminder in workflow.reminders.values():
        yield ("reminder", reminder.name), reminder.guards
    for obligation in workflow.obligations.values():
        yield ("obligation", obligation.name), obligation.guards


def called(path: Path) -> str:
    """A table as people name it: `[transition.admit]`."""
    return f"[{'.'.join(map(str, path))}]"
