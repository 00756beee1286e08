"""What do dossiers answer to the questions that a list can show, and in which order does that put them?"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from engine.database.cohort.guards import counted
from engine.database.connection import in_parts
from engine.database.expressions import string_of
from engine.database.records import DossierRow
from engine.rules.budgets import asking
from engine.rules.questions import Question
from engine.rules.workflow import Workflow

IN_ORDER = ("number", "money", "choice", "date", "dossier")
"""kinds of question whose answer is short enough for a cell, and means something in an order"""
SHOWN = (*IN_ORDER, "schedule")
"""the same, and those of which a cell says what they come to"""


def shown_questions(workflow: Workflow) -> Sequence[Question]:
    """The questions whose answers a list can show: what a dossier asks for has a column of its own."""
    apart = {one.name for one in asking(workflow)}
    return [one for one in workflow.questions.values() if one.kind in SHOWN and one.name not in apart]


def ordered_questions(workflow: Workflow) -> Sequence[Question]:
    """Those of them whose answers put a list in order."""
    return [one for one in shown_questions(workflow) if one.kind in IN_ORDER]


def answers_of(
    session: Session, workflow: Workflow, dossiers: Sequence[int], questions: Sequence[Question]
) -> Mapping[int, Mapping[str, str]]:
    """dossier -> question -> the newest answer that counts, as text (a schedule as JSON); nothing where there is none.
    """
    if not questions:
        return {}
    found: dict[int, Mapping[str, str]] = {}
    each = [counted(one, workflow, string_of) for one in questions]
    for some in in_parts(dossiers):
        rows = session.connection().execute(sa.select(col(DossierRow.id), *each).where(col(DossierRow.id).in_(some)))
        for id, *values in rows:
            said = zip(questions, values, strict=True)
            found[id or 0] = {one.name: value for one, value in said if value not in (None, "")}
    return found


def order_by(question: Question, workflow: Workflow) -> sa.ColumnElement[Any]:
    """By what the answers to a question are put in order: numbers by size, choices as the rules list them."""
    given = sa.func.nullif(counted(question, workflow, string_of), "")
    if question.kind in ("number", "money"):
        return sa.cast(given, sa.Float)
    if question.kind == "choice" and isinstance(question.choices, tuple):
        places = [(given == choice, place) for place, choice in enumerate(question.choices)]
        return sa.case(*places, else_=sa.null())
    return given
