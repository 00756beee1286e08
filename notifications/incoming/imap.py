"""How is a mailbox read over IMAP?

A mail is marked with a keyword of our own, so that whoever else looks into the mailbox takes none away from us; where
a server keeps no keywords, with the flag that it was seen.
"""

import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from engine.errors import GrantcycleError
from notifications.incoming.boxes import Fetched, ImapAddress
from notifications.incoming.opened import LARGEST

TIMEOUT = 20
"""seconds that a server may take over one answer"""
KEYWORD = "GrantcycleRead"
_SIZE = re.compile(rb"UID (\d+)[^()]*RFC822\.SIZE (\d+)|RFC822\.SIZE (\d+)[^()]*UID (\d+)")


class ImapBox:
    """A mailbox on a server. Raises GrantcycleError for whatever goes wrong there, without the password."""

    def __init__(self, address: ImapAddress, password: str, *, context: ssl.SSLContext | None = None) -> None:
        self.address = address
        self.password = password
        self._context = context

    @contextmanager
    def unread(self, most: int) -> Iterator[Iterator[Fetched]]:
        """See Box."""
        with self._told():
            server = self._signed_in()
        try:
            with self._told():
                marked_by = self._select(server)
                yield self._unread(server, marked_by, most)
        finally:
            with suppress(imaplib.IMAP4.error, OSError):
                server.logout()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (imaplib.IMAP4.error, OSError) as problem:
            where = f"{self.address.host}:{self.address.port}"
            said = str(problem).replace(self.password, "***") if self.password else str(problem)
            raise GrantcycleError(f"the mailbox on {where} cannot be read ({said})") from problem

    def _signed_in(self) -> imaplib.IMAP4:
        at = self.address
        context = self._context or ssl.create_default_context()
        server: imaplib.IMAP4
        if at.is_tls:
            server = imaplib.IMAP4_SSL(at.host, at.port, ssl_context=context, timeout=TIMEOUT)
        else:
            server = imaplib.IMAP4(at.host, at.port, timeout=TIMEOUT)
        try:
            if not at.is_tls and not at.is_loopback:
                server.starttls(context)  # raises where the server cannot: a password is not sent for all to read
            if "AUTH=PLAIN" in server.capabilities:
                server.authenticate("PLAIN", lambda _: f"\0{at.user}\0{self.password}".encode())
            else:
                server.login(at.user, self.password)
        except BaseException:
            with suppress(imaplib.IMAP4.error, OSError):
                server.shutdown()
            raise
        return server

    def _select(self, server: imaplib.IMAP4) -> str:
        """Open the folder; gives what a mail that was read is marked with."""
        folder = self.address.folder.replace("\\", r"\\").replace('"', r"\"")
        _must_be_done(*server.select(f'"{folder}"'))
        kept = server.response("PERMANENTFLAGS")[1]
        return KEYWORD if any(flags and rb"\*" in flags for flags in kept or ()) else r"\Seen"

    def _unread(self, server: imaplib.IMAP4, marked_by: str, most: int) -> Iterator[Fetched]:
        unread = ("UNSEEN",) if marked_by == r"\Seen" else ("UNKEYWORD", marked_by)
        found = _must_be_done(*server.uid("SEARCH", *unread, "UNDELETED"))
        uids = [uid for line in found if line for uid in line.split()][:most]
        sizes = self._sizes(server, uids)
        for uid in uids:
            size = sizes.get(uid)
            if size is None:
                continue  # somebody has removed it meanwhile
            part = "BODY.PEEK[]" if size <= LARGEST else "BODY.PEEK[HEADER]"
            answer = _must_be_done(*server.uid("FETCH", uid.decode(), f"({part})"))
            raw = next((one[1] for one in answer if isinstance(one, tuple)), None)
            if raw is not None:
                yield Fetched(raw, None if size <= LARGEST else size, partial(self._done, server, uid, marked_by))

    def _sizes(self, server: imaplib.IMAP4, uids: Sequence[bytes]) -> dict[bytes, int]:
        if not uids:
            return {}
        answer = _must_be_done(*server.uid("FETCH", b",".join(uids).decode(), "(UID RFC822.SIZE)"))
        found = [match.groups() for line in answer if isinstance(line, bytes) and (match := _SIZE.search(line))]
        return {uid or other: int(size or its) for uid, size, its, other in found}

    def _done(self, server: imaplib.IMAP4, uid: bytes, marked_by: str) -> None:
        flags = marked_by if marked_by == r"\Seen" else rf"\Seen {marked_by}"
        _must_be_done(*server.uid("STORE", uid.decode(), "+FLAGS.SILENT", f"({flags})"))


def _must_be_done(status: str, answer: list[Any]) -> list[Any]:
    if status != "OK":
        raise imaplib.IMAP4.error(" ".join(one.decode("utf-8", "replace") for one in answer if isinstance(one, bytes)))
    return answer
