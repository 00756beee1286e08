"""What is one file that is being read, and how does it complain about a place in itself?"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from engine.errors import did_you_mean, nearest
from engine.files.complaints import Complaint, Level
from engine.files.locating import Path, locate
from engine.files.slips import meant, thousands
from engine.files.vocabulary import WORKFLOW


@dataclass(frozen=True, slots=True)
class Names:
    """What is declared in the workflow file, so that a name can be looked up before its record is read."""

    by_table: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unreadable: frozenset[str] = frozenset()
    """tables that are no tables, so that nobody can say which names are missing"""
    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """table -> title -> name: what people see, and may write in place of the name"""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Names":
        """The names under each table of a workflow file, also where the table's own name is misspelt."""
        known = [table.name for table in WORKFLOW]
        free = [name for name in known if name not in data]
        tables = {name if name in known else nearest(name, free) or name: inner for name, inner in data.items()}
        named = {name: tuple(inner) for name, inner in tables.items() if isinstance(inner, dict)}
        titles = {
            table: {_title(one): name for name, one in inner.items()}
            for table, inner in tables.items() if isinstance(inner, dict)
        }  # fmt: skip
        return cls(named, frozenset(tables) - frozenset(named), titles)

    def __getitem__(self, table: str) -> tuple[str, ...]:
        return self.by_table.get(table, ())

    def called(self, table: str, title: str) -> str | None:
        """The name of what has that title, whatever the capitals."""
        return self.titles.get(table, {}).get(title.strip().casefold())

    def lack(self, table: str, name: str) -> bool:
        """Whether it is certain that `table` declares no such name."""
        return name not in self[table] and table not in self.unreadable


def _title(entry: object) -> str:
    """What people read of an entry of the workflow file, in small letters."""
    told = entry.get("title", entry.get("ask", "")) if isinstance(entry, dict) else entry
    return told.casefold() if isinstance(told, str) else ""


PLAIN = {
    r"Illegal character '\\n'": "a text in quotes does not end on this line",
    r"Invalid value": "a value is missing here, or lacks its quotes",
    r"Cannot overwrite a value": "this key stands here twice",
    r"Cannot declare \('(.+)',?\) twice": r"[\1] stands here twice",
    r"Invalid date or datetime": "this date or hour does not exist",
    r"Expected '=' after a key": "an = is missing after this key",
    r"Expected '\]' at the end of a table": "the name of a table ends with ]",
    r"Expected '\]\]' at the end of an array": "the name of a table that stands in [[ ends with ]]",
}
"""What the commonest complaints of tomllib say in the words of people who write programmes."""


class Source:
    """A TOML file: its data, the line of every path, and what is wrong with it so far.

    `data` is None when the text is no TOML; that is then its only complaint.
    """

    def __init__(self, file: str, text: str, names: Names | None = None) -> None:
        self.file = file
        self.complaints: list[Complaint] = []
        self.lines = text.split("\n")
        self.places: dict[Path, int] = {}
        self.data: dict[str, Any] | None = None
        self._odd: dict[str, str] = {}
        """numbers as they are written, and what is odd about them"""
        try:
            self.data = tomllib.loads(text, parse_float=self._number)
        except (tomllib.TOMLDecodeError, ValueError, RecursionError) as problem:
            self.complaints.append(_broken(file, text, problem))
        else:
            self.places = locate(text)
        self.bad: set[Path] = set()
        """the paths of what was complained about as an error"""
        self.names = Names.of(self.data or {}) if names is None else names
        for path, line in self.places.items() if self._odd else ():
            for raw, sentence in self._odd.items():
                if _at(self.data, path) == float(raw) and raw in self.lines[line - 1]:
                    self.complain(path, sentence)

    def _number(self, raw: str) -> float:
        if sentence := thousands(raw):
            self._odd[raw] = sentence
        return float(raw)

    @property
    def has_errors(self) -> bool:
        return any(complaint.level == "error" for complaint in self.complaints)

    @property
    def broken(self) -> frozenset[str]:
        """The tables with an error in them."""
        return frozenset(str(path[0]) for path in self.bad)

    def line(self, path: Path) -> int:
        """The line of the path, or of the nearest table or key around it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, 1)

    def complain(self, path: Path, sentence: str, level: Level = "error") -> None:
        """Note what is wrong at `path`; its table is the nearest header above it, its key the rest of the way."""
        if level == "error" and path:
            self.bad.add(path)
        headers = [size for size in range(1, len(path) + 1) if self._is_header(path[:size])]
        size = max(headers, default=1 if len(path) == 1 and path not in self.places else 0)
        table, key = (
            ".".join(str(name) for name in part if isinstance(name, str)) for part in (path[:size], path[size:])
        )
        self.complaints.append(Complaint(self.file, self.line(path), table or None, key or None, sentence, level))

    def _is_header(self, path: Path) -> bool:
        line = self.places.get(path)
        return line is not None and self.lines[line - 1].lstrip().startswith("[")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a file that complaints can be made about."""

    source: Source
    path: Path

    @property
    def names(self) -> Names:
        return self.source.names

    def at(self, *way: str | int) -> "Spot":
        """A place further inside."""
        return Spot(self.source, (*self.path, *way))

    def complain(self, sentence: str, level: Level = "error") -> None:
        self.source.complain(self.path, sentence, level)

    def unknown(self, kind: str, name: str, known: tuple[str, ...]) -> None:
        """Complain that nothing answers to `name`, and offer the nearest known one, or all if they are few."""
        called = self.names.called("committee" if kind == "role" else kind, name)
        hint = f'; did you mean "{called}"?' if called in known else did_you_mean(name, known)
        if not hint and known and len(known) <= 12:
            hint = f"; known: {', '.join(known)}"
        self.complain(f'there is no {kind} "{name}"{hint}')

    def later(self, what: str) -> None:
        """Complain that the grammar has this word and that nothing carries it out yet."""
        self.complain(f"{what} is not supported yet")


def _at(data: Any, path: Path) -> Any:
    """What stands at that path, which the text has."""
    for step in path:
        data = data[step]
    return data


def written(value: object) -> str:
    """A value as one would write it in TOML, shortened."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 60 and "\n" not in value else f'"{value[:57].splitlines()[0]}…"'
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    return str(value)


def how_many(value: object) -> str:
    """The same, and of a list how much stands in it."""
    return f"a list of {len(value)}" if isinstance(value, list) else written(value)


def _broken(file: str, text: str, problem: Exception) -> Complaint:
    message = str(problem) or "nested too deeply"
    place = re.search(r" \(at line (\d+), column (\d+)\)$", message)
    line = int(place.group(1)) if place else text.rstrip("\n").count("\n") + 1
    reason = re.sub(r" \(at [^)]*\)$", "", message)
    lines = text.split("\n")
    if sentence := meant(lines[line - 1], reason):
        return Complaint(file, line, None, None, sentence)
    for pattern, sentence in PLAIN.items():
        if match := re.match(pattern, reason):
            return Complaint(file, line, None, None, match.expand(sentence).replace("', '", "."))
    return Complaint(file, line, None, None, f"this is not TOML: {reason[:1].lower()}{reason[1:]}")
