"""Which words of the vocabulary does a drawn programme use?"""

from collections.abc import Iterator, Mapping
from typing import Any

from drawn_programmes import Drawn

from engine.files.vocabulary import GUARDS, KINDS, QUESTION, ROUND, WORKFLOW

Word = tuple[str, str]
"""a table and a key of it; `guard` and a guard; or a closed kind and one of its words"""


def every_word() -> set[Word]:
    """All that a programme can be written in today."""
    found = {(f"rules {table.name}", key.name) for table in WORKFLOW for key in table.keys if key.status == "now"}
    found |= {(f"round {table.name}", key.name) for table in ROUND for key in table.keys if key.status == "now"}
    found |= {("guard", key.name) for key in GUARDS if key.status == "now"}
    found |= {("question", key.name) for key in QUESTION if key.status == "now"}
    found |= {(kind.name, word) for kind in KINDS.values() if kind.name in CLOSED for word in kind.words}
    return found


NOT_DRAWN: frozenset[Word] = frozenset()
"""words that no programme by lot uses, each with its reason beside it"""
CLOSED = ("question kind", "every", "ties", "score", "release", "written or missing")
"""the closed lists whose every word is drawn"""


def words_of(drawn: Drawn) -> set[Word]:
    """The words that a programme uses."""
    found = set(_of(drawn.rules, "rules"))
    for round in drawn.rounds.values():
        found |= set(_of(round, "round"))
    return found


def _of(tables: Mapping[str, Any], file: str) -> Iterator[Word]:
    shapes = {table.name: table.shape for table in (WORKFLOW if file == "rules" else ROUND)}
    for name, table in tables.items():
        for row in _rows(table, shapes[name]):
            for key, value in row.items():
                if name == "round" and isinstance(value, Mapping):  # [round.NAME], one of several
                    yield from (("round round", part) for part in value)
                    continue
                if file == "round" and name == "phase" and isinstance(value, Mapping):  # the dates of a strand
                    yield from (("round phase", part) for part in value)
                    continue
                yield (f"{file} {name}", key)
                yield from _inside(key, value, name) if file == "rules" else ()


def _rows(table: Any, shape: str) -> Iterator[Mapping[str, Any]]:
    if shape == "one":
        yield table
    elif shape in ("named", "entries"):
        yield from table.values()
    elif shape == "listed":
        parts = (rows.values() if isinstance(rows, Mapping) else (rows,) for rows in table.values())
        yield from (row for each in parts for rows in each for row in rows)
    elif shape == "rows":
        yield from table


def _inside(key: str, value: Any, table: str) -> Iterator[Word]:
    if key == "only_if":
        yield from (("guard", word) for word in value)
        yield from (("written or missing", word) for word in value.values() if word in ("written", "missing"))
    if table == "question":
        yield ("question", key)
        yield from [("question kind", value)] if key == "kind" else []
    if table == "deliverable" and key == "question":
        for one in value.values():
            yield from (("question", part) for part in one)
    closed = {"every": "every", "ties": "ties", "score": "score", "release": "release"}
    if key in closed and isinstance(value, str):
        yield (closed[key], value)
