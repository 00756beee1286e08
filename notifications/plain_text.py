"""How does a letter's Markdown become plain text?

It is written from the same tokens as the HTML, for people who read it: it is no HTML with its tags torn off.
"""

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, TypeVar

from markdown_it.token import Token

WIDTH = 72
PREVIEW = 140
"""characters that a mailbox shows beside the subject"""
_ODD_SPACE = re.compile(r"[\t\n\x0b\x0c\r]")
Said = TypeVar("Said")
BAR = "  | "
"""before each line of a fact box"""


@dataclass(frozen=True, slots=True)
class Paragraph(Generic[Said]):
    """Words that are still to be wrapped: the first line behind `first`, the others behind `then`."""

    said: Said
    first: str
    then: str


def as_text(tokens: Sequence[Token]) -> str:
    """The body as plain text: paragraphs wrapped, lists with their marks, fact boxes behind a bar."""
    lines: list[str] = []
    for part in outline(tokens):
        lines += [part] if isinstance(part, str) else wrapped(part.said, part.first, part.then)
    return "\n".join(lines)


def outline(tokens: Sequence[Token]) -> list[str | Paragraph[str]]:
    """The body as plain text: its lines, and its paragraphs before they are wrapped."""
    writer = _Writer()
    for token in tokens:
        writer.take(token)
    return writer.lines


def wrapped(text: str, first: str = "", then: str = "") -> list[str]:
    """The lines of a paragraph, the first behind `first` and the others behind `then`."""
    lines: list[str] = []
    for line in text.split("\n"):
        lines += _folded(line, first, then) or [first.rstrip()]
        first = then
    return lines


def _folded(line: str, first: str, then: str) -> list[str]:
    """What textwrap makes of a line: it keeps more kinds of spaces apart than most lines have, and takes its time."""
    words = line.split(" ")
    if _ODD_SPACE.search(line) or not all(map(str.strip, words)):
        return textwrap.wrap(
            line, WIDTH, initial_indent=first, subsequent_indent=then, break_long_words=False, break_on_hyphens=False
        )
    lines = []
    written = first + words[0]
    for word in words[1:]:
        if len(written) + len(word) < WIDTH:
            written += f" {word}"
        else:
            lines.append(written)
            written = then + word
    return [*lines, written]


def preview(paragraphs: Sequence[str]) -> str:
    """What a mailbox shows beside the subject: the first paragraph that is not the greeting."""
    if len(paragraphs) > 1 and paragraphs[0].endswith(","):
        paragraphs = paragraphs[1:]
    first = paragraphs[0] if paragraphs else ""
    return first if len(first) <= PREVIEW else f"{first[:PREVIEW].rsplit(' ', 1)[0]} …"


def paragraphs(tokens: Sequence[Token]) -> list[str]:
    """The words of each paragraph, without their marks."""
    return [
        "".join(child.content or " " * child.type.endswith("break") for child in token.children or ())
        for before, token in pairwise(tokens)
        if before.type == "paragraph_open" and token.type == "inline"
    ]


def _said(token: Token) -> str:
    """A paragraph's words; a link is followed by where it leads, a button has that on a line of its own."""
    said: list[str] = []
    target, is_button = "", False
    for child in token.children or ():
        if child.type == "link_open":
            target = str(child.attrs["href"]).removeprefix("mailto:")
            is_button = child.attrs.get("class") == "button"
        elif child.type == "link_close":
            where = f":\n{target}" if is_button else f" ({target})"
            said.append("" if said and said[-1] == target else where)
        else:
            said.append({"softbreak": " ", "hardbreak": "\n"}.get(child.type, child.content))
    return "".join(said)


class _Writer:
    def __init__(self) -> None:
        self.lines: list[str | Paragraph[str]] = []
        self._indents: list[str] = []
        self._mark = ""
        """what the next paragraph begins with, in place of its indent"""
        self._counters: list[int | None] = []
        """for each list around here its next number, None for bullets"""
        self._follows_on = False
        """no empty line comes before the next paragraph"""
        self._tight = False
        """this paragraph is an item of a list without empty lines"""

    def take(self, token: Token) -> None:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            start = int(token.attrs.get("start", 1))
            self._counters.append(start if token.type == "ordered_list_open" else None)
            self._follows_on = len(self._counters) > 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            self._counters.pop()
            self._follows_on = bool(self._counters) and self._follows_on
        elif token.type == "list_item_open":
            number = self._counters.pop()
            self._counters.append(None if number is None else number + 1)
            self._mark = "- " if number is None else f"{number}. "
            self._indents.append(" " * len(self._mark))
        elif token.type == "blockquote_open":
            self._separate()
            self._follows_on = True
            self._indents.append(BAR)
        elif token.type == "list_item_close":
            self._indents.pop()
        elif token.type == "blockquote_close":
            self._indents.pop()
            self._follows_on = False
        elif token.type == "hr":
            self._write("-" * 20)
        elif token.type == "paragraph_open":
            self._tight = token.hidden  # markdown-it hides the paragraph tags of such items
        elif token.type == "heading_open":
            self._tight = False
        elif token.type == "inline":
            self._paragraph(token)

    def _paragraph(self, token: Token) -> None:
        then = "".join(self._indents)
        first = "".join(self._indents[:-1]) + self._mark if self._mark else then
        self._mark = ""
        self._write(Paragraph(_said(token), first, then))
        self._follows_on = self._tight

    def _write(self, part: str | Paragraph[str]) -> None:
        self._separate()
        self.lines.append(part)

    def _separate(self) -> None:
        if self.lines and not self._follows_on:
            self.lines.append("".join(self._indents).rstrip())
        self._follows_on = False
