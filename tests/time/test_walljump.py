"""A real process whose wall clock is really set while it runs, by a library that is put before the system's."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
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
PATIENCE = 30.0
"""seconds; only a failing test waits that long"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("needs Linux and a C compiler; the same is tested with a clock of our own in test_clock_guard.py")
    made = tmp_path_factory.mktemp("walljump") / "walljump.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", made, SOURCE, "-ldl"], check=True)
    return made


class Machine:
    """A folder with an installation, and the clock of all processes in it."""

    def __init__(self, folder: Path, library: Path) -> None:
        self.folder, self.offset = folder, folder / "ahead"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GRANTCYCLE_")}
        self.environment = environment | {"LD_PRELOAD": str(library), "WALLJUMP": str(self.offset)}
        self.set(0)
        (folder / "config.toml").write_text(
            '[database]\nurl = "sqlite:///cycle.db"\n[engine]\nsettle = 0\nsweep = 0.3\n'
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
            time.sleep(0.05)

    def run(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "grantcycle", *words], cwd=self.folder, env=self.environment, capture_output=True,
            text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout


FIRED = "SELECT count(*) FROM deadline WHERE ended_at IS NOT NULL"
HELD = "SELECT count(*) FROM hold WHERE ended_at IS NULL"


@pytest.mark.parametrize("ahead", [3600, 10 * 365 * 86_400], ids=["an hour", "ten years"])
def test_a_running_process_whose_clock_is_set_forward_fires_nothing_until_somebody_confirms(
    tmp_path: Path, library: Path, ahead: int
) -> None:
    """T-8."""
    machine = Machine(tmp_path, library)
    serving = subprocess.Popen(
        [sys.executable, "-m", "grantcycle", "serve"], cwd=tmp_path, env=machine.environment,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        assert serving.stdout is not None
        assert "The alarm is set." in serving.stdout.readline()
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
        serving.send_signal(signal.SIGTERM)
        try:
            serving.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            serving.kill()
            serving.communicate()
    assert serving.returncode == 0
    assert machine.ask("SELECT count(*) FROM node") == 0


def test_one_command_for_cron_finds_the_jump_that_happened_since_the_last_one(tmp_path: Path, library: Path) -> None:
    machine = Machine(tmp_path, library)
    machine.run("advance")
    machine.set(3600)
    assert machine.run("advance").startswith("Nothing fires and no letter leaves, because the clock was set forward by")
    assert machine.ask(FIRED) == 0
    machine.set(1)
    assert machine.run("advance").startswith("Everything due has happened.")
    assert (machine.ask(HELD), machine.ask("SELECT ending FROM hold")) == (0, "came back")
