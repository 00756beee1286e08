"""What does a table of a file say, key by key?

The vocabulary decides which keys there are; here each is looked up, read by its kind, or complained about.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from engine.errors import nearest
from engine.files.source import Source, Spot, written
from engine.files.values import READERS
from engine.files.vocabulary import GUARDS, QUESTION, ROUND, WORKFLOW, Key, Table, key_of
from engine.rules.conditions import Guard

Values = dict[str, Any]
"""what was read well, by key; a key that is absent was not written, or was complained about"""

NAME = re.compile(r"[a-z][a-z0-9_]*")
RESERVED = {
    "committee": ("applicant", "staff", "everyone"),
    "criterion": ("score", "received", "committee"),
    "question": ("strand", "batch"),
    "phase": ("before", "after", "opens", "closes"),
    "strand": ("from", "to", "on", "grace", "roll", "zone", "every"),
}
"""names that would be mistaken for a word of the format"""


ELSEWHERE = {
    "workflow": {table.name: "the round file" for table in ROUND if table.name not in {one.name for one in WORKFLOW}},
    "round": {table.name: "workflow.toml" for table in WORKFLOW if table.name not in {one.name for one in ROUND}},
}
"""tables that one kind of file does not have, and the other has"""


def read_table(keys: Sequence[Key], value: object, spot: Spot) -> Values:
    """The values of one table; every unknown, unsupported, unreadable or missing key is complained about."""
    if not isinstance(value, dict):
        *_, table, name = ("", *map(str, spot.path))
        if isinstance(value, date) and key_of(keys, "on"):
            spot.complain(f"must be {{ on = {written(value)} }}, or from one day to another: {{ from = …, to = … }}")
        elif key_of(keys, name):
            spot.complain(f"belongs to a {table} that has a name: write [{table}.NAME] above it")
        else:
            spot.complain(f"must be a table, not {written(value)}")
        return {}
    values: Values = {}
    guessed: set[str | None] = set()
    stands_in = False
    for name, raw in value.items():
        key, place = key_of(keys, name), spot.at(name)
        if key is None:
            known = tuple(key.name for key in keys if key.status == "now")
            place.unknown("key", name, known)
            guessed.add(nearest(name, known))
        elif key.status == "later":
            place.later(f'"{name}"')
            stands_in = True
        elif (read := read_value(key.kind, raw, place)) is not None:
            values[name] = read
    for key in keys:
        # A misspelt or unsupported word may be what stands in for the missing one: one complaint is enough.
        if key.required and key.name not in value and key.name not in guessed and not stands_in:
            spot.at(key.name).complain("is required")
    return values


def read_value(kind: str, raw: object, spot: Spot) -> Any:
    """One value by its kind; None after a complaint."""
    if kind == "guards":
        return read_guards(raw, spot)
    if kind == "questions":
        return read_questions(raw, spot)
    return READERS[kind](raw, spot)


def read_guards(value: object, spot: Spot) -> tuple[Guard, ...] | None:
    """`{ guard = value }`, in the order of the file."""
    if not isinstance(value, dict) or not value:
        spot.complain(f"must be {{ guard = value }}, not {'empty' if value == {} else written(value)}")
        return None
    guards = []
    for word, raw in value.items():
        key, place = key_of(GUARDS, word), spot.at(word)
        if key is None:
            place.unknown("guard", word, tuple(guard.name for guard in GUARDS if guard.status == "now"))
        elif key.status == "later":
            place.later(f'"{word}"')
        elif word == "attended" and isinstance(raw, dict):
            place.later("a number of attendances")
        elif (read := read_value(key.kind, raw, place)) is not None:
            guards.append(Guard(word, read))
    return tuple(guards) if len(guards) == len(value) else None


def read_questions(value: object, spot: Spot) -> dict[str, Values] | None:
    """A table of questions, each with the keys of a question."""
    if not isinstance(value, dict) or not value:
        spot.complain("must be a table of questions, and there is none")
        return None
    return {name: read_table(QUESTION, raw, spot.at(name)) for name, raw in value.items() if named_well(spot.at(name))}


def named_well(spot: Spot) -> bool:
    """Whether the name at the end of the path can be one: other texts and letters refer to it."""
    table, name = str(spot.path[-2]), str(spot.path[-1])
    if not NAME.fullmatch(name):
        spot.complain(f'"{name}" is not a name: write small letters, digits and _, beginning with a letter')
        return False
    if name in RESERVED.get(table, ()):
        spot.complain(f'"{name}" is a word of the format already; choose another name for this {table}')
        return False
    return True


def check_tables(source: Source, tables: Sequence[Table], kind: str) -> None:
    """Complain about tables that are missing, unknown, or not supported yet."""
    data = source.data or {}
    known = {table.name: table for table in tables}
    for name, value in data.items():
        spot = Spot(source, (name,))
        if name not in known:
            if isinstance(value, dict | list) and name in ELSEWHERE[kind]:
                spot.complain(f"stands in {ELSEWHERE[kind][name]}, and not here")
            elif isinstance(value, dict | list):
                spot.unknown("table", name, tuple(table.name for table in tables if table.status == "now"))
            else:
                spot.complain(f"a {kind} file has no keys outside its tables")
        elif known[name].status == "later":
            spot.later(f'"{name}"')
        elif not isinstance(value, list if known[name].shape == "rows" else dict):
            spot.complain(f"must be written as {known[name].written}, not as {written(value)}")
        elif not value and known[name].required:
            spot.complain("is empty")
    for table in tables:
        if (
            table.required
            and table.name not in data
            and not any(nearest(name, [table.name]) for name in data if name not in known)
        ):
            Spot(source, (table.name,)).complain(f"a {kind} file must have {table.written}")


def entries(source: Source, table: str) -> Iterator[tuple[str, object, Spot]]:
    """What stands under a table, by name: `[transition.NAME]`, `[state] NAME = …`; badly named ones left out."""
    under = (source.data or {}).get(table)
    for name, value in under.items() if isinstance(under, dict) else ():
        spot = Spot(source, (table, name))
        if named_well(spot):
            yield name, value, spot
