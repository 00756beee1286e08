"""What can staff do about applicants across the rounds of a programme? One transaction each."""

from engine.cycle import lifting
from engine.cycle.door import Door
from engine.cycle.seen import as_seen
from engine.cycle.watched import watched


class AcrossActs(Door):
    """Rules that are lifted for one dossier, and names that are one organisation. `now` is an instant in UTC
    microseconds, `by` an address, `seen` how far the journal went when the page was shown."""

    @watched
    def lift(
        self, round_key: str, number: str, guard: str, *, reason: str, by: str, now: int, seen: int | None = None
    ) -> None:
        """Staff do not hold a guard about other dossiers against this one. Raises what `lifting.lift` raises."""
        with self._act(round_key, now) as scene:
            lifting.lift(scene, as_seen(scene, number, seen), guard, reason=reason, by=by)

    @watched
    def put_back(self, round_key: str, number: str, guard: str, *, by: str, now: int) -> None:
        """Staff hold a guard against this dossier again. Raises Refused where it is not lifted."""
        with self._act(round_key, now) as scene:
            lifting.put_back(scene, scene.dossier(number), guard, by=by)

    @watched
    def join_names(self, round_key: str, name: str, other: str, *, by: str, now: int) -> None:
        """Staff say that two names are one organisation's. Raises what `lifting.join_names` raises."""
        with self._act(round_key, now) as scene:
            lifting.join_names(scene, name, other, by=by)

    @watched
    def part_name(self, round_key: str, name: str, *, by: str, now: int) -> None:
        """Staff say that a name is an organisation's of its own. Raises Refused where it has no other."""
        with self._act(round_key, now) as scene:
            lifting.part_name(scene, name, by=by)
