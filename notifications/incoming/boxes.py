"""Where does mail come in, and how is none of it lost?

A mail stays where it is until the transaction that kept it has committed; only then is it marked as read by us. Whether
somebody else has looked at it does not matter.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from engine.errors import GrantcycleError

MAILDIR = "maildir:"
PORTS = {"imap": 143, "imaps": 993}
EXAMPLES = "write for example maildir:/var/mail/impuls or imaps://impuls%40impuls.example@mail.impuls.example/INBOX"


@dataclass(frozen=True, slots=True)
class Fetched:
    """One mail that was not read yet. `size` is that of the whole where only the headers were fetched, else None.

    `done` marks it as read; it may fail, and the mail comes again.
    """

    raw: bytes
    size: int | None
    done: Callable[[], object]


class Box(Protocol):
    """A mailbox."""

    def unread(self, most: int) -> AbstractContextManager[Iterator[Fetched]]:
        """Up to so many mails that were not read yet, the oldest first. Raises GrantcycleError when it cannot be
        opened, or breaks off."""
        ...


@dataclass(frozen=True, slots=True)
class ImapAddress:
    """A mailbox on an IMAP server."""

    host: str
    port: int
    user: str
    folder: str
    is_tls: bool
    """from the first byte; else the connection becomes so by STARTTLS"""

    @property
    def is_loopback(self) -> bool:
        """On this very machine, where nobody listens in between."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def read_inbox(text: str) -> Path | ImapAddress:
    """What a setting says: `maildir:PATH`, `imap://user@host/folder` or `imaps://...`. Raises GrantcycleError."""
    if text.startswith(MAILDIR):
        path = text.removeprefix(MAILDIR)
        if not path:
            raise GrantcycleError(f'"{text}" names no folder; {EXAMPLES}')
        return Path(path)
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:
        raise GrantcycleError(f"this is no address of a mailbox; {EXAMPLES}") from None
    if url.password is not None:
        # the address is not told again: a secret stands in it
        raise GrantcycleError(
            "a secret does not stand in the address of a mailbox; set GRANTCYCLE_MAIL__INBOX_PASSWORD or "
            "GRANTCYCLE_MAIL__INBOX_PASSWORD_FILE in the environment"
        )
    if url.scheme not in PORTS or not url.hostname or not url.username or url.query or url.fragment:
        raise GrantcycleError(f'"{text}" is no address of a mailbox; {EXAMPLES}')
    folder = unquote(url.path.lstrip("/")) or "INBOX"
    if not folder.isascii() or not folder.isprintable():
        raise GrantcycleError(f'the folder "{folder}" of the mailbox has a name that not every server knows')
    return ImapAddress(
        url.hostname, port or PORTS[url.scheme], unquote(url.username), folder, is_tls=url.scheme == "imaps"
    )  # fmt: skip
