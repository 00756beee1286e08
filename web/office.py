"""What do the pages need of the installation that they are shown by?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from sqlmodel import Session

from engine.clock import Clock
from engine.cycle import Cycle
from engine.cycle.scene import Shelf
from engine.database.connection import Database
from engine.database.invariants import INVARIANTS, Invariant
from engine.database.pages.kept import Kept
from engine.database.records import PersonRow, RoundRow
from engine.files.complaints import Complaint
from engine.files.reading import Programme
from web.keys import Keys
from web.throttle import Throttle
from web.writing import Desk, LetterFile, Previews, Wording

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


class CaughtLine(Protocol):
    """A caught letter in a list; `date` is UTC microseconds where it has one."""

    @property
    def id(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def to(self) -> str: ...
    @property
    def date(self) -> int | None: ...


class CaughtPage(Protocol):
    """Some caught letters, and how many there are in all."""

    @property
    def lines(self) -> Sequence[CaughtLine]: ...
    @property
    def total(self) -> int: ...


class CaughtLetter(Protocol):
    """A caught letter, opened."""

    @property
    def line(self) -> CaughtLine: ...
    @property
    def html(self) -> str: ...
    @property
    def files(self) -> Sequence[LetterFile]: ...


class Mailbox(Protocol):
    """The letters that the built-in catcher has received."""

    def page(self, number: int = 1, to: str = "", size: int = 50) -> CaughtPage:
        """Some of them, newest first; with `to` those in whose recipient that stands."""
        ...

    def letter(self, id: str) -> CaughtLetter:
        """One of them. Raises Unknown when there is none."""
        ...

    def raw(self, id: str) -> bytes:
        """One of them as it arrived. Raises Unknown when there is none."""
        ...


class ReadMail(Protocol):
    """A mail that came in, as far as it can be read: never more than text."""

    @property
    def to(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def files(self) -> Sequence[str]:
        """What comes with it, by name or kind."""
        ...


class Written(Protocol):
    """A letter in words, as its reader gets it."""

    @property
    def subject(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def html(self) -> str: ...


class Samples(Protocol):
    """Letters as they would be written, for somebody who looks before anything is sent."""

    def of_programme(
        self,
        programme: Programme,
        *,
        letter: str,
        language: str,
        role: str,
        shared: Mapping[str, Any],
        facts: Mapping[str, Any],
    ) -> Written:
        """A letter of a programme. Raises GrantcycleError with the reason why it cannot be written."""
        ...

    def of_ours(
        self, session: Session, round: RoundRow, person: PersonRow, *, letter: str, facts: Mapping[str, Any]
    ) -> Written:
        """A letter of a round that no programme owns, as that person would get it. Raises as `of_programme` does."""
        ...


class Rehearsals(Protocol):
    """Where rehearsals are played, apart from the live rounds."""

    def play(self, id: int) -> None:
        """Begin to play a rehearsal that was asked for in the database, and come back at once."""
        ...


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as this installation runs with it, for somebody who looks; a secret's `value` is never given."""

    table: str
    key: str
    value: str
    source: Literal["default", "file", "environment"]
    variable: str
    """of the environment, which sets it too"""
    is_secret: bool = False


@dataclass(frozen=True, slots=True)
class Workshop:
    """What rounds are prepared with, and what is told of the installation itself."""

    workflows: Path | None = None
    """the folder of programmes, where this machine has one"""
    lint: Callable[[Programme, str], Sequence[Complaint]] = lambda _programme, _where: ()
    """what is wrong with a programme's letters; the text is the folder that complaints name"""
    rehearsals: Rehearsals | None = None
    """None where none can be played"""
    settings: Callable[[], Sequence[Setting]] = tuple
    invariants: Sequence[Invariant] = INVARIANTS
    """what must always hold, letters included"""


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
    zone: str
    """whose clocks tell what belongs to no round"""
    contact: Contact
    letters: Letters
    samples: Samples
    desk: Desk
    previews: Previews
    wording: Wording
    read_mail: Callable[[bytes], ReadMail]
    mailbox: Mailbox | None = None
    """None where a mail server is configured"""
    nudge: Callable[[], object] = field(default=lambda: None)
    """wakes the postman and the calendar, from any thread"""
    biggest_file: int = 10_000_000
    """bytes"""
    undo_for: int = 600_000_000
    """for how long the letters of an act of staff wait, so that it can be undone (microseconds)"""
    trusted_proxies: int = 0
    """how many proxies of ours stand before this server and each name who called"""
    throttle: Throttle = field(default_factory=Throttle)
    kept: Kept = field(default_factory=Kept)
    """what has been worked out of whole rounds"""
    workshop: Workshop = field(default_factory=Workshop)

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")
