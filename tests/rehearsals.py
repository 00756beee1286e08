"""Rehearsals that several tests look at, each played once."""

from functools import cache
from pathlib import Path

from engine.files.reading import Programme, load
from grantcycle.rehearsed import Rehearsed
from grantcycle.rehearsing import rehearse

FOLDER = Path(__file__).parents[1] / "workflows" / "cera-impuls"


@cache
def cera() -> Programme:
    return load(FOLDER)


@cache
def rehearsed(dossiers: int, seed: int) -> Rehearsed:
    return rehearse(cera(), "2019", dossiers=dossiers, seed=seed)
