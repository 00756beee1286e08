"""What is in a mail that a stranger wrote, as far as it can be read?

Nothing here raises for what a mail says: it may be half a mail, none, or made to be read wrong.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from html import unescape

READ = 1_000_000
"""bytes that are looked into, and kept"""
LARGEST = 25_000_000
"""bytes of a mail that is fetched at all"""
HEAD = 256_000
"""bytes in which the headers stand"""
FRAMES = 30
"""parts that hold others, in a mail that anybody would write: more are a trap"""
PARTS = 200
LINE = 500
"""characters of a header that are kept"""
_FRAME = re.compile(rb"^content-type:\s*(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)
_BLANK = re.compile(rb"\r?\n\r?\n")
_ID = re.compile(r"<[^<>\s@]{1,300}@[^<>\s@]{1,255}>")
_ODD = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""what no database and no page takes as text"""
_UNSEEN = ("script", "style", "head", "title")
_BREAKS = ("br", "br/", "/p", "/div", "/li", "/tr", "/h1", "/h2", "/h3", "/h4")
_WRITTEN = (MessageError, ValueError, LookupError, AttributeError, TypeError, IndexError, RecursionError)
"""what the library raises for what is none"""


@dataclass(frozen=True, slots=True)
class Part:
    """One part that holds no others. `inner` are the messages in it, where it is a message or a report."""

    kind: str
    name: str
    content: bytes
    charset: str
    inner: tuple[Message, ...] = ()

    @property
    def text(self) -> str:
        """What it says; an unknown charset is read as UTF-8."""
        try:
            return plain(self.content.decode(self.charset, "replace"))
        except (LookupError, ValueError):
            return plain(self.content.decode("utf-8", "replace"))


class Opened:
    """A mail, opened. `is_whole` is False where its parts could not be told, or were not: then it has none."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw[:READ]
        self.is_whole = len(_FRAME.findall(self.raw)) <= FRAMES
        self._message = _parsed(self.raw) if self.is_whole else None
        self.parts: tuple[Part, ...] = ()
        if self._message is not None:
            try:
                self.parts = tuple(_parts(self._message))
            except _WRITTEN:
                self.is_whole = False
        if self._message is None:
            self.is_whole = False
            self._message = head_of(self.raw)

    @property
    def kind(self) -> str:
        return _kind(self._message)

    def parameter(self, name: str) -> str:
        """A parameter of the mail's own content type, in small letters."""
        try:
            found = self._message.get_param(name) if self._message is not None else None
        except _WRITTEN:
            return ""
        return found.lower() if isinstance(found, str) else ""

    def first(self, name: str) -> str:
        """A header in one line; empty where it has none."""
        return next(iter(self.all(name)), "")

    def all(self, name: str) -> list[str]:
        """Each header of that name, in order."""
        return headers_of(self._message, name)

    @property
    def sender(self) -> str:
        """The one address in From; empty where there is none, or more."""
        return one_address(self.all("From"))

    @property
    def text(self) -> str:
        """What a reader sees first: the first part that is text, else what an HTML part says without its markup."""
        for kind in ("text/plain", "text/html"):
            for part in self.parts:
                if part.kind == kind and not part.name:
                    return part.text if kind == "text/plain" else without_markup(part.text)
        return ""


def head_of(raw: bytes) -> Message:
    """The headers alone."""
    try:
        return BytesHeaderParser().parsebytes(raw[:HEAD])
    except _WRITTEN:
        return Message()


def headers_of(message: Message | None, name: str) -> list[str]:
    """Each header of that name as text, in order."""
    if message is None:
        return []
    try:
        return [_header(one) for one in message.get_all(name, [])]
    except _WRITTEN:
        return []


def message_ids(*headers: str) -> tuple[str, ...]:
    """The Message-IDs in some headers, each once, a hundred at most."""
    found = dict.fromkeys(one for header in headers for one in _ID.findall(header[:20_000]))
    return tuple(found)[:100]


def one_address(headers: list[str]) -> str:
    """The address that headers name, in small letters; empty where they name none, or more than one."""
    try:
        found = [address for _, address in getaddresses(headers) if address]
    except _WRITTEN:
        return ""
    if len(found) != 1 or found[0].count("@") != 1 or any(sign.isspace() for sign in found[0]):
        return ""
    return plain(found[0])[:LINE].lower()


def body_of(raw: bytes) -> bytes:
    """What comes after the headers."""
    blank = _BLANK.search(raw)
    return raw[blank.end() :] if blank else b""


def plain(text: str) -> str:
    """Text without what no database takes."""
    return _ODD.sub("", text)


def without_markup(html: str) -> str:
    """What an HTML page says, roughly: it is shown as text and as nothing else. Each sign is looked at once."""
    said, unseen = [], ""
    first, *pieces = html.split("<")
    said.append(first)
    for piece in pieces:
        tag, end, text = piece.partition(">")
        name = (re.match(r"/?[a-zA-Z][a-zA-Z0-9]*", tag) or [""])[0].lower()
        if unseen:
            unseen = "" if name == f"/{unseen}" else unseen
        elif name in _UNSEEN:
            unseen = name
        if not unseen:
            said.append(("\n" if name in _BREAKS else "") + (text if end else ""))
    text = unescape("".join(said))
    lines = [" ".join(line.split()) for line in plain(text).split("\n")]
    return "\n".join(line for line, before in zip(lines, ["", *lines], strict=False) if line or before).strip()


def _parsed(raw: bytes) -> Message | None:
    try:
        return message_from_bytes(raw)
    except _WRITTEN:
        return None


def _header(value: object) -> str:
    """A header's words, decoded as far as they can be."""
    said = str(value)
    try:
        said = str(make_header(decode_header(said)))
    except (*_WRITTEN, UnicodeError):
        pass
    return " ".join(plain(said).split())


def _kind(message: Message | None) -> str:
    try:
        return message.get_content_type() if message is not None else ""
    except _WRITTEN:
        return ""


def _parts(message: Message) -> Iterator[Part]:
    """What holds no other parts, in order; a message within the message is one part and not looked into."""
    waiting, seen = [message], 0
    while waiting and seen < PARTS:
        one = waiting.pop(0)
        kind, payload = _kind(one), one.get_payload()
        if isinstance(payload, list) and not kind.startswith("message/"):
            waiting[:0] = [part for part in payload if isinstance(part, Message)]
            continue
        seen += 1
        inner = tuple(part for part in payload if isinstance(part, Message)) if isinstance(payload, list) else ()
        yield Part(kind, _name(one), b"" if inner else _content(one), _charset(one), inner)


def _name(part: Message) -> str:
    try:
        return plain(str(part.get_filename() or ""))[:LINE]
    except (*_WRITTEN, UnicodeError):
        return "?"


def _charset(part: Message) -> str:
    try:
        return str(part.get_content_charset("utf-8"))
    except (*_WRITTEN, UnicodeError):
        return "utf-8"


def _content(part: Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except (*_WRITTEN, UnicodeError):
        return b""
    return content if isinstance(content, bytes) else b""
