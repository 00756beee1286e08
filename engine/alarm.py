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

from engine import events
from engine.clock import Clock
from engine.errors import Away, GrantcycleError
from engine.rules.moments import EPOCH

log = structlog.get_logger()
SOONEST = 5_000
"""A wake is never set nearer than this (microseconds), so that a clock that stands still cannot spin."""
LATEST = (datetime(9000, 1, 1, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
"""Beyond this the calendar of the scheduler itself ends; the sweep looks again in time."""
LONGEST_PAUSE = 1_000_000
"""how long it waits at most for what somebody else holds, or for a database that is away (microseconds)"""
DEAF_AFTER = 3
"""After so many sweeps without one that succeeded the process gives up, and its supervisor starts a new one."""


Alive = Callable[[], None]
Ring = Callable[[int, Alive], Awaitable[int | None]]
Ahead = Callable[[int], Awaitable[int | None]]


class AlarmDied(Exception):
    """The alarm has not succeeded for several sweeps; to go on would be to miss deadlines in silence."""


async def _nothing(_now: int) -> int | None:
    return None


class Alarm:
    """Calls `ring` whenever something may be due, and never two at a time.

    `ring(now, alive)` does everything that is due at `now` and gives the next instant at which something will be (UTC
    microseconds), or None; it calls `alive` after each thing that it did, for a long ring is not a dead one. An instant
    that is past says that something was left over, since somebody else is at it: the alarm rings again after a pause,
    which grows for as long as that goes on. `ahead(now)` gives the first instant after `now` at which something will be
    due; it is asked when something was left over, so that this delays nothing else. `sweep` is in seconds.
    """

    def __init__(self, ring: Ring, clock: Clock, sweep: float = 20.0, ahead: Ahead = _nothing) -> None:
        self._ring = ring
        self._ahead = ahead
        self._clock = clock
        self._sweep = sweep
        self._pause = 0
        self._ringing = asyncio.Lock()
        self._next_in_line = False
        self._nudged: set[asyncio.Task[None]] = set()
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
        """Ring now, and set the next wake. While it rings, one more ring is kept for all who ask meanwhile."""
        if self._next_in_line:
            return
        self._next_in_line = True
        try:
            await self._ringing.acquire()
        finally:
            self._next_in_line = False
        try:
            now = self._clock.now()
            following = await self._rung(now)
            if self._pause:
                following = min([self._clock.now() + self._pause, *await self._due_after(now)])
            if following is not None:
                at = min(max(following, self._clock.now() + SOONEST), LATEST)
                run_date = EPOCH + timedelta(microseconds=at)
                self._scheduler.add_job(self.wake, "date", run_date=run_date, id="wake", replace_existing=True)
        finally:
            self._ringing.release()

    def nudge(self) -> None:
        """The same without waiting for it: something has changed."""
        task = asyncio.get_running_loop().create_task(self.wake())
        # the event loop itself keeps no task alive
        self._nudged.add(task)
        task.add_done_callback(self._nudged.discard)

    async def _rung(self, now: int) -> int | None:
        """Ring, and grow the pause if something is left over: held by somebody else, or failed."""
        longest = LONGEST_PAUSE
        try:
            following = await self._ring(now, self._alive)
        except Away as problem:
            # a new process would find it away as well: this one goes on asking
            log.warning("the alarm rang, and the database is away", problem=str(problem))
            events.tell("rang", outcome="away")
            self._alive()
            following = now
        except asyncio.CancelledError:
            return None  # the process is told to stop; what was under way is undone, and due again at the next start
        except GrantcycleError as problem:
            log.error("nothing could be done; it tries again", reason=str(problem), sweep=self._sweep)
            events.tell("rang", outcome="failed")
            following, longest = now, round(self._sweep * 1_000_000)
        except Exception:
            log.exception("the alarm rang and failed; it tries again", sweep=self._sweep)
            events.tell("rang", outcome="failed")
            following, longest = now, round(self._sweep * 1_000_000)
        else:
            events.tell("rang", outcome="done")
            self._alive()
        left_over = following is not None and following <= now
        self._pause = min(max(2 * self._pause, SOONEST), longest) if left_over else 0
        return following

    async def _due_after(self, now: int) -> list[int]:
        try:
            following = await self._ahead(now)
        except Exception as problem:  # it is asked again after the pause
            log.warning("what is due next could not be asked", problem=str(problem))
            return []
        return [] if following is None else [following]

    async def run(self) -> None:
        """Ring at once, then whenever something is due, until cancelled.

        Raises AlarmDied when nothing has succeeded for several sweeps.
        """
        self._alive()
        self._scheduler.add_job(self.wake, id="start")
        self._scheduler.start()
        sweeping = asyncio.create_task(self._sweep_for_ever())
        try:
            while self.silent_for < DEAF_AFTER * self._sweep:
                # watched from here, not by a job: a scheduler that died would not run its own watchman
                await asyncio.sleep(self._sweep / 2)
            raise AlarmDied(f"nothing that is due could be done for {DEAF_AFTER * self._sweep:g} seconds")
        finally:
            sweeping.cancel()
            self._scheduler.shutdown(wait=False)
            for task in self._nudged:
                task.cancel()

    async def _sweep_for_ever(self) -> None:
        """By the time that passes, not by the clock: the scheduler's own intervals stop when a clock is set back, and
        are all made up for, millions of them, when it is set forward by years."""
        while True:
            await asyncio.sleep(self._sweep)
            await self.wake()
