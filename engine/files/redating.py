"""How does a round's file read with other dates?

What stands around the dates stays as it was written, its comments too: a value is taken out of the text and another one
put in its place.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from engine.errors import GrantcycleError
from engine.files.days import YEARS
from engine.files.locating import Path, values_in
from engine.rules.moments import shift
from engine.rules.times import Span

Day = date | datetime
"""a whole day, or a local day and hour"""


@dataclass(frozen=True, slots=True)
class Dated:
    """A date in a round's file, at its path: `("phase", "call", "from")`, `("meeting", "pitch", 0, "on")`."""

    path: Path
    value: Day

    @property
    def day(self) -> date:
        return self.value.date() if isinstance(self.value, datetime) else self.value


@dataclass(frozen=True, slots=True)
class Move:
    """By how much dates are moved: so many weeks, or so many years with the `weekday` or the date kept.

    With the weekday kept every date is moved by the same whole weeks, so that none overtakes another.
    """

    weeks: int = 0
    years: int = 0
    weekday: bool = True

    @property
    def all_weeks(self) -> int:
        """The whole weeks that come nearest to the years, and the weeks."""
        return self.weeks + round(self.years * 365.25 / 7)

    def to(self, value: Day) -> Day:
        """Where a date comes to lie. Raises GrantcycleError outside the years that a round may name."""
        day = value.date() if isinstance(value, datetime) else value
        try:
            if self.weekday or not self.years:
                moved = day + timedelta(weeks=self.all_weeks)
            else:
                span = Span(abs(self.years), "year")
                moved = shift(day, span, 1 if self.years > 0 else -1) + timedelta(weeks=self.weeks)
        except (OverflowError, ValueError) as problem:
            raise GrantcycleError(f"{day} cannot be moved so far") from problem
        if moved.year not in YEARS:
            raise GrantcycleError(f"{day} would lie in {moved.year}, outside the years {YEARS[0]} to {YEARS[-1]}")
        return datetime.combine(moved, value.time()) if isinstance(value, datetime) else moved


def dates_in(text: str) -> tuple[Dated, ...]:
    """Every date of a round's file, of those inside it as well, as they are written; none where the text is no TOML."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError):
        return ()
    found = []
    for path in values_in(text):
        value = _at(data, path)
        table = path[2] if path[0] == "round" and len(path) > 2 else path[0]
        if isinstance(value, date) and table in ("phase", "meeting"):
            found.append(Dated(path, value))
    return tuple(found)


def with_values(text: str, values: Mapping[Path, str | Day]) -> str:
    """The text with other values at these paths. Raises GrantcycleError for a path at which no value stands."""
    places = values_in(text)
    for path in values:
        if path not in places:
            raise GrantcycleError(f"nothing stands at {'.'.join(map(str, path))}")
    for path in sorted(values, key=lambda one: places[one], reverse=True):
        start, end = places[path]
        text = text[:start] + _written(values[path]) + text[end:]
    return text


def moved(text: str, move: Move) -> str:
    """The text with every date moved. Raises GrantcycleError where one would leave the years that are allowed."""
    return with_values(text, {one.path: move.to(one.value) for one in dates_in(text)})


def without_heading(text: str) -> str:
    """The text without the comments above its first line, which tell of the round that it was written for."""
    lines = text.split("\n")
    first = next((place for place, line in enumerate(lines) if line.strip() and not line.startswith("#")), len(lines))
    return "\n".join(lines[first:])


def with_words(text: str, words: Mapping[str, str]) -> str:
    """A file of words with translations added to what it has already."""
    known = tomllib.loads(text)
    lines = [f"{_written(one)} = {_written(translation)}" for one, translation in words.items() if one not in known]
    return text if not lines else "\n".join([text.rstrip("\n"), *lines, ""])


def _written(value: str | Day) -> str:
    if not isinstance(value, str):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _at(data: Any, path: Path) -> Any:
    for step in path:
        data = data[step]
    return data
