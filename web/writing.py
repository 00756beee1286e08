"""What do the pages need of those who write letters and send them?"""

from collections.abc import Sequence
from typing import Protocol

from sqlmodel import Session

from engine.cycle.scene import Scene
from engine.database.pages.outbox import Cause, Wanted
from engine.database.records import NotificationRow
from engine.files.complaints import Complaint
from engine.files.reading import Programme


class LetterFile(Protocol):
    """A file that comes with a letter."""

    @property
    def name(self) -> str: ...
    @property
    def content_type(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def text(self) -> str | None: ...


class LetterParts(Protocol):
    """A letter's headers, and what comes with it."""

    @property
    def headers(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def files(self) -> Sequence[LetterFile]: ...


class ShownLetter(Protocol):
    """A letter as it was frozen, or as it would be written now."""

    @property
    def is_frozen(self) -> bool: ...
    @property
    def subject(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def html(self) -> str: ...
    @property
    def raw(self) -> bytes: ...
    @property
    def read(self) -> LetterParts: ...


class Previews(Protocol):
    """Puts letters of the outbox into words, for somebody who looks. Each raises GrantcycleError where it cannot."""

    def show(self, session: Session, row: NotificationRow, now: int) -> ShownLetter:
        """A letter, exactly as it is or would be sent."""
        ...

    def show_edited(self, session: Session, row: NotificationRow, subject: str, body: str, now: int) -> ShownLetter:
        """The same with another text."""
        ...

    def show_original(self, session: Session, row: NotificationRow, now: int) -> ShownLetter:
        """The same without what somebody wrote by hand."""
        ...

    def text_of(self, session: Session, row: NotificationRow) -> tuple[str, str]:
        """Subject and Markdown, everything filled in."""
        ...

    def unreachable(self, addresses: Sequence[str]) -> Sequence[str]:
        """Those of the addresses that no letter can be sent to."""
        ...

    def problem_with(self, session: Session, row: NotificationRow, now: int) -> str | None:
        """Why a letter cannot be written, or None."""
        ...


class ManyLetters(Protocol):
    """The letters of a cause that are meant, up to the `newest` that somebody has looked at."""

    @property
    def cause(self) -> Cause: ...
    @property
    def wanted(self) -> Wanted: ...
    @property
    def newest(self) -> int: ...


class Desk(Protocol):
    """What staff do with letters. Each raises Refused where that cannot be, with what has become of the letter."""

    def hold(self, letter: int, *, by: str, now: int) -> None: ...
    def let_go(self, letter: int, *, by: str, now: int) -> None: ...
    def cancel(self, letter: int, *, by: str, now: int, reason: str | None = None) -> None: ...
    def retry(self, letter: int, *, by: str, now: int) -> None: ...
    def hold_all(self, round_key: str, many: ManyLetters, *, by: str, now: int) -> int: ...
    def let_go_all(self, round_key: str, many: ManyLetters, *, by: str, now: int) -> int: ...
    def cancel_all(self, round_key: str, many: ManyLetters, *, reason: str, by: str, now: int) -> int: ...
    def retry_all(self, round_key: str, many: ManyLetters, *, by: str, now: int) -> int: ...
    def edit(self, letter: int, *, subject: str, body: str, by: str, now: int) -> None: ...
    def take_edit_back(self, letter: int, *, by: str, now: int) -> None: ...
    def write_anew(
        self, letter: int, *, address: str | None = None, hold: bool = False, by: str, now: int
    ) -> int: ...
    def send_test(self, letter: int, *, once: str, by: str, now: int) -> None: ...


class NamedValue(Protocol):
    """A name that a letter may use, what it says in this one, and (of a list) the names of each member."""

    @property
    def name(self) -> str: ...
    @property
    def example(self) -> str: ...
    @property
    def each(self) -> tuple[str, ...]: ...
    @property
    def kind(self) -> str:
        """`dates` for those of the round, which are many, and `about` for all others."""
        ...


class Written(Protocol):
    """A letter in words."""

    @property
    def subject(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def html(self) -> str: ...


class TriedLetter(Protocol):
    """How a letter that is not kept yet would read, and what is wrong with it."""

    @property
    def letter(self) -> Written | None: ...
    @property
    def complaints(self) -> tuple[Complaint, ...]: ...


class Wording(Protocol):
    """Reads the letters of programmes for those who write them."""

    def judge(self, programme: Programme, files: Sequence[str]) -> Sequence[Complaint]:
        """What is wrong with the letters in these files, as `check` says it."""
        ...

    def own_text(self, language: str, name: str) -> str | None:
        """The text of a letter that a programme need not write, or None."""
        ...

    def names_of(self, scene: Scene, letter: str, language: str, number: str | None = None) -> Sequence[NamedValue]:
        """What a letter may name, with what it says of that dossier, or of an invented one."""
        ...

    def try_out(self, scene: Scene, letter: str, language: str, text: str, number: str | None = None) -> TriedLetter:
        """How a letter would read with that text."""
        ...
