"""Which moves may staff make for the dossiers that they have chosen, and why not for the others?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.cycle.people import standing_of
from engine.cycle.scene import Scene
from engine.cycle.together import moves_of_staff, reasons_not_to
from engine.database.records import DossierRow, PersonRow
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
        against = reasons_not_to(scene, dossiers, transition, person, standing, reason=WRITTEN)
        may = tuple(dossier.number for dossier in dossiers if dossier.number not in against)
        found.append(Offer(transition, may, against))
    return found
