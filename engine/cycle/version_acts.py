"""What can staff change about the rules and the dates of a round that runs? One transaction each."""

from collections.abc import Mapping

from engine.cycle.door import Door
from engine.cycle.replacing import replace_rules
from engine.cycle.watched import watched
from engine.files.reading import Programme


class VersionActs(Door):
    """Rules and dates. `now` is an instant in UTC microseconds, `by` an address."""

    @watched
    def replace_rules(
        self,
        round_key: str,
        programme: Programme,
        *,
        reason: str,
        by: str,
        now: int,
        mapped: Mapping[str, str] | None = None,
        opened: str | None = None,
    ) -> int | None:
        """Let a round go on with another text of its programme; gives the number of its version, None if it has that.

        Raises what `replacing.replace_rules` raises.
        """
        with self._act(round_key, now) as scene:
            version = replace_rules(
                scene, self.shelf, programme, mapped=mapped or {}, reason=reason, by=by, opened=opened
            )
            return version.position if version is not None else None
