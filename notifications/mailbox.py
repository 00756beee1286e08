"""What has the catcher caught, for somebody who looks into the mailbox?

Nothing here trusts a file: it may be half a letter, or none, and its name comes from an address bar.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage, Message
from email.parser import BytesHeaderParser
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path

from engine.errors import Unknown
from engine.rules.moments import EPOCH, SECOND

A_PAGE = 50
LARGEST = 20_000_000
"""bytes of one file that are read: more is no letter of ours"""
HEAD = 64_000
"""bytes that hold a letter's headers"""
_NAME = re.compile(r"[0-9]{6,12}")


@dataclass(frozen=True, slots=True)
class CaughtLine:
    """One letter in the list. `id` is its file's name without the ending, `date` UTC microseconds where it has one."""

    id: str
    subject: str
    to: str
    date: int | None
    message_id: str


@dataclass(frozen=True, slots=True)
class CaughtPage:
    """Some of the letters, the newest first, and how many there are in all."""

    lines: tuple[CaughtLine, ...]
    total: int


@dataclass(frozen=True, slots=True)
class CaughtFile:
    """What comes with a letter; `text` is what it says where it is text, as a calendar is."""

    name: str
    content_type: str
    size: int
    text: str | None


@dataclass(frozen=True, slots=True)
class CaughtLetter:
    """One letter, read; `text` and `html` are empty where it has no such part. `html` is a stranger's: show it in a
    sandbox."""

    line: CaughtLine
    sender: str
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    files: tuple[CaughtFile, ...]


class CaughtMail:
    """The letters in a catcher's folder. The folder need not be there yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def page(self, number: int = 1, to: str = "", size: int = A_PAGE) -> CaughtPage:
        """One page of the list, the first being 1; with `to` only letters in whose recipient that text stands."""
        names = self._names()
        start = max(number - 1, 0) * size
        if not to:
            lines = tuple(self._line(name) for name in names[start : start + size])
            return CaughtPage(lines, len(names))
        found = [line for line in map(self._line, names) if to.strip().lower() in line.to.lower()]
        return CaughtPage(tuple(found[start : start + size]), len(found))

    def raw(self, id: str) -> bytes:
        """The bytes as they were received. Raises Unknown for an id that no letter has."""
        # the folder is asked which names there are: no name is ever made into a path that is not among them
        if not _NAME.fullmatch(id) or id not in self._names():
            raise Unknown("letter in the mailbox", id[:40])
        with (self.folder / f"{id}.eml").open("rb") as file:
            return file.read(LARGEST)

    def letter(self, id: str) -> CaughtLetter:
        """One letter, as far as it can be read. Raises Unknown for an id that no letter has."""
        return read_letter(id, self.raw(id))

    def _names(self) -> list[str]:
        """The ids of all letters, the newest first: they are numbered as they come."""
        if not self.folder.is_dir():
            return []
        found = (path for path in self.folder.glob("*.eml") if path.is_file() and not path.is_symlink())
        return sorted((path.stem for path in found if _NAME.fullmatch(path.stem)), key=int, reverse=True)

    def _line(self, name: str) -> CaughtLine:
        try:
            with (self.folder / f"{name}.eml").open("rb") as file:
                head = file.read(HEAD)
        except OSError:
            head = b""
        return _line_of(name, BytesHeaderParser(policy=default).parsebytes(head))


def read_letter(id: str, raw: bytes) -> CaughtLetter:
    """A letter's bytes, as far as they can be read."""
    message = message_from_bytes(raw, policy=default)
    text, html, files = "", "", []
    for part in _parts(message):
        kind, said = part.get_content_type(), _said(part)
        if kind == "text/plain" and not text and not part.get_filename():
            text = said or ""
        elif kind == "text/html" and not html and not part.get_filename():
            html = said or ""
        else:
            size = len(_bytes(part))
            files.append(CaughtFile(str(part.get_filename() or ""), kind, size, said))
    headers = tuple((name, _header(message, name, place)) for place, name in enumerate(message.keys()))
    return CaughtLetter(_line_of(id, message), _first(message, "From"), headers, text, html, tuple(files))


def _line_of(id: str, message: Message) -> CaughtLine:
    to = _first(message, "Delivered-To") or _first(message, "To")
    date = _instant(_first(message, "Date"))
    return CaughtLine(id, _first(message, "Subject"), to, date, _first(message, "Message-ID"))


def _first(message: Message, name: str) -> str:
    try:
        return " ".join(str(message.get(name) or "").split())
    except (MessageError, ValueError, IndexError, AttributeError, LookupError):  # a header that is none
        return ""


def _header(message: Message, name: str, place: int) -> str:
    """One of the headers, which may stand there more than once."""
    before = [one.lower() for one in message.keys()[:place]].count(name.lower())
    try:
        return " ".join(str((message.get_all(name) or [])[before]).split())
    except (MessageError, ValueError, IndexError, AttributeError, LookupError):
        return ""


def _instant(date: str) -> int | None:
    try:
        said = parsedate_to_datetime(date)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    aware: datetime = said if said.tzinfo else said.replace(tzinfo=UTC)
    try:
        return int((aware - EPOCH).total_seconds()) * SECOND
    except OverflowError:
        return None


def _parts(message: Message) -> Iterator[EmailMessage]:
    """All that is not a frame around other parts."""
    for part in message.walk():
        if isinstance(part, EmailMessage) and not part.is_multipart():
            yield part


def _bytes(part: EmailMessage) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except (MessageError, ValueError, LookupError):
        return b""
    return content if isinstance(content, bytes) else b""


def _said(part: EmailMessage) -> str | None:
    """What a part says; None where it is no text."""
    if part.get_content_maintype() != "text" and part.get_content_type() != "application/ics":
        return None
    content = _bytes(part)
    try:
        return content.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:  # a charset that nobody knows
        return content.decode("utf-8", "replace")
