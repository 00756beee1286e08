"""How are the texts of a programme shown: line by line, as prose, and beside another version of themselves?"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff

from markdown_it import MarkdownIt
from markupsafe import Markup

from engine.files.complaints import Complaint
from engine.files.reading import WORKFLOW_FILE
from web.problems import NotThere

AROUND = 3
"""lines shown before and after what differs"""
_markdown = MarkdownIt("commonmark", {"html": False})
HEADING = re.compile(r"(</?h)([1-5])>")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file, with what is wrong in it."""

    number: int
    text: str
    complaints: tuple[Complaint, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """One file of a programme, beside the names of the others: the rules first, then rounds, words and letters."""

    file: str
    lines: tuple[Line, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """How one file differs: (sign, line), `+` for what is new, `-` for what is gone."""

    file: str
    lines: tuple[tuple[str, str], ...]


def in_order(files: Iterable[str]) -> tuple[str, ...]:
    """The files as people look for them."""
    kinds = {"rounds": 1, "letters": 3}
    return tuple(sorted(files, key=lambda one: (one != WORKFLOW_FILE, kinds.get(one.partition("/")[0], 2), one)))


def text_of(files: Mapping[str, str], file: str, complaints: Sequence[Complaint]) -> Text:
    """A file with its complaints where they stand. Raises NotThere when there is no such file."""
    if file not in files:
        raise NotThere
    mine: dict[int, list[Complaint]] = {}
    for one in complaints:
        if one.file == file:
            mine.setdefault(one.line, []).append(one)
    written = files[file].split("\n")
    if written and not written[-1]:
        written.pop()
    lines = [Line(place, line, tuple(mine.get(place, ()))) for place, line in enumerate(written, start=1)]
    return Text(file, tuple(lines), in_order(files))


def as_html(prose: str) -> Markup:
    """Prose in Markdown as HTML, a level of headings lower: what stands in it of a programme's texts is only text."""
    html = _markdown.render(prose)
    lower = HEADING.sub(lambda found: f"{found[1]}{int(found[2]) + 1}>", html)
    return Markup(lower)


def differences(old: Mapping[str, str], new: Mapping[str, str]) -> list[Difference]:
    """What differs from the old texts to the new, file by file; nothing where they are the same."""
    found = []
    for file in in_order({*old, *new}):
        before, after = old.get(file, ""), new.get(file, "")
        if before != after:
            lines = list(unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=AROUND))[2:]
            signed = [("…", "") if one.startswith("@@") else (one[:1], one[1:]) for one in lines]
            found.append(Difference(file, tuple(signed)))
    return found
