"""What does one condition of a rule ask for?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from engine.rules.numbers import Number
from engine.rules.times import Span

Marks = tuple[tuple[str, int | float], ...]
"""a criterion and a mark of its scale, for each criterion that is named"""
Choices = Mapping[str, tuple[str, ...]]
"""the key of a question -> which of its choices will do"""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far back a rule looks at earlier dossiers: some rounds, a span of the calendar, or (neither) for ever."""

    rounds: int | None = None
    span: Span | None = None

    def __str__(self) -> str:
        if self.rounds is not None:
            return f"{self.rounds} round{'s' if self.rounds != 1 else ''}"
        return str(self.span or "ever")


@dataclass(frozen=True, slots=True)
class Once:
    """One dossier for each person or organisation, within so many rounds in a row or so long."""

    of: Literal["person", "organisation"]
    reach: Reach = Reach()


@dataclass(frozen=True, slots=True)
class Recent:
    """A state that an earlier dossier of the same applicant entered so recently."""

    state: str
    reach: Reach


@dataclass(frozen=True, slots=True)
class Guard:
    """One condition: a word of the closed list and what it asks: a name, a number, names, marks, choices,
    earlier dossiers."""

    word: str
    value: (
        str | Number | tuple[str, ...] | Marks | Choices | tuple[Once, ...] | tuple[Recent, ...]
    )

    @property
    def names(self) -> tuple[str, ...]:
        """What it names, one or several; nothing where it asks for a number or for marks."""
        several = self.value if isinstance(self.value, tuple) else (self.value,)
        return tuple(name for name in several if isinstance(name, str))

    @property
    def marks(self) -> Marks:
        """The marks that it asks for, by criterion; nothing where it asks for something else."""
        several = self.value if isinstance(self.value, tuple) else ()
        return tuple(mark for mark in several if isinstance(mark, tuple))
