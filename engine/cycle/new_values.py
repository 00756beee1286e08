"""What does whoever makes a move say anew: in which strand the dossier stands, or the answer to a question?

`sets` of a transition. The value is written before the move is judged, so that its guards see it; refused, nothing is
kept.
"""

from collections.abc import Mapping
from typing import Any

from engine.cycle.answering import check_answers, put_answers
from engine.cycle.changing_meetings import follow_scope
from engine.cycle.handing_over import decided_already, follow_committee
from engine.cycle.paying import less_than_paid
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.cycle.strands import put_strand, reasons_not_to_put
from engine.database.records import BatchRow, DossierRow, PersonRow
from engine.database.store import current_answers, the_id
from engine.errors import Refusal
from engine.faults import point
from engine.rules.giving import asked_of
from engine.rules.workflow import STRAND, Transition


def give_value(scene: Scene, dossier: DossierRow, transition: Transition, value: Any, person: PersonRow) -> Any:
    """Write the value that a move sets, which may be None where it sets nothing, and give what stood there before.

    Raises Refused where it is wanting, breaks the limits of its question, or does not go with the dossier.
    """
    if transition.sets is None:
        refuse([
            None if value is None else
            Refusal("sets", f'"{transition.name}" takes no new value', {"because": "none"})
        ])  # fmt: skip
        return None
    title = title_of_value(scene, transition)
    if value is None or value == "":
        sentence = f'"{transition.name}" asks for a new value: "{title}"'
        refuse([Refusal("sets", sentence, {"because": "missing", "what": title})])
    if transition.sets == STRAND:
        before = dossier.strand
        refuse(dict.fromkeys(reasons_not_to_put(scene, dossier, str(value))))
        put_strand(scene, dossier, str(value), by=person.email, reason=None)
        return before
    stored = current_answers(scene.session, the_id(dossier))
    before = stored.get(transition.sets)
    refuse([
        *check_answers(asked_of(scene.workflow.questions, dossier.strand), {transition.sets: value}, stored),
        less_than_paid(scene, dossier, transition.sets, value),
        decided_already(scene, dossier, transition.sets) if value != before else None,
    ])
    _answer_anew(scene, dossier, transition.sets, value, person)
    return before


def take_back_value(scene: Scene, batch: BatchRow, dossier: DossierRow, before: Any, person: PersonRow) -> None:
    """Put back what stood there before an act of staff that is undone."""
    sets = scene.workflow.transitions[batch.transition].sets
    if sets == STRAND:
        put_strand(scene, dossier, before, by=person.email, reason=None)
    elif sets is not None:
        _answer_anew(scene, dossier, sets, before, person)


def _answer_anew(scene: Scene, dossier: DossierRow, question: str, value: Any, person: PersonRow) -> None:
    answers: Mapping[str, Any] = {question: value}
    put_answers(scene, dossier, answers, person)
    point("new value given")
    scene.note("answers given", person.email, dossier=dossier, questions=[question])
    follow_committee(scene, dossier, question, by=person.email)
    follow_scope(scene, dossier, question, by=person.email)


def title_of_value(scene: Scene, transition: Transition) -> str:
    """What the value that a move sets is called: the question, or the strands that there are."""
    workflow = scene.workflow
    if transition.sets == STRAND:
        return " / ".join(workflow.strands.values())
    return workflow.questions[transition.sets or ""].ask
