"""Would the tests notice? Each breakage of one line turns the test that is named beside it red.

`breakages.toml` holds them. That each still fits the code, and that its test is there, is asked in every run; that the
test goes red is tried in the long one, on a copy of the tree.
"""

import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COPIED = ("engine", "notifications", "web", "grantcycle", "workflows", "bench", "tests", "docs", "pyproject.toml",
          "README.md")  # fmt: skip
LONGEST = 600
"""seconds for a test under a breakage, which may wait for what never comes"""
ENOUGH = 25


@dataclass(frozen=True)
class Breakage:
    """One line of one file as it is and as it is broken, and the test that must notice."""

    name: str
    file: str
    was: str
    broken: str
    test: str


def breakages() -> list[Breakage]:
    told = tomllib.loads((Path(__file__).parent / "breakages.toml").read_text(encoding="utf-8"))
    return [Breakage(name, **one) for name, one in told.items()]


BREAKAGES = breakages()


def named(breakage: Breakage) -> str:
    return breakage.name


def test_there_are_enough_of_them() -> None:
    assert len({one.name for one in BREAKAGES}) >= ENOUGH


@pytest.mark.parametrize("breakage", BREAKAGES, ids=named)
def test_a_breakage_still_fits_the_code_and_its_test_is_there(breakage: Breakage) -> None:
    code = (ROOT / breakage.file).read_text(encoding="utf-8")
    assert (code.count(breakage.was), breakage.was == breakage.broken) == (1, False)
    file, _, test = breakage.test.partition("::")
    assert f"def {test.partition('[')[0]}(" in (ROOT / file).read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("breakage", BREAKAGES, ids=named)
def test_its_test_goes_red(breakage: Breakage, tmp_path: Path) -> None:
    for name in COPIED:
        here, there = ROOT / name, tmp_path / name
        if here.is_dir():
            shutil.copytree(here, there, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(here, there)
    broken = tmp_path / breakage.file
    broken.write_text(broken.read_text(encoding="utf-8").replace(breakage.was, breakage.broken), encoding="utf-8")
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-m", "slow or not slow",
             breakage.test],
            cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True,
            timeout=LONGEST,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return  # it waits for what never comes: red as well
    # 1: tests were run and failed; anything else, such as no test of that name, proves nothing
    assert ended.returncode == 1, f"{breakage.test} does not notice\n{ended.stdout[-2000:]}{ended.stderr[-500:]}"
