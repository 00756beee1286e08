"""What are the rules of a programme in one round, which gives the numbers and lists that they call by name?"""

from collections.abc import Mapping
from dataclasses import replace

from engine.rules.conditions import Guard
from engine.rules.meetings_apart import with_meetings_apart
from engine.rules.numbers import Given, Named, Number, PerStrand, fill_in
from engine.rules.questions import Question
from engine.rules.workflow import STRAND, Workflow


def asked_of(questions: Mapping[str, Question], strand: str | None) -> dict[str, Question]:
    """The questions as a dossier of that strand is asked them: of a limit for each strand, its own.

    A condition on the strand is settled: one that holds is gone, one that stays does not.
    """
    return dict(questions) if strand is None else {name: _asked_of(one, strand) for name, one in questions.items()}


def _asked_of(question: Question, strand: str) -> Question:
    def own(number: Number | None) -> Number | None:
        return number.of[strand] if isinstance(number, PerStrand) else number

    holds = [one for one in question.only_if if one.word == STRAND and strand in one.names]
    if not holds and not isinstance(question.at_most, PerStrand) and not isinstance(question.at_least, PerStrand):
        return question
    left = tuple(one for one in question.only_if if one not in holds)
    return replace(question, at_most=own(question.at_most), at_least=own(question.at_least), only_if=left)


def rules_for(workflow: Workflow, strand: str) -> Workflow:
    """The rules of a round as they hold for a dossier of that strand: its limits in every form."""
    return replace(
        workflow,
        questions=asked_of(workflow.questions, strand),
        deliverables={
            name: replace(one, questions=asked_of(one.questions, strand)) for name, one in workflow.deliverables.items()
        },
    )


def rules_in(workflow: Workflow, given: Mapping[str, Given]) -> Workflow:
    """The workflow as it holds in a round that gives these: every name of a number filled in.

    There is a meeting for each strand or answer where one says so. A workflow that calls nothing by name is else given
    back as it is when the round gives nothing either.
    """
    if not given:
        return with_meetings_apart(workflow)

    def filled(number: Number | None) -> Number | None:
        return None if number is None else fill_in(number, given)

    def questions(of: Mapping[str, Question]) -> dict[str, Question]:
        return {
            name: replace(
                one, at_most=filled(one.at_most), at_least=filled(one.at_least), choices=choices(one.choices)
            )
            for name, one in of.items()
        }

    def choices(of: tuple[str, ...] | Named) -> tuple[str, ...] | Named:
        listed = given.get(of.name) if isinstance(of, Named) else of
        return listed if isinstance(listed, tuple) else of

    def guards(of: tuple[Guard, ...]) -> tuple[Guard, ...]:
        return tuple(
            replace(one, value=fill_in(one.value, given)) if isinstance(one.value, Named | PerStrand) else one
            for one in of
        )

    return with_meetings_apart(replace(
        workflow,
        given=given,
        questions=questions(workflow.questions),
        deliverables={
            name: replace(one, questions=questions(one.questions)) for name, one in workflow.deliverables.items()
        },
        meetings={name: replace(one, seats=filled(one.seats)) for name, one in workflow.meetings.items()},
        transitions={name: replace(one, guards=guards(one.guards)) for name, one in workflow.transitions.items()},
        reminders={name: replace(one, guards=guards(one.guards)) for name, one in workflow.reminders.items()},
    ))  # fmt: skip
