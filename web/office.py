"""What do the pages need of the installation that they are shown by?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlmodel import Session

from engine.clock import Clock
from engine.cycle import Cycle
from engine.cycle.scene import Shelf
from engine.database.connection import Database
from engine.database.records import PersonRow
from web.keys import Keys
from web.throttle import Throttle

LANGUAGES = ("nl", "fr", "en")
"""the languages that the pages are written in"""


class Letters(Protocol):
    """Where letters that no programme owns are queued, in the caller's transaction; once a letter and key."""

    def queue(
        self,
        session: Session,
        *,
        letter: str,
        key: str,
        facts: Mapping[str, Any],
        now: int,
        person: PersonRow | None = None,
        address: str = "",
        name: str = "",
        language: str = "",
        valid_until: int | None = None,
        round_id: int | None = None,
        dossier_id: int | None = None,
    ) -> bool:
        """One letter, to a person or to an address that nobody here needs to have."""
        ...

    def queue_to_staff(
        self,
        session: Session,
        *,
        letter: str,
        key: str,
        facts: Mapping[str, Any],
        now: int,
        dossier_id: int,
        valid_until: int | None = None,
    ) -> int:
        """One letter to each of the staff of a dossier's round."""
        ...


@dataclass(frozen=True, slots=True)
class CaughtLine:
    """A caught letter in a list."""

    id: str
    subject: str
    to: str
    date: str


@dataclass(frozen=True, slots=True)
class CaughtLetter:
    """A caught letter, opened."""

    id: str
    subject: str
    sender: str
    to: str
    date: str
    headers: Sequence[tuple[str, str]]
    text: str
    html: str
    attachments: Sequence[tuple[str, str, bytes]]
    """(name, type, content)"""


class Mailbox(Protocol):
    """The letters that the built-in catcher has received."""

    def newest(self, limit: int, offset: int, to: str | None = None) -> tuple[Sequence[CaughtLine], int]:
        """Some of them, newest first, and how many there are."""
        ...

    def open(self, id: str) -> CaughtLetter | None:
        """One of them, or None."""
        ...

    def raw(self, id: str) -> bytes | None:
        """One of them as it arrived, or None."""
        ...


@dataclass(frozen=True)
class Contact:
    """The person whom people write to."""

    name: str
    email: str


@dataclass(frozen=True)
class Office:
    """One installation, as its pages see it."""

    database: Database
    cycle: Cycle
    clock: Clock
    shelf: Shelf
    keys: Keys
    base_url: str
    name: str
    """of the site"""
    contact: Contact
    letters: Letters
    mailbox: Mailbox | None = None
    """None where a mail server is configured"""
    nudge: Callable[[], object] = field(default=lambda: None)
    """wakes the postman and the calendar, from any thread"""
    biggest_file: int = 10_000_000
    """bytes"""
    trusted_proxies: int = 0
    """how many proxies of ours stand before this server and each name who called"""
    throttle: Throttle = field(default_factory=Throttle)

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")
