"""What stands in the folder of a new programme?

The rules, words and letters of another one, and one round: that one's newest, moved to the year that is wanted.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from engine.errors import GrantcycleError, Unknown
from engine.files.reading import ROUND_FILE, WORKFLOW_FILE, read_folder
from engine.files.redating import Dated, Move, dates_in, moved, with_values, with_words, without_heading
from engine.files.wording import WORDS_FILE

STARTER = Path(__file__).parent / "starter"
"""a small programme that begins one's own, once in each language"""
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
YEAR = re.compile(r"[0-9]{4}")


def starter_languages() -> list[str]:
    """The languages in which there is a small programme to begin with."""
    return sorted(folder.name for folder in STARTER.iterdir() if (folder / WORKFLOW_FILE).is_file())


def starter(language: str) -> dict[str, str]:
    """The files of the small programme in that language, by path. Raises Unknown with the nearest language."""
    if language not in starter_languages():
        raise Unknown("language to begin in", language, starter_languages())
    return read_folder(STARTER / language)


def check_name(name: str) -> None:
    """Raises GrantcycleError for what cannot be a programme's name, which people type and addresses carry."""
    if not NAME.fullmatch(name):
        raise GrantcycleError(f'"{name}" cannot name a programme: use small letters, digits and -, such as street-fund')


def number_of(name: str, year: str) -> str:
    """What the dossiers of a programme's round are numbered with where nothing else is said: `SF27`."""
    return "".join(word[0] for word in name.split("-")).upper() + year[2:]


def begin(files: Mapping[str, str], *, title: str, year: str, number: str) -> dict[str, str]:
    """The files of a new programme that is like another, with a title of its own and one round in that year.

    Raises GrantcycleError where the other has no round to begin with, or a date cannot be moved so far.
    """
    if not YEAR.fullmatch(year):
        raise GrantcycleError(f'"{year}" is no year: write four digits, such as 2027')
    model = _newest_round(files)
    years = int(year) - _year_of(model, files[model])
    round_title = f"{title} {year}"
    round = with_values(
        moved(without_heading(files[model]), Move(years=years)),
        {("round", "title"): round_title, ("round", "number"): number},
    )
    workflow = with_values(without_heading(files[WORKFLOW_FILE]), {("workflow", "title"): title})
    begun = {path: text for path, text in files.items() if not ROUND_FILE.fullmatch(path)}
    left = _titles(files) - {title, round_title}
    for path in filter(WORDS_FILE.fullmatch, files):
        begun[path] = with_words(_without(files[path], left), {title: title, round_title: round_title})
    return {**begun, WORKFLOW_FILE: workflow, f"rounds/{year}.toml": round}


def title_of(files: Mapping[str, str]) -> str:
    """The title of the programme in these files."""
    title: str = tomllib.loads(files[WORKFLOW_FILE])["workflow"]["title"]
    return title


def _titles(files: Mapping[str, str]) -> set[str]:
    """The titles of the programme and of its rounds."""
    rounds = [tomllib.loads(text)["round"]["title"] for path, text in files.items() if ROUND_FILE.fullmatch(path)]
    return {title_of(files), *rounds}


def _without(words: str, texts: set[str]) -> str:
    """A file of words without the translations of texts that nothing says any more."""
    begins = tuple(f"{json.dumps(text, ensure_ascii=False)} =" for text in texts)
    return "".join(line for line in words.splitlines(keepends=True) if not line.startswith(begins))


def _newest_round(files: Mapping[str, str]) -> str:
    rounds = [path for path in files if ROUND_FILE.fullmatch(path) and dates_in(files[path])]
    if not rounds:
        raise GrantcycleError("it has no round with dates to begin with")
    return max(rounds, key=lambda path: _first_day(files[path]))


def _year_of(path: str, text: str) -> int:
    """The year that a round is named after; else that of its first day, which may lie before it."""
    name = Path(path).stem
    return int(name) if YEAR.fullmatch(name) else _first_day(text).year


def _first_day(text: str) -> date:
    return min(dates_in(text), key=_by_day).day


def _by_day(dated: Dated) -> date:
    return dated.day
