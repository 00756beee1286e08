"""What can staff change about the words of a round that runs? One transaction each."""

from collections.abc import Mapping

from engine.cycle import rewording
from engine.cycle.door import Door
from engine.cycle.watched import watched


class TextActs(Door):
    """Letters and words. `now` is an instant in UTC microseconds, `by` an address."""

    @watched
    def reword(
        self,
        round_key: str,
        texts: Mapping[str, str | None],
        *,
        opened: str,
        judge: rewording.Judge,
        by: str,
        now: int,
    ) -> str:
        """Give letters and words another text, for all that is told from now on; gives the new digest of the programme.

        Raises what `rewording.reword` raises.
        """
        with self._act(round_key, now) as scene:
            return rewording.reword(scene, texts, opened=opened, judge=judge, by=by)
