"""R16: whole years of rounds with verdicts, a release, a kick-off and reports, whatever breaks in them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from simulated_year import Knobs, play
from simulated_years import large, playing, show, years_are_true

KNOBS = Knobs("grants")


def test_five_years_are_true_and_as_if_nothing_had_gone_wrong() -> None:
    met = years_are_true((11, *range(20, 24)), KNOBS, calm=3)
    # a simulation in which nothing happens proves nothing
    assert {
        "breakages", "the process died", "the same letter twice", "ending missed", "letter expired", "letter failed",
        "attempt ambiguous", "attempt paused", "verdict took effect", "verdict replaced", "verdict held back",
        "journal waits for release", "journal extended", "journal overdue", "journal approval revoked",
        "journal promise not kept", "move brought in", "move start", "move finish", "move stop", "move withdraw",
        "move lapse", "move decline", "refused state", "refused role", "refused late", "refused early",
        "refused at_most", "refused form", "held back", "conflicts",
    } - met.keys() == set()  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("first", range(1_000, 3_500, 250))
def test_thousands_of_years_are_true(first: int) -> None:
    years_are_true(range(first, first + 250), KNOBS if first % 500 else large(KNOBS))


@pytest.mark.slow
def test_a_seed_plays_the_same_year_byte_for_byte_again() -> None:
    with playing() as runner:
        seen = [play(seed, KNOBS, runner).digest for seed in (3, 4, 3)]
    assert seen[0] == seen[2] != seen[1]


@pytest.mark.slow
def test_a_seed_plays_the_same_year_in_another_process() -> None:
    with playing() as runner:
        here = play(5, KNOBS, runner).digest
    tests = Path(__file__).parents[1]
    look = (
        "from simulated_years import playing; from simulated_year import Knobs, play\n"
        f"with playing() as runner: print(play(5, {KNOBS!r}, runner).digest)"
    )
    found_in = os.pathsep.join(str(folder) for folder in (tests.parent, tests, tests / "simulation"))
    there = subprocess.run(
        [sys.executable, "-c", look], check=True, capture_output=True, text=True,
        env={**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": found_in},
    )  # fmt: skip
    assert there.stdout.strip() == here


def test_a_year_of_grants_by_its_seed() -> None:
    show("grants")
