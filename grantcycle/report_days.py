"""What happened on each day, in sentences?"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Literal

from engine.rehearsal.acts import OUTAGE, Act
from engine.rehearsal.playing import Played
from engine.rules.moments import from_instant
from engine.rules.paying import UNPAID, from_cents, is_of_rows
from engine.rules.working_days import day_off
from grantcycle.rehearsed import Event, Mail, Rehearsed

Kind = Literal["calendar", "person", "trouble"]
MANY = 8
"""so many dossiers are named; of more only the number is told"""

COUNTED = {
    "role given": ("person given a part", "people given their parts"),
    "dossier started": ("draft started", "drafts started"),
    "contact added": ("contact added", "contacts added"),
    "answers given": ("draft worked on", "times a draft was worked on"),
    "scored": ("score given", "scores given"),
    "recommended": ("recommendation written", "recommendations written"),
}
"""What is only counted: who worked on what is in the journal."""
LEFT_OUT = ("handed in", "due")
"""Told otherwise: by the transition that comes with it, or above the day."""


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

    hour: str
    letter: str
    mails: tuple[Mail, ...]
    languages: tuple[tuple[str, int], ...]
    late: bool
    """sent on a later day than they were to leave"""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the calendar, or several in a row on which people only worked."""

    first: date
    last: date
    off: str | None = None
    due: tuple[str, ...] = ()
    lines: tuple[Line | Post, ...] = ()
    work: tuple[tuple[str, int], ...] = ()
    """what was worked on (a kind of act), how often"""
    warned: tuple[str, ...] = ()

    @property
    def quiet(self) -> bool:
        """Whether people only worked."""
        return not self.due and not self.lines and not self.warned

    @property
    def worked(self) -> str:
        """`2 drafts started, 1 contact added`."""
        return ", ".join(f"{count} {COUNTED[what][count > 1]}" for what, count in self.work)


@dataclass
class _Gathered:
    events: list[Event] = field(default_factory=list)
    played: list[Played] = field(default_factory=list)
    """what is not in the journal: acts that were refused, and outages"""
    mails: list[Mail] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)


def days(seen: Rehearsed) -> list[Day]:
    """Every day on which something happened, in order."""
    found: dict[date, _Gathered] = {}
    for event in seen.journal:
        found.setdefault(seen.day(event.at), _Gathered()).events.append(event)
    for played in seen.played:
        if played.refused or played.act.what == OUTAGE:
            found.setdefault(seen.day(played.act.instant), _Gathered()).played.append(played)
    for mail in seen.mails:
        at = mail.sent_at if mail.sent_at is not None else mail.leaves_at
        found.setdefault(seen.day(at), _Gathered()).mails.append(mail)
    for warning in seen.warnings:
        if warning.day:
            found.setdefault(warning.day, _Gathered()).warned.append(f"{warning.where}: {warning.sentence}")
    return list(_folded(_day(seen, day, gathered) for day, gathered in sorted(found.items())))


def _folded(days: Iterable[Day]) -> Iterator[Day]:
    """The same days, those in a row on which people only worked as one."""
    for quiet, row in groupby(days, key=lambda day: (day.quiet, day.first.year if day.quiet else day.first)):
        alike = list(row)
        if not quiet[0]:
            yield from alike
            continue
        work = Counter[str]()
        for day in alike:
            work.update(dict(day.work))
        yield Day(alike[0].first, alike[-1].first, work=_in_order(work))


def _in_order(work: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple((what, work[what]) for what in COUNTED if work[what])


def _day(seen: Rehearsed, day: date, gathered: _Gathered) -> Day:
    lines: list[Line | Post] = [*_told(seen, gathered.events), *_posts(seen, gathered.mails)]
    lines += [played_line(seen, played) for played in gathered.played]
    due = [str(event.details["name"]) for event in gathered.events if event.what == "due"]
    return Day(
        first=day,
        last=day,
        off=day_off(day, seen.round.holidays),
        due=tuple(dict.fromkeys(_due_words(seen, key) for key in due if not key.startswith("remind "))),
        lines=tuple(sorted(lines, key=lambda line: line.hour)),
        work=_in_order(Counter(event.what for event in gathered.events)),
        warned=tuple(gathered.warned),
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
    if kind == UNPAID:
        return "the last day of a payment ends"
    return key


def hour_of(seen: Rehearsed, instant: int) -> str:
    """The local hour; to the second around midnight, where a second decides."""
    local = from_instant(instant, seen.round.timezone)
    return f"{local:%H:%M:%S}" if f"{local:%H:%M}" in ("23:59", "00:00") else f"{local:%H:%M}"


def _posts(seen: Rehearsed, mails: Sequence[Mail]) -> Iterator[Post]:
    for letter in dict.fromkeys(mail.letter for mail in mails):
        alike = tuple(mail for mail in mails if mail.letter == letter)
        sent = [mail.sent_at for mail in alike if mail.sent_at is not None]
        counted = Counter(mail.language for mail in alike)
        yield Post(
            hour=hour_of(seen, min(sent, default=alike[0].leaves_at)),
            letter=letter,
            mails=alike,
            languages=tuple((name, counted[name]) for name in seen.programme.workflow.languages if counted[name]),
            late=any(mail.sent_at and seen.day(mail.sent_at) != seen.day(mail.leaves_at) for mail in alike),
        )


def played_line(seen: Rehearsed, played: Played) -> Line:
    """An act that the rules refused, with every reason; or an outage."""
    act = played.act
    if act.what == OUTAGE:
        return Line(hour_of(seen, act.instant), "trouble", "the mail server does not answer any more")
    text = f"{refused_act(act)} by {act.who} is refused"
    return Line(hour_of(seen, act.instant), "trouble", text, (act.number,) if act.number else (), played.refused)


def refused_act(act: Act) -> str:
    """What somebody tried: `submit`, `verdict shortlist`."""
    named = act.values.get("transition") or act.values.get("meeting") or act.values.get("deliverable") or ""
    return f"{act.what} {named}".strip()


def _told(seen: Rehearsed, events: Sequence[Event]) -> Iterator[Line]:
    """The events of a day, those that are alike in one line."""

    def alike(event: Event) -> tuple[str, str, str]:
        named = str(event.details.get("name") or event.details.get("meeting") or event.details.get("deliverable") or "")
        # where somebody is named, one line is about one person
        return event.what, named, event.actor if event.what in NAMED else str(event.actor == "calendar")

    wanted = [event for event in events if event.what not in LEFT_OUT and event.what not in COUNTED]
    for _, group in groupby(sorted(wanted, key=alike), key=alike):
        yield line_of(seen, tuple(group))


def line_of(seen: Rehearsed, events: Sequence[Event]) -> Line:
    """One line about events of one kind on one day."""
    first = events[0]
    numbers = tuple(event.number for event in events if event.number)
    hour = hour_of(seen, min(event.at for event in events))
    sentence = _SENTENCES.get(first.what, _plainly)(seen, first)
    kind: Kind = "trouble" if first.what in TROUBLE else "calendar" if first.actor == "calendar" else "person"
    return Line(hour, kind, sentence, numbers, tuple(dict.fromkeys(_reasons(events))))


NAMED = ("batch approved", "conflict declared", "round opened")
TROUBLE = ("held back", "verdict held back", "overdue", "waits for release", "promise not kept", "not paid", "missed")


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
    return f"“{seen.programme.translate(title, 'en')}” is handed in{late}"


def _attended(seen: Rehearsed, event: Event) -> str:
    title = seen.programme.workflow.meeting(event.details["meeting"]).title
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
    "excused": lambda seen, event: f"excused from {obligation_title(seen, event.details['of'])}",
    "overdue": lambda seen, event: f"{obligation_title(seen, event.details['obligation'])} is overdue",
    "place freed": lambda seen, event: f"a place is free for {event.details['name']}",  # noqa: ARG005
    "held back": lambda seen, event: f"{event.details['name']} is held back",  # noqa: ARG005
    "verdict held back": lambda seen, event: f"the verdict {event.details['name']} does not take effect",  # noqa: ARG005
    "conflict declared": lambda seen, event: f"{event.actor} declares a conflict",  # noqa: ARG005
    "promise kept": lambda seen, event: f"the promise “{promise_title(seen, event)}” is kept",
    "promise not kept": lambda seen, event: f"the promise “{promise_title(seen, event)}” is not kept",
    "not paid": lambda seen, event: f"“{promise_title(seen, event)}” is not paid",
    "payment recorded": lambda seen, event: f"{_sum(seen, event)} is paid",
    "payment taken back": lambda seen, event: f"the payment of {_sum(seen, event)} was a mistake",
}


def obligation_title(seen: Rehearsed, of: str) -> str:
    """`interim_report 2` as the programme calls it: “Annual interim report” 2."""
    workflow = seen.programme.workflow
    name, _, position = of.partition(" ")
    obligation = workflow.obligations.get(name)
    if obligation is None:
        return of
    meeting, deliverable = workflow.find_meeting(obligation.attend or ""), obligation.deliver
    title = meeting.title if meeting else workflow.deliverables[deliverable or ""].title
    several = f" {position}" if obligation.every or obligation.times > 1 else ""
    return f"“{seen.programme.translate(title, 'en')}”{several}"


def _sum(seen: Rehearsed, event: Event) -> str:
    """`EUR 1000.50 of “Milestones are paid for” 2`"""
    workflow, details = seen.programme.workflow, event.details
    row = f" {details['position']}" if is_of_rows(workflow, workflow.promises[details["name"]]) else ""
    return f"{workflow.currency} {from_cents(details['cents'])} of “{promise_title(seen, event)}”{row}"


def promise_title(seen: Rehearsed, event: Event) -> str:
    return seen.programme.translate(seen.programme.workflow.promises[event.details["name"]].title, "en")
