"""Four nodes on one PostgreSQL that are killed at random: does each deadline fire exactly once, in order?"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from databases import fresh_on
from many_rounds import DEADLINES, DOSSIERS, STEPS, Story, expected, open_rounds, programme, story_of
from servers import PostgresServer, own_server
from sqlalchemy import text

from engine.database.connection import Database, open_database
from engine.database.migrating import migrate
from engine.errors import Away

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
NODES = 4
OPEN = text("SELECT count(*) FROM deadline WHERE ended_at IS NULL")
PATIENCE = 900
"""seconds after which a test gives up that does not come to an end"""


class Nodes:
    """Some processes, each the same as a worker, one of which is killed every now and then and replaced."""

    def __init__(self, url: str, log: Path) -> None:
        with log.open("ab") as stderr:
            self._forker = subprocess.Popen(
                [sys.executable, HERE / "forker.py", url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr,
                text=True, env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(HERE)])},
            )  # fmt: skip
        self.alive = [self._fork() for _ in range(NODES)]
        self.kills = 0

    def _fork(self) -> int:
        assert self._forker.stdin is not None
        assert self._forker.stdout is not None
        self._forker.stdin.write("one more\n")
        self._forker.stdin.flush()
        return int(self._forker.stdout.readline())

    def kill_one(self, chance: random.Random) -> None:
        place = chance.randrange(NODES)
        os.kill(self.alive[place], signal.SIGKILL)
        self.kills += 1
        self.alive[place] = self._fork()

    def end(self) -> None:
        self._forker.communicate()


@contextmanager
def nodes_on(url: str, log: Path) -> Iterator[Nodes]:
    running = Nodes(url, log)
    try:
        yield running
    finally:
        running.end()


def left(database: Database) -> int:
    """How many deadlines have not ended; also while the server is being started anew."""
    while True:
        try:
            with database.reading() as session:
                return int(session.connection().execute(OPEN).scalar_one())
        except Away:
            time.sleep(0.02)


def play(database: Database, url: str, log: Path, each: int = 3, disaster: "Disaster | None" = None) -> int:
    """Let nodes work until everything has fired, and kill one somewhere in every `each` deadlines.

    Gives how many died while something was left. They die as often on a slow machine, and no oftener: one that has
    not yet begun to work proves nothing. With a `disaster` the server dies too every so many deadlines.
    """
    chance = random.Random(11)
    give_up = time.monotonic() + PATIENCE
    with nodes_on(url, log) as nodes:
        before = survived = open_now = left(database)
        while open_now:
            assert time.monotonic() < give_up, f"{open_now} deadlines never fired:\n{log.read_text()[-2000:]}"
            if disaster and open_now <= survived - disaster.each:
                disaster.happens(lambda: nodes.kill_one(chance))
                survived -= disaster.each
            if open_now <= before - each:
                time.sleep(chance.uniform(0.0, 0.02))
                nodes.kill_one(chance)
                before -= each
            else:
                time.sleep(0.01)
            open_now = left(database)
        return nodes.kills


@dataclass
class Disaster:
    """A server that is stopped at once, as if its machine had died, somewhere in every `each` deadlines."""

    server: PostgresServer
    each: int
    times: int = 0

    def happens(self, meanwhile: Callable[[], None]) -> None:
        """Stop it, do something else while it is away, and start it anew."""
        self.server.stop(signal.SIGQUIT)
        meanwhile()
        self.server.start()
        self.times += 1


@cache
def as_it_should_be() -> Story:
    with fresh_on("sqlite") as alone:
        return expected(programme(1), alone)


def check(database: Database, rounds: int) -> None:
    """Every round came to the same as one that nobody disturbed."""
    right = as_it_should_be()
    assert (len(right.fired), len(right.moves)) == (DEADLINES, DOSSIERS)
    assert [len(states) for _, states in right.moves] == [STEPS] * DOSSIERS
    assert len(right.told) == STEPS + 2
    for n in range(rounds):
        assert story_of(database, f"many/r{n:03}") == right, n


@pytest.mark.parametrize(("rounds", "least"), [(2, 25), pytest.param(20, 300, marks=pytest.mark.slow)])
def test_each_deadline_fires_once_and_in_order_though_nodes_are_killed(
    tmp_path: Path, rounds: int, least: int
) -> None:
    with fresh_on("postgresql") as database:
        open_rounds(database, programme(rounds))
        assert left(database) == rounds * DEADLINES
        url = database.writer.url.render_as_string(hide_password=False)
        kills = play(database, url, tmp_path / "log")
        check(database, rounds)
    assert kills >= least


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    with own_server() as made:
        made.execute("CREATE DATABASE own")
        yield made


def test_the_same_though_the_server_dies_too(tmp_path: Path, server: PostgresServer) -> None:
    """One round, nodes that die and a server that is stopped at once in between."""
    _with_a_dying_server(tmp_path, server, rounds=1, each=16, kills=12)


@pytest.mark.slow
def test_ten_thousand_deadlines_three_thousand_kills_and_a_server_that_dies_every_few_seconds(
    tmp_path: Path, server: PostgresServer
) -> None:
    _with_a_dying_server(tmp_path, server, rounds=200, each=400, kills=3_000)


def _with_a_dying_server(tmp_path: Path, server: PostgresServer, *, rounds: int, each: int, kills: int) -> None:
    database = open_database(server.url("own"))
    migrate(database)
    open_rounds(database, programme(rounds))
    disaster = Disaster(server, each)
    killed = play(database, server.url("own"), tmp_path / "log", disaster=disaster)
    check(database, rounds)
    database.close()
    assert killed >= kills
    assert disaster.times >= rounds * DEADLINES // each - 1
