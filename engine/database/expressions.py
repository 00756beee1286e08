"""How is an expression written where SQLite and PostgreSQL differ?"""

from typing import Any

from sqlalchemy import ColumnElement, Text, cast, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ColumnElement as Element
from sqlalchemy.types import JSON


class as_json(Element[Any]):  # noqa: N801  reads as a function where it is used
    """Text that is JSON, as the value of a JSON column: the very same text is kept."""

    inherit_cache = True
    type = JSON()

    def __init__(self, text: ColumnElement[str]) -> None:
        self.text = text


@compiles(as_json)
def _on_sqlite(element: as_json, compiler: SQLCompiler, **arguments: Any) -> str:
    return compiler.process(element.text, **arguments)


@compiles(as_json, "postgresql")
def _on_postgresql(element: as_json, compiler: SQLCompiler, **arguments: Any) -> str:
    return f"CAST({compiler.process(element.text, **arguments)} AS JSON)"


def text(value: str) -> ColumnElement[str]:
    """A text that PostgreSQL does not have to guess to be one."""
    return literal(value, Text)


def as_text(value: ColumnElement[Any]) -> ColumnElement[str]:
    """A number, or a JSON column's own text, as text."""
    return cast(value, Text)
