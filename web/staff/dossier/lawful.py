"""What is there against what staff would do with a dossier, before they have said why?"""

from engine.cycle.acting import reasons_not_to_act
from engine.cycle.scene import Scene
from engine.database.records import DossierRow
from engine.errors import Refusal
from engine.rules.roles import Standing
from engine.rules.workflow import Transition


def reasons_for_staff(
    scene: Scene, dossier: DossierRow, transition: Transition, standing: Standing, *, by: str
) -> list[Refusal]:
    """The reasons against a move; that no reason is written down yet is none, nor that a verdict comes late."""
    late = transition.takes_effect is not None
    found = reasons_not_to_act(scene, dossier, transition, standing, reason=None, person=scene.person(by))
    return [one for one in found if one.code != "reason" and not (late and one.code == "late")]
