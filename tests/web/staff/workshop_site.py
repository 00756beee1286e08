"""An installation that can prepare rounds: with a folder of programmes, the lint of letters, and a stage."""

from collections.abc import Mapping
from pathlib import Path

from visiting import Site, cera

from engine.database.invariants import INVARIANTS
from notifications.invariants import LETTERS
from notifications.linting import lint
from web.office import Rehearsals, Workshop


def folder(root: Path, files: Mapping[str, str] | None = None, name: str = "cera-impuls") -> Path:
    """A folder of programmes with one in it: the shipped one, with other `files` in it."""
    for path, text in {**cera().files, **(files or {})}.items():
        file = root / name / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return root


def equip(
    site: Site, workflows: Path | None = None, stage: Rehearsals | None = None, *, letters_tried: bool = False
) -> Site:
    """The same site, with all that rounds are prepared with; trying every letter takes most of a second."""
    tried = {"lint": lint} if letters_tried else {}
    workshop = Workshop(workflows, rehearsals=stage, invariants=(*INVARIANTS, *LETTERS), **tried)
    object.__setattr__(site.office, "workshop", workshop)
    return site


def round_file(**changes: str) -> str:
    """The file of the round of 2019, moved to 2030, with other texts in it: `PHASE="{ on = 2030-01-01 }"`."""
    text = cera().files["rounds/2019.toml"]
    for year in (2022, 2019, 2018):
        text = text.replace(str(year), str(year + 11))
    text = text.replace("CI19", "CI30")
    for old, new in changes.items():
        start = text.index(f"\n{old} ") + 1
        end = text.index("\n", start)
        text = f"{text[:start]}{old} = {new}{text[end:]}"
    return text
