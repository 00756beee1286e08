"""How does an act come into a round?

The calendar catches up, then one transaction, in which all is written or nothing.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlmodel import Session

from engine import events
from engine.cycle import due, firing
from engine.cycle.scene import Scene, Shelf
from engine.cycle.telling import Notify
from engine.cycle.watched import dossiers_moved, tell_of_firing
from engine.database import holds
from engine.database.connection import Database
from engine.database.store import claim_round, lock_round
from engine.database.watch import Watch
from engine.errors import Refused
from engine.faults import point

SETTLE = 30_000_000
"""how long after a close the calendar waits, so that nobody is late because the machine was slow (microseconds)"""


class Door:
    """What every act needs: the database, who is told, and the calendar that comes first."""

    is_trial = False
    """whether its acts are only tried"""

    def __init__(
        self,
        database: Database,
        notify: Notify,
        settle: int = SETTLE,
        shelf: Shelf | None = None,
        watch: Watch | None = None,
    ) -> None:
        self.database = database
        self.notify = notify
        self.settle = settle
        self.watch = watch
        self.shelf = shelf or Shelf()

    def _is_held(self, despite: str | None = None) -> bool:
        """Whether nothing may fire now."""
        if self.watch:
            self.watch.look()
            if self.watch.refusal:
                return True
        with self.database.reading() as session:
            return holds.standing(session, despite) is not None

    def _catch_up(
        self,
        round_key: str,
        now: int,
        each: Callable[[], object] = lambda: None,
        *,
        wait: bool = False,
        despite: str | None = None,
    ) -> None:
        """Fire what is due in a round; without `wait`, leave it to whoever is at work there already."""
        while True:
            with self.database.transaction() as session:
                if wait:
                    lock_round(session, round_key)
                elif not claim_round(session, round_key):
                    return
                point("round held")
                scene = self._scene(session, round_key, now)
                deadline = due.next_due(session, scene.round_id, now)
                if deadline is None or holds.standing(session, despite):
                    return
                point("due deadline read")
                begun = time.perf_counter()
                fired = due.alike(session, deadline)
                for one in fired:
                    firing.fire(scene, one)
                point("deadline fired")
                scene.finish()
                moved = dossiers_moved(session, scene.round_id) if events.watched() else 0
            point("caught up by one")
            for one in fired:
                tell_of_firing(round_key, one, moved, now, begun)
            each()

    def _scene(self, session: Session, key: str, now: int) -> Scene:
        return Scene(session, key, now, self.shelf, self.notify, self.settle)

    @contextmanager
    def _act(self, round_key: str, now: int) -> Iterator[Scene]:
        """One act: the calendar catches up, then one transaction, in which everything or nothing is written."""
        while True:
            if self.watch and (refusal := self.watch.refusal):
                raise Refused([refusal])
            with self.database.transaction() as session:
                lock_round(session, round_key)
                scene = self._scene(session, round_key, now)
                # asked in the act's own transaction, so nothing can become due between the question and the act
                if due.next_due(session, scene.round_id, now) is None or holds.standing(session):
                    point("act begun")
                    yield scene
                    point("act done")
                    scene.finish()
                    return
            point("catching up before an act")
            if not self._is_held():
                self._catch_up(round_key, now, wait=True)
