"""What time is it?

The one module that reads the wall clock. Everything else is handed `now`: an instant, always an integer of UTC
microseconds since 1970.
"""

import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Look:
    """What a clock showed, beside the time that had really passed by then."""

    now: int
    """UTC microseconds, as shown"""
    passed: int
    """microseconds since the machine started, sleep included: nobody sets this one"""
    boot: str
    """which start of the machine `passed` counts from; empty where that cannot be told"""


class Clock(Protocol):
    """Anything that can say what time it is."""

    def now(self) -> int:
        """The instant, in UTC microseconds."""
        ...

    def look(self) -> Look | None:
        """The instant beside the time that passes by itself; None for a clock that stands still."""
        ...


@cache
def _boot() -> str:
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""  # not Linux: what passes while the machine sleeps is not counted there


class WallClock:
    """The machine's own clock."""

    def now(self) -> int:
        return time.time_ns() // 1_000

    def look(self) -> Look | None:
        boot = _boot()
        passed = time.clock_gettime_ns(time.CLOCK_BOOTTIME) if boot else time.monotonic_ns()
        return Look(self.now(), passed // 1_000, boot)


class StoppedClock:
    """A clock that shows what it is set to: for rehearsals and tests."""

    def __init__(self, instant: int) -> None:
        self.instant = instant

    def now(self) -> int:
        return self.instant

    def look(self) -> Look | None:
        return None
