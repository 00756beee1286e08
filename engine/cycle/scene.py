"""What does one transaction have at hand, and what does it leave behind?

A scene is one act, or one moment of the calendar, in one round: the pinned rules, the calendar, the rows, and what is
to be told and journaled when it ends.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from engine.cycle.telling import (
    LINES,
    Many,
    Notify,
    Personal,
    Told,
    applicant_facts,
    edges_of,
    line_facts,
    reasons_told,
    shared_facts,
)
from engine.database import journal
from engine.database.across import When
from engine.database.calendars import clocks_in, extended, standing
from engine.database.cohort.gathered import GATHERED, Gathered, Wanted, forget, gather, ids
from engine.database.cohort.letters import letters_of, lines_of
from engine.database.meetings import meetings_of
from engine.database.records import CauseRow, DossierRow, ExtensionRow, PersonRow
from engine.database.store import find_dossier, find_person, find_round_and_extensions, the_id
from engine.database.versions import newest_version, programme_of, read_pinned
from engine.errors import GrantcycleError, Refusal
from engine.faults import point
from engine.files.reading import Programme
from engine.rules.machine import WorkflowMachine
from engine.rules.moments import Calendar, from_instant
from engine.rules.workflow import APPLICANT, EVERYONE, Letters, Workflow

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
        self._read: dict[str, Programme] = {}
        self._pinned: dict[str, tuple[int, Pinned]] = {}

    def get(self, session: Session, digest: str, replaced_at: int | None = None) -> Pinned:
        """The rules that a digest pins, with the names that they have inherited until `replaced_at` (microseconds)."""
        known = self._pinned.get(digest)
        if known is None or known[0] < (replaced_at or 0):
            programme = programme_of(session, digest, partial(self.read, session))
            pinned = Pinned(programme, WorkflowMachine(programme.workflow))
            known = self._pinned[digest] = newest_version(session), pinned
        return known[1]

    def read(self, session: Session, digest: str) -> Programme:
        """The programme that a digest pins as its files say, without what its rules have inherited."""
        if digest not in self._read:
            self._read[digest] = read_pinned(session, digest)
        return self._read[digest]

    def rules(self, session: Session) -> Callable[[str], Programme]:
        """What gives the programme that a digest pins, for the questions that pages ask."""
        newest = newest_version(session)
        return lambda digest: self.get(session, digest, newest).programme


@dataclass(frozen=True, slots=True)
class _About:
    """What a letter says of one dossier: why something was held back, or the reason that whoever acted gave."""

    reasons: tuple[Refusal, ...] = ()
    reason: str | None = None
    extras: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _AboutMany:
    """What a letter says of a whole cohort: the reason that was gathered with it, or why the first were held back."""

    gathered: Gathered
    reason: bool = False
    reasons: Mapping[int, tuple[Refusal, ...]] = field(default_factory=dict)
    extras: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class _Saying:
    """One letter to one role, gathered until the transaction ends, so that a bundle lists every dossier."""

    leaves_at: int
    valid_until: int | None
    about: dict[int, _About] = field(default_factory=dict)
    personal: list[Personal] = field(default_factory=list)
    many: list[_AboutMany] = field(default_factory=list)
    extras: Mapping[str, Any] = field(default_factory=dict)
    """what a letter about the moment itself says besides"""


class Scene:
    """One transaction in one round."""

    def __init__(self, session: Session, key: str, now: int, shelf: Shelf, notify: Notify, settle: int) -> None:
        self.session = session
        self.now = now
        self.notify = notify
        self.settle = settle
        self.round, self._extensions = find_round_and_extensions(session, key)
        self.round_id = the_id(self.round)
        self._meetings = meetings_of(session, self.round_id)
        self.go_by(shelf.get(session, self.round.digest, self.round.replaced_at))
        self._entries: list[journal.Entry | journal.Cohort] = []
        self._steps = 0
        self._causes: dict[tuple[str, int], dict[tuple[str, str], _Saying]] = {}
        self._shared: dict[tuple[str, int], Mapping[str, Any]] = {}
        self.batch_id: int | None = None
        """the act of staff that this is, where it can be undone: its moves and letters name it"""
        self.letters_from = now
        """before this no letter of the scene leaves (UTC microseconds)"""
        self.about_batch: int | None = None
        """the batch of dossiers that a moment of the calendar is about: its letters say the dates of that one"""
        self.about_strand: str | None = None
        """the strand of the dossiers that it is about"""
        self.about_clocks: str | None = None
        """the clocks of the dossiers that it is about"""
        self.extension_id: int | None = None
        """the decision about dates that this is: its letters name it"""

    def go_by(self, pinned: Pinned) -> None:
        """Reckon with these rules and dates from here on."""
        self.programme = pinned.programme
        self.workflow: Workflow = pinned.programme.rules_of(self.round.name)
        self.machine = pinned.machine
        self.has_clocks()

    def has_clocks(self) -> None:
        """Reckon with the clocks that dossiers have now."""
        self._clocks = clocks_in(self.session, self.programme.rounds[self.round.name], self.round_id)
        self.calendar = self._calendar(None)

    def _calendar(
        self, dossier_id: int | None, batch: int | None = None, strand: str | None = None, clocks: str | None = None
    ) -> Calendar:
        round = self.programme.rounds[self.round.name]
        return extended(
            round, self._extensions, dossier_id, self._meetings, batch, strand, clocks, self._clocks
        )  # fmt: skip

    @property
    def when(self) -> When:
        """The instant of the scene by the round's clocks: a span is counted back from it, once."""
        return When(self.now, self.calendar.zone, self.calendar.round.holidays)

    @property
    def changed_at(self) -> int:
        """When the round's dates last changed for all: when it was opened, or replaced, or extended for everybody.

        That one dossier got more time is between its people and the staff: a calendar that all may read keeps silent.
        """
        for_all = (row.decided_at for row in self._extensions if row.dossier_id is None)
        return max([self.round.opened_at, self.round.replaced_at or 0, *for_all])

    @property
    def standing_extensions(self) -> list[ExtensionRow]:
        """The extensions of the round that count, oldest first: without those that were taken back."""
        return standing(self._extensions)

    def has_extended(self, row: ExtensionRow) -> None:
        """Reckon with an extension that has just been written."""
        self._extensions = [*self._extensions, row]
        if row.dossier_id is None:
            self.calendar = self._calendar(None)

    def has_planned(self) -> None:
        """Reckon with the meetings as they have just been written."""
        self._meetings = meetings_of(self.session, self.round_id)
        self.calendar = self._calendar(None)

    def calendar_of(self, dossier: DossierRow) -> Calendar:
        """The round's calendar with the dates of the dossier's strand, its own extensions, and by its own clocks."""
        return self._calendar(the_id(dossier), dossier.batch, dossier.strand, dossier.clocks)

    def dossier(self, number: str) -> DossierRow:
        return find_dossier(self.session, self.round, number)

    def person(self, email: str) -> PersonRow:
        """The person who acts. Raises GrantcycleError for an address that nobody here has."""
        person = find_person(self.session, email)
        if person is None:
            raise GrantcycleError(f'nobody in {self.round.key} has the address "{email}"')
        return person

    def day_of(self, instant: int) -> date:
        """The day on which an instant is, by the clocks of the round."""
        return from_instant(instant, self.calendar.zone).date()

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

    def note_all(self, happened: journal.Cohort) -> None:
        """Put what happened to a cohort into the journal."""
        self._entries.append(happened)

    @property
    def noted(self) -> int:
        """How much has happened in this scene."""
        return len(self._entries)

    def gather(self, wanted: Wanted) -> Gathered:
        """Gather dossiers of the round, for what happens to all of them alike."""
        return gather(self.session, self.next_step(), replace(wanted, where=and_(self.in_round, wanted.where)))

    def next_step(self) -> int:
        """The number of what is gathered next."""
        self._steps += 1
        return self._steps

    @property
    def in_round(self) -> ColumnElement[bool]:
        """The condition that a dossier is one of the round."""
        return col(DossierRow.round_id) == self.round_id

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
            if dossier is None:
                saying.extras = extras or {}
            else:
                saying.about[the_id(dossier)] = _About(reasons, reason, extras or {})

    def tell_person(
        self,
        cause: str,
        letter: str,
        person: PersonRow,
        *,
        role: str,
        facts: Mapping[str, Any],
        dossier: DossierRow | None = None,
        thread: str | None = None,
        valid_until: int | None = None,
        at: int | None = None,
        leaves_at: int | None = None,
    ) -> None:
        """Have one person told, as somebody with a `role`, about a dossier or about none; the letter leaves now.

        What no act tells has the instant `at` of its cause, and may leave later. A cause tells a role one letter in
        this way or another, never in both. Letters of a `thread` leave in order.
        """
        point("telling somebody")
        sayings = self._causes.setdefault((cause, self.now if at is None else at), {})
        saying = sayings.setdefault((role, letter), _Saying(self.now if leaves_at is None else leaves_at, valid_until))
        saying.personal.append(Personal(the_id(person), dossier.id if dossier else None, facts, thread))

    @property
    def tells_by_name(self) -> bool:
        """Whether somebody is told something by name, such as what stands in their calendar from now on."""
        return any(saying.personal for sayings in self._causes.values() for saying in sayings.values())

    def tell_all(
        self,
        cause: str,
        letters: Letters,
        gathered: Gathered,
        *,
        at: int,
        leaves_at: int,
        valid_until: int | None = None,
        reason: bool = False,
        reasons: Mapping[int, tuple[Refusal, ...]] | None = None,
        extras: Mapping[str, Any] | None = None,
        shared: Mapping[str, Any] | None = None,
    ) -> None:
        """Have every role of `letters` told about a cohort; who has dates of its own is told of by itself.

        With `reason` letters give the reason that was gathered; `reasons` say why the first of them were held back.
        What is `shared` is pinned once, with the cause.
        """
        if not gathered.size:
            return
        sayings = self._causes.setdefault((cause, at), {})
        if shared:
            self._shared[cause, at] = shared
        many = _AboutMany(gathered, reason, reasons or {}, extras or {})
        for role, letter in letters.items():
            saying = sayings.setdefault((role, letter), _Saying(leaves_at, valid_until))
            saying.many.append(many)
            if role == APPLICANT and gathered.own:
                own = ids(self.session, gathered, GATHERED.c.own)
                saying.about |= {one: _About((), self._reason_of(many, one), extras or {}) for one in own}

    def _reason_of(self, many: _AboutMany, dossier_id: int) -> str | None:
        if not many.reason:
            return None
        given = sa_select(GATHERED.c.reason).where(many.gathered.rows, GATHERED.c.dossier_id == dossier_id)
        reason: str | None = self.session.connection().execute(given).scalar_one()
        return reason

    def finish(self) -> None:
        """Write the journal and queue what is told; the last thing before the commit."""
        point("finishing")
        for (name, at), sayings in self._causes.items():
            calendar = self.calendar.of_batch(self.about_batch).of_strand(self.about_strand)
            calendar = calendar.of_clocks(self.about_clocks)
            shared = shared_facts(self.workflow, calendar)
            cause = CauseRow(
                round_id=self.round_id,
                name=name,
                at=at,
                facts={**shared, **self._shared.get((name, at), {})},
                digest=self.round.digest,
                extension_id=self.extension_id,
            )
            self.session.add(cause)
            self.session.flush()
            point("cause written")
            told = [self._in_batch(self._told(*named, saying)) for named, saying in sayings.items()]
            self.notify(self.session, cause, told, self.now)
            point("notifications queued")
        journal.write(self.session, self.round_id, self._entries, self.now)
        if self._steps:
            forget(self.session)
        point("finished")

    def _in_batch(self, told: Told) -> Told:
        return replace(told, leaves_at=max(told.leaves_at, self.letters_from), batch_id=self.batch_id)

    def _told(self, role: str, letter: str, saying: _Saying) -> Told:
        if saying.personal:
            return self._by_name(role, letter, saying)
        return self._to_applicants(letter, saying) if role == APPLICANT else self._bundle(role, letter, saying)

    def _by_name(self, role: str, letter: str, saying: _Saying) -> Told:
        personal = tuple(self._named(role, one) for one in saying.personal)
        return Told(role, letter, (), saying.leaves_at, saying.valid_until, personal=personal)

    def _named(self, role: str, one: Personal) -> Personal:
        if role == APPLICANT and one.dossier_id is not None:
            return replace(one, facts={**self._facts_of(one.dossier_id, None), **one.facts})
        if role in (APPLICANT, EVERYONE):
            return one
        # for everybody else it is a bundle, of one dossier or of none
        about = [] if one.dossier_id is None else [self.session.get_one(DossierRow, one.dossier_id)]
        lines = [line_facts(self.session, self.workflow, dossier) for dossier in about]
        return replace(one, dossier_id=None, facts={"dossiers": lines, "reason": None, **one.facts})

    def _facts_of(self, dossier_id: int, reason: str | None) -> dict[str, Any]:
        """What a letter to the applicant may use of a dossier."""
        dossier = self.session.get_one(DossierRow, dossier_id)
        has_own = any(row.dossier_id == dossier_id for row in self._extensions)
        own = self.calendar_of(dossier) if has_own or dossier.clocks or dossier.strand in self.calendar.apart else None
        return applicant_facts(self.session, self.workflow, own, dossier, reason)

    def _to_applicants(self, letter: str, saying: _Saying) -> Told:
        facts_of = {
            dossier_id: {**self._facts_of(dossier_id, about.reason), **about.extras}
            for dossier_id, about in saying.about.items()
        }
        many = tuple(
            Many(
                one.gathered.size,
                one.gathered.ids,
                letters_of(
                    self.session, self.workflow, one.gathered, reason=one.reason, extras=one.extras,
                    apart=self._phases_apart(),
                ),
            )
            for one in saying.many
        )
        return Told(
            APPLICANT, letter, tuple(saying.about), saying.leaves_at, saying.valid_until, facts_of, many=many
        )  # fmt: skip

    def _phases_apart(self) -> Mapping[str, Mapping[str, Any]]:
        """strand -> from when to when each phase lasts for its dossiers, of those that have dates of their own."""
        return {one: edges_of(self.workflow, self.calendar.of_strand(one)) for one in self.calendar.apart}

    def _bundle(self, role: str, letter: str, saying: _Saying) -> Told:
        lines = {
            one: line_facts(self.session, self.workflow, self.session.get_one(DossierRow, one), about.reasons)
            for one, about in islice(saying.about.items(), LINES)
        }
        committee = self.workflow.committees.get(role)
        per, room = committee.per if committee else None, LINES - len(lines)
        for many in saying.many:
            room = room if per else LINES - len(lines)
            for one, line in lines_of(self.session, self.workflow, many.gathered, limit=room, per=per).items():
                lines[one] = line | {"reasons": reasons_told(many.reasons.get(one, ()))}
        size = len(saying.about) + sum(many.gathered.size for many in saying.many)
        said: list[_About | _AboutMany] = [*saying.about.values(), *saying.many]
        # the reason is given where a bundle is about one act
        (first,) = said if size == 1 else (None,)
        reason = first.reason if isinstance(first, _About) else None
        if isinstance(first, _AboutMany):
            reason = self._reason_of(first, *lines)
        return Told(
            role,
            letter,
            tuple(lines),
            saying.leaves_at,
            saying.valid_until,
            lines,
            extras=said[-1].extras if said else saying.extras,
            reason=reason,
            many=tuple(Many(many.gathered.size, many.gathered.ids) for many in saying.many),
            alone=tuple(saying.about),
            size=size,
        )
