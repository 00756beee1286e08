"""How are the answers of a form checked, and kept?"""

from collections.abc import Mapping
from typing import Any

from sqlmodel import col, func, select

from engine.cycle.own_day import follow_day
from engine.cycle.scene import Scene
from engine.database.records import AnswerRow, DossierRow, PersonRow
from engine.database.store import the_id
from engine.errors import Refusal
from engine.faults import point
from engine.rules.forms import check_answer, known_questions
from engine.rules.workflow import Question


def check_answers(questions: Mapping[str, Question], answers: Mapping[str, Any]) -> tuple[Refusal, ...]:
    """What is wrong with answers as they are given; what is still missing is not asked yet.

    None takes an answer in words or numbers back; a file is only ever replaced.
    """
    unknown = known_questions(questions, answers)
    given = ((questions[name], value) for name, value in answers.items() if name in questions)
    found = (check_answer(one, value) for one, value in given if value is not None or one.kind == "file")
    return (*unknown, *(refusal for refusal in found if refusal))


def put_answers(scene: Scene, dossier: DossierRow, answers: Mapping[str, Any], person: PersonRow) -> None:
    """Write answers that have been checked."""
    version = scene.session.exec(
        select(func.max(AnswerRow.version)).where(col(AnswerRow.dossier_id) == dossier.id)
    ).one()
    for question, value in answers.items():
        scene.session.add(
            AnswerRow(
                dossier_id=the_id(dossier), question=question, version=(version or 0) + 1, value=value,
                given_at=scene.now, given_by=the_id(person),
            )
        )  # fmt: skip
    scene.session.flush()
    point("answers stored")
    follow_day(scene, dossier)
