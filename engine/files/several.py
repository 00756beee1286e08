"""Which rounds stand in one file, and what does each of them take over from it?

`[round.spring]` in rounds/2031.toml is the round `2031-spring`: all that the file says, with its own keys, phases,
meetings and numbers in place of those, and with the dates it takes over so much `later`.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from engine.files.complaints import Level
from engine.files.days import YEARS
from engine.files.locating import Path
from engine.files.source import Source, Spot, written
from engine.files.spans import read_span
from engine.files.tables import named_well
from engine.files.vocabulary import ROUND
from engine.rules.moments import shift
from engine.rules.times import Span

TABLES = {table.name: table for table in ROUND}
LATER = "later"
DATED = ("phase", "meeting", "extension")
"""tables whose dates move with `later`"""


def names_of(file: str, text: str) -> list[str]:
    """The rounds of a file called `file.toml`: itself, or those inside it; itself too where it cannot be read."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError):
        return [file]
    return [f"{file}-{name}" for name in _inside(data.get("round"))] or [file]


def file_of(name: str, paths: Iterable[str]) -> str:
    """The path among these of the file in which a round stands; where it is in none, of the one it would have."""
    known, parts = set(paths), name.split("-")
    tried = ["-".join(parts[:size]) for size in range(len(parts), 0, -1)]
    return next((file for one in tried if (file := f"rounds/{one}.toml") in known), f"rounds/{name}.toml")


def rounds_of(name: str, source: Source) -> Sequence[tuple[str, Source]]:
    """Each round of a file with its name, as the source that it is read from."""
    data = source.data or {}
    inside = _inside(data.get("round"))
    found: list[tuple[str, Source]] = []
    for inner in inside:
        spot = Spot(source, ("round", inner))
        if named_well(spot):
            found.append((f"{name}-{inner}", Part(source, inner)))
    return found if inside else [(name, source)]


def _inside(table: object) -> list[str]:
    known = {key.name for key in TABLES["round"].keys}
    if not isinstance(table, dict):
        return []
    return [name for name, value in table.items() if isinstance(value, dict) and name not in known]


class Part(Source):
    """One round of a file that holds several, read as if it stood alone; complaints are made where it is written."""

    def __init__(self, whole: Source, name: str) -> None:
        self.whole, self.name = whole, name
        self.file, self.lines, self.names = whole.file, whole.lines, whole.names
        self.complaints, self.bad, self.places = whole.complaints, whole.bad, whole.places
        self._own: dict[Path, Path] = {}
        self._rows: dict[str, int] = {}
        shared = whole.data or {}
        own: dict[str, Any] = shared["round"][name]
        later = _later(own, Spot(whole, ("round", name, LATER)))
        self.data = self._together(shared, own, later)
        self._said = f", {later} later in [round.{name}]" if later else ""

    def _together(self, shared: Mapping[str, Any], own: Mapping[str, Any], later: Span | None) -> dict[str, Any]:
        general: Mapping[str, Any] = shared["round"]
        inside, keys = _inside(general), {key: value for key, value in own.items() if key not in (*TABLES, LATER)}
        for key in keys:
            self._own["round", key] = ("round", self.name, key)
        data = {
            **{key: self._moved(key, value, later) for key, value in shared.items()},
            "round": {**{key: value for key, value in general.items() if key not in inside}, **keys},
        }
        for table, value in own.items():
            if table not in TABLES:
                continue
            before = data.get(table, [] if TABLES[table].shape == "rows" else {})
            if isinstance(value, dict) and isinstance(before, dict):
                data[table] = {**before, **value}
                for key, one in value.items():
                    if table == "meeting" and _are_parts(one) and _are_parts(before.get(key)):
                        # each part is a meeting of its own, and those of the others are taken over
                        data[table][key] = {**before[key], **one}
                        self._own.update({(table, key, part): ("round", self.name, table, key, part) for part in one})
                    else:
                        self._own[table, key] = ("round", self.name, table, key)
            elif isinstance(value, list) and isinstance(before, list):
                data[table] = [*before, *value]
                self._rows[table] = len(before)
            else:
                Spot(self.whole, ("round", self.name, table)).complain(
                    f"must be written as {TABLES[table].written.replace('[', f'[round.{self.name}.', 1)}, "
                    f"not as {written(value)}"
                )
        return data

    def _moved(self, table: str, value: Any, later: Span | None) -> Any:
        return value if later is None or table not in DATED else _shifted(value, later)

    def origin(self, path: Path) -> Path:
        """Where what this round says at `path` is written in the file."""
        for size in range(len(path), 0, -1):
            if path[:size] in self._own:
                return (*self._own[path[:size]], *path[size:])
        first = self._rows.get(str(path[0])) if len(path) > 1 else None
        if first is not None and isinstance(path[1], int) and path[1] >= first:
            return ("round", self.name, path[0], path[1] - first, *path[2:])
        return path

    def line(self, path: Path) -> int:
        return self.whole.line(self.origin(path))

    def complain(self, path: Path, sentence: str, level: Level = "error") -> None:
        """The same at the place where it is written; what several rounds take over is complained about once."""
        place = self.origin(path)
        if place in (("round", "number"), ("round", "title")):
            place = ("round", self.name, place[1])  # it takes over what each must have of its own
        if place == path and path and path[0] in DATED:
            sentence += self._said
        known = len(self.complaints)
        self.whole.complain(place, sentence, level)
        if self.complaints[-1] in self.complaints[:known]:
            self.complaints.pop()


def _are_parts(days: object) -> bool:
    """Whether the days of a meeting are written for each strand or answer."""
    return isinstance(days, dict) and all(isinstance(one, list) for one in days.values())


def _later(own: Mapping[str, Any], spot: Spot) -> Span | None:
    if LATER not in own:
        return None
    span = read_span(own[LATER], spot)
    if span is not None and span.unit == "working day":
        spot.complain(f'"{span}" would move each date by another length; write days, weeks, months or years')
        return None
    return span


def _shifted(value: Any, later: Span) -> Any:
    """The same with every date so much later; what is no date, or would leave the years that are allowed, stays."""
    if isinstance(value, dict):
        return {key: _shifted(one, later) for key, one in value.items()}
    if isinstance(value, list):
        return [_shifted(one, later) for one in value]
    if not isinstance(value, date) or value.year + later.count > YEARS[-1]:
        return value
    day = shift(value.date() if isinstance(value, datetime) else value, later, 1)
    return datetime.combine(day, value.timetz()) if isinstance(value, datetime) else day
