"""Whose marks do not count for a dossier, because somebody who may says why not?

The marks stay where they are and are read as before; of the member nothing is asked again. What is set aside counts
again when that is taken back.
"""

from sqlmodel import col, select

from engine.cycle.late_moves import late_moves
from engine.cycle.people import standing_of
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.database.records import DossierRow, PersonRow, ScoreRow, SetAsideRow
from engine.database.store import the_id
from engine.errors import Refusal, Refused
from engine.faults import point
from engine.rules.assessing import assessment_in
from engine.rules.roles import may_act_as
from engine.rules.workflow import Assessment


def set_aside(scene: Scene, dossier: DossierRow, of: str, reason: str, *, by: str) -> None:
    """From now on the marks of a member (`of`, an address) do not count where the dossier stands.

    Raises Refused where the rules let nobody do so, without a reason, for who gave no mark, and for marks that are set
    aside already.
    """
    assessment, member, standing = _found(scene, dossier, of, by=by)
    called = member.name or member.email
    refuse([
        None if reason.strip() else
        Refusal("reason", "marks are set aside for a reason that is written"),
        None if standing is None else
        Refusal("set_aside", f"the marks of {called} are set aside already", {"because": "already", "member": called}),
        None if _has_marked(scene, dossier, assessment, member) else
        Refusal("set_aside", f"{called} has given {dossier.number} no mark", {"because": "no mark", "member": called}),
    ])  # fmt: skip
    scene.session.add(
        SetAsideRow(
            dossier_id=the_id(dossier), assessment=assessment.name, person_id=the_id(member), reason=reason.strip(),
            set_at=scene.now, set_by=the_id(scene.person(by)),
        )
    )  # fmt: skip
    scene.session.flush()
    point("marks set aside")
    scene.note(
        "marks set aside", by, dossier=dossier, of=member.email, assessment=assessment.name, reason=reason.strip()
    )
    late_moves(scene, dossier)


def count_again(scene: Scene, dossier: DossierRow, of: str, *, by: str) -> None:
    """The marks of a member that were set aside count again. Raises Refused for marks that are not."""
    assessment, member, standing = _found(scene, dossier, of, by=by)
    called = member.name or member.email
    refuse([
        Refusal("set_aside", f"the marks of {called} count", {"because": "count", "member": called})
        if standing is None else None
    ])  # fmt: skip
    assert standing is not None
    standing.ended_at, standing.ended_by = scene.now, the_id(scene.person(by))
    scene.session.add(standing)
    scene.session.flush()
    point("marks count again")
    scene.note("marks count again", by, dossier=dossier, of=member.email, assessment=assessment.name)
    late_moves(scene, dossier)


def _found(scene: Scene, dossier: DossierRow, of: str, *, by: str) -> tuple[Assessment, PersonRow, SetAsideRow | None]:
    """In which assessment, whose marks, and what sets them aside now. Raises Refused for who may not."""
    assessment = assessment_in(scene.workflow, dossier.state)
    if assessment is None or assessment.set_aside is None:
        sentence = f'the rules let nobody set marks aside while {dossier.number} is "{dossier.state}"'
        raise Refused([Refusal("set_aside", sentence, {"because": "nobody", "number": dossier.number})])
    refuse([may_act_as(assessment.set_aside, standing_of(scene, scene.person(by), dossier), scene.workflow)])
    member = scene.person(of)
    found = scene.session.exec(
        select(SetAsideRow).where(
            col(SetAsideRow.dossier_id) == dossier.id, col(SetAsideRow.assessment) == assessment.name,
            col(SetAsideRow.person_id) == member.id, col(SetAsideRow.ended_at).is_(None),
        )
    ).first()  # fmt: skip
    return assessment, member, found


def _has_marked(scene: Scene, dossier: DossierRow, assessment: Assessment, member: PersonRow) -> bool:
    given = select(ScoreRow.id).where(
        col(ScoreRow.dossier_id) == dossier.id, col(ScoreRow.assessment) == assessment.name,
        col(ScoreRow.person_id) == member.id, col(ScoreRow.replaced_at).is_(None),
    )  # fmt: skip
    return scene.session.exec(given.limit(1)).first() is not None
