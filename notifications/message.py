"""What exactly is sent: which headers, which parts, which bytes?

The same letter always gives the same bytes. They are kept with the letter and sent again as they are.
"""

import re
from binascii import b2a_base64, b2a_qp
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.utils import format_datetime
from functools import lru_cache
from textwrap import wrap

from notifications.escaping import one_line

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SPECIAL = re.compile(r"[^A-Za-z0-9 !#$%&\'*+\-/=?^_`{|}~]")
"""what makes a name a quoted one (RFC 5322: anything that is no atom)"""
_PLAIN = re.compile(r"[!-~]+( [!-~]+)*")
"""what stands in a header as it is"""
_LINE_END = re.compile(r"\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_METHOD = re.compile(r"[A-Z]+")
ENTRY_FILE = "invite.ics"
"""what the entry of a calendar is called that comes with a letter"""
_CONTENT_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+(; [a-z]+=[A-Za-z0-9._-]+)*")
SOFT_BREAK = b"=\r\n"
"""the end of a line in quoted-printable that is none in the text"""
ENCODED_WORD = len("=?utf-8?q??=")
ENCODED_LINE = 57
"""bytes that make a line of 76 in base64"""


@dataclass(frozen=True, slots=True)
class Letter:
    """What one person reads. `encoded` is the page as it travels, where it is known already."""

    subject: str
    text: str
    html: str
    encoded: bytes | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that comes with a letter: `content_type` as its header says it, parameters included.

    Raises ValueError for a name or a type that would need more than plain letters: both are ours, never anybody's.
    """

    name: str
    content_type: str
    content: bytes

    def __post_init__(self) -> None:
        if not _FILE_NAME.fullmatch(self.name) or not _CONTENT_TYPE.fullmatch(self.content_type):
            raise ValueError(f'an attachment "{self.name}" of type "{self.content_type}" is not one of ours')


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a calendar that a letter is about: text/calendar with that METHOD.

    Raises ValueError for a method that is none.
    """

    method: str
    content: bytes

    def __post_init__(self) -> None:
        if not _METHOD.fullmatch(self.method):
            raise ValueError(f'"{self.method}" is no method of a calendar')


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a letter's headers say. `written_at` is an instant; `thread` ties the letters about one dossier together."""

    sender: Address
    reply_to: Address
    name: str
    address: str
    language: str
    message_id: str
    written_at: int
    thread: str | None = None
    stop: str = ""
    """the address at which one request, without signing in, ends letters such as this one (RFC 8058)"""


def compose(
    letter: Letter, envelope: Envelope, attachments: Sequence[Attachment] = (), entry: Entry | None = None
) -> bytes:
    """The message as RFC 5322 has it.

    A letter's two parts are one `multipart/alternative`; where files come with it, a `multipart/mixed` is around both.
    The entry of a calendar is a third form of the letter, for programs that answer it (RFC 6047), and once more a file,
    for those that only open what is attached.

    Written out by hand, for every letter has the same frame: the standard library's message, which parses what it has
    just been given, takes longer over it than all the rest of a letter together (docs/decisions/0007). Texts travel as
    quoted-printable and never as 8bit: not every relay says 8BITMIME, and one that has to recode a letter breaks its
    DKIM signature. It also stays readable in a log, and most of a page needs no encoding, which base64 gives all of it.
    """
    # neither "=_" nor "=+" ever occurs in quoted-printable, nor "=" at the beginning of a line of base64
    unique = envelope.message_id.strip("<>").partition("@")[0]
    inner, outer = f"=_{unique}", f"=+{unique}"
    if entry:
        attachments = [*attachments, Attachment(ENTRY_FILE, f"application/ics; name={ENTRY_FILE}", entry.content)]
    boundary = outer if attachments else inner
    headers = [
        _named("From", envelope.sender.display_name, envelope.sender.addr_spec),
        _named("Reply-To", envelope.reply_to.display_name, envelope.reply_to.addr_spec),
        f"To: {_mailbox('To', one_line(envelope.name), envelope.address)}\r\n",
        f"Subject: {_words('Subject', one_line(letter.subject))}\r\n",
        f"Date: {_date(envelope.written_at)}\r\n",
        f"Message-ID: {envelope.message_id}\r\n",
        f"References: {envelope.thread}\r\n" if envelope.thread else "",
        f"List-Unsubscribe: <{envelope.stop}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
        if envelope.stop else "",
        "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: OOF, AutoReply\r\nMIME-Version: 1.0\r\n",
        f'Content-Type: multipart/{"mixed" if attachments else "alternative"};\r\n boundary="{boundary}"\r\n',
        f"Content-Language: {envelope.language}\r\n\r\n",
    ]
    page = letter.encoded or quoted(_lines(letter.html))
    said = [_text("plain", quoted(_lines(letter.text))), _text("html", page)]
    forms = _multipart(inner, [*said, _calendar(entry)] if entry else said)
    if attachments:
        head = f'Content-Type: multipart/alternative;\r\n boundary="{inner}"\r\n\r\n'.encode()
        forms = _multipart(boundary, [head + forms, *map(_attached, attachments)])
    return "".join(headers).encode("ascii") + forms


def with_crlf(text: str) -> str:
    """The text with every kind of line end written as mail has them."""
    return _LINE_END.sub("\r\n", text)


def quoted(text: str) -> bytes:
    """Text as quoted-printable (RFC 2045, 6.7); its lines end in CR LF already."""
    encoded = b2a_qp(text.encode(), istext=True)
    # it breaks lines as the text does, and as Unix does where the text has one line
    return encoded if "\n" in text else encoded.replace(b"\n", b"\r\n")


@lru_cache(maxsize=16)
def _named(name: str, shown: str, address: str) -> str:
    """The header with whom all letters come from, or go back to."""
    return f"{name}: {_mailbox(name, shown, address)}\r\n"


@lru_cache(maxsize=64)
def _date(instant: int) -> str:
    return format_datetime(EPOCH + timedelta(microseconds=instant))


def _words(name: str, text: str) -> str:
    """A header's text as RFC 2047 writes what is not ASCII, folded to lines of 76."""
    if _PLAIN.fullmatch(text):
        if len(name) + len(text) <= 70:
            return text
        folded = wrap(f"{name}: {text}", 76, break_long_words=False, break_on_hyphens=False)
        # a name of one long word would be a line of its own too long for RFC 5322
        if folded and max(map(len, folded)) <= 76 and not folded[0].endswith(":"):
            return "\r\n ".join(folded).removeprefix(f"{name}: ")
    return _encoded(name, text)


def _encoded(name: str, text: str) -> str:
    """A header's text as encoded words, no line longer than 76."""
    signs = list(map(_q, text))
    # what is mostly beyond ASCII is shorter in base64
    way, signs = ("q", signs) if 3 * sum(map(len, signs)) <= 4 * len(text.encode()) else ("b", list(text))
    words, room = [""], 76 - len(name) - 2 - ENCODED_WORD
    for sign in signs:
        if _width(way, words[-1] + sign) > room:
            words.append("")
            room = 75 - ENCODED_WORD
        words[-1] += sign
    return "\r\n ".join(f"=?utf-8?{way}?{word if way == 'q' else _b(word)}?=" for word in words)


@lru_cache(maxsize=1024)
def _q(sign: str) -> str:
    """A sign within an encoded word."""
    if sign.isascii() and sign.isalnum():
        return sign
    return "_" if sign == " " else "".join(f"={byte:02X}" for byte in sign.encode())


def _b(text: str) -> str:
    return b2a_base64(text.encode(), newline=False).decode()


def _width(way: str, word: str) -> int:
    return len(word) if way == "q" else len(_b(word))


def _mailbox(name: str, shown: str, address: str) -> str:
    """A name and an address, the name quoted or encoded where it must be."""
    if not shown:
        return address
    if shown.isascii() and len(shown) <= 60:
        quoted = "".join(f"\\{sign}" if sign in '"\\' else sign for sign in shown)
        shown = f'"{quoted}"' if _SPECIAL.search(shown) else shown
    else:
        shown = _encoded(name, shown)
    # on a line of its own where both together would be too long
    between = "\r\n " if len(name) + len(shown.rpartition("\r\n")[2]) + len(address) > 70 else " "
    return f"{shown}{between}<{address}>"


def _lines(text: str) -> str:
    """The text with mail's line ends, one at its end."""
    return "\r\n".join(text.splitlines()) + "\r\n"


def _text(subtype: str, encoded: bytes) -> bytes:
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    return head.encode() + encoded


def _calendar(entry: Entry) -> bytes:
    # nothing says "attachment" here: programs would then show no buttons
    head = (
        f"Content-Type: text/calendar; charset=utf-8; method={entry.method};\r\n component=VEVENT\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode() + _base64(entry.content)


def _base64(content: bytes) -> bytes:
    lines = (content[start : start + ENCODED_LINE] for start in range(0, len(content), ENCODED_LINE))
    return b"".join(b"%b\r\n" % b2a_base64(line, newline=False) for line in lines)


def _attached(attachment: Attachment) -> bytes:
    head = (
        f"Content-Type: {attachment.content_type}\r\nContent-Transfer-Encoding: base64\r\n"
        f'Content-Disposition: attachment; filename="{attachment.name}"\r\n\r\n'
    )
    return head.encode() + _base64(attachment.content)


def _multipart(boundary: str, parts: Sequence[bytes]) -> bytes:
    line = f"--{boundary}".encode()
    body = b"".join(b"%b\r\n%b\r\n" % (line, part) for part in parts)
    return b"%b%b--\r\n" % (body, line)
