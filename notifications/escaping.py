"""How does what somebody typed get into a letter without becoming part of it?

Names, titles and reasons come from people outside. In a letter they are text and nothing else: no markup, no link,
and no link that a mail program would make of them by itself.
"""

import re
import unicodedata

BREAK = "\u200b"
"""an invisible place to break a line: what stands around it is no address of a site any more"""
_JOINERS = (BREAK, "\u200c", "\u200d")
"""unseen, but many scripts and emoji are written with them"""
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_LINKABLE = re.compile(r"(?<=:)(?=//)|(?<=\w)(?=\.[^\W\d_]{2})|(?=@)|(?<=mailto:)|(?<=www)(?=\.)", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:\b[a-z][a-z0-9+.-]*:/+|\bmailto:|\bwww\.)\S*", re.IGNORECASE)
_SPACES = re.compile(r" +")
_ENCODED = re.compile(r"=\?")


class Prose(str):
    """Markdown that the staff wrote, and that a letter says as it is laid out: nobody outside has typed it."""

    __slots__ = ()


def prose(text: str) -> Prose:
    """Markdown without what nobody sees, and without the signs that stand for something else in a letter's shape."""
    lines = ("".join(sign for sign in visible(line) if unicodedata.category(sign) != "Co") for line in _lines(text))
    return Prose("\n".join(line.rstrip() for line in lines).strip("\n"))


def _lines(text: str) -> list[str]:
    return text.expandtabs(4).splitlines()


def visible(text: str) -> str:
    """The text without control characters, nor those that nobody sees or that turn the direction of reading."""
    if text.isprintable():
        return text
    return "".join(sign for sign in text if sign in _JOINERS or unicodedata.category(sign) not in ("Cc", "Cf", "Cs"))


def one_line(text: str) -> str:
    """The text on one line that can stand in a header of a mail."""
    line = " ".join(visible(part) for part in text.expandtabs(1).splitlines())
    # "=?" opens an encoded word: some mail programs would decode it, line breaks included
    return _ENCODED.sub("= ?", " ".join(line.split()))


def without_addresses(text: str) -> str:
    """The text on one line, without the addresses of sites: for a subject."""
    return one_line(_ADDRESS.sub("", one_line(text)))


def unlinked(text: str) -> str:
    """The text, looking the same, in which no mail program finds anything to link to."""
    return _LINKABLE.sub(BREAK, text)


def plain_lines(text: str) -> list[str]:
    """The lines of a text as a letter says them: its line breaks are kept, its indents are not."""
    # only plain spaces are narrowed: the others hold an amount or a title together
    return [_SPACES.sub(" ", visible(line)).strip(" ") for line in text.expandtabs(1).strip().splitlines()]


def literal(text: str) -> str:
    """The text as Markdown that says exactly this."""
    return "\\\n".join(_PUNCTUATION.sub(r"\\\1", line) for line in plain_lines(text))
