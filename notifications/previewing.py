"""How does a letter of the outbox read: as it was frozen, or as it would be written now?

What is not frozen is written from what was pinned, in the way in which the postman does it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from email.headerregistry import Address

from sqlmodel import Session

from engine.cycle.scene import Shelf
from engine.database.records import LetterRow, NotificationRow
from engine.errors import GrantcycleError
from notifications.edited import Edited, to_begin_with
from notifications.facts import page_of
from notifications.freezing import Pinned, Written, put_into_words, read_pinned, write
from notifications.letters import CannotRender
from notifications.mailbox import CaughtLetter, read_letter
from notifications.recipients import read_address
from notifications.rendering import Renderer
from notifications.shipped import Shipped


@dataclass(frozen=True, slots=True)
class Shown:
    """A letter to be looked at; `raw` is exactly what is sent, without the secrets of a letter that has any."""

    is_frozen: bool
    subject: str
    text: str
    html: str
    raw: bytes

    @property
    def read(self) -> CaughtLetter:
        """Its headers, and what comes with it."""
        return read_letter("", self.raw)


class Previews:
    """Puts letters into words for somebody who looks; `contact` is whom people answer to, `site` where our pages are.

    Each letter is read anew: a renderer remembers the facts of one round, and several people look at the same time.
    """

    def __init__(self, contact: Address, sender: Address, shelf: Shelf, site: str = "") -> None:
        self.contact = contact
        self.site = site
        self.sender = sender
        self.shelf = shelf

    def show(self, session: Session, row: NotificationRow, now: int) -> Shown:
        """A letter. Raises GrantcycleError (CannotRender with its line) where it cannot be put into words."""
        frozen = session.get(LetterRow, row.id)
        if frozen is not None:
            return Shown(True, frozen.subject, frozen.text, frozen.html, frozen.raw)
        return _shown(lambda: write(session, self._renderer(), self.shelf, self.sender, row, now))

    def show_edited(self, session: Session, row: NotificationRow, subject: str, body: str, now: int) -> Shown:
        """A letter with another text than it has. Raises as `show` does."""
        pinned = read_pinned(session, self.shelf, [row])
        return self._write(replace(pinned, edits={row.id or 0: Edited(subject, body)}), row, now)

    def show_original(self, session: Session, row: NotificationRow, now: int) -> Shown:
        """A letter as its programme says it, whatever was written by hand. Raises as `show` does."""
        return self._write(replace(read_pinned(session, self.shelf, [row]), edits={}), row, now)

    def text_of(self, session: Session, row: NotificationRow) -> tuple[str, str]:
        """The subject and the Markdown with which somebody begins who writes this letter by hand.

        Raises CannotRender where it cannot be put into words, or is about an account.
        """
        texts, shared = read_pinned(session, self.shelf, [row]).causes[row.cause_id]
        if isinstance(texts, Shipped):
            raise CannotRender(row.letter, None, "a letter about an account is not written by hand")
        filled = self._renderer().filled_in(
            texts, letter=row.letter, language=row.language, shared=shared, facts=row.facts
        )  # fmt: skip
        begun = to_begin_with(*filled, page_of(row.facts, self.site))
        return begun.subject, begun.body

    def _write(self, pinned: Pinned, row: NotificationRow, now: int) -> Shown:
        return _shown(lambda: put_into_words(pinned, self._renderer(), self.sender, row, now))

    def _renderer(self) -> Renderer:
        return Renderer(self.contact, frames=False, site=self.site)

    def unreachable(self, addresses: Sequence[str]) -> list[str]:
        """Those of the addresses that no letter can be sent to."""
        return [address for address in addresses if not _is_one(address)]

    def problem_with(self, session: Session, row: NotificationRow, now: int) -> str | None:
        """Why a letter cannot be put into words, or None."""
        try:
            self.show(session, row, now)
        except GrantcycleError as problem:
            return str(problem)
        return None


def _is_one(address: str) -> bool:
    try:
        read_address(address)
    except GrantcycleError:
        return False
    return True


def _shown(work: Callable[[], Written]) -> Shown:
    """What was put into words. Whatever is wrong with one letter is told of that letter, as the postman does."""
    try:
        written = work()
    except GrantcycleError:
        raise
    except Exception as problem:
        raise GrantcycleError(f"{type(problem).__name__}: {problem}") from problem
    return Shown(False, written.letter.subject, written.letter.text, written.letter.html, written.raw)
