"""How does a table become a file that a spreadsheet opens, and in which nothing runs?"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from starlette.responses import StreamingResponse

from web.staff.board.columns import Value
from web.staff.board.exports import BLOCK, cell

MARK = "\ufeff"
"""without it Excel reads UTF-8 as something else"""


def blocks(rows: Iterable[Sequence[Value]]) -> Iterator[str]:
    """The file, some hundred lines at a time: what is in memory does not grow with the round."""
    held = io.StringIO()
    held.write(MARK)
    writer = csv.writer(held)
    for row in rows:
        writer.writerow([cell(value) for value in row])
        if held.tell() > BLOCK:
            yield held.getvalue()
            held.seek(0)
            held.truncate()
    yield held.getvalue()


def as_file(name: str, rows: Iterable[Sequence[Value]]) -> StreamingResponse:
    """A CSV file to keep, written while it is read."""
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_") else "-" for sign in name)
    headers = {"Content-Disposition": f'attachment; filename="{plain}.csv"'}
    return StreamingResponse(blocks(rows), media_type="text/csv; charset=utf-8", headers=headers)
