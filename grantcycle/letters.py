"""How does one letter of the outbox read?"""

from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default


@dataclass(frozen=True)
class Shown:
    """A letter as it was frozen, or (not `frozen`) as it would be written now."""

    frozen: bool
    status: str
    text: str
    html: str
    raw: bytes

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Whom it is from and to, and what else its head says, in the order of the message."""
        message = message_from_bytes(self.raw, policy=default)
        assert isinstance(message, EmailMessage)
        return [
            (name, str(value)) for name, value in message.items() if not name.lower().startswith(("mime", "content-t"))
        ]
