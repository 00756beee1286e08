"""The shipped programme, read once for all tests of the rehearsal."""

from functools import cache
from pathlib import Path

from engine.files.reading import Programme, load

FOLDER = Path(__file__).parents[3] / "workflows" / "cera-impuls"
ZONE = "Europe/Brussels"


@cache
def cera() -> Programme:
    return load(FOLDER)
