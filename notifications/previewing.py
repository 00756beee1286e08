"""How does a letter of the outbox read: as it was frozen, or as it would be written now?

What is not frozen is written from what was pinned, in the way in which the postman does it.
"""

from dataclasses import dataclass
from email.headerregistry import Address

from sqlmodel import Session

from engine.cycle.scene import Shelf
from engine.database.records import LetterRow, NotificationRow
from notifications.freezing import write
from notifications.rendering import Renderer


@dataclass(frozen=True, slots=True)
class Shown:
    """A letter to be looked at; `raw` is exactly what is sent, without the secrets of a letter that has any."""

    is_frozen: bool
    subject: str
    text: str
    html: str
    raw: bytes


class Previews:
    """Puts letters into words for somebody who looks."""

    def __init__(self, renderer: Renderer, sender: Address, shelf: Shelf) -> None:
        self.renderer = renderer
        self.sender = sender
        self.shelf = shelf

    def show(self, session: Session, row: NotificationRow, now: int) -> Shown:
        """A letter. Raises GrantcycleError (CannotRender with its line) where it cannot be put into words."""
        frozen = session.get(LetterRow, row.id)
        if frozen is not None:
            return Shown(True, frozen.subject, frozen.text, frozen.html, frozen.raw)
        written = write(session, self.renderer, self.shelf, self.sender, row, now)
        return Shown(False, written.letter.subject, written.letter.text, written.letter.html, written.raw)
