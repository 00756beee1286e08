"""What happens next?

A script hands out acts in order of time. A recorded log is one; an invented plan is another, which writes itself as the
round goes: whoever acts looks first at how things stand.
"""

import heapq
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from engine.rehearsal.acts import Act
from engine.rehearsal.watching import View

Maker = Callable[[View, int], Iterable[Act]]
"""(a look at the round, the instant) -> what is done then, or later"""


class Script(Protocol):
    """Acts in order of time."""

    def next_instant(self) -> int | None:
        """When the next act comes, in UTC microseconds; None when nobody will do anything any more."""
        ...

    def take(self, view: View) -> Sequence[Act]:
        """The next acts, all of one instant; more may follow at the same one."""
        ...

    def watch(self, view: View) -> None:
        """Told after each step, so that people can act on what came of it."""
        ...


class Recorded:
    """What really happened, in order of time."""

    def __init__(self, acts: Sequence[Act]) -> None:
        self._acts = list(reversed(acts))

    def next_instant(self) -> int | None:
        return self._acts[-1].instant if self._acts else None

    def take(self, view: View) -> Sequence[Act]:  # noqa: ARG002  a log decides nothing
        return (self._acts.pop(),)

    def watch(self, view: View) -> None:
        """A log is what it is."""


class Plan:
    """Acts and decisions still to come; at one instant in the order in which they were put there."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Maker]] = []
        self._count = 0

    def at(self, instant: int, maker: Maker) -> None:
        """Let somebody decide at that instant what to do."""
        self._count += 1
        heapq.heappush(self._heap, (instant, self._count, maker))

    def put(self, *acts: Act) -> None:
        """Acts that need no decision."""
        for act in acts:
            self.at(act.instant, _simply(act))

    def next_instant(self) -> int | None:
        return self._heap[0][0] if self._heap else None

    def take(self, view: View) -> Sequence[Act]:
        instant, _, maker = heapq.heappop(self._heap)
        acts = tuple(maker(view, instant))
        self.put(*(act for act in acts if act.instant > instant))
        return tuple(act for act in acts if act.instant <= instant)

    def watch(self, view: View) -> None:
        """A bare plan looks at nothing."""


def _simply(act: Act) -> Maker:
    def maker(_view: View, _now: int) -> Iterable[Act]:
        return (act,)

    return maker
