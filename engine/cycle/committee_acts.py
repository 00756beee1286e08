"""What can committees and staff record about a dossier? One transaction each."""

from collections.abc import Mapping, Sequence

from engine.cycle import agreeing, assigning, opinions, placing, recording, reminding, setting_aside, verdicts
from engine.cycle.assigning import Pair
from engine.cycle.door import Door
from engine.cycle.once import Sent
from engine.cycle.once import once as sent_once
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
    def agree(self, round_key: str, number: str, marks: Mapping[str, float], *, by: str, now: int) -> None:
        """The marks that a committee agreed on, by criterion, entered by its chair or minuted by staff."""
        with self._act(round_key, now) as scene:
            agreeing.agree(scene, scene.dossier(number), marks, by=by)

    @watched
    def set_aside(self, round_key: str, number: str, of: str, *, reason: str, by: str, now: int) -> None:
        """The marks of a member (`of`, an address) count no more where the dossier stands."""
        with self._act(round_key, now) as scene:
            setting_aside.set_aside(scene, scene.dossier(number), of, reason, by=by)

    @watched
    def count_again(self, round_key: str, number: str, of: str, *, by: str, now: int) -> None:
        """The marks of a member that were set aside count again."""
        with self._act(round_key, now) as scene:
            setting_aside.count_again(scene, scene.dossier(number), of, by=by)

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
    def give_order(self, round_key: str, state: str, numbers: Sequence[str], *, by: str, now: int) -> None:
        """The order that the committee gives by hand to those that stand in a state, the first first.

        Raises what `placing.give_order` raises.
        """
        with self._act(round_key, now) as scene:
            placing.give_order(scene, state, numbers, by=by)

    @watched
    def declare_clear(self, round_key: str, number: str, *, by: str, now: int, of: str | None = None) -> None:
        """A committee member answers that there is no conflict; or staff write it down, `of` whom says."""
        with self._act(round_key, now) as scene:
            opinions.declare_clear(scene, scene.dossier(number), by=by, of=of)

    @watched
    def declare_conflict(
        self, round_key: str, number: str, *, by: str, now: int, reason: str | None = None, of: str | None = None
    ) -> None:
        """A committee member steps back from a dossier; or staff write it down, `of` whom says."""
        with self._act(round_key, now) as scene:
            opinions.declare_conflict(scene, scene.dossier(number), by=by, reason=reason, of=of)

    @watched
    def assign(
        self,
        round_key: str,
        committee: str,
        *,
        add: Sequence[Pair] = (),
        remove: Sequence[Pair] = (),
        by: str,
        now: int,
        once: str | None = None,
    ) -> int:
        """Ask members of a committee first about dossiers, and others no more: (number, address) each, all or nothing.

        Gives how many of them changed anything. Raises what `assigning.assign` raises.
        """
        given = {"committee": committee, "add": sorted(add), "remove": sorted(remove)}
        with self._act(round_key, now) as scene:
            changed = sent_once(
                scene, Sent(once, f"assign {committee}", by, given),
                lambda: str(assigning.assign(scene, committee, add=add, remove=remove, by=by)),
            )  # fmt: skip
            return int(changed)

    @watched
    def remind_members(
        self, round_key: str, state: str, emails: Sequence[str], *, tell: reminding.Tell, by: str, now: int
    ) -> Sequence[str]:
        """Remind members of what they have still to say of dossiers in a state; gives whom is written to.

        `tell` writes one letter in this very transaction. Raises what `reminding.remind` raises.
        """
        with self._act(round_key, now) as scene:
            return reminding.remind(scene, state, emails, tell=tell, by=by)

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
