"""Which payments does a spreadsheet say were made: the sheet of what is to be paid, with a day in each row that was?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from engine.errors import GrantcycleError
from engine.files.spreadsheet import RowReader, Sheet
from engine.rules.paying import is_of_rows, promises_to_pay
from engine.rules.typed import parse_day, parse_money
from engine.rules.workflow import Workflow

REQUIRED = ("dossier", "promise", "amount", "day")
SHEET = (
    "dossier", "title", "organisation", "promise", "row", "what", "sum", "paid", "last_day", "amount", "day",
    "reference",
)  # fmt: skip
"""the columns of the sheet of what is to be paid; it comes back with a day wherever something was"""
OPTIONAL = tuple(one for one in SHEET if one not in REQUIRED)


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """One payment, and the line that it stands on."""

    line: int
    number: str
    promise: str
    position: int
    amount: int | float
    day: date
    reference: str


def payments_in(sheet: Sheet, workflow: Workflow) -> Sequence[PaymentLine]:
    """The payments of a sheet: its rows that have a day. Raises Complaints with all that is wrong in it, by line."""
    promises = [one.name for one in promises_to_pay(workflow)]
    found = []
    for row in sheet.rows:
        if not row.get("day"):
            continue
        reader = RowReader(sheet, row)
        promise = reader.one_of("promise", promises, required=True)
        position = reader.read("row", _position)
        if promise and position is None and is_of_rows(workflow, workflow.promises[promise]):
            reader.complain("row", f'"{promise}" pays rows of a schedule: say which, from 1')
        amount, day = reader.read("amount", parse_money, required=True), reader.read("day", parse_day, required=True)
        if promise and amount is not None and day:
            found.append(
                PaymentLine(
                    row.line, row.get("dossier"), promise, position or 1, amount, date.fromisoformat(day),
                    row.get("reference"),
                )
            )  # fmt: skip
    sheet.refuse()
    return found


def _position(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 0 < int(text) < 1000:
        raise GrantcycleError(f'"{text}" is not the number of a row')
    return int(text)
