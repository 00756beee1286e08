"""How is an expression written where SQLite and PostgreSQL differ?"""

from typing import Any

from sqlalchemy import ColumnElement, Float, Text, cast, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import JSON

Expression = ColumnElement[Any] | Mapped[Any]
"""a column of a record, or anything that is made of columns"""


class as_json(FunctionElement[Any]):  # noqa: N801  these read as functions where they are used
    """Text that is JSON, as the value of a JSON column: the very same text is kept."""

    type = JSON()
    inherit_cache = True


class string_of(FunctionElement[str]):  # noqa: N801
    """What a JSON value says as text: a string without its quotes, a number as it is written, nothing for null."""

    type = Text()
    inherit_cache = True


class field_of(FunctionElement[str]):  # noqa: N801
    """What a field of a JSON object says as text; nothing where there is none. The name is one of ours."""

    type = Text()
    inherit_cache = True


class quoted(FunctionElement[str]):  # noqa: N801
    """A text as JSON writes it, or `null`."""

    type = Text()
    inherit_cache = True


class joined(FunctionElement[str]):  # noqa: N801
    """The text of all rows, one after the other with a comma between, in the order of the second argument."""

    type = Text()
    inherit_cache = True


class run_on(FunctionElement[str]):  # noqa: N801
    """The text of all rows, one right after the other, in the order of the second argument."""

    type = Text()
    inherit_cache = True


class rounded(FunctionElement[float]):  # noqa: N801
    """A number to six places, halves away from zero, as `engine.rules.facts.to_six_places` has it."""

    type = Float()
    inherit_cache = True


TEMPLATES: dict[type[FunctionElement[Any]], tuple[str, str]] = {
    as_json: ("{0}", "CAST({0} AS JSON)"),
    string_of: ("({0} ->> '$')", "({0} #>> '{{}}')"),
    field_of: ("({0} ->> {1})", "({0} ->> CAST({1} AS TEXT))"),
    quoted: ("json_quote({0})", "coalesce(CAST(to_json(CAST({0} AS TEXT)) AS TEXT), 'null')"),
    joined: (
        "coalesce(group_concat({0}, ', ' ORDER BY {1}), '')",
        "coalesce(string_agg({0}, ', ' ORDER BY {1}), '')",
    ),
    run_on: ("group_concat({0}, '' ORDER BY {1})", "string_agg({0}, '' ORDER BY {1})"),
    rounded: ("round({0}, 6)", "CAST(round(CAST({0} AS NUMERIC), 6) AS DOUBLE PRECISION)"),
}
"""on SQLite, on PostgreSQL"""


def _write(element: FunctionElement[Any], compiler: SQLCompiler, **arguments: Any) -> str:
    on_sqlite, on_postgresql = TEMPLATES[type(element)]
    parts = [compiler.process(part, **arguments) for part in element.clauses]
    return (on_postgresql if compiler.dialect.name == "postgresql" else on_sqlite).format(*parts)


for _kind in TEMPLATES:
    compiles(_kind)(_write)


def text(value: str) -> ColumnElement[str]:
    """A text that PostgreSQL does not have to guess to be one."""
    return literal(value, Text)


def as_text(value: Expression) -> ColumnElement[str]:
    """A number, or a JSON column's own text, as text."""
    return cast(value, Text)


def said(*parts: str | ColumnElement[str]) -> ColumnElement[str]:
    """Texts and expressions of text, one after the other; texts that follow on each other are one."""
    merged: list[str | ColumnElement[str]] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    first, *others = (text(part) if isinstance(part, str) else part for part in merged)
    for other in others:
        first = first.concat(other)
    return first
