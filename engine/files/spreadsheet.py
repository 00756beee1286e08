"""What stands in a spreadsheet, row by row, and what is wrong with its shape?"""

import csv
import io
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from engine.errors import GrantcycleError, Unknown, did_you_mean
from engine.files.complaints import Complaint, Complaints

T = TypeVar("T")


@dataclass(frozen=True)
class SheetRow:
    """One row: the line of the file it begins on, and its cells by column, without surrounding spaces."""

    line: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        """The cell, empty where the column is missing."""
        return self.cells.get(column, "")


@dataclass
class Sheet:
    """A spreadsheet's rows, and the complaints about it so far: all are told in one go, and nothing is done."""

    file: str
    columns: tuple[str, ...]
    rows: list[SheetRow]
    complaints: list[Complaint] = field(default_factory=list)

    def complain(self, line: int, column: str | None, sentence: str) -> None:
        self.complaints.append(Complaint(self.file, line, column, None, sentence))

    def refuse(self) -> None:
        """Raises Complaints if there are any, by line."""
        if self.complaints:
            raise Complaints(sorted(self.complaints, key=lambda complaint: complaint.line))


def read_sheet(path: Path, *, required: Sequence[str], optional: Collection[str]) -> Sheet:
    """The rows of a CSV file on disk. Raises GrantcycleError when it cannot be read at all."""
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise GrantcycleError(f'the file "{path}" cannot be read ({problem.strerror})') from problem
    return sheet_of(str(path), content, required=required, optional=optional)


def sheet_of(path: str, content: bytes, *, required: Sequence[str], optional: Collection[str]) -> Sheet:
    """The rows of a CSV file in UTF-8, its cells separated by `,` or `;`; complaints call it `path`.

    Raises GrantcycleError when it cannot be read at all. Everything else that is wrong is noted on the sheet: unknown,
    missing and doubled columns, rows with too few or too many cells.
    """
    text = _text(path, content)
    lines = text.splitlines()
    if not lines or not lines[0].strip():
        raise GrantcycleError(f"{path}:1: the first line must name the columns: {', '.join(required)}")
    if "\x00" in text:
        raise GrantcycleError(f"{path}: this is not a CSV file; save the spreadsheet as CSV (UTF-8)")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(lines[0]), strict=True)
    try:
        columns = tuple(cell.strip().lower() for cell in next(reader))
    except csv.Error as problem:
        raise GrantcycleError(f"{path}:1: the line is not CSV ({problem})") from problem
    sheet = Sheet(path, columns, [])
    _judge_columns(sheet, required, optional)
    begins = reader.line_num + 1
    try:
        for cells in reader:
            line, begins = begins, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(columns):
                sheet.complain(line, None, f"the row has {len(cells)} cells, and there are {len(columns)} columns")
                continue
            sheet.rows.append(
                SheetRow(line, {column: cell.strip() for column, cell in zip(columns, cells, strict=True)})
            )
    except csv.Error as problem:
        sheet.complain(begins, None, f"the row is not CSV ({problem}): is a quotation mark missing?")
    if not sheet.rows and not sheet.complaints:
        sheet.complain(1, None, "there is no row below the names of the columns")
    return sheet


def _text(path: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise GrantcycleError(
            f'{path}:{line}: this is not UTF-8 text; in a spreadsheet program, save it as "CSV UTF-8"'
        ) from problem


def _delimiter(header: str) -> str:
    return max(",;", key=header.count)


def _judge_columns(sheet: Sheet, required: Sequence[str], optional: Collection[str]) -> None:
    known = (*required, *optional)
    for index, column in enumerate(sheet.columns):
        if not column:
            sheet.complain(1, None, f"column {index + 1} has no name")
        elif column in sheet.columns[:index]:
            sheet.complain(1, column, "two columns have this name")
        elif column not in known:
            hint = did_you_mean(column, known) or f"; known: {', '.join(known)}"
            sheet.complain(1, column, f'there is no column "{column}"{hint}')
    for column in required:
        if column not in sheet.columns:
            sheet.complain(1, column, "this column is missing")


@dataclass(frozen=True)
class RowReader:
    """Reads the cells of one row, and notes on the sheet what is wrong with them."""

    sheet: Sheet
    row: SheetRow

    def complain(self, column: str, sentence: str) -> None:
        self.sheet.complain(self.row.line, column, sentence)

    def read(self, column: str, reading: Callable[[str], T], *, required: bool = False) -> T | None:
        """The cell as `reading` understands it; None when it is empty, or wrong and complained of."""
        text = self.row.get(column)
        if not text:
            if required and column in self.sheet.columns:
                self.complain(column, "this cell is empty")
            return None
        try:
            return reading(text)
        except GrantcycleError as problem:
            self.complain(column, str(problem))
            return None

    def one_of(self, column: str, known: Sequence[str], *, required: bool = False) -> str | None:
        """The cell, which must be one of `known`."""

        def reading(text: str) -> str:
            if text not in known:
                raise Unknown(column, text, known)
            return text

        return self.read(column, reading, required=required)
