"""Which words has the format, where does a programme use them, and what is it like without one of them?

A word is a key of a table, a guard, a table whose entries are texts or numbers, or one of the words of a closed list.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from engine.files.schema import TABLES, FileKind
from engine.files.vocabulary import GUARDS, KINDS, QUESTION, Key, Table

Path = tuple[str | int, ...]
"""the way to a value in what a file holds"""


@dataclass(frozen=True, order=True)
class Word:
    """One word, as it is called here: `[transition.NAME] ties`, `only_if score`, `[transition.NAME] ties = "in"`."""

    kind: FileKind
    table: str
    key: str = ""
    value: str = ""

    def __str__(self) -> str:
        if self.table == "only_if":
            return f"only_if {self.key}"
        of = "[question.NAME]" if self.table == "question" else _table(self.kind, self.table).written
        return " ".join([of, *([self.key] if self.key else []), *([f'= "{self.value}"'] if self.value else [])])


@dataclass(frozen=True)
class Use:
    """Where a file uses a word."""

    word: Word
    path: Path
    value: str
    """the kind of its value"""


def _table(kind: FileKind, name: str) -> Table:
    return next(table for table in TABLES[kind] if table.name == name)


def words() -> Iterator[Word]:
    """Every word that may be written: none that is refused as not supported yet."""
    for kind in TABLES:
        for table in TABLES[kind]:
            if not table.keys and table.status == "now":
                yield Word(kind, table.name)
            for key in table.keys:
                yield from _words(kind, table.name, key)
    for guard in GUARDS:
        yield from _words("workflow", "only_if", guard)


def _words(kind: FileKind, table: str, key: Key) -> Iterator[Word]:
    if key.status == "now":
        yield Word(kind, table, key.name)
        yield from (Word(kind, table, key.name, value) for value in KINDS[key.kind].words if len(_list(key)) > 1)


def _list(key: Key) -> tuple[str, ...]:
    return KINDS[key.kind].words


def uses(kind: FileKind, data: Mapping[str, Any], path: Path = ()) -> Iterator[Use]:
    """Every word that the data of a file use, each as often as it stands there."""
    for table in TABLES[kind]:
        if table.name not in data:
            continue
        value, here = data[table.name], (*path, table.name)
        if not table.keys:
            sort = "text" if table.shape == "texts" else "given"
            yield from (Use(Word(kind, table.name), (*here, name), sort) for name in value)
        elif table.shape == "one":
            yield from _in(kind, table.name, table.keys, value, here)
            for name, inner in value.items() if kind == "round" else ():
                if isinstance(inner, Mapping):  # a round of several
                    yield from _in(kind, table.name, table.keys, inner, (*here, name))
                    yield from uses(kind, inner, (*here, name))
        else:
            for way, entry in _entries(table, value):
                yield from _in(kind, table.name, table.keys, entry, (*here, *way))


def _entries(table: Table, value: Any) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    if table.shape == "rows":
        yield from (((place,), entry) for place, entry in enumerate(value))
    elif table.shape == "listed":
        for name, found in value.items():
            parts = found.items() if isinstance(found, dict) else [("", found)]  # of a strand or answer, or for all
            for part, rows in parts:
                yield from (((name, *filter(None, [part]), place), entry) for place, entry in enumerate(rows))
    else:
        yield from (((name,), entry) for name, entry in value.items())


def _in(kind: FileKind, table: str, keys: Sequence[Key], entry: Mapping[str, Any], path: Path) -> Iterator[Use]:
    for key in keys:
        if key.name not in entry:
            continue
        value, here = entry[key.name], (*path, key.name)
        yield Use(Word(kind, table, key.name), here, key.kind)
        if len(_list(key)) > 1:
            yield Use(Word(kind, table, key.name, value), here, key.kind)
        if key.kind == "guards":
            yield from _in(kind, "only_if", GUARDS, value, here)
        if key.kind == "questions":
            for name, question in value.items():
                yield from _in("workflow", "question", QUESTION, question, (*here, name))


# ── without it ──


def without(use: Use, data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The data without that word, or with others in its place: not every word can just go."""
    yield from _more(use, data)
    yield from (_put(data, use.path[:-1], beside) for beside in _beside(use, data))
    if not use.word.value:
        yield _changed(data, use.path, None)
    if use.word.table == "only_if":
        conditions, *_ = [place for place, step in enumerate(use.path) if step == "only_if"]
        owner = use.path[:conditions]
        yield _changed(data, (*owner, "only_if"), None)
        bare = _changed(_changed(data, (*owner, "only_if"), None), (*owner, "if_not"), None)
        yield bare
        yield _changed(bare, (*owner, "order"), None)
    value = _at(data, use.path)
    yield from (_changed(data, use.path, other) for other in _others(use.value, value, data))


def _more(use: Use, data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The data with one more state: before the first, or as one more end."""
    if use.word.table == "workflow" and use.word.key in ("begins_in", "ends_in"):
        first, ends = data["workflow"]["begins_in"], data["workflow"]["ends_in"]
        earlier = use.word.key == "begins_in"
        move = {"from": "one_more", "to": first} if earlier else {"from": first, "to": "one_more"}
        more = _changed(data, ("state", "one_more"), {"title": "One more"})
        more = _changed(more, ("transition", "one_more"), {**move, "by": "staff"})
        yield _changed(more, use.path, "one_more" if earlier else [*ends, "one_more"])


def _others(kind: str, value: Any, data: Mapping[str, Any]) -> Iterable[Any]:
    """Other values of that kind."""
    questions = data.get("question", {})
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, datetime | date):
        return [value + timedelta(days=1)]
    if isinstance(value, time):
        return [value.replace(hour=(value.hour + 1) % 24)]
    if isinstance(value, int | float):
        return [value + 1]
    if KINDS.get(kind) and KINDS[kind].words:
        return [word for word in KINDS[kind].words if word != value]
    named: Mapping[str, Callable[[], Iterable[Any]]] = {
        "text": lambda: [f"{value} 2"],
        "texts": lambda: [["Somebody else"]],
        "state": lambda: data["state"],
        "states": lambda: data["state"],
        "open to": lambda: ["everyone", *data["state"]],
        "phase": lambda: data["phase"],
        "actor": lambda: ["staff", "applicant"],
        "committee": lambda: data["committee"],
        "meeting": lambda: data["meeting"],
        "deliverable": lambda: data["deliverable"],
        "deliverables": lambda: data["deliverable"],
        "money question": lambda: questions,
        "scored question": lambda: questions,
        "set": lambda: ["strand", *questions],
        "per": lambda: ["strand", "batch", *questions],
        "divided": lambda: ["strand", *questions],
        "strands": lambda: data["strand"],
        "letters": lambda: [{role: f"{letter}-2" for role, letter in value.items()}],
        "if not": lambda: [{"staff": "other"}],
        "moment": lambda: _moments(data),
        "moments": lambda: _moments(data),
        "when": lambda: _moments(data),
        "announced": lambda: _moments(data),
        "between": lambda: ([value[0], moment] for moment in _moments(data)),
        "span": lambda: ["2 days", "3 weeks"],
        "spans": lambda: ["2 days", "3 weeks"],
        "choices": lambda: [value[:-1], [*value, "More"]],
        "questions": lambda: [{**value, "more": {"ask": "More?"}}],
        "scale": lambda: [[1, 12]],
        "order": lambda: [["received"], ["score"]],
        "recent": lambda: ({state: "ever"} for state in data["state"]),
        "given": lambda: [7],
        "number prefix": lambda: ["ZZ9"],
        "zone": lambda: ["Europe/London"],
        "phase zone": lambda: ["Asia/Tokyo"],
        "region": lambda: ["FR"],
        "currency": lambda: ["USD"],
        "languages": lambda: [[*value, "nl"]],
        "phase edge": lambda: (f"{phase} {edge}" for phase in data["phase"] for edge in ("opens", "closes")),
    }  # fmt: skip
    return (other for other in (named[kind]() if kind in named else ()) if other != value)


def _moments(data: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{phase} {edge}" for phase in data["phase"] for edge in ("closes", "opens"))
    yield from (f"1 day after {phase} opens" for phase in data["phase"])


def _beside(use: Use, data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What takes the place of a word that would be missed, with the keys that go with it (None takes one out)."""
    match use.word.table, use.word.key:
        case "workflow", "language":
            yield {"language": "nl", "languages": ["nl"]}
        case "question", "kind" if use.word.value == "choice":
            yield {"kind": None, "choices": None}
        case "obligation", "each":
            yield {"each": None, "within": "10 days"}
        case "obligation", "attend":
            yield from ({"attend": None, "deliver": name} for name in data.get("deliverable", {}))
        case "obligation", "deliver":
            yield from ({"deliver": None, "accepted_by": None, "attend": name} for name in data.get("meeting", {}))
        case "transition", "after":
            yield from ({"after": None, "when": moment} for moment in _moments(data))


def _at(data: Any, path: Path) -> Any:
    for step in path:
        data = data[step]
    return data


def _changed(data: Mapping[str, Any], path: Path, value: Any) -> dict[str, Any]:
    return _put(data, path[:-1], {path[-1]: value})


def _put(data: Mapping[str, Any], path: Path, changes: Mapping[Any, Any]) -> dict[str, Any]:
    copy = deepcopy(dict(data))
    entry = _at(copy, path)
    for key, value in changes.items():
        if value is None:
            entry.pop(key, None)
        else:
            entry[key] = value
    return copy


def as_toml(data: Mapping[str, Any]) -> str:
    """The data as a file again, each table on one line."""
    return "".join(f"{name} = {_toml(value)}\n" for name, value in data.items())


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{name} = {_toml(inner)}' for name, inner in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, date | time):
        return value.isoformat()
    return json.dumps(value)
