"""Into which parts is a dossier's form divided, and how far is each?

By the kind of its questions: what the project is, what it costs, and the documents. Who hands in comes first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from engine.rules.asked import asked, of_another_strand
from engine.rules.forms import missing
from engine.rules.questions import Question
from engine.rules.workflow import Workflow
from web.ask import Ask

YOU, PROJECT, BUDGET, DOCUMENTS = "you", "project", "budget", "documents"
PARTS = {
    "text": PROJECT, "long_text": PROJECT, "number": PROJECT, "choice": PROJECT, "date": PROJECT, "money": BUDGET,
    "schedule": BUDGET, "file": DOCUMENTS, "dossier": PROJECT, "conflicts": PROJECT,
}  # fmt: skip
"""kind of a question -> the part that it stands in"""
Progress = Literal["done", "progress", "todo"]


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the form: a page of its own."""

    name: str
    questions: Mapping[str, Question]


def sections_of(workflow: Workflow) -> tuple[Section, ...]:
    """The parts that have questions, in the order in which they are filled in; the first asks who hands in."""
    parts: dict[str, dict[str, Question]] = {PROJECT: {}, BUDGET: {}, DOCUMENTS: {}}
    for name, question in workflow.questions.items():
        if of_another_strand(question):
            continue
        parts[PARTS[question.kind]][name] = question
    return (Section(YOU, {}), *(Section(name, questions) for name, questions in parts.items() if questions))


def title_of(ask: Ask, section: Section) -> str:
    """What a part is called, in the reader's language."""
    titles = {
        YOU: ask.say("You and your organisation"),
        PROJECT: ask.say("Your project"),
        BUDGET: ask.say("Budget"),
        DOCUMENTS: ask.say("Documents"),
    }
    return titles[section.name]


def progress(workflow: Workflow, section: Section, organisation: str, answers: Mapping[str, Any]) -> Progress:
    """How far a part is: `done` once nothing is missing that is asked for, and something stands there."""
    if section.name == YOU:
        return "done" if organisation.strip() else "todo"
    begun = any(answers.get(name) not in (None, "") for name in section.questions)
    if not begun:
        return "todo"
    return "progress" if missing(workflow.questions, answers, among=section.questions) else "done"


def may_be_left(workflow: Workflow, section: Section, answers: Mapping[str, Any]) -> bool:
    """Whether nothing in a part has to be answered."""
    now = asked(workflow.questions, answers)
    return section.name != YOU and not any(one.required for name, one in now.items() if name in section.questions)
