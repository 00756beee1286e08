"""Between which numbers, amounts or days do the answers lie that somebody wants to see?

In an address each bound stands by the name of its question, `from.trees=10` and `to.trees=100`, and is itself within.
"""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from engine.database.pages.answers import order_by, ordered_questions
from engine.rules.questions import Question
from engine.rules.typed import parse_answer, write_answer
from engine.rules.workflow import Workflow

FROM, UP_TO = "from.", "to."
NOT_SO: Mapping[str, str] = {"money": "no amount", "number": "no number", "date": "no day"}
"""kind of question whose answers can lie between two others -> what a bound that is none is left out because of"""

Bounds = tuple[tuple[str, str], ...]
"""(`from.QUESTION` or `to.QUESTION`, the bound as it is typed)"""


def ranged_questions(workflow: Workflow) -> Sequence[Question]:
    """The questions whose answers can lie between two others; what a dossier asks for has a filter of its own."""
    return [one for one in ordered_questions(workflow) if one.kind in NOT_SO]


def bounds_of(workflow: Workflow) -> Mapping[str, Question]:
    """Every name that a bound can have -> its question."""
    return {f"{side}{one.name}": one for one in ranged_questions(workflow) for side in (FROM, UP_TO)}


def is_bound(name: str) -> bool:
    """Whether a part of an address is meant as a bound, of whichever question."""
    return name.startswith((FROM, UP_TO))


def written(question: Question, typed: str) -> str:
    """A bound as it stands in an address, however it was typed. Raises GrantcycleError for one that is no answer."""
    return write_answer(question, parse_answer(question, typed))


def within(bounds: Bounds, workflow: Workflow) -> list[sa.ColumnElement[bool]]:
    """The conditions that the answers of a dossier that count lie there; without an answer they do not."""
    known, found = bounds_of(workflow), []
    for name, bound in bounds:
        question = known[name]
        given = order_by(question, workflow)
        wanted = bound if question.kind == "date" else float(parse_answer(question, bound))
        found.append(given >= wanted if name.startswith(FROM) else given <= wanted)
    return found
