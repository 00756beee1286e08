"""A real process whose wall clock is really set while it runs, by a library that is put before the system's."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from databases import fresh
from stage import STAFF, ZONE, programme
from test_races import WORKFLOW

from engine.clock import WallClock
from engine.cycle import Cycle
from engine.database.connection import open_database
from engine.rules.moments import from_instant

SOURCE = Path(__file__).with_name("walljump.c")
PATIENCE = 120.0
"""seconds; only a failing test waits that long"""


class Jumping:
    """A process under the library, which forks one for each command line: see jumping.py."""

    def __init__(self, library: Path) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GRANTCYCLE_")}
        self._process = subprocess.Popen(
            [sys.executable, SOURCE.with_name("jumping.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=environment | {"LD_PRELOAD": str(library), "PYTHONPATH": str(SOURCE.parents[2])},
        )  # fmt: skip

    def ask(self, **asked: object) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        return int(self._process.stdout.readline())

    def end(self) -> None:
        self._process.communicate()


@pytest.fixture(scope="module")
def jumping(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jumping]:
    parent = Jumping(_library(tmp_path_factory.mktemp("walljump") / "walljump.so"))
    yield parent
    parent.end()


def _library(made: Path) -> Path:
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("needs Linux and a C compiler; the same is tested with a clock of our own in test_clock_guard.py")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", made, SOURCE, "-ldl"], check=True)
    return made


class Machine:
    """A folder with an installation, and the clock of all processes in it."""

    def __init__(self, folder: Path, jumping: Jumping) -> None:
        self.folder, self.offset, self.jumping = folder, folder / "ahead", jumping
        self.begun = 0
        self.set(0)
        (folder / "config.toml").write_text(
            '[database]\nurl = "sqlite:///cycle.db"\n[engine]\nsettle = 0\nsweep = 0.5\n'
        )
        fresh(f"sqlite:///{folder / 'cycle.db'}").close()
        database = open_database(f"sqlite:///{folder / 'cycle.db'}")
        cycle = Cycle(database, lambda *_: None, settle=0)
        now = WallClock().now()
        closes = from_instant(now, ZONE).replace(microsecond=0) + timedelta(minutes=30)
        opens = closes + timedelta(minutes=-20)
        round_file = (
            f'[round]\ntitle = "Race"\nnumber = "RA"\ntimezone = "{ZONE}"\nmails_at = 09:00:00\nholidays = "BE"\n'
            f"[phase]\ncall = {{ from = {opens.isoformat()}, to = {closes.isoformat()} }}\n"
        )
        cycle.open_round(programme(WORKFLOW, round_file, name="race"), "2030", by=STAFF, now=now)
        cycle.add_person("race/2030", email=STAFF, name="S", language="en", role="staff", by=STAFF, now=now)
        database.close()

    def set(self, seconds: int) -> None:
        """Set the wall clock so many seconds ahead."""
        draft = self.offset.with_suffix(".new")
        draft.write_text(str(seconds))
        draft.replace(self.offset)

    def ask(self, question: str) -> Any:
        with sqlite3.connect(self.folder / "cycle.db") as database:
            found = database.execute(question).fetchone()
        database.close()
        return found[0]

    def wait_until(self, question: str, answer: Any) -> None:
        give_up = time.monotonic() + PATIENCE
        while self.ask(question) != answer:
            assert time.monotonic() < give_up, (question, self.ask(question))
            time.sleep(0.02)

    def begin(self, *words: str) -> tuple[int, Path, Path]:
        """Begin a command line; gives its process, and the files that it writes to."""
        self.begun += 1
        out, err = self.folder / f"out{self.begun}", self.folder / f"err{self.begun}"
        process = self.jumping.ask(
            words=words, folder=str(self.folder), ahead=str(self.offset), out=str(out), err=str(err)
        )
        return process, out, err

    def run(self, *words: str) -> str:
        process, out, err = self.begin(*words)
        assert self.jumping.ask(wait=process) == 0, err.read_text()
        return out.read_text()


FIRED = "SELECT count(*) FROM deadline WHERE ended_at IS NOT NULL"
HELD = "SELECT count(*) FROM hold WHERE ended_at IS NULL"


@pytest.mark.parametrize(
    "ahead",
    [pytest.param(3600, id="an hour"), pytest.param(10 * 365 * 86_400, id="ten years", marks=pytest.mark.slow)],
)
def test_a_running_process_whose_clock_is_set_forward_fires_nothing_until_somebody_confirms(
    tmp_path: Path, jumping: Jumping, ahead: int
) -> None:
    """T-8."""
    machine = Machine(tmp_path, jumping)
    serving, out, err = machine.begin("serve")
    try:
        give_up = time.monotonic() + PATIENCE
        while not out.exists() or "The alarm is set." not in out.read_text():
            assert time.monotonic() < give_up
            time.sleep(0.02)
        machine.wait_until("SELECT beats > 2 FROM installation", 1)
        assert (machine.ask(FIRED), machine.ask(HELD)) == (0, 0)
        machine.set(ahead)
        machine.wait_until(HELD, 1)
        beats = machine.ask("SELECT beats FROM installation")
        machine.wait_until(f"SELECT beats > {beats + 3} FROM installation", 1)
        assert machine.ask(FIRED) == 0
        assert "nothing fires and no letter leaves. Because the clock was set forward by" in machine.run("status")
        assert machine.run("clock", "confirm", "--as", STAFF).startswith("Everything goes on by the clock as it is.")
        machine.wait_until(FIRED, 4)
        assert machine.ask(HELD) == 0
    finally:
        os.kill(serving, signal.SIGTERM)
        ended = jumping.ask(wait=serving)
    assert ended == 0, err.read_text()
    assert machine.ask("SELECT count(*) FROM node") == 0


def test_one_command_for_cron_finds_the_jump_that_happened_since_the_last_one(tmp_path: Path, jumping: Jumping) -> None:
    machine = Machine(tmp_path, jumping)
    machine.run("advance")
    machine.set(3600)
    assert machine.run("advance").startswith("Nothing fires and no letter leaves, because the clock was set forward by")
    assert machine.ask(FIRED) == 0
    machine.set(1)
    assert machine.run("advance").startswith("Everything due has happened.")
    assert (machine.ask(HELD), machine.ask("SELECT ending FROM hold")) == (0, "came back")
