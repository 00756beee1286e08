"""What exactly is sent: which headers, which parts, which bytes?

The same letter always gives the same bytes. They are kept with the letter and sent again as they are.
"""

import re
from binascii import b2a_qp
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.headerregistry import Address
from email.utils import format_datetime

from notifications.escaping import one_line
from notifications.rendering import Letter

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SPECIAL = re.compile(r"[^A-Za-z0-9 !#$%&\'*+\-/=?^_`{|}~]")
"""what makes a name a quoted one (RFC 5322: anything that is no atom)"""


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


def compose(letter: Letter, envelope: Envelope) -> bytes:
    """The message as RFC 5322 has it.

    A letter's two parts are one `multipart/alternative`. An invitation's calendar part will be its third, and a
    `multipart/mixed` around it will carry the same calendar as a file.

    Written out by hand, for every letter has the same frame: the standard library's message, which parses what it has
    just been given, takes longer over it than all the rest of a letter together (docs/decisions/0007).
    """
    # "=_" never occurs in a quoted-printable part
    boundary = f"=_{envelope.message_id.strip('<>').partition('@')[0]}"
    headers = [
        ("From", _mailbox("From", envelope.sender.display_name, envelope.sender.addr_spec)),
        ("Reply-To", _mailbox("Reply-To", envelope.reply_to.display_name, envelope.reply_to.addr_spec)),
        ("To", _mailbox("To", one_line(envelope.name), envelope.address)),
        ("Subject", _words("Subject", one_line(letter.subject))),
        ("Date", format_datetime(EPOCH + timedelta(microseconds=envelope.written_at))),
        ("Message-ID", envelope.message_id),
        *([("References", envelope.thread)] if envelope.thread else []),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "OOF, AutoReply"),
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative;\r\n boundary="{boundary}"'),
        ("Content-Language", envelope.language),
    ]
    head = "".join(f"{name}: {value}\r\n" for name, value in headers).encode("ascii")
    parts = (_part("plain", letter.text), _part("html", letter.html))
    body = b"".join(b"--%b\r\n%b\r\n" % (boundary.encode(), part) for part in parts)
    return b"%b\r\n%b--%b--\r\n" % (head, body, boundary.encode())


def _words(name: str, text: str) -> str:
    """A header's text as RFC 2047 writes what is not ASCII, folded to lines of 76."""
    charset = "us-ascii" if text.isascii() else "utf-8"
    return Header(text, charset, header_name=name, maxlinelen=76).encode(linesep="\r\n")


def _mailbox(name: str, shown: str, address: str) -> str:
    """A name and an address, the name quoted or encoded where it must be."""
    if not shown:
        return address
    if shown.isascii():
        quoted = "".join(f"\\{sign}" if sign in '"\\' else sign for sign in shown)
        shown = f'"{quoted}"' if _SPECIAL.search(shown) else shown
    else:
        shown = _words(name, shown)
    # on a line of its own where both together would be too long
    between = "\r\n " if len(name) + len(shown.rpartition("\r\n")[2]) + len(address) > 70 else " "
    return f"{shown}{between}<{address}>"


def _part(subtype: str, text: str) -> bytes:
    lines = "\r\n".join(text.splitlines()) + "\r\n"
    encoded = b2a_qp(lines.encode(), istext=True)
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    return head.encode() + encoded
