"""What can staff do to several dossiers at once, and take back? One transaction each."""

from collections.abc import Collection
from typing import Any

from engine.cycle import together, undoing
from engine.cycle.door import Door
from engine.cycle.once import Sent
from engine.cycle.once import once as sent_once
from engine.cycle.watched import watched
from engine.database.store import the_id


class BatchActs(Door):
    """Moves of several dossiers as one act. `now` is an instant in UTC microseconds, `by` an address."""

    @watched
    def move(
        self,
        round_key: str,
        numbers: Collection[str],
        transition: str,
        *,
        by: str,
        now: int,
        undo_for: int,
        reason: str | None = None,
        value: Any = None,
        seen: int | None = None,
        once: str | None = None,
    ) -> int:
        """Make one transition of all these dossiers, or of none, and give the number of the act.

        `value` is what the transition sets, the same for all of them.

        Its letters wait for `undo_for` microseconds. Raises what `together.move_together` raises. `once` is the key of
        the form: sent again it gives the same number, and moves nothing.
        """
        given = {"numbers": sorted(set(numbers)), "reason": reason, "value": value}
        with self._act(round_key, now) as scene:

            def do() -> str:
                batch = together.move_together(
                    scene, numbers, transition, by=by, reason=reason, value=value, seen=seen, undo_for=undo_for
                )
                return str(the_id(batch))

            return int(sent_once(scene, Sent(once, f"move {transition}", by, given), do))

    @watched
    def undo(self, round_key: str, batch: int, *, by: str, now: int) -> None:
        """Take an act of staff back, as long as none of its letters has left. Raises what `undoing.undo` raises."""
        with self._act(round_key, now) as scene:
            undoing.undo(scene, batch, by=by)

    @watched
    def send_now(self, round_key: str, batch: int, *, by: str, now: int) -> None:
        """Let the letters of an act leave at once, which ends the time in which it can be undone."""
        with self._act(round_key, now) as scene:
            undoing.send_now(scene, batch, by=by)
