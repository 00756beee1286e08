"""If the disk does not confirm a sync, is nothing acknowledged any more?

What a system could not write it may forget, and later syncs succeed all the same; so the process ends there and then,
with the exit code that asks for a new start.
"""

import subprocess
import sys
from pathlib import Path

import pytest
from disk import HERE, Call, Disk, calls, library, watching
from test_power_cuts import Cuts, look

from engine.database.failing import GIVEN_UP

DOSSIERS = 12


def work(folder: Path, fails: str | None = None) -> tuple[subprocess.CompletedProcess[str], list[Call]]:
    """Hand in dossiers on a disk on which that sync fails; gives how it ended and what it wrote meanwhile."""
    lib, log, when = library(folder), folder / "log", folder / "fails"
    log.unlink(missing_ok=True)
    (folder / "work").mkdir(exist_ok=True)
    if fails:
        when.write_text(fails)
    ended = subprocess.run(
        [sys.executable, HERE / "disk_work.py", folder / "work", str(DOSSIERS)],
        env=watching(lib, folder / "work", log, when), capture_output=True, text=True,
    )  # fmt: skip
    assert not when.exists(), "no sync has failed"
    return ended, list(calls(log))


@pytest.mark.parametrize("which", [16, *(pytest.param(one, marks=pytest.mark.slow) for one in (23, 31))])
def test_after_a_sync_that_failed_nothing_is_acknowledged_and_the_process_ends(tmp_path: Path, which: int) -> None:
    ended, seen = work(tmp_path, f"-wal {which}")
    path = tmp_path / "work" / "round.db"
    assert (ended.returncode, ended.stdout) == (75, "")
    assert ended.stderr == (
        f"the disk that holds {path} failed (disk I/O error), and nothing can be promised any more: grantcycle ends "
        "here, and what was kept is known when it starts again\n"
    )
    assert [call.what for call in seen].index("F") == len(seen) - 1  # it has written nothing more, anywhere
    # the restart is clean, goes on where it was, and keeps what was acknowledged before
    before = (tmp_path / "work" / "acks").read_text().split()
    again, _ = work(tmp_path)
    assert (again.returncode, again.stderr) == (0, "")
    acknowledged = (tmp_path / "work" / "acks").read_text().split()
    assert acknowledged[: len(before)] == before
    cuts = Cuts(1, [], [])
    look(path, acknowledged, cuts, "after the restart")
    assert (cuts.lost, cuts.damaged) == ([], [])


def test_a_sync_that_fails_while_the_log_is_carried_over_loses_nothing(tmp_path: Path) -> None:
    """The log keeps what could not be carried into the file itself, and it is carried over again later."""
    ended, seen = work(tmp_path, "round.db 2")
    assert (ended.returncode, ended.stderr) == (0, "")
    disk = Disk()
    for call in seen:
        disk.see(call)
    disk.cut(tmp_path / "image", None)
    cuts = Cuts(1, [], [])
    look(tmp_path / "image" / "round.db", disk.acknowledged, cuts, "at the end")
    assert (cuts.lost, cuts.damaged) == ([], [])


def test_a_command_line_ends_with_75_too(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "config.toml").write_text(
        f'[database]\nurl = "sqlite:///{home}/cycle.db"\n\n[workflows]\nfolder = "{HERE.parents[1] / "workflows"}"\n'
    )
    (tmp_path / "fails").write_text("cycle.db-wal 3")
    ended = subprocess.run(
        [sys.executable, "-m", "grantcycle", "open", "cera-impuls/2019", "--as", "els@impuls.example", "--as-of",
         "2019-01-01"],
        env={**watching(library(tmp_path), home, tmp_path / "log", tmp_path / "fails"), "GRANTCYCLE_CONFIG": ""},
        cwd=home, capture_output=True, text=True,
    )  # fmt: skip
    assert ended.returncode == GIVEN_UP, ended.stderr
    assert ended.stderr.startswith(f"the disk that holds {home}/cycle.db failed (disk I/O error), and nothing")
