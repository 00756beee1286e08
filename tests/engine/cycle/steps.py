"""How does a test come into the middle of a round? Where another came by the same steps, by a copy of what it left.

What is copied was played in this process by whoever came first; nothing is played again that would come to the same.
"""

from collections import OrderedDict
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from functools import wraps
from typing import Any

from copies import Copy

from engine import events, faults
from engine.database.connection import Database

KEPT = 100
"""so many copies are kept, each of a megabyte or so: those that were wanted last"""
WATCHED: set[str] = set()
"""what the running test has that may look at how things are done, or change it: then all is played"""


@dataclass(frozen=True)
class _Came:
    """What some steps came to: what stands in the database, what was told, and what the last of them gave."""

    left: Copy
    heard: tuple[Any, ...]
    gave: Any


_CAME: OrderedDict[tuple[object, ...], _Came] = OrderedDict()


class Way:
    """The steps by which a stage came to where it is; unknown once anything else was written in its database."""

    def __init__(self) -> None:
        self.steps: tuple[object, ...] | None = None
        self._mark: object = None

    def stands(self, database: Database, *steps: object) -> None:
        """All that was done with the database are these steps, and nothing has been written since."""
        self._mark = _mark(database)
        self.steps = steps if self._mark else None

    def is_known(self, database: Database) -> bool:
        return (
            self.steps is not None and not WATCHED and faults._armed is None and not events.watched()
            and not database.writer.dispatch.before_cursor_execute and self._mark == _mark(database)
        )  # fmt: skip


def _mark(database: Database) -> object:
    """What changes with whatever is written into a database in memory; None for any other."""
    if database.writer is not database.reader or database.is_shared:
        return None
    connection = database.writer.raw_connection()
    raw: Any = connection.driver_connection
    mark = raw.total_changes, raw.execute("PRAGMA schema_version").fetchone()
    connection.close()
    return mark


def step(play: Callable[..., Any]) -> Callable[..., Any]:
    """A method of a stage that is played by whoever first takes this step on the same way."""

    @wraps(play)
    def taken(stage: Any, *given: Any, **named: Any) -> Any:
        if not (stage.is_as_made and stage.way.is_known(stage.database)):
            return play(stage, *given, **named)
        steps = (*stage.way.steps, (play.__name__, given, tuple(sorted(named.items()))))
        if steps not in _CAME:
            gave = play(stage, *given, **named)
            _CAME[steps] = _Came(Copy(stage.database), tuple(stage.ear.heard), copy(gave))
            if len(_CAME) > KEPT:
                _CAME.popitem(last=False)
        else:
            _CAME.move_to_end(steps)
            _CAME[steps].left.write(stage.database)
            stage.ear.heard[:] = _CAME[steps].heard
            gave = copy(_CAME[steps].gave)
        stage.way.stands(stage.database, *steps)
        return gave

    return taken
