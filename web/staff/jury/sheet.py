"""How does a table become a file that a spreadsheet opens, and in which nothing runs?"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from starlette.responses import StreamingResponse

RUNS = ("=", "+", "-", "@", "\t", "\r")
"""what a spreadsheet takes for the beginning of a formula (OWASP, CSV injection)"""
MARK = "\ufeff"
"""without it Excel reads UTF-8 as something else"""

Value = str | int | float | None


def cell(value: Value) -> str:
    """A value as it stands in the file: a text that would run is a text, a number is a number."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(RUNS) else value
    return f"{value:g}" if isinstance(value, float) else str(value)


def lines(rows: Iterable[Sequence[Value]]) -> Iterator[str]:
    """The file, line by line."""
    yield MARK
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow([cell(value) for value in row])
        yield line.getvalue()


def as_file(name: str, rows: Iterable[Sequence[Value]]) -> StreamingResponse:
    """A CSV file to keep, written while it is read."""
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_") else "-" for sign in name)
    headers = {"Content-Disposition": f'attachment; filename="{plain}.csv"'}
    return StreamingResponse(lines(rows), media_type="text/csv; charset=utf-8", headers=headers)
