"""How does a committee put the dossiers before it in order by hand?

Its chair gives the places, or staff who minute them: of all that stand in one state, from the first on. Who is left out
has no place.
"""

from collections.abc import Sequence

from sqlmodel import col, select

from engine.cycle.late_moves import late_moves
from engine.cycle.people import standing_of
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.database.records import DossierRow, PlacementRow
from engine.database.store import the_id, ties_of
from engine.errors import Refusal, Unknown
from engine.faults import point
from engine.rules.roles import is_ordered, may_act_as, ordering_committee
from engine.rules.workflow import STAFF


def give_order(scene: Scene, state: str, numbers: Sequence[str], *, by: str) -> None:
    """Place the dossiers of these numbers in a state, from the first on; those that are not named have no place more.

    Raises Unknown for a state or a dossier that is not there, Refused with every reason.
    """
    workflow = scene.workflow
    if state not in workflow.states:
        raise Unknown("state", state, workflow.states)
    person = scene.person(by)
    standing = standing_of(scene, person)
    committee = ordering_committee(workflow, state)
    here = {one.number: one for one in scene.dossiers_in((state,))}
    named = [scene.dossier(number) for number in dict.fromkeys(numbers)]
    elsewhere = next((one for one in named if one.number not in here), None)
    ties = [ties_of(scene.session, the_id(one), the_id(person)) for one in here.values()]
    tied = any(conflict or (contact and STAFF not in standing.roles) for contact, conflict, _ in ties)
    refuse([
        may_act_as(committee or STAFF, standing, workflow),
        None if is_ordered(workflow, state) and committee else
        Refusal("order", f'the rules ask for no order by hand in "{state}"', {"because": "none"}),
        Refusal("order", "a dossier is placed twice", {"because": "twice"}) if len(named) < len(numbers) else None,
        Refusal(
            "order", f'{elsewhere.number} does not stand in "{state}"', {"because": "elsewhere",
            "number": elsewhere.number},
        )
        if elsewhere else None,
        Refusal(
            "order", "you have a conflict with a dossier that would be placed; staff minute the order of the others",
            {"because": "tied"},
        )
        if tied else None,
    ])  # fmt: skip
    place_of = {one.number: place for place, one in enumerate(named, start=1)}
    changed = [one for one in here.values() if _place(scene, one, state, place_of.get(one.number), the_id(person), by)]
    late_moves(scene, *changed)


def _place(scene: Scene, dossier: DossierRow, state: str, place: int | None, person_id: int, by: str) -> bool:
    """Give a dossier its place, or none; gives whether it is another than before."""
    earlier = scene.session.exec(
        select(PlacementRow).where(
            col(PlacementRow.dossier_id) == dossier.id, col(PlacementRow.state) == state,
            col(PlacementRow.replaced_at).is_(None),
        )
    ).first()  # fmt: skip
    if place == (earlier.place if earlier else None):
        return False
    if earlier:
        earlier.replaced_at = scene.now
        scene.session.add(earlier)
        scene.session.flush()
        point("placement replaced")
    if place is not None:
        scene.session.add(
            PlacementRow(
                dossier_id=the_id(dossier), state=state, place=place, given_at=scene.now, given_by=person_id
            )
        )
        scene.session.flush()
        point("placement written")
    scene.note("placed" if place else "placement taken back", by, dossier=dossier, state=state, place=place)
    return True
