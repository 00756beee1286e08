"""How is a rehearsal played apart from the live rounds?

A process of its own, that gives way to every other one and keeps its database in memory: nothing of it reaches the disk
or the database of the live rounds. It is told what to play on its standard input and says how far it is on its standard
output, a line of JSON each; when whoever started it is gone, so is this.
"""

import base64
import contextlib
import json
import os
import sys
import threading
import time
import zlib
from pathlib import Path
from typing import IO, Any

from engine.errors import GrantcycleError
from engine.files.reading import read_programme
from grantcycle.rehearsal_outcome import figures_of, outcome_of
from grantcycle.rehearsing import CONTACT, SITE, rehearse
from grantcycle.report import render
from notifications.rendering import Renderer

GIVE_WAY = 10
"""how nice this process is to others, of 19"""
SAID_EVERY = 0.25
"""seconds"""


def main() -> None:
    """Play what the first line of the standard input asks for."""
    give_way()
    asked = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with, args=(sys.stdin,), daemon=True).start()
    try:
        played = play(asked)
    except GrantcycleError as problem:
        played = {"problem": str(problem)}
    _say(played)


def give_way() -> None:
    """Let every other process go first, and be the first to end where memory runs out."""
    with contextlib.suppress(OSError, AttributeError):  # Windows has no such thing
        os.nice(GIVE_WAY)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def play(asked: dict[str, Any]) -> dict[str, Any]:
    """What came of the rehearsal that is `asked` for, as it is said on the last line."""
    programme = read_programme(asked["programme"], asked["files"], asked["programme"])
    said_at = 0.0

    def seen(done: int, total: int, doing: str) -> None:
        nonlocal said_at
        if time.monotonic() - said_at >= SAID_EVERY:
            said_at = time.monotonic()
            _say({"done": done, "total": total, "doing": doing})

    rehearsed = rehearse(
        programme, asked["round"], dossiers=asked["dossiers"], seed=asked["seed"], late=asked["late"],
        conflicts=asked["conflicts"], progress=seen,
    )  # fmt: skip
    report = zlib.compress(render(rehearsed, Renderer(CONTACT, site=SITE)).encode())
    return {
        "figures": figures_of(rehearsed),
        "outcome": outcome_of(rehearsed),
        "report": base64.b64encode(report).decode("ascii"),
    }


def _say(said: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def _end_with(parent: IO[str]) -> None:
    """End as soon as the other end of the standard input is closed."""
    parent.read()
    os._exit(1)


if __name__ == "__main__":
    main()
