"""How does a committee put the dossiers before it in order by hand?

Its chair gives the places, or staff who minute them: of all that stand in one state, from the first on. Who is left out
has no place. Where there is a committee for each strand or answer, each places its own.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import col, select

from engine.cycle.late_moves import late_moves
from engine.cycle.people import standing_of
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.database.records import DossierRow, PersonRow, PlacementRow
from engine.database.sitting import scopes_among
from engine.database.store import the_id, ties_of
from engine.errors import Refusal, Unknown
from engine.faults import point
from engine.rules.roles import Standing, is_ordered, may_act_as, ordering_committee
from engine.rules.workflow import STAFF


def give_order(scene: Scene, state: str, numbers: Sequence[str], *, by: str) -> None:
    """Place the dossiers of these numbers in a state, from the first on, for each committee by itself; those before
    a committee that whoever acts leads, and that are not named, have no place more.

    Raises Unknown for a state or a dossier that is not there, Refused with every reason.
    """
    workflow = scene.workflow
    if state not in workflow.states:
        raise Unknown("state", state, workflow.states)
    person = scene.person(by)
    committee = ordering_committee(workflow, state)
    every = scene.dossiers_in((state,))
    named = [scene.dossier(number) for number in dict.fromkeys(numbers)]
    scopes = scopes_among(scene.session, workflow, committee, [the_id(one) for one in every])
    here = {one.number: one for one in every if not scopes or _leads(scene, one, committee, person)}
    wrong = [_not_among(one, state) if one.state != state else _leads_not(scene, one, committee, person)
             for one in named if one.number not in here]  # fmt: skip
    ties = [ties_of(scene.session, the_id(one), the_id(person)) for one in here.values()]
    standing = standing_of(scene, person)
    tied = any(conflict or (contact and STAFF not in standing.roles) for contact, conflict, _ in ties)
    refuse([
        may_act_as(committee or STAFF, standing, workflow),
        None if is_ordered(workflow, state) and committee else
        Refusal("order", f'the rules ask for no order by hand in "{state}"', {"because": "none"}),
        Refusal("order", "a dossier is placed twice", {"because": "twice"}) if len(named) < len(numbers) else None,
        *wrong[:1],
        Refusal(
            "order", "you have a conflict with a dossier that would be placed; staff minute the order of the others",
            {"because": "tied"},
        )
        if tied else None,
    ])  # fmt: skip
    counts: Counter[str] = Counter()
    place_of = {}
    for one in named:
        scope = scopes.get(the_id(one), "")
        counts[scope] += 1
        place_of[one.number] = counts[scope]
    changed = [
        one for one in here.values()
        if _place(scene, one, state, place_of.get(one.number), the_id(person), by, scopes.get(the_id(one), ""))
    ]  # fmt: skip
    late_moves(scene, *changed)


def _leads_not(scene: Scene, dossier: DossierRow, committee: str | None, person: PersonRow) -> Refusal | None:
    """Why somebody may not place a dossier, or None: the chair of the committee before which it lies may, and staff."""
    return may_act_as(committee or STAFF, _without_ties(standing_of(scene, person, dossier)), scene.workflow)


def _leads(scene: Scene, dossier: DossierRow, committee: str | None, person: PersonRow) -> bool:
    return _leads_not(scene, dossier, committee, person) is None


def _without_ties(standing: Standing) -> Standing:
    """The same of somebody whose own ties are asked about otherwise."""
    return replace(standing, conflict=False, contact=False)


def _not_among(dossier: DossierRow, state: str) -> Refusal:
    sentence = f'{dossier.number} does not stand in "{state}"'
    return Refusal("order", sentence, {"because": "elsewhere", "number": dossier.number})


def _place(
    scene: Scene, dossier: DossierRow, state: str, place: int | None, person_id: int, by: str, scope: str
) -> bool:
    """Give a dossier its place, or none; gives whether it is another than before."""
    earlier = scene.session.exec(
        select(PlacementRow).where(
            col(PlacementRow.dossier_id) == dossier.id, col(PlacementRow.state) == state,
            col(PlacementRow.replaced_at).is_(None),
        )
    ).first()  # fmt: skip
    if (place, scope) == ((earlier.place, earlier.scope) if earlier else (None, scope)):
        return False
    if earlier:
        earlier.replaced_at = scene.now
        scene.session.add(earlier)
        scene.session.flush()
        point("placement replaced")
    if place is not None:
        scene.session.add(
            PlacementRow(
                dossier_id=the_id(dossier), state=state, place=place, given_at=scene.now, given_by=person_id,
                scope=scope,
            )
        )
        scene.session.flush()
        point("placement written")
    what = "placed" if place else "placement taken back"
    scene.note(what, by, dossier=dossier, state=state, place=place, scope=scope or None)
    return True
