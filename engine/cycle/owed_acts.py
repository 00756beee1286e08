"""What can people do about what dossiers owe, besides handing it in? One transaction each."""

from collections.abc import Sequence
from datetime import date

from engine.cycle import hours, proposing, reviewing
from engine.cycle.door import Door
from engine.cycle.meetings import Sitting
from engine.cycle.once import Sent
from engine.cycle.once import once as sent_once
from engine.cycle.seen import must_be_as_seen
from engine.cycle.watched import watched
from engine.database.store import the_id


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

    @watched
    def propose_times(
        self,
        round_key: str,
        number: str,
        of: str,
        times: Sequence[Sitting],
        *,
        words: str = "",
        by: str,
        now: int,
        once: str | None = None,
    ) -> int:
        """Either side proposes times for a meeting that is owed, or to move it; gives the number of the proposal."""
        given = {"times": [repr(one) for one in times], "words": words}
        with self._act(round_key, now) as scene:
            dossier = scene.dossier(number)

            def do() -> str:
                return str(proposing.propose(scene, dossier, of, times, words=words, by=by))

            return int(sent_once(scene, Sent(once, f"propose {number} {of}", by, given), do))

    @watched
    def accept_time(self, round_key: str, number: str, proposal: int, position: int, *, by: str, now: int) -> int:
        """The other side accepts a time, which books the meeting or moves it; gives the meeting's number."""
        with self._act(round_key, now) as scene:
            return the_id(proposing.accept(scene, scene.dossier(number), proposal, position, by=by))

    @watched
    def decline_times(
        self, round_key: str, number: str, proposal: int, *, words: str = "", by: str, now: int
    ) -> None:
        """The other side can do none of the times and says why, or whoever proposed them takes them back."""
        with self._act(round_key, now) as scene:
            proposing.decline(scene, scene.dossier(number), proposal, words=words, by=by)

    @watched
    def give_hours(self, round_key: str, meeting: str, given: Sequence[Sitting], *, by: str, now: int) -> int:
        """Somebody gives free hours for a meeting; gives how many are new."""
        with self._act(round_key, now) as scene:
            return hours.give(scene, meeting, given, by=by)

    @watched
    def remove_hour(self, round_key: str, hour: int, *, by: str, now: int) -> None:
        """Whoever gave an hour, or staff, takes it back while nobody has booked it."""
        with self._act(round_key, now) as scene:
            hours.remove(scene, hour, by=by)

    @watched
    def book_hour(
        self,
        round_key: str,
        number: str,
        hour: int,
        *,
        of: str | None = None,
        by: str,
        now: int,
        once: str | None = None,
    ) -> int:
        """A contact books a free hour, or moves to it; gives the meeting's number. Sent again, nothing more happens."""
        with self._act(round_key, now) as scene:

            def do() -> str:
                return str(the_id(hours.book(scene, scene.dossier(number), hour, of=of, by=by)))

            return int(sent_once(scene, Sent(once, f"book {number} {hour}", by, {"of": of}), do))

    @watched
    def give_hour_back(
        self, round_key: str, number: str, hour: int, *, reason: str = "", by: str, now: int
    ) -> None:
        """A contact gives a booked hour back until a day before it begins, staff until it begins."""
        with self._act(round_key, now) as scene:
            hours.give_back(scene, scene.dossier(number), hour, reason=reason, by=by)
