"""Which points and stretches of time can a rule name, without a date?"""

from dataclasses import dataclass
from typing import Literal

SpanUnit = Literal["working day", "day", "week", "month", "year"]
EdgeName = Literal["opens", "closes"]


@dataclass(frozen=True, slots=True)
class Span:
    """A length of calendar time, counted in whole days (or those on which people work), weeks, months or years."""

    count: int
    unit: SpanUnit

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'s' if self.count != 1 else ''}"


@dataclass(frozen=True, slots=True)
class Moment:
    """A point of the calendar without a date: `[SPAN before|after] PHASE opens|closes`."""

    phase: str
    edge: EdgeName
    span: Span | None = None
    direction: Literal["before", "after"] | None = None

    def __str__(self) -> str:
        anchor = f"{self.phase} {self.edge}"
        return f"{self.span} {self.direction} {anchor}" if self.span else anchor


@dataclass(frozen=True, slots=True)
class OwnMoment:
    """A point of time of one dossier: `[SPAN before|after] QUESTION` or `[SPAN after] OBLIGATION accepted`.

    The question asks for a date; what is owed is accepted when the last of it is.
    """

    anchor: str
    is_accepted: bool
    span: Span | None = None
    direction: Literal["before", "after"] | None = None

    @property
    def hangs_on(self) -> str:
        """What it is counted from: `first_day`, `report accepted`."""
        return f"{self.anchor} accepted" if self.is_accepted else self.anchor

    def __str__(self) -> str:
        return f"{self.span} {self.direction} {self.hangs_on}" if self.span else self.hangs_on


@dataclass(frozen=True, slots=True)
class PlaceFrees:
    """`a place frees`: no point of the calendar, but whenever a place of the round is there to be had."""

    def __str__(self) -> str:
        return "a place frees"


@dataclass(frozen=True, slots=True)
class Moves:
    """`PHASE moves`: no point of the calendar, but whenever an edge of a phase is moved for everybody."""

    phase: str

    def __str__(self) -> str:
        return f"{self.phase} moves"


@dataclass(frozen=True, slots=True)
class Window:
    """When something may be done: `during = PHASE` is the phase itself, `between` any two moments."""

    start: Moment
    end: Moment
    during: str | None = None

    def recurs_with(self, phase: str | None) -> bool:
        """Whether each batch of a phase that is cut has a window of its own: `during` it is the whole of it."""
        return phase is not None and self.during is None and phase in (self.start.phase, self.end.phase)

    def __str__(self) -> str:
        return f"during {self.during}" if self.during else f"between {self.start} and {self.end}"


@dataclass(frozen=True, slots=True)
class OwnWindow:
    """`between` two moments of which one at least is the dossier's own."""

    start: Moment | OwnMoment
    end: Moment | OwnMoment

    @property
    def own(self) -> tuple[OwnMoment, ...]:
        """Those of its moments that each dossier has by itself."""
        return tuple(one for one in (self.start, self.end) if isinstance(one, OwnMoment))

    @property
    def dated(self) -> tuple[Moment, ...]:
        """Those of its moments that are the calendar's."""
        return tuple(one for one in (self.start, self.end) if isinstance(one, Moment))

    def __str__(self) -> str:
        return f"between {self.start} and {self.end}"
