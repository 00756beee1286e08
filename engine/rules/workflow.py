"""What does a workflow consist of?

The records that a workflow file is read into: rules without dates. They are shaped for the whole grammar of
docs/workflow-format.md; the reader refuses the words that the engine does not carry out yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.rules.conditions import Guard
from engine.rules.numbers import Given, Number
from engine.rules.questions import Question
from engine.rules.times import Moment, Moves, OwnMoment, OwnWindow, PlaceFrees, Span, Window

Release = Literal["auto", "hold", "two people"]
Ties = Literal["ask", "in", "out"]
ScoreKind = Literal["mean", "sum", "consensus"]
"""weighted over criteria, then over members; the members' means times their weights, added up; one score agreed"""

STRAND = "strand"
"""what a transition may set besides the answer to a question"""
APPLICANT = "applicant"
STAFF = "staff"
EVERYONE = "everyone"
Letters = Mapping[str, str]
"""role -> letter, in the order of the file"""


@dataclass(frozen=True, slots=True)
class Committee:
    """People who judge. `per` is `strand` or a question: then there is one for each, with people of its own."""

    name: str
    title: str
    observers: tuple[str, ...] = ()
    quorum: int | None = None
    per: str | None = None


@dataclass(frozen=True, slots=True)
class State:
    """Where a dossier can stand; `shown` is what applicants read, `ahead` what it is called while still to come."""

    name: str
    title: str
    shown: str
    ahead: str
    phase: str | None = None
    frees_place: bool = False
    retired: bool = False
    """no dossier comes here any more: rules that were replaced knew it"""


@dataclass(frozen=True, slots=True)
class Deliverable:
    """Something handed in besides the dossier's own form: a report, a contract.

    An obligation asks for it, or whoever it is `by` may hand it in unasked while the dossier stands in `open_to`.
    """

    name: str
    title: str
    questions: Mapping[str, Question] = field(default_factory=dict)
    open_to: tuple[str, ...] = ()
    by: str = APPLICANT


@dataclass(frozen=True, slots=True)
class Criterion:
    """What a committee member scores; `scale` runs from the worst to the best mark, upwards or downwards.

    Where the marks are `words` (worst first), a mark is kept as its place among them: `scale` is 1 to their number.
    """

    name: str
    title: str
    scale: tuple[int | float, int | float]
    weight: int | float = 1
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """Who scores which dossiers, on what, and how that comes to one score; `window` is as long as is decided, if None,
    or `within` so long after each dossier came there, or between days of the dossier itself (`own_window`).

    With `readers` each dossier is given to so many members, and they alone score it. `reads` are the questions that
    the committee sees, all if None; without `criteria` a written recommendation is all that is asked. `spread` names
    the question by whose answers the list is counted. `set_aside` is the role that may set a member's marks aside.
    """

    name: str
    title: str
    by: str
    about: tuple[str, ...]
    criteria: tuple[str, ...]
    window: Window | None = None
    readers: int | None = None
    reads: tuple[str, ...] | None = None
    score: ScoreKind = "mean"
    spread: str | None = None
    set_aside: str | None = None
    within: Span | None = None
    own_window: OwnWindow | None = None


@dataclass(frozen=True, slots=True)
class Slots:
    """The turns of a meeting; without a `count` one for each dossier."""

    count: int | None
    minutes: int
    pause: int = 0


@dataclass(frozen=True, slots=True)
class Meeting:
    """An occasion to come to; `open_to` names states, or nobody in particular when `everyone` may come. One that is for
    a `committee` alone is open to no state.

    Where `seats` are counted, one that frees is offered to the next of the waiting list for `answer_within`, or is
    theirs at once without it. People book their slot themselves where it is an hour of a role (`book_with`). It takes
    place in its `window`, or for each dossier by itself: `within` so long after it came there, or in its own window.

    With `per` (`strand` or a question) there is one for each. The rules of a round hold these in its place
    (`engine.rules.meetings_apart`): each is one `of` the meeting that is declared, for the dossiers of one `scope`.
    """

    name: str
    title: str
    open_to: tuple[str, ...] | Literal["everyone"]
    window: Window | None
    slots: Slots | None = None
    seats: Number | None = None
    answer_within: Span | None = None
    book_with: str | None = None
    committee: str | None = None
    within: Span | None = None
    own_window: OwnWindow | None = None
    per: str | None = None
    of: str = ""
    scope: str = ""

    @property
    def declared(self) -> str:
        """The name in the workflow file, by which rules and attendances speak of it."""
        return self.of or self.name

    @property
    def running_order(self) -> Slots | None:
        """The slots that dossiers are given as they come; None where there are none, or where people book them."""
        return None if self.book_with else self.slots


@dataclass(frozen=True, slots=True)
class Transition:
    """A named move: exactly one of `by` (a role), `when` (the calendar) and `after` (so long since it came there).

    `window` says between which moments somebody may make it, `own_window` between which of the dossier itself, `within`
    for how long after the dossier came where it is. A verdict `takes_effect` at a moment of the calendar, or of each
    dossier.
    """

    name: str
    sources: tuple[str, ...]
    target: str
    by: str | None = None
    when: Moment | PlaceFrees | None = None
    window: Window | None = None
    guards: tuple[Guard, ...] = ()
    if_not: Letters | str = field(default_factory=dict)
    order: tuple[str, ...] = ()
    ties: Ties = "ask"
    takes_effect: Moment | OwnMoment | None = None
    release: Release = "auto"
    tell: Letters = field(default_factory=dict)
    position: int = 0
    per: str | None = None
    """over what is counted, ranked and paid: `strand`, `batch` or a question; None where it is the whole round"""
    after: Span | None = None
    within: Span | None = None
    own: OwnMoment | None = None
    """the point of time of its own at which each dossier is moved, in place of one of the calendar"""
    sets: str | None = None
    """the strand, or the question, that whoever acts gives a new value"""
    own_window: OwnWindow | None = None

    def guard(self, word: str) -> Guard | None:
        """The guard of that word, or None."""
        return next((guard for guard in self.guards if guard.word == word), None)

    @property
    def moment(self) -> Moment | None:
        """The point of the calendar at which it happens by itself; None for an act, and where it waits for a place."""
        return self.when if isinstance(self.when, Moment) else None

    @property
    def effect(self) -> Moment | None:
        """The point of the calendar at which its verdicts take effect; None where each dossier has one by itself."""
        return self.takes_effect if isinstance(self.takes_effect, Moment) else None

    @property
    def own_effect(self) -> OwnMoment | None:
        """The dossier's own point of time at which a verdict takes effect."""
        return self.takes_effect if isinstance(self.takes_effect, OwnMoment) else None

    @property
    def frees(self) -> bool:
        """Whether it happens by itself whenever a place frees."""
        return isinstance(self.when, PlaceFrees)

    @property
    def comes(self) -> str:
        """When the calendar makes it, in the words of the file: `call closes`, `after 14 days`, `a place frees`."""
        return f"after {self.after}" if self.after else str(self.own or self.when)

    @property
    def is_timed(self) -> bool:
        """Whether it happens to each dossier on a day of its own."""
        return self.after is not None or self.own is not None

    @property
    def is_limited(self) -> bool:
        """Whether there is a time after which nobody can make it any more."""
        return self.window is not None or self.within is not None or self.own_window is not None


@dataclass(frozen=True, slots=True)
class Obligation:
    """What a dossier owes once it stands in `owed_by`; `attend` a meeting or `deliver` a deliverable.

    Applicants are reminded so long before the last day (`remind`) and so long after it (`remind_after`). What is
    `accepted_by` a role counts once it is accepted; `if_not` says who hears that it is overdue. Where there is no
    `window` it is owed `within` so long since the dossier came there. With `guards` only those owe it of whom they hold
    as it is laid out.
    """

    name: str
    owed_by: tuple[str, ...]
    window: Window | None
    every: Literal["year", "month", "week"] | None = None
    times: int = 1
    attend: str | None = None
    deliver: str | None = None
    remind: tuple[Span, ...] = ()
    position: int = 0
    remind_after: tuple[Span, ...] = ()
    accepted_by: str | None = None
    if_not: Letters = field(default_factory=dict)
    within: Span | None = None
    guards: tuple[Guard, ...] = ()
    each: str | None = None
    """the schedule of the dossier of which each row is owed, until its day"""
    own_window: OwnWindow | None = None
    """between which days of the dossier itself it is owed, in place of those of the calendar"""


@dataclass(frozen=True, slots=True)
class Reminder:
    """A letter to those who stand in a state: at moments of the calendar, or so long `after` each came there."""

    name: str
    about: tuple[str, ...]
    when: tuple[Moment, ...]
    guards: tuple[Guard, ...] = ()
    tell: Letters = field(default_factory=dict)
    position: int = 0
    after: tuple[Span, ...] = ()
    own: tuple[OwnMoment, ...] = ()
    """points of time of each dossier by itself"""


@dataclass(frozen=True, slots=True)
class Promise:
    """What the funder owes by a moment; kept when nobody stands in `about` any more.

    Where it is to `pay` money, that is owed to whoever stands in `about`, and kept when it has been paid: what a
    question of the dossier asks, or each row of a schedule by itself. A row without a moment is paid by its own day.
    """

    name: str
    title: str
    before: Moment | None
    about: tuple[str, ...]
    tell: Letters = field(default_factory=dict)
    position: int = 0
    pay: str | None = None
    """the question that asks for the money, or the schedule"""
    own: OwnMoment | None = None
    """the point of time of its own by which it is owed to each dossier, in place of one of the calendar"""


@dataclass(frozen=True, slots=True)
class Announcement:
    """One text at a moment. Where it is `about` states, `everyone` is everyone who speaks for a dossier in them."""

    name: str
    when: Moment | Moves
    tell: Letters = field(default_factory=dict)
    position: int = 0
    about: tuple[str, ...] = ()

    @property
    def moment(self) -> Moment | None:
        """The point of the calendar at which it is sent; None where it waits for a date to be moved."""
        return self.when if isinstance(self.when, Moment) else None


@dataclass(frozen=True, slots=True)
class Workflow:
    """The rules of a programme. Mappings keep the order of the file."""

    programme: str
    title: str
    language: str
    languages: tuple[str, ...]
    begins_in: str
    ends_in: tuple[str, ...]
    currency: str | None
    committees: Mapping[str, Committee]
    phases: Mapping[str, str]
    states: Mapping[str, State]
    questions: Mapping[str, Question]
    deliverables: Mapping[str, Deliverable]
    criteria: Mapping[str, Criterion]
    meetings: Mapping[str, Meeting]
    transitions: Mapping[str, Transition]
    obligations: Mapping[str, Obligation]
    reminders: Mapping[str, Reminder]
    promises: Mapping[str, Promise]
    announcements: Mapping[str, Announcement]
    assessments: Mapping[str, Assessment] = field(default_factory=dict)
    strands: Mapping[str, str] = field(default_factory=dict)
    """strand -> title; where there are any, each dossier stands in exactly one"""
    given: Mapping[str, Given] = field(default_factory=dict)
    """what the round gives by name, once the rules are those of a round (`engine.rules.giving`)"""
    meetings_apart: Mapping[str, Meeting] = field(default_factory=dict)
    """what the file declares and of which a round has one for each strand or answer, among its `meetings`"""
    former_meetings: Mapping[str, Meeting] = field(default_factory=dict)
    """what a round may have held by earlier rules, under names that these may not have any more; inert"""

    def meeting(self, name: str) -> Meeting:
        """The meeting of that name, also where there is one for each strand or answer, or was under earlier rules.

        Raises KeyError.
        """
        found = self.find_meeting(name)
        if found is None:
            raise KeyError(name)
        return found

    def find_meeting(self, name: str) -> Meeting | None:
        """The same; None for a strange name."""
        declared, every = name.partition(".")[0], {**self.meetings, **self.meetings_apart}
        return every.get(name) or every.get(declared)

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role that a letter can be told to."""
        return (APPLICANT, STAFF, EVERYONE, *self.committees)


def question_of(workflow: Workflow, key: str) -> Question:
    """The question of that key: `amount`, `report.planted`. Raises KeyError."""
    form, _, name = key.rpartition(".")
    return workflow.deliverables[form].questions[name] if form else workflow.questions[key]


def title_of(workflow: Workflow, obligation: Obligation) -> str:
    """What something owed is called: the meeting that is to be attended, or the deliverable that is to be handed in."""
    if obligation.attend:
        return workflow.meeting(obligation.attend).title
    return workflow.deliverables[obligation.deliver or ""].title


def reason_told(transition: Transition, reason: str | None) -> str | None:
    """The reason as letters may give it.

    The minutes of a verdict stay with the committee, unless the rules ask for a reason: that one is for people.
    """
    return reason if transition.takes_effect is None or transition.guard("reason") else None
