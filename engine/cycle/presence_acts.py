"""What can staff do about those who are asked to a meeting, and those who come? One transaction each."""

from collections.abc import Sequence

from engine.cycle import invitations, meetings, presence
from engine.cycle.door import Door
from engine.cycle.watched import watched
from engine.database.store import find_person, the_id
from engine.errors import Unknown


class PresenceActs(Door):
    """Invitations and attendance. `meeting` is the id of one time that a meeting takes place, `now` an instant in UTC
    microseconds, `by` an address."""

    @watched
    def withdraw_invitation(self, round_key: str, uid: str, *, by: str, now: int, reason: str | None = None) -> None:
        """Staff tell one person not to come after all. Raises what `invitations.withdraw` raises."""
        with self._act(round_key, now) as scene:
            invitations.withdraw(scene, uid, reason=reason, by=by)

    @watched
    def remind_invited(self, round_key: str, meeting: int, *, tell: invitations.Tell, by: str, now: int) -> int:
        """Staff write to all who have not answered; gives to how many. Raises what `invitations.remind` raises."""
        with self._act(round_key, now) as scene:
            return invitations.remind(scene, meetings.find(scene, meeting), tell=tell, by=by)

    @watched
    def record_presence(
        self,
        round_key: str,
        meeting: int,
        email: str,
        *,
        number: str | None = None,
        came: bool = True,
        reason: str | None = None,
        by: str,
        now: int,
    ) -> int:
        """Staff note that somebody came (for the dossier of that number), or is excused; gives its id.

        Noted already, by whomever, it is the same one. Raises what `presence.record` raises.
        """
        with self._act(round_key, now) as scene:
            person = find_person(scene.session, email)
            if person is None:
                raise Unknown("person", email)
            dossier = scene.dossier(number) if number else None
            row = presence.record(
                scene, meetings.find(scene, meeting), person, dossier, came=came, reason=reason, by=by
            )
            return the_id(row)

    @watched
    def record_presences(
        self, round_key: str, meeting: int, came: Sequence[tuple[str, str | None]], *, by: str, now: int
    ) -> int:
        """Staff note that all of these came, or none; gives how many were not noted yet."""
        with self._act(round_key, now) as scene:
            return presence.record_all(scene, meetings.find(scene, meeting), came, by=by)

    @watched
    def walk_in(
        self,
        round_key: str,
        meeting: int,
        *,
        email: str,
        name: str,
        language: str,
        number: str | None = None,
        by: str,
        now: int,
    ) -> int:
        """Somebody came who was not asked; gives the id of what is noted. Raises what `presence.record` raises."""
        with self._act(round_key, now) as scene:
            row = presence.walk_in(
                scene, meetings.find(scene, meeting), email=email, name=name, language=language, number=number, by=by
            )
            return the_id(row)

    @watched
    def correct_presence(
        self, round_key: str, presence_id: int, *, by: str, now: int, reason: str | None = None
    ) -> None:
        """Staff take back what was noted by mistake. Raises what `presence.correct` raises."""
        with self._act(round_key, now) as scene:
            presence.correct(scene, presence_id, reason=reason, by=by)
