"""How are the rows of a schedule filled in, without a script: what is planned, on which day, for how much?

There are always some empty rows below those that are filled in; more come with the button that saves.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.datastructures import FormData
from wtforms import Field

from engine.errors import GrantcycleError
from engine.rules.typed import MOST_ROWS, ROWS, parse_day, parse_money
from web.ask import Ask

EMPTY_ROWS = 2
FEWEST_ROWS = 3
MORE = "more-"
"""before the name of a question, what the button says that asks for more rows"""
_CELL = re.compile(rf"(?P<column>{'|'.join(ROWS)})-(?P<row>[0-9]{{1,3}})")


class ScheduleField(Field):  # type: ignore[misc]  # wtforms is not typed
    """Rows of texts as they are typed; `wrong` are the cells that will not do."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.wrong: set[tuple[int, str]] = set()

    def process(self, formdata: FormData | None, data: Any = None, **_: Any) -> None:
        """Take the rows that were typed, or those that are known."""
        given = typed_rows(formdata, f"{self.name}-") if formdata is not None else None
        self.data = [dict(row) for row in data or ()] if given is None else given

    @property
    def rows(self) -> Sequence[Mapping[str, str]]:
        """The rows to show: those with words in them, and some that are empty."""
        filled = list(self.data or ())
        empty = max(EMPTY_ROWS, FEWEST_ROWS - len(filled))
        return [*filled, *([dict.fromkeys(ROWS, "")] * min(empty, max(0, MOST_ROWS - len(filled))))]

    @property
    def as_text(self) -> str:
        """What was typed, one row a line."""
        return "\n".join(" | ".join(row[column] for column in ROWS) for row in self.data or ())


def typed_rows(form: FormData, prefix: str) -> list[dict[str, str]] | None:
    """The rows of a form with something in them, in their order; None where the form has no such rows."""
    rows: dict[int, dict[str, str]] = {}
    for name, text in form.multi_items():
        cell = _CELL.fullmatch(name.removeprefix(prefix)) if name.startswith(prefix) else None
        if cell and isinstance(text, str):
            rows.setdefault(int(cell["row"]), dict.fromkeys(ROWS, ""))[cell["column"]] = text.strip()
    return [row for _, row in sorted(rows.items()) if any(row.values())] if rows else None


def is_cell(name: str, prefix: str) -> bool:
    """Whether a field of a form is a cell of the schedule that has this prefix."""
    return name.startswith(prefix) and _CELL.fullmatch(name.removeprefix(prefix)) is not None


def read_rows(ask: Ask, field: ScheduleField) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows as they are kept, and a sentence for each cell that will not do."""
    found: list[dict[str, Any]] = []
    errors: list[str] = []
    for index, row in enumerate(field.data or ()):
        kept: dict[str, Any] = {"what": " ".join(row["what"].split())}
        if not kept["what"]:
            field.wrong.add((index, "what"))
            errors.append(ask.say("Row %(row)s: say what is planned.", row=index + 1))
        try:
            kept["day"] = parse_day(row["day"])
        except GrantcycleError:
            field.wrong.add((index, "day"))
            errors.append(ask.say("Row %(row)s: choose a day, for example 1/3/2019.", row=index + 1))
        try:
            kept["money"] = parse_money(row["money"])
        except GrantcycleError:
            field.wrong.add((index, "money"))
            errors.append(ask.say("Row %(row)s: write an amount, for example 4500.", row=index + 1))
        found.append(kept)
    return found, errors
