"""Which dossiers are named, and what is missing from them: which answers, and what is owed by now?"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, select

from engine.database.connection import in_parts
from engine.database.records import AnswerRow, DossierRow, ObligationRow
from engine.database.store import the_id
from engine.rules.forms import missing
from engine.rules.workflow import Workflow


@dataclass(frozen=True, slots=True)
class Wanting:
    """What one dossier lacks: `questions` are asked as the rules ask them, `owed` are `name`, `position`, `last_day`.

    What is owed is wanting from the first day on which it can be given.
    """

    number: str
    questions: tuple[str, ...] = ()
    owed: tuple[dict[str, Any], ...] = field(default=())


def dossiers_named(session: Session, round_id: int, numbers: Collection[str]) -> dict[str, int]:
    """number -> dossier, of those of the numbers that the round has."""
    found: dict[str, int] = {}
    for some in in_parts(sorted(set(numbers))):
        rows = session.exec(
            select(DossierRow.number, DossierRow.id).where(
                col(DossierRow.round_id) == round_id, col(DossierRow.number).in_(some)
            )
        ).all()
        found |= {number: dossier_id for number, dossier_id in rows if dossier_id is not None}
    return found


def wanting(
    session: Session, workflow: Workflow, dossier_ids: Collection[int], now: int
) -> Mapping[int, Wanting]:
    """dossier -> what it lacks at `now`; a dossier that lacks nothing, or has come to its end, is not there."""
    found: dict[int, Wanting] = {}
    for some in in_parts(sorted(dossier_ids)):
        rows = session.exec(
            select(DossierRow).where(col(DossierRow.id).in_(some), col(DossierRow.state).not_in(workflow.ends_in))
        ).all()
        answers: dict[int, dict[str, Any]] = {}
        given = session.exec(
            select(AnswerRow).where(col(AnswerRow.dossier_id).in_(some)).order_by(col(AnswerRow.version))
        ).all()
        for answer in given:
            answers.setdefault(answer.dossier_id, {})[answer.question] = answer.value
        owed: dict[int, list[dict[str, Any]]] = {}
        open_ones = session.exec(
            select(ObligationRow)
            .where(
                col(ObligationRow.dossier_id).in_(some),
                col(ObligationRow.fulfilled_at).is_(None),
                col(ObligationRow.excused_at).is_(None),
                col(ObligationRow.handed_in_at).is_(None),
                col(ObligationRow.opens_at) <= now,
            )
            .order_by(col(ObligationRow.due_at), col(ObligationRow.name), col(ObligationRow.position))
        ).all()
        for row in open_ones:
            fact = {"name": row.name, "position": row.position, "last_day": row.last_day}
            owed.setdefault(row.dossier_id, []).append(fact)
        for dossier in rows:
            of = the_id(dossier)
            values = answers.get(of, {})
            form = workflow.questions
            questions = tuple(one.ask for name, one in form.items() if missing(form, values, among=(name,)))
            if questions or of in owed:
                found[of] = Wanting(dossier.number, questions, tuple(owed.get(of, ())))
    return found
