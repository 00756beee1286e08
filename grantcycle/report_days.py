"""What happened on each day, in sentences?"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Literal

from engine.files.days import day_off
from engine.rehearsal.playing import Played
from engine.rules.moments import from_instant
from grantcycle.rehearsed import Event, Mail, Rehearsed

Kind = Literal["calendar", "person", "trouble"]
MANY = 8
"""so many dossiers are named; of more only the number is told"""

COUNTED = {
    "role given": ("person is given a part", "people are given their part"),
    "dossier started": ("draft is started", "drafts are started"),
    "contact added": ("contact is added", "contacts are added"),
    "answers given": ("draft is worked on", "times a draft is worked on"),
    "scored": ("score is given", "scores are given"),
    "recommended": ("recommendation is written", "recommendations are written"),
}
"""What is only counted: who works on what is in the journal."""
LEFT_OUT = ("handed in",)
"""Told by the transition that comes with it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened: at which hour, and about which dossiers."""

    hour: str
    kind: Kind
    text: str
    numbers: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    """reasons, in sentences"""


@dataclass(frozen=True, slots=True)
class Post:
    """The letters of one kind that were sent on a day."""

    letter: str
    hour: str
    mails: tuple[Mail, ...]
    languages: tuple[tuple[str, int], ...]
    late: bool
    """sent on a later day than they were to leave"""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the calendar."""

    date: date
    off: str | None
    due: tuple[str, ...]
    lines: tuple[Line, ...] = ()
    posts: tuple[Post, ...] = ()

    @property
    def quiet(self) -> bool:
        """Whether nothing was due and nobody was written to."""
        return not self.due and not self.posts


@dataclass
class _Gathered:
    events: list[Event] = field(default_factory=list)
    refused: list[Played] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)


def days(seen: Rehearsed) -> list[Day]:
    """Every day on which something happened, in order."""
    found: dict[date, _Gathered] = {}
    for event in seen.journal:
        found.setdefault(seen.day(event.at), _Gathered()).events.append(event)
    for played in seen.refused:
        found.setdefault(seen.day(played.act.instant), _Gathered()).refused.append(played)
    for mail in seen.mails:
        at = mail.sent_at if mail.sent_at is not None else mail.leaves_at
        found.setdefault(seen.day(at), _Gathered()).mails.append(mail)
    return [_day(seen, day, gathered) for day, gathered in sorted(found.items())]


def _day(seen: Rehearsed, day: date, gathered: _Gathered) -> Day:
    lines = [*_told(seen, gathered.events), *(refusal_line(seen, played) for played in gathered.refused)]
    due = [str(event.details["name"]) for event in gathered.events if event.what == "due"]
    return Day(
        date=day,
        off=day_off(day, seen.round.holidays),
        due=tuple(dict.fromkeys(_due_words(seen, key) for key in due if not key.startswith("remind "))),
        lines=tuple(sorted(lines, key=lambda line: line.hour)),
        posts=tuple(_posts(seen, gathered.mails)),
    )


def _due_words(seen: Rehearsed, key: str) -> str:
    """`edge call closes` -> `Call closes`, with the phase as the programme calls it."""
    kind, _, rest = key.partition(" ")
    if kind == "edge":
        phase, _, edge = rest.rpartition(" ")
        title = seen.programme.workflow.phases.get(phase, phase)
        return f"{seen.programme.translate(title, 'en')} {edge}"
    if kind == "overdue":
        return "obligations end"
    return key


def hour_of(seen: Rehearsed, instant: int) -> str:
    """The local hour, to the second where it is not a whole minute."""
    local = from_instant(instant, seen.round.timezone)
    return f"{local:%H:%M}" if not local.second else f"{local:%H:%M:%S}"


def _posts(seen: Rehearsed, mails: Sequence[Mail]) -> Iterator[Post]:
    for letter in dict.fromkeys(mail.letter for mail in mails):
        alike = tuple(mail for mail in mails if mail.letter == letter)
        sent = [mail.sent_at for mail in alike if mail.sent_at is not None]
        counted = Counter(mail.language for mail in alike)
        yield Post(
            letter=letter,
            hour=hour_of(seen, min(sent, default=alike[0].leaves_at)),
            mails=alike,
            languages=tuple((name, counted[name]) for name in seen.programme.workflow.languages if counted[name]),
            late=any(mail.sent_at and seen.day(mail.sent_at) != seen.day(mail.leaves_at) for mail in alike),
        )


def refusal_line(seen: Rehearsed, played: Played) -> Line:
    """An act that the rules refused, with every reason."""
    act = played.act
    return Line(
        hour_of(seen, act.instant), "trouble", f"{act.what} by {act.who} is refused", (act.number,) if act.number else (),
        played.refused,
    )  # fmt: skip


def _told(seen: Rehearsed, events: Sequence[Event]) -> Iterator[Line]:
    """The events of a day, those that are alike in one line."""

    def alike(event: Event) -> tuple[str, str, bool]:
        named = str(event.details.get("name") or event.details.get("meeting") or event.details.get("deliverable") or "")
        # who acted is told one by one; the calendar's moves are told together
        return event.what, named, event.actor == "calendar"

    wanted = [event for event in events if event.what not in LEFT_OUT and event.what != "due"]
    for _, group in groupby(sorted(wanted, key=alike), key=alike):
        yield line_of(seen, tuple(group))


def line_of(seen: Rehearsed, events: Sequence[Event]) -> Line:
    """One line about events of one kind on one day."""
    first = events[0]
    numbers = tuple(event.number for event in events if event.number)
    hour = hour_of(seen, min(event.at for event in events))
    if first.what in COUNTED:
        one, many = COUNTED[first.what]
        return Line(hour, "person", f"{len(events)} {one if len(events) == 1 else many}")
    sentence = _SENTENCES.get(first.what, _plainly)(seen, first)
    kind: Kind = "trouble" if first.what in TROUBLE else "calendar" if first.actor == "calendar" else "person"
    return Line(hour, kind, sentence, numbers, tuple(dict.fromkeys(_reasons(events))))


TROUBLE = ("held back", "verdict held back", "overdue", "waits for release", "promise not kept", "missed")


def _reasons(events: Sequence[Event]) -> Iterator[str]:
    for event in events:
        reason = event.details.get("reason")
        if reason:
            yield str(reason)
        for sentence in event.details.get("reasons", ()):
            yield str(sentence)


def state_title(seen: Rehearsed, state: str) -> str:
    """What staff call a state, in English where the programme says it in English."""
    return seen.programme.translate(seen.programme.workflow.states[state].title, "en")


def _moved(seen: Rehearsed, event: Event) -> str:
    return f"{event.details['name']}: now “{state_title(seen, event.details['target'])}”"


def _verdict(seen: Rehearsed, event: Event) -> str:  # noqa: ARG001  each sentence is asked in the same way
    replaces = event.details.get("replaces")
    return f"verdict {event.details['name']}" + (f", replaces {replaces}" if replaces else "")


def _approved(seen: Rehearsed, event: Event) -> str:  # noqa: ARG001
    counts = ", ".join(f"{count} {name}" for name, count in event.details["counts"].items())
    return f"{event.actor} approves the batch “{event.details['batch']}”: {counts}"


def _delivered(seen: Rehearsed, event: Event) -> str:
    title = seen.programme.workflow.deliverables[event.details["deliverable"]].title
    late = ", late" if event.details.get("late") else ""
    return f"“{seen.programme.translate(title, 'en')}” is handed in{late} ({event.details['obligation']})"


def _attended(seen: Rehearsed, event: Event) -> str:
    title = seen.programme.workflow.meetings[event.details["meeting"]].title
    return f"came to “{seen.programme.translate(title, 'en')}”"


def _plainly(seen: Rehearsed, event: Event) -> str:  # noqa: ARG001
    named = event.details.get("name") or event.details.get("of") or event.details.get("batch")
    return f"{event.what}: {named}" if named else event.what


_SENTENCES: dict[str, Callable[[Rehearsed, Event], str]] = {
    "round opened": lambda seen, event: f"{event.actor} opens the round",  # noqa: ARG005
    "transition": _moved,
    "verdict recorded": _verdict,
    "batch approved": _approved,
    "delivered": _delivered,
    "attended": _attended,
    "excused": lambda seen, event: f"excused from {event.details['of']}",  # noqa: ARG005
    "overdue": lambda seen, event: f"{event.details['obligation']} is overdue",  # noqa: ARG005
    "held back": lambda seen, event: f"{event.details['name']} is held back",  # noqa: ARG005
    "verdict held back": lambda seen, event: f"the verdict {event.details['name']} does not take effect",  # noqa: ARG005
    "conflict declared": lambda seen, event: f"{event.actor} declares a conflict",  # noqa: ARG005
    "promise kept": lambda seen, event: f"the promise “{promise_title(seen, event)}” is kept",
    "promise not kept": lambda seen, event: f"the promise “{promise_title(seen, event)}” is not kept",
}


def promise_title(seen: Rehearsed, event: Event) -> str:
    return seen.programme.translate(seen.programme.workflow.promises[event.details["name"]].title, "en")

