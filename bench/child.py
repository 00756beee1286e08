"""What does a piece of work take in a process of its own, whose memory is that of nothing else?

`python -m bench.child WHAT ...` does it and prints one line of JSON; `in_a_child` asks for it.
"""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


def in_a_child(what: str, *words: str) -> dict[str, Any]:
    """What a process of its own said of its work. Raises RuntimeError with what it said when it failed."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.child", what, *words],
        cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONTZPATH": ""},
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{what} {' '.join(words)} failed:\n{done.stderr}")
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def peak_mb() -> float:
    """The highest resident memory that this process has had, in MB (a million bytes)."""
    try:
        # of this program alone: what getrusage gives may be of whoever started it
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1_000_000
    except OSError:
        pass
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024) / 1_000_000


def _fire(url: str) -> dict[str, Any]:
    from bench.databases import opened
    from bench.dossiers import SETTLED, cycle_on
    from bench.figures import seconds

    with opened(url) as database:
        cycle = cycle_on(database)
        before = peak_mb()
        return {"seconds": seconds(lambda: cycle.advance(SETTLED)), "before_mb": before}


def _rehearse(dossiers: str) -> dict[str, Any]:
    from bench.rehearsing import rehearsed

    return rehearsed(int(dossiers))


def _lateness(url: str, deadlines: str, spread: str) -> dict[str, Any]:
    from bench.lateness import ours

    return {"late_ms": ours(url, int(deadlines), float(spread))}


def _scheduled(url: str, deadlines: str, spread: str) -> dict[str, Any]:
    from bench.scheduled import theirs

    return {"late_ms": theirs(url, int(deadlines), float(spread))}


WORK: dict[str, Callable[..., dict[str, Any]]] = {
    "fire": _fire,
    "rehearse": _rehearse,
    "lateness": _lateness,
    "scheduled": _scheduled,
}

if __name__ == "__main__":
    said = WORK[sys.argv[1]](*sys.argv[2:])
    print(json.dumps({"peak_mb": peak_mb()} | said))
