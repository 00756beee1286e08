"""Who wakes the engine when something is due?

APScheduler is an alarm clock with a memory store, never the memory: what is due is asked of the database. The wake
gives punctuality; the sweep bounds every other failure (a lost wake, an exception, a clock that jumped, a machine
that slept, another process that moved a date) by its period.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from engine.clock import Clock
from engine.errors import GrantcycleError
from engine.rules.moments import EPOCH

log = structlog.get_logger()
SOONEST = 5_000
"""A wake is never set nearer than this (microseconds), so that a clock that stands still cannot spin."""
LATEST = (datetime(9000, 1, 1, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
"""Beyond this the calendar of the scheduler itself ends; the sweep looks again in time."""
DEAF_AFTER = 3
"""After so many sweeps without one that succeeded the process gives up, and its supervisor starts a new one."""


Alive = Callable[[], None]
Ring = Callable[[int, Alive], Awaitable[int | None]]


class AlarmDied(Exception):
    """The alarm has not succeeded for several sweeps; to go on would be to miss deadlines in silence."""


class Alarm:
    """Calls `ring` whenever something may be due, and never two at a time.

    `ring(now, alive)` does everything that is due at `now` and gives the next instant at which something will be (UTC
    microseconds), or None; it calls `alive` after each thing that it did, for a long ring is not a dead one. `sweep` is
    in seconds.
    """

    def __init__(self, ring: Ring, clock: Clock, sweep: float = 20.0) -> None:
        self._ring = ring
        self._clock = clock
        self._sweep = sweep
        self._ringing = asyncio.Lock()
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            # the defaults drop what is a second late, and what is due while a run is under way
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 3},
        )
        self._lived = time.monotonic()

    @property
    def silent_for(self) -> float:
        """For how many seconds nothing has succeeded."""
        return time.monotonic() - self._lived

    def _alive(self) -> None:
        self._lived = time.monotonic()

    async def wake(self) -> None:
        """Ring now, and set the next wake."""
        async with self._ringing:
            try:
                following = await self._ring(self._clock.now(), self._alive)
            except asyncio.CancelledError:
                return  # the process is told to stop; what was under way is undone, and due again at the next start
            except GrantcycleError as problem:
                log.error("nothing could be done; the sweep tries again", reason=str(problem), sweep=self._sweep)
                return
            except Exception:
                log.exception("the alarm rang and failed; the sweep tries again", sweep=self._sweep)
                return
            self._alive()
            if following is not None:
                at = min(max(following, self._clock.now() + SOONEST), LATEST)
                run_date = EPOCH + timedelta(microseconds=at)
                self._scheduler.add_job(self.wake, "date", run_date=run_date, id="wake", replace_existing=True)

    async def run(self) -> None:
        """Ring at once, then whenever something is due, until cancelled.

        Raises AlarmDied when nothing has succeeded for several sweeps.
        """
        self._alive()
        self._scheduler.add_job(self.wake, id="start")
        self._scheduler.add_job(self.wake, "interval", seconds=self._sweep, id="sweep")
        self._scheduler.start()
        try:
            while self.silent_for < DEAF_AFTER * self._sweep:
                # watched from here, not by a job: a scheduler that died would not run its own watchman
                await asyncio.sleep(self._sweep / 2)
            raise AlarmDied(f"nothing that is due could be done for {DEAF_AFTER * self._sweep:g} seconds")
        finally:
            self._scheduler.shutdown(wait=False)
