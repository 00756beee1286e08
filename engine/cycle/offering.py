"""Which moves may staff make for the dossiers that they have chosen, and why not for the others?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.cycle.acting import reasons_not_to_act
from engine.cycle.people import standing_of
from engine.cycle.scene import Scene
from engine.cycle.together import moves_of_staff
from engine.database.records import DossierRow, PersonRow
from engine.database.store import places_held
from engine.errors import Refusal
from engine.rules.workflow import Transition

WRITTEN = "…"
"""the reason with which a move is judged before anybody has written one"""


@dataclass(frozen=True, slots=True)
class Offer:
    """One move: who may make it of those chosen, and what is against it for each of the others, by number."""

    transition: Transition
    may: tuple[str, ...]
    against: Mapping[str, tuple[Refusal, ...]]

    @property
    def asks_for_a_reason(self) -> bool:
        return self.transition.guard("reason") is not None


def offers(scene: Scene, dossiers: Sequence[DossierRow], person: PersonRow) -> list[Offer]:
    """Each move that staff make, in the order of the file, judged for the dossiers as they stand: nothing is written.

    A reason counts as written: it is asked for later. Under a cap the first that fit may, in the order given.
    """
    standing = standing_of(scene, person)
    found = []
    for transition in moves_of_staff(scene.workflow):
        against: dict[str, tuple[Refusal, ...]] = {}
        may: list[str] = []
        room = _room(scene, transition)
        for dossier in dossiers:
            elsewhere = scene.machine.from_here(transition.name, dossier.state)
            reasons = (
                [elsewhere] if elsewhere
                else reasons_not_to_act(scene, dossier, transition, standing, reason=WRITTEN)
            )  # fmt: skip
            if not reasons and room is not None and len(may) >= room[0]:
                reasons = [room[1]]
            if reasons:
                against[dossier.number] = tuple(reasons)
            else:
                may.append(dossier.number)
        found.append(Offer(transition, tuple(may), against))
    return found


def _room(scene: Scene, transition: Transition) -> tuple[int, Refusal] | None:
    """How many places a cap leaves, and what is against whoever does not fit; None without a cap."""
    cap = transition.guard("at_most")
    if cap is None:
        return None
    assert isinstance(cap.value, int)
    held = places_held(scene.session, scene.workflow, scene.round_id, transition.target)
    title = scene.workflow.states[transition.target].title
    left = max(cap.value - held, 0)
    sentence = f'at most {cap.value} dossiers of a round can be "{title}", and {left} places are left for those chosen'
    return left, Refusal("at_most", sentence, {"because": "chosen", "cap": cap.value, "state": title, "left": left})
