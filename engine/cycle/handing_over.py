"""What becomes of a committee's work when a dossier goes to another committee of that name?

Where there is one for each strand or answer, a dossier goes to another with its strand or its answer. What the members
of the former one said stays, and counts while it lies before them: so it counts again when the dossier comes back.
"""

from engine.cycle.assigning import end_assignments
from engine.cycle.scene import Scene
from engine.database.records import DossierRow
from engine.database.store import standing_verdict, the_id
from engine.errors import Refusal


def decided_already(scene: Scene, dossier: DossierRow, per: str) -> Refusal | None:
    """Why a dossier cannot go to another committee, or None: a verdict of the one before which it lies stands."""
    verdict = standing_verdict(scene.session, the_id(dossier))
    transition = scene.workflow.transitions.get(verdict.transition) if verdict else None
    committee = scene.workflow.committees.get((transition.by if transition else None) or "")
    if transition is None or committee is None or committee.per != per:
        return None
    state = scene.workflow.states[transition.target].title
    sentence = (
        f'a verdict of "{committee.title}" stands on {dossier.number} ("{state}"), and it would lie before another '
        "committee of that name; take the verdict back first"
    )
    facts = {"because": "decided", "number": dossier.number, "committee": committee.title, "state": state}
    return Refusal("verdict", sentence, facts)


def follow_committee(scene: Scene, dossier: DossierRow, per: str, *, by: str) -> None:
    """After its strand or its answer (`per`) has become another: its former readers are asked about it no more."""
    for committee in scene.workflow.committees.values():
        if committee.per == per:
            end_assignments(scene, None, by=by, dossier=dossier, committee=committee.name)
