"""What is wrong with the settings, and where does it stand?"""

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from engine.errors import GrantcycleError, did_you_mean
from engine.files.complaints import Complaint, Complaints
from engine.files.locating import locate

Tables = Mapping[str, tuple[str, ...]]
"""table -> its keys"""
OTHER_VARIABLES = ("GRANTCYCLE_CONFIG",)


@dataclass(frozen=True)
class Source:
    """One config.toml: its name, its text and what it says."""

    file: str
    text: str
    content: Mapping[str, Any]

    def line(self, table: str, key: str = "") -> int:
        """Where a table, or a key of it, stands."""
        lines = locate(self.text)
        return lines.get((table, key), lines.get((table,), 1)) if key else lines.get((table,), 1)

    def says(self, table: str, key: str) -> bool:
        """Whether the file gives that key."""
        found = self.content.get(table)
        return isinstance(found, Mapping) and key in found

    def refuse_secrets(self, secrets: Iterable[tuple[str, str]]) -> None:
        """Raises Complaints for each secret that stands in the file."""
        if found := [
            Complaint(
                self.file, self.line(table, key), table, key,
                f"a secret does not stand in a file that is copied and committed; "
                f"set {variable(table, key)} or {variable(table, key)}_FILE in the environment",
            )
            for table, key in secrets
            if self.says(table, key)
        ]:  # fmt: skip
            raise Complaints(found)


def variable(table: str, key: str) -> str:
    """The environment variable of a setting."""
    return f"GRANTCYCLE_{table}__{key}".upper()


def read_toml(path: Path) -> Source:
    """The settings file; raises Complaints when it is no TOML."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        return Source(str(path), text.replace("\r\n", "\n"), tomllib.loads(text))
    except UnicodeDecodeError as problem:
        raise GrantcycleError(f"{path}: the file is not written in UTF-8") from problem
    except tomllib.TOMLDecodeError as problem:
        place = re.search(r"at line (\d+)", str(problem))
        sentence = re.sub(r" \(at .*\)$", "", str(problem))
        raise Complaints(
            [Complaint(str(path), int(place.group(1)) if place else 1, None, None, f"this is no TOML: {sentence}")]
        ) from problem
    except OSError as problem:
        raise GrantcycleError(f"{path}: the file cannot be read ({problem.strerror})") from problem


def refuse_unknown_variables(tables: Tables, from_files: Iterable[tuple[str, str]]) -> None:
    """Raises GrantcycleError for GRANTCYCLE_... variables that set nothing, each with the nearest that does."""
    known = {variable(table, key) for table, keys in tables.items() for key in keys}
    known |= {f"{variable(table, key)}_FILE" for table, key in from_files} | set(OTHER_VARIABLES)
    unknown = sorted(name for name in os.environ if name.startswith("GRANTCYCLE_") and name not in known)
    if unknown:
        raise GrantcycleError(
            "\n".join(f"environment: {name} sets nothing{did_you_mean(name, known)}" for name in unknown)
        )


def explain(problem: ValidationError, source: Source, tables: Tables) -> GrantcycleError:
    """Every value that pydantic refused, as sentences with their places."""
    lines: list[str] = []
    for error in problem.errors():
        table, key = (*map(str, error["loc"][:2]), "")[:2]
        sentence = _sentence(error, table, key, tables)
        if key and (variable(table, key) in os.environ or not source.says(table, key)):
            lines.append(f"environment: {variable(table, key)}: {sentence}")
        else:
            lines.append(str(Complaint(source.file, source.line(table, key), table, key or None, sentence)))
    return GrantcycleError("\n".join(lines))


def _sentence(error: Any, table: str, key: str, tables: Tables) -> str:
    if error["type"] == "extra_forbidden":
        kind, name = ("setting", key) if key else ("table", table)
        known = tables.get(table, ()) if key else tuple(tables)
        return f'there is no {kind} "{name}"{did_you_mean(name, known) or "; known: " + ", ".join(known)}'
    if error["type"] in ("model_type", "model_attributes_type"):
        return f"this is a table: write [{table}] and its settings below it"
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    return f"{error['input']!r}: {str(error['msg']).replace('Input should', 'it should')}"
