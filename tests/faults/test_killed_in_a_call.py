"""Killed while it writes or syncs, at any call of handing in a dossier, does a process keep what it acknowledged?"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from disk import HERE
from test_power_cuts import Cuts, look

CALLS = {"pwrite64": 24, "fsync": 8}
"""system calls of a start in which one dossier is handed in, and at how many of the first ones it is killed"""


def traced(folder: Path, *how: str) -> subprocess.CompletedProcess[str]:
    strace = shutil.which("strace")
    assert strace is not None
    path = folder / "round.db"
    return subprocess.run(
        [strace, "-f", "-qq", "-o", folder / "trace", "-P", path, "-P", f"{path}-wal", *how,
         sys.executable, HERE / "disk_work.py", folder, "2"],
        capture_output=True, text=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A round with one dossier handed in. Skips, aloud, where no program may be traced."""
    folder = tmp_path_factory.mktemp("killed")
    (folder / "begun").mkdir()
    subprocess.run([sys.executable, HERE / "disk_work.py", folder / "begun", "1"], check=True)
    shutil.copytree(folder / "begun", folder / "tried")
    if not shutil.which("strace") or traced(folder / "tried", "-e", "trace=fsync").returncode:
        pytest.skip("NOT TESTED: to kill a process in the middle of a call needs strace, and leave to trace")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(("call", "place"), [(call, place) for call, most in CALLS.items() for place in range(1, most)])
def test_killed_at_a_write_or_a_sync_it_keeps_what_it_acknowledged(prepared: Path, call: str, place: int) -> None:
    folder = prepared / f"{call}-{place}"
    shutil.copytree(prepared / "begun", folder)
    ended = traced(folder, "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={place}")
    killed = ended.returncode in (137, -9)
    assert killed or ended.returncode == 0  # there may be fewer calls
    cuts = Cuts(1, [], [])
    look(folder / "round.db", (folder / "acks").read_text().split(), cuts, f"killed at {call} {place}")
    assert (cuts.lost, cuts.damaged) == ([], [])
    again = subprocess.run([sys.executable, HERE / "disk_work.py", folder, "2"], capture_output=True, text=True)
    assert (again.returncode, again.stderr) == (0, "")
    look(folder / "round.db", ["SG30-001", "SG30-002"], cuts, "afterwards")
    assert (cuts.lost, cuts.damaged) == ([], [])
