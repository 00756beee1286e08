"""How is a mail that came in shown to somebody who reads it? As text, and as nothing else."""

from dataclasses import dataclass

from notifications.incoming.opened import Opened

LONGEST = 100_000
"""characters that are shown"""


@dataclass(frozen=True, slots=True)
class ReadMail:
    """A mail in words; `files` are what comes with it, by name or, where it has none, by kind."""

    to: str
    text: str
    files: tuple[str, ...]


def read_mail(raw: bytes) -> ReadMail:
    """A mail as far as it can be read."""
    mail = Opened(raw)
    text = mail.text
    told = ("text/plain", "text/html", "text/calendar", "message/delivery-status", "text/rfc822-headers")
    files = tuple(part.name or part.kind for part in mail.parts if part.name or part.kind not in told)
    return ReadMail(mail.first("To"), text[:LONGEST] + ("\n…" if len(text) > LONGEST else ""), files)
