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
from engine.rules.limits import wholes_of
from engine.rules.questions import Question


def check_answers(
    questions: Mapping[str, Question], answers: Mapping[str, Any], stored: Mapping[str, Any] | None = None
) -> tuple[Refusal, ...]:
    """What is wrong with answers as they are given; what is still missing is not asked yet.

    None takes an answer in words or numbers back; a file is only ever replaced. Of those that are `stored`, the ones
    whose limit is a part of what is given are held to it anew.
    """
    unknown = known_questions(questions, answers)
    said = {**(stored or {}), **answers}
    given = [questions[name] for name in answers if name in questions]
    held = [one for one in questions.values() if one.name not in answers and set(wholes_of(one)) & set(answers)]
    found = (
        check_answer(one, said.get(one.name), said)
        for one in [*given, *held]
        if said.get(one.name) is not None or one.kind == "file"
    )
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
