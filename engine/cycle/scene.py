"""What does one transaction have at hand, and what does it leave behind?

A scene is one act, or one moment of the calendar, in one round: the pinned rules, the calendar, the rows, and what is
to be told and journaled when it ends.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from sqlmodel import Session, col, select

from engine.cycle.telling import Notify, Told, applicant_facts, line_facts, shared_facts
from engine.database import journal
from engine.database.records import CauseRow, DossierRow, ExtensionRow, PersonRow, PinnedRow
from engine.database.store import extensions_of, find_dossier, find_person, find_round_and_extensions, the_id
from engine.errors import GrantcycleError, Refusal
from engine.faults import point
from engine.files.reading import Programme, read_programme
from engine.rules.machine import WorkflowMachine
from engine.rules.moments import Calendar, edge_instant
from engine.rules.round import LocalEdge
from engine.rules.workflow import APPLICANT, EdgeName, Letters, Workflow

CALENDAR = "calendar"
"""The actor of what fires by itself."""


@dataclass(frozen=True, slots=True)
class Pinned:
    """A programme as one digest pins it, with its machine: read once, kept for as long as the process lives."""

    programme: Programme
    machine: WorkflowMachine


class Shelf:
    """The pinned programmes that have been read."""

    def __init__(self) -> None:
        self._read: dict[str, Pinned] = {}

    def get(self, session: Session, digest: str) -> Pinned:
        if digest not in self._read:
            row = session.get_one(PinnedRow, digest)
            programme = read_programme(row.programme, row.files, row.programme)
            self._read[digest] = Pinned(programme, WorkflowMachine(programme.workflow))
        return self._read[digest]


@dataclass(frozen=True, slots=True)
class _About:
    """What a letter says of one dossier: why something was held back, or the reason that whoever acted gave."""

    reasons: tuple[Refusal, ...] = ()
    reason: str | None = None
    extras: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class _Saying:
    """One letter to one role, gathered until the transaction ends, so that a bundle lists every dossier."""

    leaves_at: int
    valid_until: int | None
    about: dict[int, _About] = field(default_factory=dict)


def _as_edge(row: ExtensionRow) -> LocalEdge:
    return LocalEdge(date.fromisoformat(row.new_day), time.fromisoformat(row.new_hour) if row.new_hour else None)


class Scene:
    """One transaction in one round."""

    def __init__(self, session: Session, key: str, now: int, shelf: Shelf, notify: Notify, settle: int) -> None:
        self.session = session
        self.now = now
        self.notify = notify
        self.settle = settle
        self.round, self._extensions = find_round_and_extensions(session, key)
        self.round_id = the_id(self.round)
        pinned = shelf.get(session, self.round.digest)
        self.programme = pinned.programme
        self.workflow: Workflow = pinned.programme.workflow
        self.machine = pinned.machine
        self.calendar = self._calendar(None)
        self._entries: list[journal.Entry] = []
        self._causes: dict[tuple[str, int], dict[tuple[str, str], _Saying]] = {}

    def _calendar(self, dossier_id: int | None) -> Calendar:
        round = self.programme.rounds[self.round.name]
        rows = [row for row in self._extensions if row.dossier_id in (None, dossier_id)]
        extended: dict[str, LocalEdge] = {}
        own: set[str] = set()
        for row in rows:
            edge = _as_edge(row)
            name: EdgeName = "opens" if row.of.endswith(" opens") else "closes"
            if row.dossier_id is not None:
                own.add(row.of)
            elif row.of in own and edge_instant(extended[row.of], name, round.timezone) >= edge_instant(
                edge, name, round.timezone
            ):
                continue  # what was granted to one dossier is not taken back by a shorter extension for all
            extended[row.of] = edge
        return Calendar(round, extended)

    def refresh(self) -> None:
        """Look at the extensions again, after one was granted."""
        self._extensions = extensions_of(self.session, self.round_id)
        self.calendar = self._calendar(None)

    def calendar_of(self, dossier: DossierRow) -> Calendar:
        """The round's calendar with the dossier's own extensions."""
        return self._calendar(the_id(dossier))

    def dossier(self, number: str) -> DossierRow:
        return find_dossier(self.session, self.round, number)

    def person(self, email: str) -> PersonRow:
        """The person who acts. Raises GrantcycleError for an address that nobody here has."""
        person = find_person(self.session, email)
        if person is None:
            raise GrantcycleError(f'nobody in {self.round.key} has the address "{email}"')
        return person

    def dossiers_in(self, states: tuple[str, ...]) -> list[DossierRow]:
        """The dossiers of the round that stand in one of the states, in the order of arrival."""
        rows = self.session.exec(
            select(DossierRow)
            .where(col(DossierRow.round_id) == self.round_id, col(DossierRow.state).in_(states))
            .order_by(col(DossierRow.received_at).nulls_first(), col(DossierRow.id))
        ).all()
        return list(rows)

    def note(
        self,
        what: str,
        actor: str,
        *,
        at: int | None = None,
        dossier: DossierRow | None = None,
        **details: Any,
    ) -> None:
        """Put one thing that happened into the journal, as of `at`."""
        point("noting")
        kept = {name: value for name, value in details.items() if value is not None}
        self._entries.append(
            journal.Entry(what, self.now if at is None else at, actor, dossier.id if dossier else None, kept)
        )

    def tell(
        self,
        cause: str,
        letters: Letters,
        dossier: DossierRow | None = None,
        *,
        at: int,
        leaves_at: int | None = None,
        valid_until: int | None = None,
        reasons: tuple[Refusal, ...] = (),
        reason: str | None = None,
        extras: Mapping[str, Any] | None = None,
    ) -> None:
        """Have every role of `letters` told about a dossier (or, without one, about the moment itself)."""
        point("telling")
        sayings = self._causes.setdefault((cause, at), {})
        for role, letter in letters.items():
            leaves = self.now if leaves_at is None else leaves_at
            saying = sayings.setdefault((role, letter), _Saying(leaves, valid_until))
            if dossier is not None:
                saying.about[the_id(dossier)] = _About(reasons, reason, extras or {})

    def finish(self) -> None:
        """Write the journal and queue what is told; the last thing before the commit."""
        point("finishing")
        for (name, at), sayings in self._causes.items():
            cause = CauseRow(
                round_id=self.round_id,
                name=name,
                at=at,
                facts=shared_facts(self.workflow, self.calendar),
                digest=self.round.digest,
            )
            self.session.add(cause)
            self.session.flush()
            point("cause written")
            told = [self._told(role, letter, saying) for (role, letter), saying in sayings.items()]
            self.notify(self.session, cause, told, self.now)
            point("notifications queued")
        journal.write(self.session, self.round_id, self._entries, self.now)
        point("finished")

    def _told(self, role: str, letter: str, saying: _Saying) -> Told:
        facts_of: dict[int, dict[str, Any]] = {}
        for dossier_id, about in saying.about.items():
            dossier = self.session.get_one(DossierRow, dossier_id)
            if role == APPLICANT:
                calendar = self.calendar_of(dossier)
                facts = applicant_facts(self.session, self.workflow, calendar, dossier, about.reason)
                facts_of[dossier_id] = {**facts, **about.extras}
            else:
                facts_of[dossier_id] = line_facts(self.session, self.workflow, dossier, about.reasons)
        said = list(saying.about.values())
        return Told(
            role=role,
            letter=letter,
            about=tuple(saying.about),
            leaves_at=saying.leaves_at,
            valid_until=saying.valid_until,
            facts_of=facts_of,
            # what a bundle shares: the same promise for all its dossiers, and the reason where it is about one act
            extras=said[-1].extras if said and role != APPLICANT else {},
            reason=said[0].reason if len(said) == 1 else None,
        )
