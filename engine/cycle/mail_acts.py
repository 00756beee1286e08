"""What can come of mail, one transaction each?"""

from engine.cycle import correcting, receiving
from engine.cycle.correcting import TellOfAddress
from engine.cycle.door import Door
from engine.cycle.receiving import Mail, TellOfMail
from engine.cycle.watched import watched
from engine.database.records import RoundRow
from engine.database.store import lock_round
from engine.errors import Refused


class MailActs(Door):
    """The acts of those who write back, and of staff. `now` is an instant in UTC microseconds, `by` an address."""

    def receive(self, mail: Mail, *, now: int) -> str | None:
        """Keep a mail that came in, with what it changes; gives what became of it, None where it came before.

        Raises Refused while nothing may be done: then it is to be brought again.
        """
        with self.database.reading() as session:
            of = receiving.place_of(session, mail).round_id
            key = session.get_one(RoundRow, of).key if of is not None else None
        if key is None:
            if self.watch and (refusal := self.watch.refusal):
                raise Refused([refusal])
            with self.database.transaction() as session:
                return receiving.receive(session, mail, receiving.place_of(session, mail), now, None)
        with self._act(key, now) as scene:
            place = receiving.place_of(scene.session, mail)
            return receiving.receive(scene.session, mail, place, now, scene)

    def tell_of_mail(self, *, tell: TellOfMail, now: int) -> int:
        """Have staff written to that mail waits for them, at most once an hour for each round; gives how many wait."""
        with self.database.reading() as session:
            of = receiving.untold_rounds(session)
        told = 0
        for round_id in of:
            with self.database.transaction() as session:
                if round_id is not None:
                    lock_round(session, session.get_one(RoundRow, round_id).key)
                told += receiving.tell_of_waiting(session, round_id, now, tell)
        return told

    @watched
    def handle_mail(self, round_key: str, id: int, *, by: str, now: int) -> None:
        """Somebody on staff has seen to a mail."""
        with self._act(round_key, now) as scene:
            receiving.handle(scene, id, by=by)

    @watched
    def correct_address(
        self, round_key: str, *, email: str, to: str, by: str, now: int, tell: TellOfAddress
    ) -> None:
        """Staff give somebody whose letters come back the address that is right. Raises what `correcting.correct`
        does."""
        with self._act(round_key, now) as scene:
            correcting.correct(scene, email=email, to=to, by=by, tell=tell)
