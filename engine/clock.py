"""What time is it?

The one module that reads the wall clock. Everything else is handed `now`: an instant, always an integer of UTC
microseconds since 1970.
"""

import time
from typing import Protocol


class Clock(Protocol):
    """Anything that can say what time it is."""

    def now(self) -> int:
        """The instant, in UTC microseconds."""
        ...


class WallClock:
    """The machine's own clock."""

    def now(self) -> int:
        return time.time_ns() // 1_000


class StoppedClock:
    """A clock that shows what it is set to: for rehearsals and tests."""

    def __init__(self, instant: int) -> None:
        self.instant = instant

    def now(self) -> int:
        return self.instant
