"""What can people do about what dossiers owe, besides handing it in? One transaction each."""

from datetime import date

from engine.cycle import reviewing
from engine.cycle.door import Door
from engine.cycle.once import Sent
from engine.cycle.once import once as sent_once
from engine.cycle.seen import must_be_as_seen
from engine.cycle.watched import watched


class OwedActs(Door):
    """What staff and applicants do about obligations. `now` is an instant in UTC microseconds, `by` an address."""

    @watched
    def review(
        self,
        round_key: str,
        number: str,
        delivery: int,
        *,
        accepted: bool,
        words: str = "",
        to: date | None = None,
        by: str,
        now: int,
        once: str | None = None,
        seen: int | None = None,
    ) -> str:
        """Staff accept what was handed in, or ask for changes (by `to`, where it gets a later last day); the outcome.

        `once` is the key of the form: sent again it gives what was said then, and nothing more is said.
        """
        given = {"accepted": accepted, "words": words, "to": to}
        with self._act(round_key, now) as scene:
            dossier = scene.dossier(number)

            def do() -> str:
                must_be_as_seen(scene, [dossier], seen)
                return reviewing.review(scene, dossier, delivery, accepted=accepted, words=words, to=to, by=by)

            return sent_once(scene, Sent(once, f"review {number} {delivery}", by, given), do)
