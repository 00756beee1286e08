"""Rehearsals that several tests look at, each played once."""

import atexit
import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from engine.files.reading import Programme, load
from grantcycle.rehearsed import Rehearsed
from grantcycle.rehearsing import rehearse

FOLDER = Path(__file__).parents[1] / "workflows" / "cera-impuls"


@cache
def cera() -> Programme:
    return load(FOLDER)


@dataclass(frozen=True)
class Again:
    """What was played a second time, kept in a file, and watched: (days gone by, days in all) after each step."""

    seen: Rehearsed
    kept: Path
    progress: tuple[tuple[int, int], ...]


@cache
def again() -> Again:
    """The rehearsal of three dossiers from seed 4, another time."""
    kept, progress = Path(tempfile.mkdtemp()) / "log" / "acts.csv", []
    atexit.register(shutil.rmtree, kept.parents[1])
    seen = rehearse(
        cera(), "2019", dossiers=3, seed=4, save_acts=kept,
        progress=lambda done, total, _what: progress.append((done, total)),
    )  # fmt: skip
    return Again(seen, kept, tuple(progress))


@cache
def rehearsed(dossiers: int, seed: int) -> Rehearsed:
    return rehearse(cera(), "2019", dossiers=dossiers, seed=seed)
