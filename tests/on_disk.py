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


LACKS = re.compile(r" is not written: | has no translation | are missing: write ")
"""what is said of letters and texts that are not there"""


def folders() -> tuple[Path, ...]:
    """Every programme that is written in a folder: the shipped ones, those told as stories, those of the tests."""
    return tuple(sorted(file.parent for place in PLACES for file in place.glob("*/workflow.toml")))


def written(name: str) -> dict[str, str]:
    """The files of one of the tests' programmes."""
    return read_folder(WRITTEN / name)


def completed(name: str, files: Mapping[str, str]) -> dict[str, str]:
    """The files, with a letter of two lines for each that a rule tells and none of them is, and every text translated.

    A text that has no translation stays as it is in the other languages. What is wrong otherwise stays as it is.
    """
    _, complaints = examine(name, files, "")
    errors = [str(one) for one in complaints if one.level == "error"]
    if any(LACKS.search(one) is None for one in errors):
        return dict(files)  # something else is wrong, which nothing written besides would mend
    told = "\n".join(errors)
    if lacking := re.search(r"are missing: write (words\.[a-z]+\.toml)", told):
        return completed(name, {**files, lacking[1]: "# to be translated\n"})
    added = dict.fromkeys(re.findall(r"letters/[a-z]+/[a-z0-9-]+\.md(?=,|$)", told, re.MULTILINE), "Subject\n\nText\n")
    for file, text in re.findall(r'^(words\.[a-z]+\.toml):\d+: ("[^"]+") has no translation', told, re.MULTILINE):
        added[file] = f"{added.get(file, files[file])}\n{text} = {text}\n"
    return {**files, **added}


@cache
def programme_in(folder: Path) -> Programme:
    """The programme of a folder; letters that it lacks are filled in."""
    return read_programme(folder.name, completed(folder.name, read_folder(folder)), folder.name)
