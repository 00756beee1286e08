"""What did the mail servers of the demonstration's applicants say?

A catcher that is asked for every recipient: one mailbox has been closed, and another is full for a while.
"""

from pathlib import Path
from typing import Any

from notifications.catcher import Catcher


class Relay(Catcher):
    """A catcher that refuses the `closed` addresses for good, and the `full` ones for now."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.closed: set[str] = set()
        self.full: set[str] = set()

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in self.closed:
            return "550 5.1.1 no mailbox of that name here"
        if address in self.full:
            return "452 4.2.2 mailbox full, try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"
