"""Does the alarm ring when something is due, whatever goes wrong, and never two at a time?"""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from engine.alarm import DEAF_AFTER, LONGEST_PAUSE, SOONEST, Alarm, AlarmDied, Alive
from engine.clock import WallClock
from engine.errors import Away

MILLISECOND = 1_000
NEVER = 3_600.0
"""a sweep that does not come in the time of a test (seconds)"""
SWEEP = 0.25
"""short, and still so long that three of them are more than a busy machine takes to breathe (seconds)"""
PATIENCE = 30
"""how long to wait for what must happen; only a failing test waits that long (seconds)"""
CLOCK = WallClock()


class Ringing:
    """Counts the rings, and does at each what `script` says: the last entry again and again."""

    def __init__(self, *script: Callable[[int], Awaitable[int | None]]) -> None:
        self.script = script
        self.rung: list[int] = []
        self._changed = asyncio.Condition()
        self.under_way = self.most_under_way = 0

    async def __call__(self, now: int, alive: Alive) -> int | None:
        self.alive = alive
        step = self.script[min(len(self.rung), len(self.script) - 1)]
        self.rung.append(now)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        async with self._changed:
            self._changed.notify_all()
        try:
            return await step(now)
        finally:
            self.under_way -= 1

    async def times(self, wanted: int) -> None:
        """Wait until it has rung so often."""
        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(lambda: len(self.rung) >= wanted), PATIENCE)


def following(milliseconds: int | None) -> Callable[[int], Awaitable[int | None]]:
    """All is done, and the next thing is due so much later (None: nothing is)."""

    async def step(now: int) -> int | None:
        return None if milliseconds is None else now + milliseconds * MILLISECOND

    return step


async def failing(_now: int) -> int | None:
    raise RuntimeError("the database is away")


async def held(now: int) -> int | None:
    """Something is due, and somebody else is at it."""
    return now - 1


@asynccontextmanager
async def running(ringing: Ringing, sweep: float) -> AsyncIterator[tuple[Alarm, "asyncio.Task[None]"]]:
    alarm = Alarm(ringing, CLOCK, sweep)
    task = asyncio.create_task(alarm.run())
    try:
        yield alarm, task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_it_rings_at_once_and_again_at_the_next_instant() -> None:
    ringing = Ringing(following(80), following(120), following(None))
    async with running(ringing, NEVER):
        await ringing.times(3)
    first, second, third = ringing.rung
    assert second >= first + 80 * MILLISECOND
    assert third >= second + 120 * MILLISECOND


async def test_the_sweep_finds_what_no_wake_was_set_for() -> None:
    ringing = Ringing(following(None))
    async with running(ringing, SWEEP):
        await ringing.times(4)
    assert len(ringing.rung) >= 4


async def test_a_wake_that_comes_late_rings_all_the_same() -> None:
    """The scheduler's own way is to drop what is a second late, and nothing else would ring for an hour."""
    ringing = Ringing(following(100), following(None))
    async with running(ringing, NEVER):
        await ringing.times(1)
        await asyncio.sleep(0.05)  # until the wake is set
        time.sleep(1.5)  # the loop is busy with something else
        await ringing.times(2)


async def test_a_next_instant_beyond_every_calendar_does_no_harm() -> None:
    async def in_ten_thousand_years(now: int) -> int | None:
        return now + 10_000 * 366 * 86_400 * 1_000_000

    ringing = Ringing(in_ten_thousand_years, following(None))
    async with running(ringing, SWEEP) as (_, task):
        await ringing.times(3)
        assert not task.done()


async def test_an_exception_does_not_break_it() -> None:
    ringing = Ringing(failing, following(20), following(None))
    async with running(ringing, SWEEP) as (_, task):
        await ringing.times(3)
        assert not task.done()


async def test_a_ring_under_way_is_not_doubled() -> None:
    go_on = asyncio.Event()

    async def slow(_now: int) -> int | None:
        await go_on.wait()
        return None

    ringing = Ringing(slow, following(None))
    async with running(ringing, 1.0) as (alarm, _):
        await ringing.times(1)
        pushed = [asyncio.create_task(alarm.wake()) for _ in range(5)]
        for _ in range(20):
            await asyncio.sleep(0)
        assert (len(ringing.rung), ringing.under_way) == (1, 1)
        go_on.set()
        await asyncio.wait_for(asyncio.gather(*pushed), PATIENCE)
    assert ringing.most_under_way == 1
    assert len(ringing.rung) == 2  # one ring, which began after they asked, has seen to all that were pushed away


async def test_it_gives_up_after_several_sweeps_without_success() -> None:
    ringing = Ringing(failing)
    alarm = Alarm(ringing, CLOCK, 0.05)
    with pytest.raises(AlarmDied) as died:
        await asyncio.wait_for(alarm.run(), PATIENCE)
    assert str(died.value) == "nothing that is due could be done for 0.15 seconds"
    assert len(ringing.rung) >= DEAF_AFTER - 1  # it has tried before it gave up
    rung = len(ringing.rung)
    await asyncio.sleep(0.2)
    assert len(ringing.rung) == rung  # and tries no more: another process takes over


@pytest.mark.parametrize("before", [0, 1], ids=["the first ring", "a later ring"])
async def test_a_ring_that_hangs_is_a_silence_too(before: int) -> None:
    async def hanging(_now: int) -> int | None:
        await asyncio.Event().wait()
        return None

    ringing = Ringing(*[following(None)] * before, hanging)
    alarm = Alarm(ringing, CLOCK, 0.05)
    with pytest.raises(AlarmDied):
        await asyncio.wait_for(alarm.run(), PATIENCE)


async def test_a_long_ring_that_goes_on_doing_things_is_no_silence() -> None:
    async def long(_now: int) -> int | None:
        for _ in range(3 * DEAF_AFTER):
            await asyncio.sleep(SWEEP / 2)
            ringing.alive()
        return None

    ringing = Ringing(long, following(None))
    async with running(ringing, SWEEP) as (_, task):
        await ringing.times(2)
        assert not task.done()


async def test_success_after_a_failure_starts_the_count_anew() -> None:
    good = following(None)
    ringing = Ringing(failing, good, failing, good, failing, good, failing, good)
    async with running(ringing, SWEEP) as (_, task):
        await ringing.times(8)
        assert not task.done()


async def test_cancelling_it_ends_it_and_nothing_rings_any_more() -> None:
    ringing = Ringing(following(20))
    async with running(ringing, SWEEP) as (_, task):
        await ringing.times(2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        rung = len(ringing.rung)
        await asyncio.sleep(0.2)
        assert len(ringing.rung) == rung


# ── What is left over ───────────────────────────────────────────────────────


async def test_what_somebody_else_holds_is_asked_for_again_after_a_growing_pause() -> None:
    ringing = Ringing(*[held] * 7, following(None))
    async with running(ringing, NEVER):
        await ringing.times(8)
    pauses = [later - earlier for earlier, later in itertools.pairwise(ringing.rung)]
    assert [pause >= SOONEST << doubled for doubled, pause in enumerate(pauses)] == [True] * 7


async def test_the_pause_begins_anew_once_nothing_is_left_over() -> None:
    ringing = Ringing(*[held] * 6, following(10), held, held, following(None))
    async with running(ringing, NEVER):
        await ringing.times(9)
    assert ringing.rung[8] - ringing.rung[7] < SOONEST << 6


async def test_the_pause_grows_to_a_second_at_most() -> None:
    ringing = Ringing(held)
    alarm = Alarm(ringing, CLOCK, NEVER)
    for _ in range(30):
        await alarm.wake()
    assert alarm._pause == LONGEST_PAUSE


async def test_what_is_left_over_does_not_delay_what_is_due_next() -> None:
    """A round is held for long, so that the pause is long; meanwhile another round's moment comes."""
    started = CLOCK.now()
    other = started + 100 * MILLISECOND

    async def ahead(now: int) -> int | None:
        return other if now < other else None

    ringing = Ringing(held)
    alarm = Alarm(ringing, CLOCK, NEVER, ahead)
    alarm._pause = LONGEST_PAUSE
    task = asyncio.create_task(alarm.run())
    await ringing.times(2)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert other <= ringing.rung[1] < started + LONGEST_PAUSE


async def test_what_is_due_next_may_fail_to_be_asked() -> None:
    async def ahead(_now: int) -> int | None:
        raise RuntimeError("away")

    ringing = Ringing(held, following(None))
    alarm = Alarm(ringing, CLOCK, NEVER, ahead)
    task = asyncio.create_task(alarm.run())
    await ringing.times(2)
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_database_that_is_away_is_asked_for_again_and_is_no_reason_to_give_up() -> None:
    """A new process would find it away as well."""

    async def away(_now: int) -> int | None:
        raise Away("the database does not answer")

    ringing = Ringing(away)
    async with running(ringing, 0.05) as (_, task):
        await ringing.times(5)
        await asyncio.sleep(2 * DEAF_AFTER * 0.05)
        assert not task.done()


# ── Being told ──────────────────────────────────────────────────────────────


async def test_it_rings_when_it_is_nudged_and_once_for_all_who_nudge_meanwhile() -> None:
    go_on = asyncio.Event()

    async def slow(_now: int) -> int | None:
        await go_on.wait()
        return None

    ringing = Ringing(following(None), slow, following(None))
    async with running(ringing, NEVER) as (alarm, _):
        await ringing.times(1)
        alarm.nudge()
        await ringing.times(2)
        for _ in range(100):
            alarm.nudge()
        await asyncio.sleep(0.05)
        go_on.set()
        await ringing.times(3)
        await asyncio.sleep(0.1)
    assert len(ringing.rung) == 3
