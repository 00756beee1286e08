"""What can staff decide about dates: more time for all or for some, and take it back? One transaction each."""

from collections.abc import Sequence
from datetime import date, datetime

from engine.cycle import people, taking_back
from engine.cycle.door import Door
from engine.cycle.extending import extend_each
from engine.cycle.once import Sent
from engine.cycle.once import once as sent_once
from engine.cycle.scene import Scene
from engine.cycle.watched import watched
from engine.database.records import DossierRow
from engine.errors import Unknown


def _managed(scene: Scene, number: str, by: str) -> DossierRow:
    """The dossier of that number. Raises Unknown too for one that this person has declared a conflict with."""
    dossier = scene.dossier(number)
    if people.standing_of(scene, scene.person(by), dossier).conflict:
        raise Unknown(f"dossier in {scene.round.key}", number)
    return dossier


class ExtensionActs(Door):
    """The acts of staff about dates. `now` is an instant in UTC microseconds, `by` an address."""

    @watched
    def extend_each(
        self,
        round_key: str,
        moment: str,
        to: date | datetime,
        *,
        reason: str,
        by: str,
        now: int,
        dossiers: Sequence[str] | None,
        undo_for: int | None = None,
        strand: str | None = None,
        once: str | None = None,
    ) -> int:
        """Move a deadline for all (None), for a strand or for several dossiers as one decision, and give its number.

        With `undo_for` (microseconds) its letters wait for so long, and it can be taken back. `once` is the key of the
        form: sent again it gives the same number, and moves nothing. Raises what `extending.extend_each` raises.
        """
        numbers = None if dossiers is None else sorted(set(dossiers))
        given = {"to": to.isoformat(), "reason": reason, "dossiers": numbers, "strand": strand}
        with self._act(round_key, now) as scene:

            def do() -> str:
                chosen = None if numbers is None else [_managed(scene, number, by) for number in numbers]
                decision = extend_each(
                    scene, moment, to, reason=reason, by=by, dossiers=chosen, undo_for=undo_for, strand=strand
                )  # fmt: skip
                return str(decision.first_id)

            return int(sent_once(scene, Sent(once, f"extend {moment}", by, given), do))

    @watched
    def take_back(self, round_key: str, extension: int, *, by: str, now: int) -> None:
        """Put the dates of a decision back, as long as none of its letters has left.

        Raises what `taking_back.take_back` raises.
        """
        with self._act(round_key, now) as scene:
            taking_back.take_back(scene, extension, by=by)
