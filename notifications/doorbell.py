"""How does the postman hear at once that somebody has written a letter?

Whoever has committed one rings, from whatever thread. In a process without a postman nobody answers: there PostgreSQL
tells the workers, and on SQLite the next sweep finds it.
"""

import asyncio
from collections.abc import Callable


class Doorbell:
    """Rung from any thread, answered in the event loop of the postman."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._calls: tuple[Callable[[], object], ...] = ()

    def answer(self, *calls: Callable[[], object]) -> None:
        """Have these called in the running event loop whenever somebody rings, in place of those before."""
        self._loop, self._calls = asyncio.get_running_loop(), calls

    def ring(self) -> None:
        """Let the postman look for letters; returns at once, and never raises."""
        if self._loop is None:
            return
        for call in self._calls:
            try:
                self._loop.call_soon_threadsafe(call)
            except RuntimeError:  # the loop has ended: the process is about to
                return
