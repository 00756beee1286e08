"""Does whoever waits hear at once that something is due earlier, and is nothing lost when nobody hears?"""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from databases import address_of, fresh_on

sys.path.append(str(Path(__file__).parents[1] / "engine" / "cycle"))
from datetime import date
from email.headerregistry import Address

from sqlalchemy import text
from stage import BEFORE, CALL, STAFF, Stage, applicant, programme

from engine.alarm import Alarm, Alive
from engine.clock import WallClock
from engine.cycle import Cycle
from engine.database import listening
from engine.database.connection import Database
from engine.database.listening import DEADLINES, LETTERS, listen
from engine.errors import GrantcycleError
from notifications.desk import Desk
from notifications.lease import take
from notifications.outbox import Outbox

SENDER = Address("Fund", "fund", "fund.example")
PATIENCE = 30


class Heard:
    """Counts what was said on each channel."""

    def __init__(self) -> None:
        self.count: Counter[str] = Counter()
        self._changed = asyncio.Event()

    @property
    def wakes(self) -> dict[str, Callable[[], object]]:
        return {channel: lambda channel=channel: self._add(channel) for channel in (DEADLINES, LETTERS)}  # type: ignore[misc]

    def _add(self, channel: str) -> None:
        self.count[channel] += 1
        self._changed.set()

    async def until(self, right: Callable[[Counter[str]], bool]) -> None:
        async def wait() -> None:
            while not right(self.count):
                self._changed.clear()
                await self._changed.wait()

        await asyncio.wait_for(wait(), PATIENCE)

    async def nothing_more(self) -> Counter[str]:
        """What has been heard, after a while in which more would have come."""
        before = self.count.copy()
        await asyncio.sleep(0.3)
        return self.count - before


@asynccontextmanager
async def hearing(database: Database) -> AsyncIterator[Heard]:
    """Listen, from when the connection stands."""
    heard = Heard()
    task = asyncio.create_task(listen(database, heard.wakes))
    try:
        await heard.until(lambda count: count[DEADLINES] >= 1 and count[LETTERS] >= 1)
        heard.count.clear()
        yield heard
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def stage() -> Iterator[Stage]:
    with fresh_on("postgresql") as database:
        yield Stage(database, then=Outbox(SENDER).queue).open()


def letter_of(stage: Stage) -> int:
    """Withdraw a dossier; gives the number of its applicant's letter."""
    number = stage.draft()
    stage.cycle.act(stage.key, number, "withdraw", by=applicant("anna"), now=CALL)
    with stage.database.reading() as session:
        found: int = session.connection().execute(text("SELECT min(id) FROM notification")).scalar_one()
    return found


async def test_an_act_that_queues_letters_says_so(stage: Stage) -> None:
    number = stage.draft()
    async with hearing(stage.database) as heard:
        await asyncio.to_thread(
            stage.cycle.act, stage.key, number, "withdraw", by=applicant("anna"), now=CALL
        )
        await heard.until(lambda count: count[LETTERS] == 1)
        assert await heard.nothing_more() == {}
        assert heard.count[DEADLINES] == 0


async def test_a_date_that_moves_says_so_and_so_does_a_round_that_opens(stage: Stage) -> None:
    async with hearing(stage.database) as heard:
        await asyncio.to_thread(
            stage.cycle.extend, stage.key, "call closes", date(2030, 3, 20), reason="flood", by=STAFF, now=CALL
        )
        await heard.until(lambda count: count[DEADLINES] == 1)
        other = Stage(stage.database, programme(name="other"))
        await asyncio.to_thread(other.cycle.open_round, other.programme, "2030", by=STAFF, now=BEFORE)
        await heard.until(lambda count: count[DEADLINES] == 2)


async def test_a_letter_that_staff_let_go_says_so_and_the_postman_wakes_nobody(stage: Stage) -> None:
    letter = letter_of(stage)
    desk = Desk(stage.database)
    async with hearing(stage.database) as heard:
        await asyncio.to_thread(desk.hold, letter, by=STAFF, now=CALL)
        with stage.database.transaction() as session:
            assert len(take(session, "relay", CALL + 1, free=8, busy=0)) >= 1
        assert await heard.nothing_more() == {}
        await asyncio.to_thread(desk.let_go, letter, by=STAFF, now=CALL + 2)
        await heard.until(lambda count: count[LETTERS] == 1)


async def test_what_is_rolled_back_says_nothing(stage: Stage) -> None:
    number = stage.draft()
    async with hearing(stage.database) as heard:
        stage.ear.broken_for = lambda _cause: True
        with pytest.raises(RuntimeError):
            await asyncio.to_thread(stage.cycle.act, stage.key, number, "withdraw", by=applicant("anna"), now=CALL)
        assert await heard.nothing_more() == {}


async def test_a_connection_that_is_lost_is_made_anew_and_everybody_is_woken(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "AGAIN_SECONDS", 0.05)
    number = stage.draft()
    async with hearing(stage.database) as heard:
        for times in (1, 2):
            with stage.database.transaction() as session:
                ended = session.connection().execute(
                    text(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                        "WHERE query LIKE 'LISTEN%' AND datname = current_database()"
                    )
                )
                assert ended.scalars().all() == [True]
            await heard.until(lambda count, times=times: min(count[DEADLINES], count[LETTERS]) == times)  # type: ignore[misc]
        await asyncio.to_thread(stage.cycle.act, stage.key, number, "withdraw", by=applicant("anna"), now=CALL)
        await heard.until(lambda count: count[LETTERS] == 3)


async def test_a_silence_is_used_to_see_whether_the_server_is_there(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "QUIET_SECONDS", 0.05)
    number = stage.draft()
    async with hearing(stage.database) as heard:
        await asyncio.sleep(0.3)
        await asyncio.to_thread(stage.cycle.act, stage.key, number, "withdraw", by=applicant("anna"), now=CALL)
        await heard.until(lambda count: count[LETTERS] == 1)


async def test_behind_a_pool_the_server_itself_is_listened_to(stage: Stage) -> None:
    heard = Heard()
    task = asyncio.create_task(listen(stage.database, heard.wakes, address_of(stage.database)))
    await heard.until(lambda count: count[LETTERS] == 1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    with pytest.raises(GrantcycleError, match="is not the address of a database"):
        await listen(stage.database, {}, "the other one")


async def test_on_sqlite_nobody_listens() -> None:
    with fresh_on("sqlite") as database:
        await listen(database, {DEADLINES: lambda: None})


@pytest.mark.parametrize("listens", [True, False])
async def test_another_process_moves_a_date_and_the_alarm_rings_at_once_or_at_the_next_sweep(listens: bool) -> None:
    """With notifications at once though the sweep is an hour away; without them at the sweep."""
    clock = WallClock()
    with fresh_on("postgresql") as database:
        stage = Stage(database)
        rung: list[int | None] = []

        async def ring(now: int, _alive: Alive) -> int | None:
            rung.append(await asyncio.to_thread(Cycle(database, stage.ear).advance, now))
            return rung[-1]

        alarm = Alarm(ring, clock, sweep=3_600.0 if listens else 0.5)
        running = [asyncio.create_task(alarm.run())]
        if listens:
            running.append(asyncio.create_task(listen(database, {DEADLINES: alarm.nudge})))
        async with asyncio.timeout(PATIENCE):
            while not rung or (listens and len(rung) < 2):  # at the start, and when it began to listen
                await asyncio.sleep(0.02)
            assert set(rung) == {None}
            await asyncio.to_thread(stage.cycle.open_round, stage.programme, "2030", by=STAFF, now=clock.now())
            while rung[-1] is None:
                await asyncio.sleep(0.02)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
