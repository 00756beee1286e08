"""Whenever the machine dies, does the round end as if it had not?

kill -9 at every point, on a file and on a server: nothing lost, nothing twice, no letter lost, and a letter twice only
in the declared gap (taken by the mail server, not yet known to be sent), and then the very same letter.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from crash_sweep import AGAIN, ON_SERVER, ONE_IN
from databases import postgres_folder
from stopped import POINTS

from engine.clock import WallClock

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ENOUGH = 60
"""so many points at least"""
DAY = 86_400_000_000
TOGETHER = 2
"""so many processes share a sweep"""


def sweep(*options: str) -> list[dict[str, Any]]:
    """What the sweep found, each of several processes in its share of the points."""
    processes = [
        subprocess.Popen(
            [sys.executable, HERE / "crash_sweep.py", *options, "--share", f"{part}/{TOGETHER}"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for part in range(TOGETHER)
    ]  # fmt: skip
    ended = [(*process.communicate(), process.returncode) for process in processes]
    assert [(err, code) for _, err, code in ended] == [("", 0)] * TOGETHER
    return [json.loads(out) for out, _, _ in ended]


def assert_clean(found: Sequence[dict[str, Any]], rounds: int, *, or_one_more: bool = False) -> None:
    assert [complaint for one in found for complaint in one["complaints"]] == []
    assert sum(one["rounds"] for one in found) - rounds in ({0, 1} if or_one_more else {0})


WITH_A_SICK_RELAY = {
    "lease renewed", "lease renewing", "lease returned", "lease returning", "postman returned", "relay paused",
}  # fmt: skip
"""passed when a relay is slow or away: tests/notifications/test_mail_faults.py dies at these"""
WHERE_A_MOVE_BINDS = {"deadlines taken away", "obligations taken away", "slots given back"}
"""passed when a move is undone that lays something out, which no move of these programmes' staff does; they stand
between "dossiers led back" and "batch undone", in the same transaction"""
WHERE_A_SCORE_IS_AGREED = {"agreed marks replaced", "agreed marks written"}
"""passed when a committee agrees on a score, which none of these programmes' does: tests/engine/cycle/
test_assessments.py stops at these"""
WITH_AN_ADDRESS = {"address corrected", "letters redirected"}
"""passed when an address is corrected: tests/engine/cycle/test_correcting.py stops at these"""


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, Any]]:
    """What one playing of the story comes to: which part of all deaths it dies changes from day to day."""
    program = [sys.executable, HERE / "crash_sweep.py", "--server", postgres_folder()]
    today = WallClock().now() // DAY
    ended = subprocess.run([*program, "--sample", str(today)], capture_output=True, text=True, check=False)
    assert (ended.stderr, ended.returncode) == ("", 0)
    told: dict[str, dict[str, Any]] = json.loads(ended.stdout)
    return told


def test_every_point_is_known_and_the_story_passes_it(found: dict[str, dict[str, Any]]) -> None:
    """A point that vanishes, or that nothing passes any more, is one at which nobody looks any more."""
    known = (HERE / "points.txt").read_text().splitlines()
    written = [
        line.split('"')[1]
        for package in ("engine", "notifications")
        for path in (ROOT / package).rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip().startswith('point("')
    ]
    assert sorted(written) == known  # each once
    in_other_programmes = {point for points in POINTS.values() for point in points}
    elsewhere = in_other_programmes | WITH_A_SICK_RELAY | WHERE_A_MOVE_BINDS | WHERE_A_SCORE_IS_AGREED | WITH_AN_ADDRESS
    assert sorted({*found["once"]["points"], *elsewhere}) == known
    assert len(known) >= ENOUGH


def test_killed_at_one_point_in_twelve_a_round_ends_as_it_would_have(found: dict[str, dict[str, Any]]) -> None:
    """At others tomorrow; in the long run at all of them, at the first passing, one in the middle and the last."""
    assert_clean([found["once"]], len(found["once"]["points"]) // ONE_IN, or_one_more=True)


def test_killed_again_when_starting_again_it_does_so_too(found: dict[str, dict[str, Any]]) -> None:
    assert_clean([found["twice"]], AGAIN)


def test_killed_on_a_server_it_does_so_too(found: dict[str, dict[str, Any]]) -> None:
    assert_clean([found["server"]], ON_SERVER)


def test_the_sweep_sees_a_moment_that_is_torn_in_two(found: dict[str, dict[str, Any]]) -> None:
    """The sabotage twin: what a moment moves is committed before its journal and its letters.

    It dies between the two, when the journal is written and not committed: the first time, one in the middle, the last.
    """
    assert len({complaint.partition(", then")[0] for complaint in found["torn"]["complaints"]}) == 3


@pytest.mark.slow
def test_killed_at_every_point_it_does_so_too() -> None:
    every = sweep("--rounds", "3")
    assert_clean(every, 3 * len(every[0]["points"]))


@pytest.mark.slow
@pytest.mark.parametrize("share", range(4))
def test_killed_a_thousand_times_at_every_point_it_does_so_too(share: int) -> None:
    """Anywhere, and often once more when starting again."""
    every = sweep("--rounds", str(1000 // 4), "--seed", str(100 + share), "--twice")
    assert_clean(every, 1000 // 4 * len(every[0]["points"]))


@pytest.mark.slow
def test_killed_at_every_point_on_a_server_it_does_so_too() -> None:
    every = sweep("--server", postgres_folder(), "--rounds", "3")
    assert_clean(every, 3 * len(every[0]["points"]))
