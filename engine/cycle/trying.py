"""What would come of an act, if it were done now?

The act itself is carried out, in a transaction that is always taken back: so what is foretold can never differ from
what is then done.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlmodel import Session

from engine.cycle import Cycle, batches, due, firing
from engine.cycle.scene import Scene
from engine.database import holds
from engine.database.consequences import Consequences, Marks, consequences_since, marks_of
from engine.database.store import lock_round, the_id
from engine.errors import Refusal, Refused, Unknown


class Trial(Cycle):
    """The acts of a Cycle in one round, none of which is kept. One that is refused leaves the others as they are.

    `session` sees what they have written so far, until the trial ends.
    """

    is_trial = True

    def __init__(self, cycle: Cycle, session: Session, round_key: str, now: int) -> None:
        super().__init__(cycle.database, cycle.notify, cycle.settle, cycle.shelf, cycle.watch)
        self.session = session
        self.round_key = round_key
        self.now = now
        self.refused: dict[str, tuple[Refusal, ...]] = {}
        """why what was attempted is refused, by the number of the dossier"""
        lock_round(session, round_key)
        self.round_id = self._fire_what_is_due(round_key, now)
        self._marks: Marks = marks_of(session, self.round_id)

    def _fire_what_is_due(self, round_key: str, now: int) -> int:
        while True:
            scene = self._scene(self.session, round_key, now)
            deadline = due.next_due(self.session, scene.round_id, now)
            if deadline is None or holds.standing(self.session):
                return the_id(scene.round)
            for one in due.alike(self.session, deadline):
                firing.fire(scene, one)
            scene.finish()

    @contextmanager
    def _act(self, round_key: str, now: int) -> Iterator[Scene]:
        if round_key != self.round_key:
            raise Unknown("round that is tried", round_key, [self.round_key])
        if self.watch and (refusal := self.watch.refusal):
            raise Refused([refusal])
        with self.session.begin_nested():
            scene = self._scene(self.session, round_key, now)
            yield scene
            scene.finish()

    def scene(self, now: int | None = None) -> Scene:
        """The round as the acts of this trial have left it, at `now` (of the trial, where it is not given)."""
        return self._scene(self.session, self.round_key, self.now if now is None else now)

    def attempt(self, number: str, act: Callable[[], object]) -> bool:
        """Try an act on one dossier, and keep in `refused` why it would be refused; gives whether it was not."""
        try:
            act()
        except Refused as refused:
            self.refused[number] = refused.reasons
            return False
        return True

    def let_go(self, batch: str) -> None:
        """Do what a batch holds, as if all had approved it and its moment had come."""
        with self._act(self.round_key, self.now) as scene:
            for deadline in batches.as_if_approved(scene, batch):
                firing.fire(scene, deadline, released=True)

    def consequences(self) -> Consequences:
        """All that the acts of this trial have written until now."""
        self.session.flush()
        return consequences_since(self.session, self.round_id, self._marks)


@contextmanager
def trying(cycle: Cycle, round_key: str, now: int) -> Iterator[Trial]:
    """Acts of one round as they would be done at `now` (UTC microseconds), after what is due until then.

    Nothing of it is kept, whatever happens inside. Meanwhile nobody else acts in the round (on SQLite: in any), and
    the database is asked through `Trial.session` only. Raises Unknown when no such round is open.
    """
    with cycle.database.trying() as session:
        yield Trial(cycle, session, round_key, now)
