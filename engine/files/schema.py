"""How does an editor know the format?

The JSON Schema (draft 2020-12) of workflow and round files, made from the vocabulary. `python -m engine.files.schema`
writes the two files that are shipped; a test holds them to the vocabulary.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from engine.files.phases import OF_ALL
from engine.files.vocabulary import GUARDS, KINDS, QUESTION, ROUND, WORKFLOW, Key, Table
from engine.files.vocabulary.kinds import GIVEN, NAME, TEXT

FileKind = Literal["workflow", "round"]
FILES: dict[FileKind, Path] = {
    "workflow": Path(__file__).with_name("workflow.schema.json"),
    "round": Path(__file__).with_name("round.schema.json"),
}
PHASE = next(table for table in ROUND if table.name == "phase")
TABLES: dict[FileKind, tuple[Table, ...]] = {"workflow": WORKFLOW, "round": ROUND}


def json_schema(kind: FileKind) -> dict[str, Any]:
    """The schema of a workflow or a round file. Words that are not supported yet are not in it."""
    tables = [table for table in TABLES[kind] if table.status == "now"]
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"A {kind} file of grantcycle",
        "type": "object",
        "properties": {table.name: _table(table) for table in tables},
        "required": [table.name for table in tables if table.required],
        "additionalProperties": False,
    }
    if kind == "workflow":
        schema["$defs"] = {
            "guards": {**_object(GUARDS), "minProperties": 1},
            "questions": {**_named(_object(QUESTION)), "minProperties": 1},
        }
    else:
        schema["properties"]["round"] = _several(schema["properties"])
        schema["$defs"] = {"inside": _inside(schema["properties"])}
    return schema


def _several(tables: dict[str, Any]) -> dict[str, Any]:
    """`[round]`, with `[round.NAME]` for each round where there are several: then each has what is required."""
    one = tables["round"]
    alone = {"if": {"propertyNames": {"enum": list(one["properties"])}}, "then": {"required": one["required"]}}
    without = {key: value for key, value in one.items() if key != "required"}
    return {**without, "additionalProperties": {"$ref": "#/$defs/inside"}, **alone}


def _inside(tables: dict[str, Any]) -> dict[str, Any]:
    """What `[round.NAME]` may say: the keys of a round, and whatever stands in its file beside it."""
    own = {**tables["round"]["properties"], **{name: table for name, table in tables.items() if name != "round"}}
    return {"type": "object", "properties": own, "additionalProperties": False}


def _table(table: Table) -> dict[str, Any]:
    inner: dict[str, Any] = _object(table.keys)
    if table is PHASE:
        own = {name: one for name, one in inner["properties"].items() if name not in OF_ALL}
        inner["additionalProperties"] = {**inner, "properties": own, "additionalProperties": False}
    if table.shape == "texts":
        inner = TEXT
    elif table.shape == "numbers":
        inner = GIVEN
    elif table.shape == "rows":
        return {"description": table.says, "type": "array", "items": inner, "minItems": 1}
    elif table.shape == "listed":
        days = {"type": "array", "items": inner, "minItems": 1}
        inner = {**days, "type": ["array", "object"], "minProperties": 1, "additionalProperties": days}
    outer = inner if table.shape == "one" else _named(inner)
    return {"description": table.says, **outer}


def _named(inner: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "propertyNames": NAME, "additionalProperties": inner}


def _object(keys: Sequence[Key]) -> dict[str, Any]:
    now = [key for key in keys if key.status == "now"]
    return {
        "type": "object",
        "properties": {key.name: {"description": _describe(key), **KINDS[key.kind].schema} for key in now},
        "required": [key.name for key in now if key.required],
        "additionalProperties": False,
    }


def _describe(key: Key) -> str:
    return f"{key.says}; if left out: {key.default}".replace("`", "") if key.default not in ("", "–") else key.says


def text_of(kind: FileKind) -> str:
    """The schema as the shipped file holds it."""
    return json.dumps(json_schema(kind), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for file_kind, path in FILES.items():
        path.write_text(text_of(file_kind), encoding="utf-8")
