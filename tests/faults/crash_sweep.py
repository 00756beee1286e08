"""Does a round end as it would have, at whichever point the machine dies?

A program of its own, for it forks: the rounds are played by children that kill themselves (SIGKILL) at the k-th passing
of a point. The story is played once without any kill; before each step the database is copied. A round of the sweep
takes such a copy, plays a few steps and dies in them; another child then starts, does again what was not done, as a
client would, and compares the whole database with that of the run in which nobody died.
"""

import argparse
import asyncio
import contextlib
import gc
import hashlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]
from aiosmtpd.smtp import SMTP  # noqa: E402
from crash_play import LOOPBACK, House, Step, Story  # noqa: E402
from databases import fresh  # noqa: E402
from servers import PostgresServer  # noqa: E402
from sqlmodel import SQLModel, col, select  # noqa: E402

from engine import faults  # noqa: E402
from engine.cycle import due  # noqa: E402
from engine.cycle.scene import Scene  # noqa: E402
from engine.database import journal  # noqa: E402
from engine.database.connection import Database, open_database  # noqa: E402
from engine.database.copying import move  # noqa: E402
from engine.database.migrating import migrate  # noqa: E402
from engine.database.records import NotificationRow, RoundRow  # noqa: E402

PLAYED = 2
"""how many steps a round of the sweep plays: the one that dies, and what comes of it"""
ONE_IN, AGAIN, STRETCH, ON_SERVER = 12, 4, 8, 4
"""what a sample takes: one point in twelve, so many that die again, so many steps and deaths on a server"""
NOT_PASSED = "the point was not passed"
NOT_COMPARED = {
    "notification": {"ended_at", "leased_until", "next_try_at"},
    "letter": {"raw", "written_at"},
    "attempt": {"id", "tried_at"},
    "alembic_version": {"version_num"},
}
"""when a letter left may differ after a crash, and with it its Date; that it did may not"""


class Sink:
    """A mail server in a process of its own. It writes down the Message-ID and a digest of each letter it takes."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "accepted"
        self.path.touch()
        told, tell = os.pipe()
        self._lives, self._alive = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            os.close(self._alive)
            with contextlib.suppress(BaseException):
                asyncio.run(self._serve(tell))
            os._exit(0)
        self.port = int(os.read(told, 16))
        os.close(told)
        os.close(tell)
        os.close(self._lives)

    async def _serve(self, tell: int) -> None:
        loop = asyncio.get_running_loop()
        self._file = os.open(self.path, os.O_WRONLY | os.O_APPEND)
        server = await loop.create_server(lambda: SMTP(self, hostname="sink.example", loop=loop), LOOPBACK, 0)
        os.write(tell, str(server.sockets[0].getsockname()[1]).encode())
        gone = asyncio.Event()
        loop.add_reader(self._lives, gone.set)
        await gone.wait()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd's name
        content = envelope.original_content
        number = message_from_bytes(content)["Message-ID"]
        os.write(self._file, f"{number} {hashlib.sha256(content).hexdigest()}\n".encode())
        return "250 kept"

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    def since(self, offset: int) -> list[tuple[str, str]]:
        """(Message-ID, digest) of each letter that was taken after the file had that size."""
        with self.path.open() as file:
            file.seek(offset)
            return [(line.split()[0], line.split()[1]) for line in file]

    def close(self) -> None:
        os.close(self._alive)
        os.waitpid(self.pid, 0)


class SqliteCopies:
    """The database in a file that is played on, and its copies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.played = folder / "played.db"

    def begin(self) -> Database:
        """An empty one."""
        return fresh(f"sqlite:///{self.played}")

    def kept_at(self, place: int) -> Database:
        """What was kept before a step, to be looked at and closed."""
        return open_database(f"sqlite:///{self.folder / f'{place}.db'}")

    def keep(self, place: int) -> None:
        """Keep a copy of the database, which nobody has open, as it is before a step."""
        shutil.copyfile(self.played, self.folder / f"{place}.db")

    def take(self, place: int) -> None:
        """Put things back to how they were before a step."""
        for name in ("played.db-wal", "played.db-shm"):
            (self.folder / name).unlink(missing_ok=True)
        shutil.copyfile(self.folder / f"{place}.db", self.played)

    def settle(self) -> None:
        """Wait until nothing of a process that died is left: a file's locks go with it."""

    def number_on(self, database: Database) -> None:
        """Have the next id of each table follow its last: here it does."""

    def close(self) -> None:
        pass


class PostgresCopies:
    """The same on a PostgreSQL server that runs."""

    numbering = "SELECT " + ", ".join(
        f"""setval(pg_get_serial_sequence('"{name}"', 'id'), coalesce((SELECT max(id) FROM "{name}"), 0) + 1, false)"""
        for name, table in SQLModel.metadata.tables.items()
        if "id" in table.columns
    )

    def __init__(self, server: PostgresServer) -> None:
        self.server = server
        self.name = f"sweep_{os.getpid()}"
        self.kept: list[str] = []

    def begin(self) -> Database:
        self.server.execute(f"CREATE DATABASE {self.name}")
        database = open_database(self.server.url(self.name))
        migrate(database)
        return database

    def kept_at(self, place: int) -> Database:
        return open_database(self.server.url(f"{self.name}_{place}"))

    def drop(self, name: str) -> None:
        self.server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def keep(self, place: int) -> None:
        self.kept.append(f"{self.name}_{place}")
        self.server.execute(f"CREATE DATABASE {self.kept[-1]} TEMPLATE {self.name}")

    def take(self, place: int) -> None:
        self.drop(self.name)
        self.server.execute(f"CREATE DATABASE {self.name} TEMPLATE {self.name}_{place}")

    def settle(self) -> None:
        self.server.execute(
            "DO $$ BEGIN WHILE EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend') LOOP PERFORM pg_sleep(0.002); "
            "PERFORM pg_stat_clear_snapshot(); END LOOP; END $$",
            database=self.name,
        )

    def number_on(self, database: Database) -> None:
        """Have the next id of each table follow its last, as on a file.

        A server gives no id twice, also not one that was rolled back, and ids stand in more than their columns: in
        where a letter leads to, and in what an invitation is called for ever.
        """
        with database.transaction() as session:
            session.connection().exec_driver_sql(self.numbering)

    def close(self) -> None:
        for name in (self.name, *self.kept):
            self.drop(name)


def questions() -> dict[str, str]:
    """table -> how to ask for all that is compared of it."""
    found = {}
    for name, table in SQLModel.metadata.tables.items():
        left_out = NOT_COMPARED.get(name, set())
        if kept := [f'"{column.name}"' for column in table.columns if column.name not in left_out]:
            found[name] = f'SELECT {", ".join(kept)} FROM "{name}"'
    return found


def dump(database: Database, asked: Mapping[str, str]) -> dict[str, list[str]]:
    """What stands in every table, and what is wrong with the journal's chains."""
    with database.reading() as session:
        found = {
            name: sorted(repr(tuple(row)) for row in session.connection().exec_driver_sql(question))
            for name, question in asked.items()
        }
        for number, key in session.exec(select(RoundRow.id, RoundRow.key)).all():
            assert number is not None
            found[f"chain of {key}"] = list(journal.broken_links(session, number))
    return found


def sent(database: Database) -> set[str]:
    """The Message-IDs of the letters that are known to have left."""
    with database.reading() as session:
        return set(session.exec(select(NotificationRow.message_id).where(col(NotificationRow.status) == "sent")).all())


def forked(task: Callable[[int], None]) -> tuple[str, int]:
    """Carry out a task in a child, which writes to the file it is given; gives what it wrote and its wait status."""
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(read)
        try:
            task(write)
        except BaseException:
            os.write(write, traceback.format_exc().encode())
            os._exit(1)
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        wrote = pipe.read()
    return wrote, os.waitpid(pid, 0)[1]


def die_at(point: str, passing: int) -> None:
    """Have this process killed at the n-th passing of a point from now on."""
    passed = 0

    def hook(name: str) -> None:
        nonlocal passed
        if name == point:
            passed += 1
            if passed == passing:
                os.kill(os.getpid(), signal.SIGKILL)

    faults.arm(hook)


@dataclass(frozen=True)
class Death:
    """The n-th passing of a point in a step."""

    step: int
    point: str
    passing: int


@dataclass
class Found:
    """What a sweep came to."""

    rounds: int = 0
    seconds: float = 0.0
    twice: int = 0
    """letters that arrived twice, all in the declared gap"""
    points: dict[str, int] = field(default_factory=dict)
    """each point, and how often the story passes it"""
    complaints: list[str] = field(default_factory=list)


class Sweep:
    """The story as it goes without a kill, and the rounds that are played against it."""

    def __init__(self, copies: SqliteCopies | PostgresCopies, sink: Sink) -> None:
        self.copies = copies
        self.sink = sink
        self.steps: Sequence[Step] = Story().steps
        self.asked = questions()
        self.passed: dict[int, Counter[str]] = {}
        self.sent: dict[int, set[str]] = {}
        """before each step, and after the last"""
        self._dumps: dict[int, dict[str, list[str]]] = {}

    def play(self, first: int = 0, steps: int | None = None, source: Database | None = None) -> None:
        """Play the story once, count the points, and keep how the database stands before each step.

        With a `source`, which is sealed, only some `steps` of it, the `first` one on what has moved over from there.
        """
        self.database = self.copies.begin()
        if source:
            move(source, self.database)
        self.end = len(self.steps) if steps is None else min(first + steps, len(self.steps))
        house = House(self.database, self.sink.port)
        for place, step in enumerate(self.steps[first : self.end], start=first):
            self._keep(place)
            counted: Counter[str] = Counter()
            self.copies.number_on(self.database)
            faults.arm(lambda name, counted=counted: counted.update([name]))
            step.do(house)
            faults.arm(None)
            assert step.by is None or house.has_done(step), f"step {place} does not stand in the journal"
            self.passed[place] = counted
        self._keep(self.end)
        # the children open their own connections, from engines that know every statement already
        self.database.close()
        gc.collect()
        gc.freeze()

    def _keep(self, place: int) -> None:
        self.sent[place] = sent(self.database)
        self.database.close()
        self.copies.keep(place)

    def stood(self, place: int) -> dict[str, list[str]]:
        """What stands in the database before a step where nobody dies."""
        if place not in self._dumps:
            kept = self.copies.kept_at(place)
            self._dumps[place] = dump(kept, self.asked)
            kept.close()
        return self._dumps[place]

    def deaths(self) -> dict[str, list[Death]]:
        """Where one can die: every passing of every point."""
        found: dict[str, list[Death]] = {}
        for place, counted in self.passed.items():
            for name, times in counted.items():
                found.setdefault(name, []).extend(Death(place, name, one) for one in range(1, times + 1))
        return found

    def round(self, death: Death, second: tuple[str, int] | None = None) -> tuple[list[str], int]:
        """Die there, and (with `second`) once more when starting again; gives what is wrong, and how many letters
        arrived twice in the declared gap."""
        last = min(death.step + PLAYED, self.end)
        expected = self.stood(last)
        self.copies.take(death.step)
        offset = self.sink.size
        complaints: list[str] = []
        gaps: set[str] = set()
        acknowledged = death.step

        def play(write: int, deadly: tuple[str, int] | None, *, again: bool) -> None:
            house = House(self.database, self.sink.port)
            done = [False] * (last - death.step)
            if again:
                gap = {number for number, _ in self.sink.since(offset)} - sent(self.database)
                os.write(write, f"gap {' '.join(gap)}\n".encode())
                done = [step.by is not None and house.has_done(step) for step in self.steps[death.step : last]]
            for place, step in enumerate(self.steps[death.step : acknowledged], start=death.step):
                if step.by is not None and not done[place - death.step]:
                    os.write(write, f"wrong: step {place} was acknowledged and is lost\n".encode())
                with self.database.reading() as session:
                    if step.by is None and place == acknowledged - 1 and due.rounds_due(session, step.now):
                        os.write(write, f"wrong: step {place} had happened and is lost\n".encode())
            if deadly:
                die_at(*deadly)
            for place, step in enumerate(self.steps[death.step : last], start=death.step):
                self.copies.number_on(self.database)
                if not done[place - death.step]:
                    step.do(house)
                os.write(write, f"done {place}\n".encode())
            faults.arm(None)
            self._compare(expected, lambda text: os.write(write, f"wrong: {text}\n".encode()))
            self.database.close()

        first = (death.point, death.passing)
        for deadly in (first, second, None):
            wrote, status = forked(lambda write, deadly=deadly: play(write, deadly, again=deadly is not first))
            self.copies.settle()
            for line in wrote.splitlines():
                word, _, rest = line.partition(" ")
                if word == "gap":
                    gaps |= set(rest.split())
                elif word == "done":
                    acknowledged = max(acknowledged, int(rest) + 1)
                elif word == "wrong:":
                    complaints.append(rest)
            if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL and deadly:
                continue
            if status:
                complaints.append(f"starting again failed: {wrote}")
            elif deadly is first:
                complaints.append(NOT_PASSED)
            break
        complaints += self._letters(offset, gaps, death.step, last)
        taken = Counter(number for number, _ in self.sink.since(offset))
        return complaints, sum(times - 1 for times in taken.values())

    def _compare(self, expected: dict[str, list[str]], tell: Callable[[str], object]) -> None:
        found = dump(self.database, self.asked)
        for name in sorted({*found, *expected}):
            if found.get(name) != expected.get(name):
                lost = Counter(expected.get(name, ())) - Counter(found.get(name, ()))
                more = Counter(found.get(name, ())) - Counter(expected.get(name, ()))
                tell(f"{name}: missing {list(lost)[:2]}, too many {list(more)[:2]}"[:900])

    def _letters(self, offset: int, gaps: set[str], first: int, last: int) -> Iterator[str]:
        """What is wrong with the letters that arrived: each once, or again from the gap and then the very same."""
        taken = self.sink.since(offset)
        times = Counter(number for number, _ in taken)
        for number in (self.sent[last] - self.sent[first]) - set(times):
            yield f"letter {number} is lost"
        if len(times) != len(self.sent[last]) - len(self.sent[first]):
            yield f"{len(times)} letters arrived, and {len(self.sent[last]) - len(self.sent[first])} should have"
        for number, often in times.items():
            if often > 1 and number not in gaps:
                yield f"letter {number} arrived {often} times, and not in the gap"
        if len(set(taken)) != len(times):
            yield "a letter arrived twice and was not the same"


def tear_in_two() -> None:
    """The sabotage: commit what a moment moves before its journal and its letters are written."""
    finish = Scene.finish

    def two(scene: Scene) -> None:
        # the raw commit, below the session that would not allow it
        raw = scene.session.connection().connection.driver_connection
        assert raw is not None
        scene.session.flush()
        raw.execute("COMMIT")
        raw.execute("BEGIN IMMEDIATE")
        finish(scene)

    Scene.finish = two  # type: ignore[method-assign]


def chosen(deaths: Sequence[Death], rounds: int, chance: random.Random) -> list[Death]:
    """The first, a middle and the last passing, or as many at random."""
    if rounds == 3:
        return [deaths[0], deaths[len(deaths) // 2], deaths[-1]]
    return [chance.choice(deaths) for _ in range(rounds)]


def over(sweep: Sweep, deaths: Iterable[Death], second: Callable[[], tuple[str, int] | None]) -> Found:
    """Die each of those deaths, and where `second` gives one another when starting again."""
    found = Found(points={name: len(one) for name, one in sweep.deaths().items()})
    begun = time.perf_counter()
    for death in deaths:
        again = second()
        complaints, twice = sweep.round(death, again)
        if complaints == [NOT_PASSED] and death.passing > 1:
            # what comes close together is written together: where all is slow, a point is passed less often
            complaints, twice = sweep.round(replace(death, passing=1), again)
        found.rounds += 1
        found.twice += twice
        found.complaints += [f"{death}, then {again}: {complaint}" for complaint in complaints]
    found.seconds = time.perf_counter() - begun
    return found


def sample(sweep: Sweep, on_server: Sweep, seed: int) -> dict[str, Found]:
    """A little of everything, on one playing of the story; what is taken goes round with the seed.

    Once at each of a twelfth of the points; and once more when starting again; on a server, in a stretch of the story
    that moves over to it; and last the sabotage, on which the sweep must complain.
    """
    chance = random.Random(seed)
    deaths = sweep.deaths()
    points = sorted(deaths)
    found = {"once": over(sweep, [chance.choice(deaths[one]) for one in points[seed % ONE_IN :: ONE_IN]], never)}
    again = [chance.choice(deaths[one]) for one in chance.sample(points, AGAIN)]
    found["twice"] = over(sweep, again, lambda: (chance.choice(points), chance.randint(1, 5)))
    first = chance.randrange(len(sweep.steps) - STRETCH)
    sweep.copies.take(first)
    on_server.play(first, STRETCH, sweep.database)
    there = [one for several in on_server.deaths().values() for one in several]
    found["server"] = over(on_server, chance.sample(there, ON_SERVER), never)
    tear_in_two()
    found["torn"] = over(sweep, chosen(deaths["journal written"], 3, chance), never)
    return found


def never() -> None:
    """Nobody dies again."""


def main() -> None:
    """Sweep over this program's share of the points, and print what was found as JSON."""
    given = argparse.ArgumentParser()
    given.add_argument("--sample", type=int, metavar="SEED", help="a little of everything, with a --server")
    given.add_argument("--server", help="the folder of a PostgreSQL server that runs; else on SQLite")
    given.add_argument("--rounds", type=int, default=3, help="rounds per point")
    given.add_argument("--seed", type=int, default=1)
    given.add_argument("--share", default="0/1", help="which part of the points, of how many: 0/2")
    given.add_argument("--at", action="append", help="only this point, and others given so")
    given.add_argument("--twice", action="store_true", help="die once more when starting again")
    options = given.parse_args()
    part, parts = map(int, options.share.split("/"))
    chance = random.Random(options.seed)
    folder = Path(tempfile.mkdtemp(prefix="gc-crash-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    sink = Sink(folder)
    there = PostgresCopies(PostgresServer(Path(options.server))) if options.server else None
    here = SqliteCopies(folder)
    try:
        sweep = Sweep(here if options.sample or there is None else there, sink)
        sweep.play()
        if options.sample:
            assert there is not None, "a sample is taken on both databases"
            found = sample(sweep, Sweep(there, sink), options.sample)
            print(json.dumps({name: one.__dict__ for name, one in found.items()}))
            return
        every = sweep.deaths()
        points = sorted(options.at or every)[part::parts]
        deaths = [death for point in points for death in chosen(every[point], options.rounds, chance)]
        again = lambda: (chance.choice(points), chance.randint(1, 5))  # noqa: E731  said once, for one of two
        print(json.dumps(over(sweep, deaths, again if options.twice else never).__dict__))
    finally:
        here.close()
        if there:
            there.close()
        sink.close()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
