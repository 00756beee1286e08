"""What can committees and staff record about a dossier? One transaction each."""

from collections.abc import Mapping

from engine.cycle import opinions, recording, verdicts
from engine.cycle.door import Door
from engine.cycle.seen import as_seen
from engine.cycle.watched import watched


class CommitteeActs(Door):
    """Marks, words, conflicts, verdicts, attendance. `now` is an instant in UTC microseconds, `by` an address.

    `seen` is how far the journal went when the page was shown, as in DossierActs.
    """

    @watched
    def score(self, round_key: str, number: str, marks: Mapping[str, float], *, by: str, now: int) -> None:
        """A member's marks, by criterion."""
        with self._act(round_key, now) as scene:
            opinions.score(scene, scene.dossier(number), marks, by=by)

    @watched
    def recommend(
        self, round_key: str, number: str, words: str, *, by: str, now: int, advises: str | None = None
    ) -> None:
        """A member's written recommendation, and the decision (a transition) that the member advises."""
        with self._act(round_key, now) as scene:
            opinions.recommend(scene, scene.dossier(number), words, by=by, advises=advises)

    @watched
    def comment(self, round_key: str, number: str, words: str, *, to: opinions.Reader, by: str, now: int) -> None:
        """A member's words to the `applicant`, or a note to the `committee`; empty words take them back."""
        with self._act(round_key, now) as scene:
            opinions.comment(scene, scene.dossier(number), words, reader=to, by=by)

    @watched
    def declare_clear(self, round_key: str, number: str, *, by: str, now: int) -> None:
        """A committee member answers that there is no conflict."""
        with self._act(round_key, now) as scene:
            opinions.declare_clear(scene, scene.dossier(number), by=by)

    @watched
    def declare_conflict(self, round_key: str, number: str, *, by: str, now: int, reason: str | None = None) -> None:
        """A committee member steps back from a dossier."""
        with self._act(round_key, now) as scene:
            opinions.declare_conflict(scene, scene.dossier(number), by=by, reason=reason)

    @watched
    def verdict(
        self, round_key: str, number: str, transition: str, *, by: str, now: int, reason: str | None = None,
        seen: int | None = None,
    ) -> None:
        """The committee's verdict: it stands until its moment, and may be replaced until then."""
        with self._act(round_key, now) as scene:
            verdicts.record_verdict(scene, as_seen(scene, number, seen), transition, by=by, reason=reason)

    @watched
    def withdraw_verdict(
        self, round_key: str, number: str, *, by: str, now: int, reason: str | None = None, seen: int | None = None
    ) -> None:
        """The standing verdict is taken back before it takes effect, and none stands."""
        with self._act(round_key, now) as scene:
            verdicts.withdraw_verdict(scene, as_seen(scene, number, seen), by=by, reason=reason)

    @watched
    def attend(
        self, round_key: str, number: str, meeting: str, *, by: str, now: int, seen: int | None = None
    ) -> None:
        """Somebody came to a meeting for a dossier."""
        with self._act(round_key, now) as scene:
            recording.attend(scene, as_seen(scene, number, seen), meeting, by=by)

    @watched
    def excuse(
        self, round_key: str, number: str, of: str, *, reason: str, by: str, now: int, seen: int | None = None
    ) -> None:
        """A dossier is excused from a meeting or an obligation."""
        with self._act(round_key, now) as scene:
            recording.excuse(scene, as_seen(scene, number, seen), of, reason=reason, by=by)
