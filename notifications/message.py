"""What exactly is sent: which headers, which parts, which bytes?

The same letter always gives the same bytes. They are kept with the letter and sent again as they are.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from notifications.escaping import one_line
from notifications.rendering import Letter

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = envelope.sender
    message["Reply-To"] = envelope.reply_to
    message["To"] = Address(display_name=one_line(envelope.name), addr_spec=envelope.address)
    message["Subject"] = one_line(letter.subject)
    message["Date"] = EPOCH + timedelta(microseconds=envelope.written_at)
    message["Message-ID"] = envelope.message_id
    if envelope.thread:
        message["References"] = envelope.thread
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = envelope.language  # only now: what begins with Content- moves into the first part
    # "=_" never occurs in a quoted-printable part
    message.set_boundary(f"=_{envelope.message_id.strip('<>').partition('@')[0]}")
    return message.as_bytes()
