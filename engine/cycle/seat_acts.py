"""What can people and staff do about the seats of meetings? One transaction each."""

from engine.cycle import meetings, seat_rows, seats, seats_of_staff
from engine.cycle.door import Door
from engine.cycle.once import Sent
from engine.cycle.once import once as sent_once
from engine.cycle.people import put_person, standing_of
from engine.cycle.reasons import refuse
from engine.cycle.watched import watched
from engine.database.seats import WAITING, place_in_list
from engine.database.store import the_id
from engine.rules.roles import must_be_staff


class SeatActs(Door):
    """The acts about seats. `now` is an instant in UTC microseconds, `by` an address; meetings and seats go by id."""

    @watched
    def sign_up(
        self,
        round_key: str,
        meeting: int,
        *,
        email: str,
        language: str,
        now: int,
        name: str = "",
        dossier: str | None = None,
        once: str | None = None,
    ) -> int | None:
        """Somebody asks for a seat; gives None where they have one, else their place in the waiting list.

        `now` is when that was received: it orders the list. Raises what `seats.sign_up` raises.
        """
        with self._act(round_key, now) as scene:

            def do() -> str:
                row = meetings.find(scene, meeting)
                person = put_person(scene, email=email, name=name, language=language)
                seat = seats.sign_up(scene, row, person, number=dossier)
                return f"waiting {place_in_list(scene.session, seat)}" if seat.state == WAITING else seat.state

            outcome = sent_once(scene, Sent(once, f"sign_up {meeting}", email, {"dossier": dossier}), do)
            return int(outcome.partition(" ")[2]) if outcome.startswith(WAITING) else None

    @watched
    def answer_offer(
        self, round_key: str, seat: int, *, takes: bool, by: str, now: int, once: str | None = None
    ) -> None:
        """Somebody takes the seat that is offered to them, or does not. Raises what `seats.accept` raises."""
        with self._act(round_key, now) as scene:
            answer = seats.accept if takes else seats.refuse_offer

            def do() -> str:
                answer(scene, seat_rows.find(scene, seat, scene.person(by)), by=by)
                return "done"

            sent_once(scene, Sent(once, f"answer_offer {seat}", by, {"takes": takes}), do)

    @watched
    def give_back(self, round_key: str, seat: int, *, by: str, now: int, once: str | None = None) -> None:
        """Somebody gives their seat back, or their place in the list. Raises what `seats.give_back` raises."""
        with self._act(round_key, now) as scene:

            def do() -> str:
                seats.give_back(scene, seat_rows.find(scene, seat, scene.person(by)), by=by)
                return "done"

            sent_once(scene, Sent(once, f"give_back {seat}", by, {}), do)

    @watched
    def give_back_for(
        self, round_key: str, seat: int, *, reason: str, by: str, now: int, once: str | None = None
    ) -> None:
        """Staff give a seat back for somebody who asked them to, in words that the person reads."""
        with self._act(round_key, now) as scene:

            def do() -> str:
                refuse([must_be_staff(standing_of(scene, scene.person(by)))])
                seats.give_back(scene, seat_rows.find(scene, seat), by=by, reason=reason.strip() or None)
                return "done"

            sent_once(scene, Sent(once, f"give_back_for {seat}", by, {"reason": reason}), do)

    @watched
    def change_seats(
        self, round_key: str, meeting: int, seats: int | None, *, by: str, now: int, once: str | None = None
    ) -> None:
        """Staff say how many seats a meeting has. Raises what `seats_of_staff.change_seats` raises."""
        with self._act(round_key, now) as scene:

            def do() -> str:
                seats_of_staff.change_seats(scene, meetings.find(scene, meeting), seats, by=by)
                return "done"

            sent_once(scene, Sent(once, f"change_seats {meeting}", by, {"seats": seats}), do)

    @watched
    def seat_beside(
        self,
        round_key: str,
        meeting: int,
        *,
        email: str,
        name: str,
        language: str,
        reason: str,
        by: str,
        now: int,
        one_more: bool = False,
        once: str | None = None,
    ) -> int:
        """Staff seat somebody beside the list; gives the seat. Raises what `seats_of_staff.seat_beside` raises."""
        given = {"email": email, "name": name, "language": language, "reason": reason, "one_more": one_more}
        with self._act(round_key, now) as scene:

            def do() -> str:
                refuse([must_be_staff(standing_of(scene, scene.person(by)))])
                person = put_person(scene, email=email, name=name, language=language)
                row = meetings.find(scene, meeting)
                seat = seats_of_staff.seat_beside(scene, row, person, reason=reason, by=by, one_more=one_more)
                return str(the_id(seat))

            return int(sent_once(scene, Sent(once, f"seat_beside {meeting}", by, given), do))
