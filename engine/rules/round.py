"""What does a round consist of?

The records that a round file is read into: dates and places without rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from engine.rules.numbers import Given
from engine.rules.times import EdgeName, Span
from engine.rules.workflow import Letters


@dataclass(frozen=True, slots=True)
class LocalEdge:
    """One edge of a phase as it is written: a whole day (`hour` is None) or a day and an hour, in the round's zone."""

    day: date
    hour: time | None = None


NEVER = LocalEdge(date(9000, 1, 1))
"""the close of a phase that lasts until further notice: a day after all others, so that instants only compare"""


BY_APPLICANT = "applicant"
"""in the place of a zone: the clocks of each dossier, where it has others than the round"""


@dataclass(frozen=True, slots=True)
class PhaseDates:
    """From when to when a phase lasts. `written` is the close that the file says, where a day off has moved it.

    With `every` it is cut into batches of that length. Its hours are those of its `zone`, or of the round; with
    `applicant` in its place those of each dossier.
    """

    opens: LocalEdge
    closes: LocalEdge
    grace: timedelta = timedelta(0)
    written: LocalEdge | None = None
    every: Span | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A line of the change log: on a day it was decided, and why, that an edge moves from where it `was`."""

    phase: str
    edge: EdgeName
    was: LocalEdge
    to: LocalEdge
    decided: date
    reason: str
    strand: str | None = None
    """for whose dossiers; None for all that have no dates of their own"""


@dataclass(frozen=True, slots=True)
class Notice:
    """What this round alone announces: on a day, or at an hour of one. Its name is that day, or hour.

    Where it is `about` states, `everyone` is everyone who speaks for a dossier in them.
    """

    name: str
    on: LocalEdge
    tell: Letters
    position: int
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Session:
    """One occurrence of a meeting: a day, perhaps hours, a place, and an https address for those admitted."""

    day: date
    start: time | None = None
    end: time | None = None
    place: str | None = None
    online: str | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """One run of a programme, with its dates. `number` begins each dossier's number.

    `name` is the file's, with `-NAME` where the file holds several; `file` is its path in the programme's folder.
    """

    programme: str
    name: str
    title: str
    number: str
    timezone: str
    mails_at: time
    holidays: str
    phases: Mapping[str, PhaseDates]
    meetings: Mapping[str, tuple[Session, ...]] = field(default_factory=dict)
    given: Mapping[str, Given] = field(default_factory=dict)
    """what the rules call by name"""
    file: str = ""
    moved: tuple[Moved, ...] = ()
    """the change log; `phases` are the dates after all of it"""
    notices: Mapping[str, Notice] = field(default_factory=dict)
    apart: Mapping[str, Mapping[str, PhaseDates]] = field(default_factory=dict)
    """phase -> strand -> the dates that it has of its own. Where every strand has some, `phases` holds from when to
    when any of them lasts"""

    @property
    def cut(self) -> str | None:
        """The phase that is cut into batches, if one is."""
        return next((name for name, dates in self.phases.items() if dates.every), None)

    def dates(self, phase: str, strand: str | None) -> PhaseDates:
        """From when to when a phase lasts for the dossiers of a strand."""
        return self.apart.get(phase, {}).get(strand or "", self.phases[phase])

    def zone_of(self, phase: str, clocks: str | None = None) -> str:
        """By whose clocks a phase opens and closes: for a dossier of other `clocks` it may be these."""
        zone = self.phases[phase].zone or self.timezone
        return (clocks or self.timezone) if zone == BY_APPLICANT else zone

    @property
    def by_applicant(self) -> tuple[str, ...]:
        """The phases that open and close by the clocks of each dossier."""
        return tuple(name for name, dates in self.phases.items() if dates.zone == BY_APPLICANT)

    @property
    def key(self) -> str:
        """How people name the round: `small-grants/2030`."""
        return f"{self.programme}/{self.name}"
