"""How is a letter of a known shape written, without reading its Markdown again?

For each shape the page and the text are worked out once, with marks in them (see marks); every other letter of that
shape is its values, put where the marks stand. The page is kept as it travels, in quoted-printable: only what differs
is encoded for each letter.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from notifications.marks import MARK, place_of
from notifications.message import SOFT_BREAK, Letter, quoted, with_crlf
from notifications.paper import Around
from notifications.plain_text import Paragraph, outline, paragraphs, preview, wrapped

_OWN = 0x100000
"""signs of private use for what stands around a letter, the first of them at -1 of the values, the next at -2 ..."""
_ANY = re.compile(f"{MARK.pattern}|([{chr(_OWN)}-{chr(_OWN + 7)}])")
_FIRST, _SECOND, _THIRD, _FOURTH, _FIFTH = (chr(_OWN + place) for place in range(5))


@dataclass(frozen=True, slots=True)
class Template:
    """A text with gaps: `parts` with an empty one at each of the `gaps`, which say whose value belongs there."""

    parts: tuple[str, ...]
    gaps: tuple[tuple[int, int], ...]

    def filled(self, values: Sequence[str]) -> str:
        parts = list(self.parts)
        for part, value in self.gaps:
            parts[part] = values[value]
        return "".join(parts)


def template(marked: str) -> Template:
    """The template that a text with marks is."""
    parts: list[str] = []
    gaps: list[tuple[int, int]] = []
    end = 0
    for found in _ANY.finditer(marked):
        parts += (marked[end : found.start()], "")
        gaps.append((len(parts) - 1, place_of(found[1]) if found[1] else _OWN - 1 - ord(found[2])))
        end = found.end()
    return Template((*parts, marked[end:]), tuple(gaps))


def as_page(text: str) -> str:
    """A text as it stands in the finished page: what Markdown, cleaning and inlining make of it together."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\xa0", "&nbsp;")


@dataclass(frozen=True, slots=True)
class Frame:
    """All that letters of one shape have in common."""

    opening: tuple[Template, ...]
    """its first two paragraphs, of which a mailbox shows one"""
    body: tuple[Template | Paragraph[Template], ...]
    """the lines of its text, and the paragraphs that are wrapped for each letter"""
    layout: Template
    """what stands around the text"""
    html: Template
    encoded: tuple[bytes, ...]
    """the parts of `html` as they travel"""
    has_heading: bool
    """whether the subject is laid out as its heading: it has none of its own"""

    def fill(self, values: list[str], subject: str, heading: str, around: Around) -> Letter:
        """The letter with these values; `heading` is empty where it has its own."""
        shown = preview([paragraph.filled(values) for paragraph in self.opening])
        page = list(map(as_page, (*values, around.why, around.about, shown, heading, subject)))
        encoded = list(self.encoded)
        for part, value in self.html.gaps:
            encoded[part] = quoted(page[value]) + SOFT_BREAK
        folded = ["\n".join(wrapped(said)) for said in (around.why, around.about)]
        text = self.layout.filled([*folded, "\n".join(self._lines(values)), "=" * len(heading), heading])
        return Letter(subject, text, self.html.filled(page), b"".join(encoded))

    def _lines(self, values: list[str]) -> list[str]:
        lines: list[str] = []
        for part in self.body:
            if isinstance(part, Template):
                lines.append(part.filled(values))
            else:
                lines += wrapped(part.said.filled(values), part.first, part.then)
        return lines


def build(
    tokens: Sequence[Token],
    has_heading: bool,
    page: Callable[[str, str, str, Around], str],
    text: Callable[[str, str, Around, str], str],
) -> Frame | None:
    """The frame of the shape that `tokens` were read from; None where the words of a link are a value.

    `page` and `text` lay a letter out, given subject, heading, preview and surroundings, or heading, rule,
    surroundings and body. `has_heading`: whether the subject is laid out as their heading.
    """
    if any(_in_a_link(token.children or ()) for token in tokens):
        return None
    html = template(page(_FIRST, _SECOND if has_heading else "", _THIRD, Around(_FOURTH, _FIFTH)))
    layout = text(_FIRST if has_heading else "", _SECOND, Around(_FOURTH, _FIFTH), _THIRD)
    last = len(html.parts) - 1
    return Frame(
        opening=tuple(map(template, paragraphs(tokens)[:2])),
        body=tuple(_deferred(part) for part in outline(tokens)),
        layout=template(layout),
        html=html,
        encoded=tuple(_encoded(part, last=number == last) for number, part in enumerate(html.parts)),
        has_heading=has_heading,
    )


def _deferred(part: "str | Paragraph[str]") -> "Template | Paragraph[Template]":
    if isinstance(part, str):
        return template(part)
    if not MARK.search(part.said):
        return template("\n".join(wrapped(part.said, part.first, part.then)))
    return Paragraph(template(part.said), part.first, part.then)


def _encoded(part: str, *, last: bool) -> bytes:
    """A part of the page as it travels; what follows begins on a new line of quoted-printable."""
    lines = with_crlf(part)
    if last:
        return quoted(lines if lines.endswith("\r\n") else f"{lines}\r\n")
    return quoted(lines) + (b"" if not lines or lines.endswith("\r\n") else SOFT_BREAK)


def _in_a_link(children: Sequence[Token]) -> bool:
    inside = 0
    for child in children:
        inside += {"link_open": 1, "link_close": -1}.get(child.type, 0)
        if inside and MARK.search(child.content):
            return True
    return False
