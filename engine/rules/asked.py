"""Which questions of a form are asked, and which of its answers count?

A condition names questions that stand before it, so that one walk down the form settles all of them. An answer to a
question that is not asked stays where it is and counts for nothing.

A form is given as it is for dossiers of one strand (`engine.rules.giving.asked_of`): a condition on the strand that
still stands in it does not hold.
"""

from collections.abc import Mapping
from typing import Any

from engine.rules.conditions import Guard
from engine.rules.giving import asked_of
from engine.rules.questions import Question
from engine.rules.workflow import STRAND, Workflow

Answers = Mapping[str, Any]
Form = Mapping[str, Question]


def asked(form: Form, answers: Answers, elsewhere: Answers | None = None) -> dict[str, Question]:
    """The questions of a form, of one strand, that are asked, in its order.

    `answers` are those of this form by name, `elsewhere` those that count in other forms, by their key.
    """
    said = dict(elsewhere or {})
    found = {}
    for name, question in form.items():
        if not of_another_strand(question) and all(answers_hold(guard, said) for guard in question.only_if):
            found[name] = question
            said[question.key] = answers.get(name)
    return found


def counting(form: Form, answers: Answers, elsewhere: Answers | None = None) -> dict[str, Any]:
    """The answers that count, by the key of their question: `sector`, `report.planted`."""
    return {question.key: answers.get(name) for name, question in asked(form, answers, elsewhere).items()}


def all_counting(
    workflow: Workflow, answers: Answers, handed_in: Mapping[str, Answers], strand: str | None = None
) -> dict[str, Any]:
    """The answers that count in the own form of a dossier of that strand and in what was handed in, by the key of
    their question."""
    own = counting(asked_of(workflow.questions, strand), answers)
    found = dict(own)
    for name, given in handed_in.items():
        found |= counting(asked_of(workflow.deliverables[name].questions, strand), given, own)
    return found


def of_another_strand(question: Question) -> bool:
    """Whether a question, of the form of one strand, is asked of the dossiers of others only."""
    return any(guard.word == STRAND for guard in question.only_if)


def answers_hold(guard: Guard, said: Answers) -> bool:
    """Whether a guard `answer` holds: each question that it names has one of the choices that it names."""
    assert isinstance(guard.value, Mapping)
    return all(said.get(question) in choices for question, choices in guard.value.items())


def asked_about(guard: Guard) -> tuple[str, ...]:
    """The keys of the questions that a guard names: none but an `answer` does."""
    return tuple(guard.value) if guard.word == "answer" and isinstance(guard.value, Mapping) else ()
