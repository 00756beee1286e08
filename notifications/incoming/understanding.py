"""What is a mail that came in: a letter that came back, an answer of a calendar, of a machine, or of a person?"""

import hashlib

from engine.cycle.receiving import AUTOMATIC, CALENDAR, REPLY, Mail
from notifications.incoming.automatic import why_automatic
from notifications.incoming.calendar_answers import answer_in
from notifications.incoming.failures import report_in
from notifications.incoming.opened import LINE, Opened, body_of, head_of, headers_of, message_ids
from notifications.incoming.vouching import is_vouched_for

WRITTEN_BY_SENDER = ("From", "To", "Date", "Message-ID", "Subject", "In-Reply-To", "References", "Content-Type")
"""headers that stay the same, whichever way a mail comes"""
LARGE, UNREADABLE = "large", "unreadable"
"""why a mail goes before staff as it is"""


def understand(raw: bytes, *, size: int | None = None, server: str = "") -> Mail:
    """What a mail is. Whatever stands in it, this gives an answer.

    `size` is that of the whole mail where only its headers were fetched because of it; `server` the name under which
    our own receiving server says whom a mail comes from, empty where nobody is asked.
    """
    mail = Opened(raw)
    about = message_ids(mail.first("In-Reply-To"), " ".join(reversed(mail.first("References").split())))
    said = {
        "digest": digest_of(raw), "message_id": next(iter(message_ids(mail.first("Message-ID"))), ""),
        "sender": mail.sender, "subject": mail.first("Subject")[:LINE], "raw": mail.raw,
        "size": len(raw) if size is None else size,
        "is_vouched_for": not server or is_vouched_for(mail, server),
    }  # fmt: skip
    if size is not None:
        return Mail(**said, kind=REPLY, about=about, doubt=LARGE)  # type: ignore[arg-type]
    if report := report_in(mail):
        return Mail(**said, kind=report.kind, about=report.about, failure=report.failure)  # type: ignore[arg-type]
    if found := answer_in(mail):
        answer, doubt = found
        return Mail(**said, kind=CALENDAR, about=about, answer=answer, doubt=doubt)  # type: ignore[arg-type]
    if why := why_automatic(mail):
        return Mail(**said, kind=AUTOMATIC, about=about, doubt=why)  # type: ignore[arg-type]
    return Mail(**said, kind=REPLY, about=about, doubt="" if mail.is_whole else UNREADABLE)  # type: ignore[arg-type]


def digest_of(raw: bytes) -> str:
    """What tells one mail from another: all that its sender wrote, whatever the servers on its way wrote on it."""
    head = head_of(raw)
    digest = hashlib.sha256()
    for name in WRITTEN_BY_SENDER:
        for value in headers_of(head, name):
            digest.update(f"{name}: {value}\n".encode())
    digest.update(b"\n" + body_of(raw).replace(b"\r\n", b"\n").rstrip())
    return digest.hexdigest()


