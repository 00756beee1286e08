"""In which strand does a dossier stand, and who says so?"""

from engine.cycle.answering import check_answers
from engine.cycle.changing_meetings import follow_scope
from engine.cycle.handing_over import decided_already, follow_committee
from engine.cycle.late_moves import late_moves
from engine.cycle.moved_edges import follow_edge
from engine.cycle.people import standing_of
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.database.caps import cap_of, handed_in
from engine.database.cohort.scopes import in_scope
from engine.database.records import DossierRow
from engine.database.store import current_answers, the_id
from engine.errors import Refusal
from engine.faults import point
from engine.rules.giving import asked_of
from engine.rules.numbers import NUMBERS, places
from engine.rules.ranking import per_of
from engine.rules.roles import must_be_staff
from engine.rules.strands import strand_refusal
from engine.rules.workflow import STRAND, Transition, Workflow


def change_strand(scene: Scene, dossier: DossierRow, strand: str, *, by: str, reason: str | None) -> None:
    """Staff put a dossier into another strand, and say why; the calendar takes up what has become possible by it.

    What stands already must go with the new strand: its answers keep the limits there, and where places are counted for
    each strand, one is left for the place that it holds. Raises Refused with every reason, Unknown for no such strand.
    """
    given = (reason or "").strip()
    refuse([
        must_be_staff(standing_of(scene, scene.person(by), dossier)),
        None if given else Refusal("reason", "a written reason is required"),
        *dict.fromkeys(reasons_not_to_put(scene, dossier, strand)),
    ])  # fmt: skip
    put_strand(scene, dossier, strand, by=by, reason=given)
    late_moves(scene, dossier)


def reasons_not_to_put(scene: Scene, dossier: DossierRow, strand: str) -> list[Refusal | None]:
    """What is against a dossier in that strand, whoever puts it there."""
    workflow = scene.workflow
    against: list[Refusal | None] = [strand_refusal(workflow, strand)]
    if against != [None]:
        return against
    title = workflow.strands[strand]
    against.append(decided_already(scene, dossier, STRAND))
    if dossier.strand == strand:
        against.append(Refusal("strand", f'{dossier.number} stands in "{title}" already', {"because": "same"}))
    questions = asked_of(workflow.questions, strand)
    values = current_answers(scene.session, the_id(dossier))
    known = {name: value for name, value in values.items() if name in questions}
    against += check_answers(questions, known)
    for transition in workflow.transitions.values():
        if transition.guard("at_most") is None or per_of(workflow, transition) != STRAND:
            continue
        of = scene.session, workflow, scene.round_id, transition
        now, then = cap_of(*of, dossier.strand), cap_of(*of, strand)
        without = cap_of(*of, dossier.strand, besides=the_id(dossier))
        holds = now.held > without.held
        state = workflow.states[transition.target].title
        beside_it = handed_in(scene.session, scene.round_id, in_scope(workflow, transition, dossier.strand))
        if without.held > _most_without(workflow, transition, dossier, beside_it):
            left = workflow.strands[dossier.strand or ""]
            sentence = f'with one dossier less there would be fewer places of "{left}" in "{state}" than are held'
            against.append(Refusal("strand", sentence, {"because": "share", "state": state, "strand": left}))
        if holds and not then.left:
            sentence = f'all {then.most} places of "{title}" in "{state}" are held'
            against.append(
                Refusal("strand", sentence, {"because": "full", "cap": then.most, "state": state, "strand": title})
            )
    return against


def _most_without(workflow: Workflow, transition: Transition, dossier: DossierRow, handed_in: int) -> int:
    """How many places its strand would have without the dossier: a share is one of fewer dossiers then."""
    cap = transition.guard("at_most")
    assert cap is not None
    assert isinstance(cap.value, NUMBERS)
    fewer = handed_in - (dossier.received_at is not None)
    return places(cap.value, workflow.given, dossier.strand, fewer)


def put_strand(scene: Scene, dossier: DossierRow, strand: str, *, by: str, reason: str | None) -> None:
    """Write the strand of a dossier, which may stand there, and let the journal say where it stood before.

    What it owes follows the dates that the strand has of its own.
    """
    dates = scene.calendar_of(dossier)
    before, dossier.strand = dossier.strand, strand
    scene.session.add(dossier)
    scene.session.flush()
    point("strand changed")
    scene.note("strand changed", by, dossier=dossier, before=before, strand=strand, reason=reason)
    follow_committee(scene, dossier, STRAND, by=by)
    follow_scope(scene, dossier, STRAND, by=by)
    if scene.calendar.apart:
        follow_edge(scene, dossier, None, dates)
