"""On which score does a committee agree, where one is agreed?

It is entered by the chair, or minuted by staff; what the members gave themselves stays as it is.
"""

from collections.abc import Mapping

from sqlalchemy import insert, update
from sqlmodel import col

from engine.cycle.late_moves import late_moves
from engine.cycle.opinions import off_its_scale, scoring_refusal
from engine.cycle.people import standing_of
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.database.records import AgreedRow, DossierRow
from engine.database.sitting import scope_of
from engine.database.store import the_id
from engine.errors import Refusal, Refused, did_you_mean
from engine.faults import point
from engine.rules.assessing import assessment_in, criteria_of
from engine.rules.roles import may_act_as


def agree(scene: Scene, dossier: DossierRow, marks: Mapping[str, float], *, by: str) -> None:
    """The marks that the committee agreed on, one a criterion; a new one replaces the earlier. Of words the place.

    Raises Refused where no score is agreed on, and with every other reason.
    """
    person = scene.person(by)
    assessment = assessment_in(scene.workflow, dossier.state)
    if assessment is None or assessment.score != "consensus":
        sentence = f'no score is agreed on while {dossier.number} is "{dossier.state}"'
        raise Refused([Refusal("agreed", sentence, {"number": dossier.number})])
    criteria = criteria_of(scene.workflow, assessment)
    refuse([
        may_act_as(assessment.by, standing_of(scene, person, dossier), scene.workflow),
        scoring_refusal(scene, dossier, assessment),
        *(
            off_its_scale(criteria[name], mark)
            if name in criteria
            else Refusal("criterion", f'there is no criterion "{name}"{did_you_mean(name, criteria)}')
            for name, mark in marks.items()
        ),
        None if marks else Refusal("mark", "no mark is given", {"because": "none"}),
    ])  # fmt: skip
    scene.session.connection().execute(
        update(AgreedRow)
        .where(
            col(AgreedRow.dossier_id) == dossier.id, col(AgreedRow.assessment) == assessment.name,
            col(AgreedRow.criterion).in_(marks), col(AgreedRow.replaced_at).is_(None),
        )
        .values(replaced_at=scene.now)
    )  # fmt: skip
    point("agreed marks replaced")
    scope = scope_of(scene.session, scene.workflow, assessment.by, the_id(dossier))
    scene.session.connection().execute(
        insert(AgreedRow),
        [
            {"dossier_id": dossier.id, "assessment": assessment.name, "criterion": name, "mark": float(mark),
             "agreed_at": scene.now, "agreed_by": person.id, "scope": scope}
            for name, mark in marks.items()
        ],
    )  # fmt: skip
    point("agreed marks written")
    scene.note(
        "score agreed", by, dossier=dossier, marks=dict(marks), assessment=assessment.name, scope=scope or None
    )
    late_moves(scene, dossier)
