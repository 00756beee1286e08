"""What can staff decide about meetings, and what do people answer? One transaction each."""

from collections.abc import Sequence

from engine.cycle import admitting, inviting, meetings, seats
from engine.cycle.admitting import Asked
from engine.cycle.door import Door
from engine.cycle.inviting import Via
from engine.cycle.meetings import Sitting
from engine.cycle.once import Sent
from engine.cycle.once import once as sent_once
from engine.cycle.people import standing_of
from engine.cycle.reasons import refuse
from engine.cycle.watched import watched
from engine.database.records import PersonRow
from engine.database.store import the_id
from engine.errors import Unknown
from engine.rules.roles import must_be_staff


class MeetingActs(Door):
    """The acts about meetings. `now` is an instant in UTC microseconds, `by` an address."""

    @watched
    def plan_meeting(
        self, round_key: str, name: str, sitting: Sitting, *, by: str, now: int, once: str | None = None
    ) -> int:
        """Staff say when a meeting takes place, and get its number; sent again with the same `once` it is the same one.

        Raises what `meetings.plan` raises.
        """
        with self._act(round_key, now) as scene:
            given = {"sitting": repr(sitting)}
            row = sent_once(
                scene, Sent(once, f"plan_meeting {name}", by, given),
                lambda: str(the_id(meetings.plan(scene, name, sitting, by=by))),
            )  # fmt: skip
            return int(row)

    @watched
    def move_meeting(self, round_key: str, meeting: int, sitting: Sitting, *, reason: str, by: str, now: int) -> int:
        """Staff move a meeting; gives how many people hear of it. Raises what `meetings.move` raises."""
        with self._act(round_key, now) as scene:
            return meetings.move(scene, meetings.find(scene, meeting), sitting, reason=reason, by=by)

    @watched
    def cancel_meeting(self, round_key: str, meeting: int, *, reason: str, by: str, now: int) -> int:
        """Staff cancel a meeting; gives how many people hear of it. Raises what `meetings.cancel` raises."""
        with self._act(round_key, now) as scene:
            return meetings.cancel(scene, meetings.find(scene, meeting), reason=reason, by=by)

    @watched
    def invite(
        self, round_key: str, meeting: int, asked: Sequence[Asked], *, by: str, now: int, once: str | None = None
    ) -> int:
        """Staff ask people to a meeting; gives how many hear of something new. Raises what `ask_to_come` raises."""
        given = {"asked": [repr(one) for one in asked]}
        with self._act(round_key, now) as scene:

            def do() -> str:
                return str(admitting.ask_to_come(scene, meetings.find(scene, meeting), asked, by=by))

            return int(sent_once(scene, Sent(once, f"invite {meeting}", by, given), do))

    @watched
    def answer_invitation(
        self,
        round_key: str,
        uid: str,
        given: str,
        *,
        via: Via,
        by: str,
        now: int,
        sequence: int | None = None,
        stamp: int | None = None,
        words: str | None = None,
        wants_other: str | None = None,
    ) -> bool:
        """Somebody answers their own invitation, or staff for them. Raises what `inviting.answer` raises.

        An invitation of somebody else is not there for them. Whoever does not come to what they had signed up for gives
        their seat back by it.
        """
        with self._act(round_key, now) as scene:
            row = inviting.find_by_uid(scene, uid)
            person = scene.session.get_one(PersonRow, row.person_id)
            if via == "staff":
                refuse([must_be_staff(standing_of(scene, scene.person(by)))])
            elif person.email != scene.person(by).email:
                raise Unknown(f"invitation in {round_key}", uid)
            answered = inviting.answer(
                scene, row, given, via=via, by=by, sequence=sequence, stamp=stamp, words=words, wants_other=wants_other
            )
            if answered and given == "declined":
                seats.give_back_invited(scene, row, by=by)
            return answered
