"""How does the postman hear at once that somebody has written a letter?

Whoever has committed one rings, from whatever thread. In a process without a postman nobody answers: there PostgreSQL
tells the workers, and on SQLite the next sweep finds it.
"""

import asyncio
from collections.abc import Callable

TOGETHER = 0.05
"""seconds for which rings are gathered: a crowd that hands in rings once, and a letter hardly waits"""


class Doorbell:
    """Rung from any thread, answered in the event loop of the postman."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._calls: tuple[Callable[[], object], ...] = ()
        self._rung = False

    def answer(self, *calls: Callable[[], object]) -> None:
        """Have these called in the running event loop whenever somebody rings, in place of those before."""
        self._loop, self._calls, self._rung = asyncio.get_running_loop(), calls, False

    def ring(self) -> None:
        """Let the postman look for letters; returns at once, and never raises."""
        if self._loop is None or self._rung:
            return
        # two threads that ring at the same time ring twice at worst
        self._rung = True
        try:
            self._loop.call_soon_threadsafe(self._loop.call_later, TOGETHER, self._open)
        except RuntimeError:  # the loop has ended: the process is about to
            return

    def _open(self) -> None:
        self._rung = False
        for call in self._calls:
            call()
