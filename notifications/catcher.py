"""Where do letters go when no mail server is configured?

To a mail server of our own, on loopback, over real SMTP. It keeps every letter as a file and sends nothing on.
"""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Caught:
    """One letter as it was received: from and to whom the envelope said, and the message."""

    number: int
    sender: str
    recipient: str
    path: Path
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])


def caught(folder: Path) -> Iterator[Caught]:
    """The letters in a catcher's folder, the first received first."""
    for path in sorted(folder.glob("*.eml")):
        message = message_from_bytes(path.read_bytes(), policy=default)
        assert isinstance(message, EmailMessage)
        yield Caught(int(path.stem), str(message["Return-Path"]), str(message["Delivered-To"]), path, message)


class Catcher:
    """A mail server on loopback that keeps letters in `folder`; the port is the system's choice unless one is given."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder = folder
        self.port = port
        self._server: asyncio.Server | None = None
        self._last = 0

    async def __aenter__(self) -> "Catcher":
        self.folder.mkdir(parents=True, exist_ok=True)
        self._last = max((int(path.stem) for path in self.folder.glob("*.eml")), default=0)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._session, LOOPBACK, self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    def _session(self) -> Any:
        return SMTP(self, hostname="grantcycle.localhost", loop=asyncio.get_running_loop())

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd's name
        """Keep one letter for each of its recipients; the answer is given when it is on the disk."""
        for recipient in envelope.rcpt_tos:
            head = f"Return-Path: {envelope.mail_from}\r\nDelivered-To: {recipient}\r\n".encode()
            self._keep(head + envelope.original_content)
        return "250 kept"

    def _keep(self, content: bytes) -> None:
        self._last += 1
        partial = self.folder / f".{self._last:06}.part"
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(self.folder / f"{self._last:06}.eml")
