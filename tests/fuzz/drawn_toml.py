"""How is a programme that was drawn by lot written down as a file?"""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any


def value(given: Any) -> str:
    """One value, on one line."""
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, str):
        return json.dumps(given, ensure_ascii=False)
    if isinstance(given, (datetime, date, time)):
        return given.isoformat()
    if isinstance(given, Mapping):
        return "{ " + ", ".join(f"{_name(key)} = {value(one)}" for key, one in given.items()) + " }"
    if isinstance(given, (list, tuple)):
        return "[" + ", ".join(map(value, given)) + "]"
    return repr(given)


def _name(key: str) -> str:
    plain = key.replace("_", "").replace("-", "")
    return key if plain.isascii() and plain.isalnum() else json.dumps(key, ensure_ascii=False)


def file(tables: Mapping[str, Any]) -> str:
    """A whole file: `[table]`, `[table.NAME]` where every member is a table of keys, `[[table]]` for rows."""
    return "\n".join(line for name, table in tables.items() for line in _table(name, table))


ENTRIES = ("state", "phase", "strand", "given")
"""tables whose members stand on a line each"""


def _table(name: str, table: Any) -> Iterator[str]:
    if not isinstance(table, (Mapping, list)):
        yield f"{_name(name)} = {value(table)}"
    elif isinstance(table, list):
        for row in table:
            yield from (f"[[{name}]]", *_keys(row), "")
    elif name.rpartition(".")[2] in ENTRIES or not all(isinstance(one, (Mapping, list)) for one in table.values()):
        own = {key: one for key, one in table.items() if name != "round" or not isinstance(one, (Mapping, list))}
        yield from (f"[{name}]", *_keys(own), "")
        for key, one in table.items():
            if key not in own:
                yield from _table(f"{name}.{key}", one)
    else:
        for key, one in table.items():
            if name == "round":
                parts = {part: given for part, given in one.items() if isinstance(given, (Mapping, list))}
                yield from (f"[round.{key}]", *_keys({k: v for k, v in one.items() if k not in parts}), "")
                for part, given in parts.items():
                    yield from _table(f"round.{key}.{part}", given)
            elif isinstance(one, list) or _are_rows(one):
                yield from _table(f"{name}.{_name(key)}", one)
            else:
                yield from (f"[{name}.{_name(key)}]", *_keys(one), "")


def _are_rows(table: Mapping[str, Any]) -> bool:
    """Whether each member is a list of tables: the days of the meeting of a strand or an answer."""
    rows = [one for one in table.values() if isinstance(one, list) and one and isinstance(one[0], Mapping)]
    return bool(rows) and len(rows) == len(table)


def _keys(table: Any) -> Iterator[str]:
    if isinstance(table, Mapping):
        yield from (f"{_name(key)} = {value(one)}" for key, one in table.items())
