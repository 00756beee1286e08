"""If a dossier were moved now, would it go, and what would its letters say?"""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.cycle.moving import reasons_against
from engine.cycle.obligations import windows_for
from engine.cycle.scene import Scene
from engine.cycle.slots import order_of
from engine.cycle.telling import applicant_facts, line_facts, shared_facts
from engine.cycle.verdicts import reasons_not_to_take_effect
from engine.database.coming import is_its
from engine.database.pages.releases import Moves, Named
from engine.database.records import DossierRow
from engine.database.running_orders import meetings_open_to
from engine.database.store import facts_of, recommendations_of, standing_verdict, the_id
from engine.errors import Refusal
from engine.rules.guards import judge
from engine.rules.workflow import APPLICANT, Transition, reason_told


def shared_now(scene: Scene) -> dict[str, Any]:
    """What all letters of a cause would share, as the round stands."""
    return shared_facts(scene.workflow, scene.calendar)


def letter_facts(
    scene: Scene, dossier: DossierRow, transition: Transition, role: str, *, reason: str | None
) -> dict[str, Any]:
    """The facts that a transition's letter to a role would be given of one dossier, the person left out.

    To the applicant it tells what moving brings with it: the state, the words of the committee, the next free place of
    a running order, what is owed from then on. To others it is a line of a list.
    """
    workflow, target = scene.workflow, scene.workflow.states[transition.target]
    told = reason_told(transition, reason)
    if role != APPLICANT:
        line = line_facts(scene.session, workflow, dossier)
        return {"dossiers": [{**line, "state": target.title}], "reason": told}
    facts = applicant_facts(scene.session, workflow, scene.calendar_of(dossier), dossier, told)
    facts["dossier"]["state"] = target.shown
    if transition.takes_effect is not None:
        facts["recommendations"] = [one.words for one in recommendations_of(scene.session, workflow, the_id(dossier))]
    facts["slot"] = facts["slot"] or _next_slot(scene, dossier, transition.target)
    facts["obligations"] += [
        {"name": one.name, "position": laid.position, "last_day": laid.last_day.isoformat()}
        for one in workflow.obligations.values()
        if transition.target in one.owed_by
        and not judge(one.guards, facts_of(scene.session, workflow, dossier, one.guards, when=scene.when), workflow)
        for laid in windows_for(scene, dossier, one, scene.calendar_of(dossier), since=scene.now)
    ]
    return facts


def _next_slot(scene: Scene, dossier: DossierRow, state: str) -> dict[str, Any] | None:
    """The next free place of the first meeting with a running order that is open to a dossier in a state."""
    for meeting in meetings_open_to(scene.workflow, state):
        order = order_of(scene, meeting) if is_its(scene.session, meeting, dossier) else None
        if order is not None and order.free and order.published_at is None:
            hours = order.day.at(order.free[0])
            return {
                "meeting": meeting.name, "position": order.free[0], "starts_at": hours.starts_at,
                "ends_at": hours.ends_at,
            }  # fmt: skip
    return None


def reasons_against_all(
    scene: Scene, moves: Moves, dossiers: Sequence[Named]
) -> Mapping[str, Sequence[Refusal]]:
    """number -> why a dossier of a batch would not go if its moment were now."""
    found: dict[str, Sequence[Refusal]] = {}
    for named in dossiers:
        dossier = scene.session.get_one(DossierRow, named.id)
        verdict = standing_verdict(scene.session, named.id)
        held = {one.name: one for one in moves.held}
        if verdict is not None and verdict.transition in held:
            found[named.number] = reasons_not_to_take_effect(scene, dossier, verdict)
            continue
        by_calendar = [one for one in held.values() if one.takes_effect is None and dossier.state in one.sources]
        found[named.number] = [reason for one in by_calendar for reason in reasons_against(scene, dossier, one)]
    return found
