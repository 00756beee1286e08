"""When the alarm dies in silence, does the process end, and does the next one do what was due?

A whole `serve` with a sweep of half a second, and a supervisor that starts it anew.
"""

import json
import re
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from forked import Running
from hurt_serve import hurt_main

sys.path.insert(0, str(Path(__file__).parents[1] / "story"))
from sqlmodel import col, select
from test_live import ROUND, STAFF, ZONE, _write

from engine.alarm import DEAF_AFTER
from engine.clock import WallClock
from engine.database.health import health
from engine.database.records import DeadlineRow
from engine.database.store import find_round, the_id
from engine.files.reading import load
from engine.rules.moments import SECOND, from_instant
from grantcycle.wiring import Wiring

SWEEP = 0.5
UNHURRIED = 2.0
"""the same where nothing starts the process anew: after three of them without a success it ends itself"""
BREATH = 3.0
"""what a busy machine may take on top of what is promised (seconds)"""


class Supervisor:
    """Starts `serve` whenever it has ended."""

    def __init__(self, config: Path) -> None:
        self.config = config
        self.start()

    def start(self) -> None:
        self.process = Running(
            ["--config", str(self.config), "serve"], self.config.parent, task=hurt_main,
            environment={"GRANTCYCLE_CONFIG": ""},
        )  # fmt: skip
        self.process.wait_for("The alarm is set.")
        self.ready_at = WallClock().now()


def complaints(err: str) -> list[str]:
    """What a process said of errors, besides the log of what it did."""
    return [line for line in err.splitlines() if not line.startswith("{") or json.loads(line)["level"] != "info"]


def opened(folder: Path, sweep: float = SWEEP) -> Wiring:
    """A round that closes in an hour, in an installation without a mail server."""
    now = WallClock().now()
    here = from_instant(now, ZONE).replace(microsecond=0)
    config = _write(folder, here + timedelta(hours=1), 25)
    settings = config.read_text().replace('host     = "127.0.0.1"\nport     = 25\n', "")
    assert f"sweep  = {SWEEP}" in settings
    config.write_text(settings.replace(f"sweep  = {SWEEP}", f"sweep  = {sweep}"))
    written = folder / "workflows" / "tiny" / "rounds" / "now.toml"
    opens = (here - timedelta(minutes=1)).isoformat()
    written.write_text(re.sub(r"from = [^,]+,", f"from = {opens},", written.read_text()))
    wiring = Wiring(config)
    wiring.make_database()
    wiring.cycle.open_round(load(folder / "workflows" / "tiny"), "now", by=STAFF, now=now, as_of=now)
    wiring.cycle.add_person(ROUND, email=STAFF, name="Sam", language="en", role="staff", by=STAFF, now=now)
    return wiring


def deadline(wiring: Wiring) -> DeadlineRow:
    with wiring.looking() as session:
        return session.exec(select(DeadlineRow).where(col(DeadlineRow.key) == "transition take_up")).one()


def overdue_since(wiring: Wiring) -> int | None:
    """Since when health says that a deadline is overdue."""
    with wiring.looking() as session:
        return health(session, WallClock().now(), the_id(find_round(session, ROUND))).overdue_since


def closes_soon(wiring: Wiring) -> int:
    """Move the close to a second from now; gives when it fires."""
    soon = from_instant(WallClock().now(), ZONE).replace(microsecond=0) + timedelta(seconds=1)
    wiring.cycle.extend(ROUND, "call closes", soon, reason="nobody is at work", by=STAFF, now=WallClock().now())
    return deadline(wiring).fires_at


def fired_at(wiring: Wiring, supervisor: Supervisor) -> int:
    give_up = time.monotonic() + 60
    while (ended_at := deadline(wiring).ended_at) is None:
        assert time.monotonic() < give_up, supervisor.process.err
        time.sleep(0.02)
    return ended_at


def test_without_its_scheduler_the_sweep_rings_and_nothing_is_later_than_a_sweep(tmp_path: Path) -> None:
    wiring = opened(tmp_path, UNHURRIED)
    supervisor = Supervisor(tmp_path / "config.toml")
    try:
        (tmp_path / "hurt").write_text("the scheduler is gone")
        time.sleep(2 * SWEEP)
        due = closes_soon(wiring)
        assert 0 <= fired_at(wiring, supervisor) - due <= (UNHURRIED + BREATH) * SECOND
    finally:
        code = supervisor.process.stop()
        wiring.close()
    assert (code, complaints(supervisor.process.err)) == (0, [])


@pytest.mark.parametrize(
    ("hurt", "codes"),
    [
        # the alarm itself says so, or on a slow machine the watchman is there first
        ("every ring fails", (1, 75)),
        # only the watchman is left
        pytest.param("the loop is blocked", (75,), marks=pytest.mark.slow),
        ("a ring hangs", (75,)),
    ],
)
def test_a_silent_death_ends_the_process_and_the_next_one_does_what_was_due(
    tmp_path: Path, hurt: str, codes: tuple[int, ...]
) -> None:
    wiring = opened(tmp_path)
    supervisor = Supervisor(tmp_path / "config.toml")
    try:
        (tmp_path / "hurt").write_text(hurt)
        begun = time.monotonic()
        assert supervisor.process.ended(30) in codes
        silent = time.monotonic() - begun
        assert silent < (DEAF_AFTER + 1) * SWEEP + SWEEP + BREATH
        assert "a supervisor starts it anew" in supervisor.process.err
        due = closes_soon(wiring)
        time.sleep(max(due + SECOND // 10 - WallClock().now(), 0) / SECOND)
        assert overdue_since(wiring) is not None  # and health is red
        assert deadline(wiring).ended_at is None
        (tmp_path / "hurt").unlink()
        supervisor.start()
        assert fired_at(wiring, supervisor) - supervisor.ready_at <= (SWEEP + BREATH) * SECOND
        assert overdue_since(wiring) is None
    finally:
        code = supervisor.process.stop()
        wiring.close()
    assert (code, complaints(supervisor.process.err)) == (0, [])
