"""How late does the alarm fire, in one process, with a million other deadlines pending?"""

import asyncio
from collections.abc import Callable
from statistics import quantiles

from bench.child import in_a_child
from bench.databases import Place, migrated, opened
from bench.dossiers import CALENDAR, PROGRAMME, ROUND, SENDER, STAFF, cycle_on
from bench.figures import Figures, Line, Wanted, Who, seconds
from bench.pending import put_pending
from bench.scheduled import all_at_once, put_scheduled
from engine.alarm import Alarm, Alive
from engine.clock import WallClock
from engine.cycle import Cycle
from engine.database.connection import Database
from engine.database.records import DeadlineRow
from engine.database.store import find_round, the_id
from engine.rules.moments import SECOND, from_instant
from notifications.outbox import Outbox

READERS = 3
START = 2 * SECOND
"""how long after they are written the first deadline is due: everything has been started by then"""
MOST_MS = 25.0
AT_ONCE = 1_000


def put_deadlines(database: Database, instants: list[int]) -> None:
    """An announcement at each instant, which tells a few people."""
    with database.transaction() as session:
        round_id = the_id(find_round(session, ROUND))
        for place, instant in enumerate(instants):
            session.add(
                DeadlineRow(
                    round_id=round_id, key=f"announcement call_opens {instant} {place}", kind="announcement",
                    name="call_opens", moment="call opens", position=place, zone=CALENDAR.zone, tzdata="",
                    local=from_instant(instant, CALENDAR.zone).isoformat(), due_at=instant, fires_at=instant,
                )
            )  # fmt: skip


def open_now(database: Database) -> None:
    """The Cera round brought over now, all its own moments being past, with a few people who asked to be told."""
    now = WallClock().now()
    cycle = Cycle(database, Outbox(SENDER).queue)
    cycle.open_round(PROGRAMME, "2019", by=STAFF, now=now, as_of=now)
    for place in range(READERS):
        cycle.add_person(
            ROUND, email=f"r{place}@readers.example", name="Cas", language="nl", role="everyone", by=STAFF, now=now
        )


def ours(url: str, deadlines: int, spread: float) -> list[float]:
    """How many ms after its instant each of so many deadlines, spread over so many seconds, was committed."""
    clock = WallClock()
    with opened(url) as database:
        cycle = cycle_on(database)
        first = clock.now() + START
        instants = [first + round(place * spread * SECOND / deadlines) for place in range(deadlines)]
        put_deadlines(database, instants)
        committed = asyncio.run(_ring(cycle, deadlines))
    return [(at - due) / 1_000 for at, due in zip(committed, instants, strict=True)]


async def _ring(cycle: Cycle, deadlines: int) -> list[int]:
    """The instants at which so many deadlines were committed, one after the other."""
    clock, loop, done = WallClock(), asyncio.get_running_loop(), asyncio.Event()
    committed: list[int] = []

    async def ring(now: int, alive: Alive) -> int | None:
        def each() -> None:
            committed.append(clock.now())
            alive()
            if len(committed) == deadlines:
                loop.call_soon_threadsafe(done.set)

        return await asyncio.to_thread(cycle.advance, now, each)

    running = asyncio.create_task(Alarm(ring, clock).run())
    waiting = asyncio.create_task(done.wait())
    await asyncio.wait([running, waiting], return_when=asyncio.FIRST_COMPLETED)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return committed


def _percentile(values: list[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def measure(place: Place, pending: int, deadlines: int, spread: float, runs: int) -> tuple[Figures, Figures]:
    """The median and the 99th percentile of the lateness in ms, beside APScheduler with its own job store."""
    late: dict[str, list[list[float]]] = {"lateness": [], "scheduled": []}
    peaks: dict[str, list[float]] = {"lateness": [], "scheduled": []}
    for work, set_up in (("lateness", _set_up), ("scheduled", put_scheduled)):
        url = place.fresh()
        set_up(url, pending)
        for _ in range(runs):
            said = in_a_child(work, url, str(deadlines), str(spread))
            late[work].append(said["late_ms"])
            peaks[work].append(said["peak_mb"])
        place.drop(url)

    def line(who: Who, how: str, work: str, percent: int) -> Line:
        return Line(who, how, tuple(_percentile(run, percent) for run in late[work]), max(peaks[work]))

    def figures(percent: int) -> Figures:
        lines = (
            line("ours", "one table of deadlines, the alarm", "lateness", percent),
            line("straightforward", "APScheduler with its SQLAlchemy job store", "scheduled", percent),
        )
        wanted = (Wanted(f"at most {MOST_MS:g} ms", lines[0].median <= MOST_MS),) if percent == 99 else ()
        return Figures(
            f"lateness, {percent}th percentile of {deadlines} deadlines in {spread:g} s, {pending:,} pending, "
            f"{place.name}",
            "ms", lines, better="low", wanted=wanted,
        )  # fmt: skip

    return figures(50), figures(99)


def _set_up(url: str, pending: int) -> None:
    with migrated(url) as database:
        open_now(database)
        put_pending(database, pending)


def measure_at_once(place: Place, runs: int, at_once: int = AT_ONCE) -> Figures:
    """How many deadlines a second fire that are due at one instant, beside APScheduler with its own job store."""
    rates: list[float] = []
    for _ in range(runs):
        url = place.fresh()
        with migrated(url) as database:
            open_now(database)
            cycle = cycle_on(database)
            put_deadlines(database, [WallClock().now()] * at_once)
            rates.append(at_once / seconds(_advancing(cycle)))
        place.drop(url)
    lines = (
        Line("ours", "one transaction each, with its letters", tuple(rates)),
        Line(
            "straightforward", "APScheduler with its SQLAlchemy job store",
            tuple(at_once / all_at_once(place, at_once) for _ in range(runs)),
        ),
    )  # fmt: skip
    return Figures(f"{at_once:,} deadlines due at once, {place.name}", "deadlines/s", lines)


def _advancing(cycle: Cycle) -> Callable[[], object]:
    return lambda: cycle.advance(WallClock().now())
