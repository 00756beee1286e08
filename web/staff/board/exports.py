"""How does a list leave as a file: what is seen, all pages of it, in the same order and columns?

A file is written some hundred dossiers at a time: what is held in memory does not grow with the round.
"""

import csv
import io
import tempfile
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import IO

from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send
from xlsxwriter import Workbook

from engine.database.pages.board import committee_sizes
from engine.database.pages.lists import Looking
from web import dates
from web.ask import Ask
from web.policy import MANAGES
from web.routes import Pages
from web.staff.board import columns, wanted
from web.staff.board.columns import Column, Value
from web.staff.board.showing import Showing

pages = Pages()
Headers = Mapping[str, str]
AT_ONCE = 500
STEERS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""what a spreadsheet takes for the beginning of a formula"""
BLOCK = 64 * 1024
"""bytes that are handed on at once"""
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_CELL = 32_767
"""characters that a cell of a sheet holds"""


class _Handed(StreamingResponse):
    """What is handed on block by block, and closed however that ends: also when nobody waits for it any more."""

    def __init__(self, blocks: Iterator[bytes], close: Callable[[], object], media_type: str, headers: Headers) -> None:
        super().__init__(blocks, media_type=media_type, headers=headers)
        self._close = close

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._close()


@contextmanager
def _list(ask: Ask) -> Iterator[tuple[Sequence[Column], Iterator[list[Value]]]]:
    """The columns and the rows of what the address asks for, as they stand at one moment."""
    names = columns.names_for(ask)
    asked = wanted.asked(ask, names)
    with ask.reading() as session:
        looking = wanted.look(ask, session)
        showing = Showing(ask, committee_sizes(looking))
        chosen = columns.chosen(columns.all_columns(ask, showing), names, asked, ask.path)
        ids = looking.ids(asked.filter, asked.sort)
        yield chosen, _rows(looking, showing, chosen, ids)


def _rows(
    looking: Looking, showing: Showing, chosen: Sequence[Column], ids: Sequence[int]
) -> Iterator[list[Value]]:
    asked = columns.answered(chosen)
    for first in range(0, len(ids), AT_ONCE):
        some = ids[first : first + AT_ONCE]
        answers = looking.answers(some, asked)
        for card in looking.cards(some, keep=False):
            shown = showing.shown(card, answers.get(card.id))
            yield [column.value(shown) for column in chosen]


def _name(ask: Ask, ending: str) -> Headers:
    day = dates.local(ask.now, ask.place.zone).strftime("%Y-%m-%d")
    name = f"{ask.place.key.replace('/', '-')}-{day}.{ending}"
    return {"Content-Disposition": f'attachment; filename="{name}"'}


# ── CSV ──────────────────────────────────────────────────────────────────────


@pages.get("/staff/{programme}/{round}/dossiers.csv", MANAGES)
def as_csv(ask: Ask) -> Response:
    """The list in UTF-8, for any spreadsheet; a text that would be taken for a formula begins with an apostrophe."""
    blocks = _csv(ask)
    return _Handed(blocks, blocks.close, "text/csv; charset=utf-8", _name(ask, "csv"))


def _csv(ask: Ask) -> Generator[bytes, None, None]:
    text = io.StringIO()
    writer = csv.writer(text)

    def taken() -> bytes:
        written = text.getvalue().encode()
        text.seek(0)
        text.truncate()
        return written

    text.write("\ufeff")  # so that every spreadsheet takes it for UTF-8
    with _list(ask) as (chosen, rows):
        writer.writerow([cell(column.label) for column in chosen])
        for row in rows:
            writer.writerow([cell(value) for value in row])
            if text.tell() > BLOCK:
                yield taken()
    yield taken()


def cell(value: Value) -> str:
    """A value in a CSV file: a number plain, an instant as a local day and hour, a text never a formula."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value == int(value) else repr(round(value, 6))
    if isinstance(value, int):
        return str(value)
    return f"'{value}" if value.startswith(STEERS) else value


# ── XLSX ─────────────────────────────────────────────────────────────────────


@pages.get("/staff/{programme}/{round}/dossiers.xlsx", MANAGES)
def as_sheet(ask: Ask) -> Response:
    """The list as a sheet, with its numbers as numbers and its instants as local time."""
    # a sheet is a zip whose parts are packed at its end: it is made on disk, and handed on from there
    with tempfile.TemporaryDirectory(prefix="sheet-") as folder:
        file = tempfile.TemporaryFile()  # noqa: SIM115  it is closed when the last of it has left
        try:
            _write(ask, file, folder)
        except BaseException:
            file.close()
            raise
    file.seek(0)
    return _Handed(iter(lambda: file.read(BLOCK), b""), file.close, SHEET, _name(ask, "xlsx"))


def _write(ask: Ask, file: IO[bytes], folder: str) -> None:
    options = {
        "constant_memory": True, "tmpdir": folder, "strings_to_formulas": False, "strings_to_urls": False,
        "strings_to_numbers": False, "nan_inf_to_errors": True,
    }  # fmt: skip
    book = Workbook(file, options)
    sheet = book.add_worksheet(ask.say("Dossiers")[:31])
    head = book.add_format({"bold": True, "bottom": 1})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    with _list(ask) as (chosen, rows):
        for place, column in enumerate(chosen):
            sheet.set_column(place, place, 40 if column.kind == "title" else 18)
            sheet.write_string(0, place, column.label, head)
        sheet.freeze_panes(1, 1)
        write: dict[type, Callable[[int, int, Value], object]] = {
            str: lambda line, place, value: sheet.write_string(line, place, str(value)[:LONGEST_CELL]),
            datetime: lambda line, place, value: sheet.write_datetime(line, place, value, moment),
            date: lambda line, place, value: sheet.write_datetime(line, place, value, day),
            int: sheet.write_number,
            float: sheet.write_number,
        }
        for line, row in enumerate(rows, start=1):
            for place, value in enumerate(row):
                if value is not None and value != "":
                    write[type(value)](line, place, value)
    book.close()
