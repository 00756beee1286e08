"""What did a rehearsal show?

Everything that the round left behind, read from its database once, in the order in which it happened.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Literal

from engine.errors import many
from engine.files.reading import Programme
from engine.rehearsal.acts import Act
from engine.rehearsal.playing import Played
from engine.rules.moments import from_instant
from engine.rules.round import Round

Kept = Literal["met", "late", "excused", "open", "overdue"]


@dataclass(frozen=True, slots=True)
class Mail:
    """One letter to one person, as it went; instants in UTC microseconds."""

    id: int
    caused_at: int
    leaves_at: int
    sent_at: int | None
    cause: str
    role: str
    letter: str
    language: str
    name: str
    address: str
    numbers: tuple[str, ...]
    status: str
    tries: int
    subject: str
    text: str
    html: str
    shared: Mapping[str, Any] = field(default_factory=dict, repr=False)
    facts: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """what it was written from"""


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the journal: as of `at`."""

    at: int
    what: str
    actor: str
    number: str | None
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that the calendar did, or did not do any more."""

    at: int
    key: str
    kind: str
    moment: str
    ending: str | None


@dataclass(frozen=True, slots=True)
class Obliged:
    """One obligation of one dossier and how it was met."""

    name: str
    position: int
    due_at: int
    last_day: date
    met_at: int | None
    excused_at: int | None
    overdue_at: int | None
    late: bool | None = None
    """whether its first version came after its last day; None where nothing was delivered for it"""

    @property
    def kept(self) -> Kept:
        if self.excused_at is not None:
            return "excused"
        if self.met_at is not None:
            late = self.met_at >= self.due_at if self.late is None else self.late
            return "late" if late else "met"
        return "overdue" if self.overdue_at is not None else "open"


@dataclass(frozen=True, slots=True)
class Moved:
    """A dossier entered a state."""

    at: int
    transition: str
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """One dossier from its start to where it ended."""

    number: str
    organisation: str
    language: str
    started_at: int
    received_at: int | None
    score: float | None
    state: str
    path: tuple[Moved, ...]
    owed: tuple[Obliged, ...]


@dataclass(frozen=True, slots=True)
class Warning:
    """Something to look at before the round is opened: about the files, a day or a person."""

    where: str
    sentence: str
    day: date | None = None


@dataclass(frozen=True)
class Rehearsed:
    """A whole round, as it went."""

    programme: Programme
    round: Round
    opened_at: int
    invented: int | None
    """how many dossiers were invented; None when a log was played back"""
    seed: int | None
    played: tuple[Played, ...]
    dossiers: tuple[Dossier, ...]
    due: tuple[Due, ...]
    journal: tuple[Event, ...]
    mails: tuple[Mail, ...]
    warnings: tuple[Warning, ...] = ()
    run: Mapping[str, Any] = field(default_factory=dict)
    """what differs from run to run: seconds, paths"""

    def day(self, instant: int) -> date:
        """The local day of an instant."""
        return from_instant(instant, self.round.timezone).date()

    @property
    def acts(self) -> tuple[Act, ...]:
        """The acts that were tried, in order."""
        return tuple(played.act for played in self.played)

    @property
    def refused(self) -> tuple[Played, ...]:
        return tuple(played for played in self.played if played.refused)

    @cached_property
    def entered(self) -> Mapping[str, int]:
        """state -> how many dossiers ever stood in it, in the order of the workflow."""
        workflow = self.programme.workflow
        visited = Counter(state for dossier in self.dossiers for state in {m.target for m in dossier.path})
        visited[workflow.begins_in] += len(self.dossiers)
        return {state: visited[state] for state in workflow.states}

    @cached_property
    def trajectories(self) -> tuple[Dossier, ...]:
        """The dossiers that owe something."""
        return tuple(dossier for dossier in self.dossiers if dossier.owed)

    @cached_property
    def figures(self) -> dict[str, Any]:
        """The round in numbers: how many were handed in, how many ever entered each state, what each owed."""
        owed = {len(dossier.owed) for dossier in self.trajectories}
        return {
            "handed_in": sum(dossier.received_at is not None for dossier in self.dossiers),
            **self.entered,
            "obligations_per_trajectory": owed.pop() if len(owed) == 1 else None,
            "letters": len(self.mails),
            "letters_sent": sum(mail.status == "sent" for mail in self.mails),
            "deadlines": sum(due.ending == "fired" for due in self.due),
            "refused": len(self.refused),
            "warnings": len(self.warnings),
        }

    def __str__(self) -> str:
        """The outcome in a few lines, for people."""
        figures, states = self.figures, self.programme.workflow.states
        where = Counter(dossier.state for dossier in self.dossiers)
        ended = ", ".join(f"{where[name]} {name}" for name in states if where[name])
        seconds = f" in {self.run['seconds']:.1f} s" if "seconds" in self.run else ""
        each = figures["obligations_per_trajectory"]
        lines = [
            f"{self.round.title} ({self.round.key})",
            f"  rehearsed from {self.day(self.opened_at)} to {self.last_day}{seconds}",
            f"  {many(figures['handed_in'], 'dossier')} handed in; at the end: {ended}",
            f"  {many(figures['deadlines'], 'deadline')}, {many(figures['letters'], 'letter')}, "
            f"{figures['letters_sent']} of them sent",
        ]
        if self.trajectories:
            what = "obligations" if each is None else f"{many(each, 'obligation')} each"
            lines.append(f"  {many(len(self.trajectories), 'dossier')} with {what}")
        lines += [f"  {many(len(self.refused), 'act')} refused, {many(len(self.warnings), 'warning')}"]
        return "\n".join(lines)

    @property
    def last_day(self) -> date:
        """The local day of the last thing that happened."""
        instants = [event.at for event in self.journal] + [mail.sent_at for mail in self.mails if mail.sent_at]
        return self.day(max(instants, default=self.opened_at))

    def journal_lines(self) -> list[tuple[str, str, str, str, str]]:
        """The journal as plain lines: (local time, what, dossier, actor, details)."""
        return [
            (self._local(event.at), event.what, event.number or "", event.actor, written(event.details))
            for event in self.journal
        ]

    def outbox_lines(self) -> list[tuple[str, str, str, str, str, str, str]]:
        """The outbox as plain lines: (leaves, sent, letter, language, address, dossiers, status), local times."""
        return [
            (
                self._local(mail.leaves_at), self._local(mail.sent_at), mail.letter, mail.language, mail.address,
                " ".join(mail.numbers), mail.status,
            )
            for mail in self.mails
        ]  # fmt: skip

    def _local(self, instant: int | None) -> str:
        return "" if instant is None else from_instant(instant, self.round.timezone).isoformat(" ")


def written(details: Mapping[str, Any]) -> str:
    """The details of a journal's row on one line: `name=start, reasons=...`."""
    return ", ".join(f"{name}={_plain(value)}" for name, value in details.items())


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(_plain(one) for one in value)
    if isinstance(value, Mapping):
        return " ".join(f"{name}:{_plain(one)}" for name, one in value.items())
    return str(value)
