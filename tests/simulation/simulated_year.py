"""How does a whole year go, with everything that can break, and how would it have gone if nothing had?

One integer decides everything: the dates, what people do, when the alarm is silent, where the process dies, what the
relay answers. Nothing here reads a clock, starts a thread or waits.
"""

import asyncio
import hashlib
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from simulated_books import Books, broken_at_this_step, read_books
from simulated_house import Died, Hiccup, Process, Relay
from simulated_people import BRING_IN, DAY, HOUR, SECOND, Deed, deeds_of
from simulated_programmes import Played, copy_of, year

from engine import faults
from engine.clock import StoppedClock
from engine.cycle import Imported
from engine.database.connection import Database
from engine.errors import GrantcycleError, Refused
from engine.rehearsal.acting import Actors
from engine.rehearsal.acts import EXTEND, START, write_instant, write_values

YEARS = 12
"""so many years are opened once and then copied"""
_BY_THE_CALENDAR = ("due", "missed", "waits for release")
"""what the first line of a transaction of the calendar says"""


@dataclass(frozen=True)
class Knobs:
    """How large a year is. Of several sizes (rounds, dossiers in all) each seed takes one: wide years and deep ones."""

    family: str = "grants"
    sizes: tuple[tuple[int, int], ...] = ((1, 5), (1, 8), (3, 3))


@dataclass(frozen=True)
class Weather:
    """What goes wrong in one year. Shares are of all points passed, of all letters, of all rings."""

    dies: float
    hiccups: float
    relay: float
    second_alarm: float
    late: bool
    silences: tuple[tuple[int, int], ...]


CALM = Weather(0, 0, 0, 0, False, ())


def weather(chance: random.Random, deeds: Sequence[Deed]) -> Weather:
    """Some years are stormy all over, some in one way only, and in most the worker is down for days or weeks."""
    first, last = deeds[0].act.instant - DAY, deeds[-1].act.instant + DAY
    silences = []
    for _ in range(chance.choice((0, 1, 2, 4))):
        start = chance.randint(first, last)
        silences.append((start, start + chance.choice((HOUR, DAY, 10 * DAY, 40 * DAY, 150 * DAY))))
    if chance.random() < 0.1:
        silences.append((first, last))
    return Weather(
        dies=chance.choice((0, 0.004, 0.02, 0.08)),
        hiccups=chance.choice((0, 0, 0.01, 0.05)),
        relay=chance.choice((0, 0.05, 0.3, 0.7)),
        second_alarm=chance.choice((0, 0.1, 0.6)),
        late=chance.random() < 0.7,
        silences=tuple(silences),
    )


class Breaker:
    """Dies or hiccups at points as the dice say, and lets the last try of anything pass."""

    def __init__(self, chance: random.Random, weather: Weather) -> None:
        self.chance, self.weather = chance, weather
        self.points = self.broken = 0
        self.armed = weather.dies > 0 or weather.hiccups > 0

    def __call__(self, name: str) -> None:
        self.points += 1
        if not self.armed:
            return
        dice = self.chance.random()
        if dice < self.weather.dies:
            self.broken += 1
            raise Died(name)
        # what was committed cannot fail any more, it can only go unheard
        if dice < self.weather.dies + self.weather.hiccups and name != "after commit":
            self.broken += 1
            raise Hiccup(name)


@contextmanager
def points(breaker: Callable[[str], None]) -> Iterator[None]:
    faults.arm(breaker)
    try:
        yield
    finally:
        faults.arm(None)


@dataclass
class Year:
    """One year as it was played: what happened step by step, and the books at its end."""

    seed: int
    rounds: tuple[Played, ...]
    log: list[str] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    books: Books | None = None
    relay: Relay | None = None
    breakages: int = 0

    @cached_property
    def digest(self) -> str:
        """Over every step and every row of every table."""
        assert self.books is not None
        text = "\n".join((*self.log, *self.books.lines()))
        return hashlib.sha256(text.encode()).hexdigest()


class Playing:
    """Plays one year on one database."""

    def __init__(self, seed: int, knobs: Knobs, *, calm: bool) -> None:
        self.knobs, self.calm = knobs, calm
        plan = random.Random(f"{seed} plan")
        most, dossiers = plan.choice(knobs.sizes)
        template, rounds = year(plan.randrange(YEARS), knobs.family, most)
        self.year = Year(seed, rounds)
        self.deeds = list(deeds_of(plan, rounds, dossiers))
        self.weather = CALM if calm else weather(random.Random(f"{seed} weather"), self.deeds)
        self.chance = random.Random(f"{seed} luck")
        self.database: Database = copy_of(template)
        self.sql = self.database.writer.raw_connection().driver_connection.cursor()
        self.clock = StoppedClock(self.deeds[0].act.instant - 60 * DAY)
        self.relay = Relay(self.clock, random.Random(f"{seed} relay"), self.weather.relay, self.weather.dies > 0)
        self.breaker = Breaker(random.Random(f"{seed} faults"), self.weather)
        self.process, self.second = (Process(self.database, self.relay) for _ in range(2))
        self.actors = {
            played.round.key: Actors(self.process.cycle, played.programme.workflow, played.round.key)
            for played in rounds
        }
        self.round_ids: dict[str, int] = dict(self.sql.execute("SELECT key, id FROM round"))

    # ── The year ─────────────────────────────────────────────────────────────

    def play(self, runner: asyncio.Runner) -> Year:
        """From the first act until nothing will happen any more."""
        try:
            with points(self.breaker):
                for deed in self.deeds:
                    self._ring_until(deed.act.instant)
                    self._do(deed)
                    self._deliver(runner)
            self._come_to_rest(runner)
            self.year.books, self.year.relay = read_books(self.database), self.relay
            self.year.breakages = self.breaker.broken
        finally:
            self.database.close()
        return self.year

    def _note(self, now: int, what: str) -> None:
        self.year.log.append(f"{write_instant(now)} {what}")

    def _check(self, now: int, what: str) -> None:
        """The cheap invariants; the first step after which one does not hold is named."""
        self.year.broken += [f"after {write_instant(now)} {what}: {broken}" for broken in broken_at_this_step(self.sql)]

    # ── The calendar ─────────────────────────────────────────────────────────

    def _next_due(self) -> int | None:
        (instant,) = self.sql.execute(
            "SELECT min(fires_at) FROM deadline WHERE ended_at IS NULL AND NOT awaits_release"
        ).fetchone()
        return instant

    def _rings_at(self, due: int) -> int:
        """When the alarm rings for what is due then: on time, a little late, or after its silence."""
        at = max(due, self.clock.instant)
        if self.weather.late:
            at += self.chance.choice((0, 0, SECOND, 20 * SECOND, HOUR, 5 * HOUR))
        for start, end in self.weather.silences:
            if start <= at < end:
                at = end
        return at

    def _ring_until(self, now: int) -> None:
        """Everything for which the alarm rings before an instant."""
        while (due := self._next_due()) is not None and due <= now:
            at = self._rings_at(due)
            if at > now:
                break
            self._ring(at)
        self.clock.instant = max(self.clock.instant, now)

    def _ring(self, at: int) -> None:
        self.clock.instant = at
        known = self._open_deadlines(at)
        last = self.sql.execute("SELECT max(id) FROM journal").fetchone()[0] or 0
        try:
            following = self.process.cycle.advance(at, self._meanwhile)
            self._note(at, f"the alarm rings, next {following and write_instant(following)}")
        except Died as died:
            self._note(at, f"the alarm rings, and the process dies {died}")
            self._restart(at)
        except Hiccup as problem:
            self._note(at, f"the alarm rings, and it fails {problem}")
        self._in_order(known, last)
        self._check(at, "the alarm rang")

    def _open_deadlines(self, now: int) -> dict[tuple[int, str], tuple[int, int, int]]:
        """What is due in each round now, and its place in the order."""
        rows = self.sql.execute(
            "SELECT round_id, key, fires_at, position, id FROM deadline "
            "WHERE ended_at IS NULL AND NOT awaits_release AND fires_at <= ?", (now,)
        )  # fmt: skip
        return {(round_id, key): place for round_id, key, *place in rows}

    def _in_order(self, known: dict[tuple[int, str], tuple[int, int, int]], since: int) -> None:
        """What was due before the alarm rang was done in its order, round by round."""
        rows = self.sql.execute(
            "SELECT round_id, what, json_extract(details, '$.name'), json_extract(details, '$.batch') FROM journal "
            "WHERE id > ? AND actor = 'calendar' AND what IN ('due', 'missed') ORDER BY id", (since,)
        )  # fmt: skip
        done: dict[int, list[tuple[int, int, int]]] = {}
        for round_id, _, name, _ in rows:
            if place := known.get((round_id, name)):
                done.setdefault(round_id, []).append(place)
        self.year.broken += [
            f"round {round_id} did what was due in another order: {places}"
            for round_id, places in done.items()
            if places != sorted(places)
        ]

    def _meanwhile(self) -> None:
        """Between two deadlines of one alarm, the alarm of another process rings as well."""
        if self.chance.random() >= self.weather.second_alarm:
            return
        behind = self.clock.instant - self.chance.choice((0, 0, SECOND, HOUR))
        try:
            self.second.cycle.advance(behind)
        except Died:
            self.second = Process(self.database, self.relay)
        except Hiccup:
            pass

    def _restart(self, now: int) -> None:
        """A new process on what is left: the database, and a relay that knows nothing of ours."""
        self.process = Process(self.database, self.relay)
        for actors in self.actors.values():
            actors.cycle = self.process.cycle
        if self.chance.random() < 0.3:
            with points(lambda _name: None):
                self.process.cycle.work_out_again(now)

    # ── People ───────────────────────────────────────────────────────────────

    def _do(self, deed: Deed) -> None:
        """One act, tried again until it is known what came of it."""
        act = deed.act
        watched = self.calm and self._next_due_in(deed.round, act.instant) is None
        before = self._everything() if watched else None
        (newest,) = self.sql.execute("SELECT max(id) FROM deadline").fetchone()
        for attempt in range(1, 100):
            # whoever has tried three times in vain is let through, so that every year comes to its end
            self.breaker.armed = attempt <= 3 and (self.weather.dies > 0 or self.weather.hiccups > 0)
            link = self._last_link(deed.round)
            try:
                outcome = self._perform(deed)
                break
            except (Died, Hiccup) as problem:
                self._note(act.instant, f"{act.who} {act.what} {act.number}: broken off {problem}")
                if isinstance(problem, Died):
                    self._restart(act.instant)
                if self._was_written(deed, link):
                    outcome = "done"
                    break
        self.breaker.armed = self.weather.dies > 0 or self.weather.hiccups > 0
        if watched and outcome != "done" and self._everything() != before:
            self.year.broken.append(f"{write_instant(act.instant)} {act}: refused ({outcome}), and something changed")
        told = f"{deed.round} {act.who} {act.what} {act.number} {write_values(act.values)} -> {outcome}"
        self._note(act.instant, told)
        self.year.outcomes.append(f"{write_instant(act.instant)} {told}")
        self._check(act.instant, told)
        # what an act itself brings about may lie in the past: more time for one, who was to be reminded yesterday
        if act.what != EXTEND and self._next_due_in(deed.round, act.instant, newest) is not None:
            self.year.broken.append(f"after {told}: something was due in {deed.round} before it and has not happened")

    def _perform(self, deed: Deed) -> str:
        actors, act = self.actors[deed.round], deed.act
        try:
            if act.what == BRING_IN:
                self._bring_in(actors, deed)
            else:
                actors.perform(act)
        except Refused as refused:
            return "refused: " + ", ".join(reason.code for reason in refused.reasons)
        except GrantcycleError as problem:
            return f"impossible: {problem}"
        return "done"

    def _bring_in(self, actors: Actors, deed: Deed) -> None:
        act = deed.act
        row = Imported(
            f"House of {act.number}", act.values["email"], act.number, "en", state=act.values["state"],
            received_at=act.instant - DAY,
        )  # fmt: skip
        (number,) = actors.cycle.import_dossiers(deed.round, [row], by=act.who, now=act.instant)
        actors._numbers[act.number] = number

    def _last_link(self, key: str) -> int:
        link = self.sql.execute("SELECT max(id) FROM journal_link WHERE round_id = ?", (self.round_ids[key],))
        return int(link.fetchone()[0] or 0)

    def _was_written(self, deed: Deed, link: int) -> bool:
        """Whether an act that nobody was told the end of has happened: whether its own transaction is the last one."""
        last = self._last_link(deed.round)
        (what,) = self.sql.execute(
            "SELECT what FROM journal WHERE link_id = ? ORDER BY id LIMIT 1", (last,)
        ).fetchone()
        written = last > link and what not in _BY_THE_CALENDAR
        if written and deed.act.what in (START, BRING_IN):
            (number,) = self.sql.execute(
                "SELECT number FROM dossier WHERE round_id = ? ORDER BY id DESC LIMIT 1", (self.round_ids[deed.round],)
            ).fetchone()
            self.actors[deed.round]._numbers[deed.act.number] = number
        return written

    def _next_due_in(self, key: str, now: int, newest: int = 1 << 62) -> int | None:
        """What is due in a round, among the deadlines up to the newest that is meant."""
        (instant,) = self.sql.execute(
            "SELECT min(fires_at) FROM deadline WHERE round_id = ? AND ended_at IS NULL AND NOT awaits_release "
            "AND fires_at <= ? AND id <= ?", (self.round_ids[key], now, newest),
        ).fetchone()  # fmt: skip
        return instant

    def _everything(self) -> list[Any]:
        """Every row of every table but the files' content."""
        tables = [name for (name,) in self.sql.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return [self.sql.execute(f"SELECT * FROM {name}").fetchall() for name in tables if name != "pinned"]

    # ── Letters ──────────────────────────────────────────────────────────────

    def _deliver(self, runner: asyncio.Runner) -> None:
        """The postman goes his round, if he is there."""
        now = self.clock.instant
        if self.calm or self.chance.random() < 0.6 or any(start <= now < end for start, end in self.weather.silences):
            return
        self._send(runner)

    def _send(self, runner: asyncio.Runner) -> int | None:
        now, next_at, alive = self.clock.instant, None, True
        assert self.process.postman is not None
        try:
            delivered = runner.run(self.process.postman.deliver(self.clock))
            next_at = delivered.next_at
            self._note(now, f"letters: {delivered.sent} sent, {delivered.retried} again, {delivered.failed} failed")
        except Died as died:
            alive = False
            self._note(now, f"letters: the process dies {died}")
            self._restart(now)
        except Hiccup as problem:
            alive = False
            self._note(now, f"letters: {problem}")
        self.relay.came_home(alive=alive)
        return next_at

    def _come_to_rest(self, runner: asyncio.Runner) -> None:
        """The storm is over: all that is due happens, and all that waits leaves."""
        self.relay.trouble = 0
        end = self.deeds[-1].act.instant
        while (due := self._next_due()) is not None:
            end = max(end, due)
            self._ring(max(due, self.clock.instant))
        self.clock.instant = max(self.clock.instant, end) + DAY
        if self.calm:
            return
        while (next_at := self._send(runner)) is not None:
            self.clock.instant = max(next_at, self.clock.instant + SECOND)


def play(seed: int, knobs: Knobs, runner: asyncio.Runner, *, calm: bool = False) -> Year:
    """The year of that seed; `calm` without a single fault, on time, and without a postman."""
    return Playing(seed, knobs, calm=calm).play(runner)
