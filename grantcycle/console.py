"""How does an answer look in a terminal, and how to a program?"""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

PIPED_WIDTH = 200
"""columns when nobody looks: wide enough for a program such as grep to find whole cells"""


def _console(*, errors: bool = False) -> Console:
    # made anew for each answer: tests and pipes replace sys.stdout after this module is imported
    stream = sys.stderr if errors else sys.stdout
    return Console(file=stream, width=None if stream.isatty() else PIPED_WIDTH, highlight=False)


def plain(value: object) -> str:
    """A value as one line without control characters: what people typed never steers a terminal."""
    return "".join(character if character.isprintable() else "·" for character in str(value))


def say(sentence: str) -> None:
    """One sentence (or several lines of them) on standard output, exactly as it is."""
    for line in sentence.splitlines():
        sys.stdout.write(plain(line) + "\n")


def complain(sentence: str) -> None:
    """The same on standard error."""
    for line in sentence.splitlines():
        sys.stderr.write(plain(line) + "\n")


def write(text: str) -> None:
    """A text of several lines as it is: a drawing, a letter, prose."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def show_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table; columns whose name ends in `#` are numbers and stand at the right."""
    table = Table(title=Text(title), title_justify="left", header_style="bold", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column.removesuffix("#"), justify="right" if column.endswith("#") else "left")
    for row in rows:
        table.add_row(*(Text("" if cell is None else plain(cell)) for cell in row))
    _console().print(table)


def show_json(answer: Any) -> None:
    """An answer for programs; its shape stands in docs/formats.md."""
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")


def progress() -> Progress:
    """A progress bar on standard error, seen only where somebody looks."""
    console = _console(errors=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f} of {task.total:.0f}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 dossier`, `62 dossiers`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def write_bytes(content: bytes) -> None:
    """Bytes exactly as they are."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
