"""Which programmes stand in folders of their own, here and in what is shipped, and how are they read?"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from engine.files.reading import Programme, examine, read_folder, read_programme

ROOT = Path(__file__).parents[1]
WRITTEN = ROOT / "tests/engine/cycle/programmes"
"""the small programmes that the tests play; some leave their letters to be filled in"""
PLACES = (ROOT / "workflows", ROOT / "tests/story/programmes", WRITTEN)


def folders() -> tuple[Path, ...]:
    """Every programme that is written in a folder: the shipped ones, those told as stories, those of the tests."""
    return tuple(sorted(file.parent for place in PLACES for file in place.glob("*/workflow.toml")))


def written(name: str) -> dict[str, str]:
    """The files of one of the tests' programmes."""
    return read_folder(WRITTEN / name)


def with_letters(name: str, files: Mapping[str, str]) -> dict[str, str]:
    """The files, and in each language that lacks it a letter of two lines for each name that a rule tells."""
    _, complaints = examine(name, files, name)
    missing = [found[1] for one in complaints if (found := re.search(r" is not written: (letters/\S+)", str(one)))]
    return {**files, **dict.fromkeys(missing, "Subject\n\nText\n")}


@cache
def programme_in(folder: Path) -> Programme:
    """The programme of a folder, letters that it lacks filled in."""
    return read_programme(folder.name, with_letters(folder.name, read_folder(folder)), folder.name)
