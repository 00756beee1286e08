"""What does a held batch hold, whom will it be told, what keeps any of it back, and what became of it?

However many dossiers a batch moves, they are counted in the database; of lists only the first are given.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from engine.database.across import When
from engine.database.cohort.branches import falls_to, may_go
from engine.database.cohort.guards import hold
from engine.database.cohort.letters import title
from engine.database.cohort.standing import chair_has_a_conflict, of_batch
from engine.database.pages.committee import without_conflict_of
from engine.database.records import (
    CauseRow,
    ConflictRow,
    ContactRow,
    DeadlineRow,
    DossierRow,
    JournalRow,
    NotificationRow,
    PersonRow,
    ReleaseRow,
    RoleRow,
    VerdictRow,
)
from engine.database.sitting import sits_for
from engine.rules.agenda import moment_and_intake
from engine.rules.workflow import APPLICANT, Transition, Workflow

Condition = sa.ColumnElement[bool]
FEW = 20
"""so many are named of a list"""


@dataclass(frozen=True, slots=True)
class Moves:
    """The moves of a batch: verdicts that stand for its moment, and what the calendar moves then."""

    workflow: Workflow
    round_id: int
    batch: str
    when: When | None = None
    """at which instant the moves are judged, where a guard looks back"""

    @property
    def held(self) -> list[Transition]:
        """The transitions that go with the batch, in the order of the file."""
        return [
            one
            for one in self.workflow.transitions.values()
            if one.release != "auto" and self.moment in (str(one.takes_effect), str(one.when))
        ]

    @property
    def moment(self) -> str:
        """At which of the calendar they go."""
        return moment_and_intake(self.batch)[0]

    @property
    def intake(self) -> int | None:
        """Of which batch of the intake, where the moment comes for each."""
        return moment_and_intake(self.batch)[1]

    def of(self, transition: Transition) -> Condition:
        """The condition that a dossier (with its standing verdict, where it has one) is moved by a transition."""
        mine = sa.and_(col(DossierRow.round_id) == self.round_id, of_batch(self.intake))
        if transition.takes_effect is None:
            return sa.and_(mine, falls_to(self.workflow, self.round_id, transition, self.when))
        return sa.and_(mine, col(VerdictRow.transition) == transition.name)

    @property
    def any(self) -> Condition:
        """The condition that a dossier is moved by any of them."""
        return sa.or_(sa.false(), *(self.of(one) for one in self.held))


def _dossiers(*columns: Any) -> sa.Select[Any]:
    """Dossiers, each beside the verdict that stands on it."""
    standing = sa.and_(col(VerdictRow.dossier_id) == col(DossierRow.id), col(VerdictRow.ended_at).is_(None))
    return sa.select(*columns).select_from(DossierRow).join(VerdictRow, standing, isouter=True)


def _by_name(moves: Moves) -> sa.ColumnElement[str]:
    """By which transition of the batch a dossier is moved."""
    return sa.case(*((moves.of(one), one.name) for one in moves.held), else_="")


def counts(session: Session, moves: Moves) -> Mapping[str, int]:
    """transition -> how many dossiers it moves, in the order of the file; none is left out."""
    name = _by_name(moves)
    rows = session.connection().execute(_dossiers(name, sa.func.count()).where(moves.any).group_by(name)).all()
    found = {str(one): int(number) for one, number in rows}
    return {one.name: found.get(one.name, 0) for one in moves.held}


@dataclass(frozen=True, slots=True)
class Told:
    """One letter that a batch causes: to whom, because of what, and how many by language."""

    letter: str
    role: str
    transitions: tuple[str, ...]
    dossiers: int
    """about how many it tells"""
    by_language: Mapping[str, int]

    @property
    def letters(self) -> int:
        return sum(self.by_language.values())


def letters(session: Session, moves: Moves) -> Sequence[Told]:
    """Every letter that the batch causes, in the order of the file: one question for those to applicants, and one for
    each role besides."""
    count, found = counts(session, moves), []
    to_applicants = _to_applicants(session, moves)
    for transition in moves.held:
        if (letter := transition.tell.get(APPLICANT)) and count[transition.name]:
            its = to_applicants.get(transition.name, {})
            dossiers = its.pop("", 0)
            found.append(Told(letter, APPLICANT, (transition.name,), dossiers, its))
    bundles: dict[tuple[str, str], list[Transition]] = {}
    for transition in moves.held:
        for role, letter in transition.tell.items():
            if role != APPLICANT and count[transition.name]:
                bundles.setdefault((role, letter), []).append(transition)
    for (role, letter), because in bundles.items():
        names, about = tuple(one.name for one in because), sum(count[one.name] for one in because)
        found.append(Told(letter, role, names, about, _bundles(session, moves, role, because)))
    return found


def _language(workflow: Workflow, language: str) -> str:
    return language if language in workflow.languages else workflow.language


def _to_applicants(session: Session, moves: Moves) -> dict[str, dict[str, int]]:
    """transition -> language -> letters; under no language the dossiers that somebody speaks for."""
    name = _by_name(moves).label("name")
    each = (
        _dossiers(name, col(DossierRow.id).label("dossier_id"), col(PersonRow.language).label("language"))
        .join(ContactRow, col(ContactRow.dossier_id) == col(DossierRow.id))
        .join(PersonRow, col(PersonRow.id) == col(ContactRow.person_id))
        .where(moves.any)
        .subquery("each")
    )
    found: dict[str, dict[str, int]] = {}
    by_language = sa.select(each.c.name, each.c.language, sa.func.count()).group_by(each.c.name, each.c.language)
    for one, language, number in session.connection().execute(by_language.order_by(each.c.name, each.c.language)):
        its, written = found.setdefault(one, {}), _language(moves.workflow, language)
        its[written] = its.get(written, 0) + number
    spoken_for = sa.select(each.c.name, sa.func.count(sa.distinct(each.c.dossier_id))).group_by(each.c.name)
    for one, number in session.connection().execute(spoken_for):
        found[one][""] = number
    return found


def _bundles(session: Session, moves: Moves, role: str, because: Sequence[Transition]) -> dict[str, int]:
    """language -> the people in a role who may read of at least one of the dossiers."""
    conflict = sa.exists().where(
        col(ConflictRow.dossier_id) == col(DossierRow.id), col(ConflictRow.person_id) == col(PersonRow.id)
    )
    reads = (
        _dossiers(col(DossierRow.id))
        .where(sa.or_(*(moves.of(one) for one in because)), ~conflict.correlate(DossierRow, PersonRow), sits_for())
        .correlate(PersonRow, RoleRow)
        .exists()
    )
    rows = session.connection().execute(
        sa.select(col(PersonRow.language), sa.func.count(sa.distinct(col(PersonRow.id))))
        .join(RoleRow, col(RoleRow.person_id) == col(PersonRow.id))
        .where(col(RoleRow.round_id) == moves.round_id, col(RoleRow.role) == role, reads)
        .group_by(col(PersonRow.language))
        .order_by(col(PersonRow.language))
    )
    found: dict[str, int] = {}
    for language, number in rows:
        written = _language(moves.workflow, language)
        found[written] = found.get(written, 0) + int(number)
    return found


@dataclass(frozen=True, slots=True)
class Named:
    """A dossier in a list."""

    id: int
    number: str
    title: str
    organisation: str


def _named(session: Session, moves: Moves, where: Condition, person_id: int) -> tuple[int, Sequence[Named]]:
    """How many dossiers hold that, and the first by number; without those that a person has a conflict with."""
    number: int = session.connection().execute(_dossiers(sa.func.count()).where(where)).scalar_one()
    if not number:
        return 0, ()
    rows = session.connection().execute(
        _dossiers(col(DossierRow.id), col(DossierRow.number), title(moves.workflow), col(DossierRow.organisation))
        .where(where, without_conflict_of(person_id))
        .order_by(col(DossierRow.number))
        .limit(FEW)
    )  # fmt: skip
    return number, [Named(id, one, called, of) for id, one, called, of in rows]


def held_back(session: Session, moves: Moves, person_id: int) -> tuple[int, Sequence[Named]]:
    """Of the dossiers of a batch those of which something does not hold any more, so that they would not go."""
    doubtful = []
    for one in moves.held:
        holds = may_go(moves.workflow, moves.round_id, one, moves.when)
        if one.takes_effect is not None:
            holds = hold(
                one.guards, moves.workflow, col(VerdictRow.reason), when=moves.when, person=col(VerdictRow.recorded_by)
            )
            holds = sa.and_(holds, col(DossierRow.state).in_(one.sources), ~chair_has_a_conflict())
        doubtful.append(sa.and_(moves.of(one), ~holds))
    return _named(session, moves, sa.or_(sa.false(), *doubtful), person_id)


def undecided(session: Session, moves: Moves, person_id: int) -> tuple[int, Sequence[Named]]:
    """The dossiers that a verdict of the batch could move, and on which none stands: they stay where they are."""
    sources = {state for one in moves.held if one.takes_effect is not None for state in one.sources}
    where = sa.and_(
        col(DossierRow.round_id) == moves.round_id, col(DossierRow.state).in_(sorted(sources)),
        col(VerdictRow.id).is_(None), of_batch(moves.intake),
    )  # fmt: skip
    return _named(session, moves, where, person_id)


def first_of(session: Session, moves: Moves, transition: Transition, person_id: int) -> DossierRow | None:
    """The first dossier, by number, that a transition of the batch moves; not one that a person has a conflict with."""
    seen = without_conflict_of(person_id)
    wanted = _dossiers(col(DossierRow.id)).where(moves.of(transition), seen).order_by(col(DossierRow.number))
    found = session.connection().execute(wanted.limit(1)).scalar()
    return session.get(DossierRow, found) if found else None


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody's approval; `digest` is of what it was for."""

    person_id: int
    name: str
    email: str
    at: int
    revoked_at: int | None
    digest: str

    @property
    def called(self) -> str:
        return self.name or self.email


def approvals(session: Session, round_id: int, batch: str) -> Sequence[Approval]:
    """Every approval of a batch, the oldest first, those that were taken back too."""
    rows = session.exec(
        select(ReleaseRow, PersonRow)
        .join(PersonRow, col(PersonRow.id) == col(ReleaseRow.person_id))
        .where(col(ReleaseRow.round_id) == round_id, col(ReleaseRow.batch) == batch)
        .order_by(col(ReleaseRow.id))
    ).all()
    return [
        Approval(row.person_id, person.name, person.email, row.approved_at, row.revoked_at, row.digest)
        for row, person in rows
    ]


@dataclass(frozen=True, slots=True)
class Change:
    """Something that made a batch another: a verdict recorded or taken back, or a dossier that came or went."""

    at: int
    actor: str
    what: str
    number: str
    name: str
    """the transition"""
    replaces: str | None


def changes(session: Session, moves: Moves, since: int, person_id: int, *, limit: int = FEW) -> Sequence[Change]:
    """What has changed in a batch after an instant, the last first; nothing of a dossier that a person has a conflict
    with."""
    verdicts = [one.name for one in moves.held if one.takes_effect is not None]
    states = {state for one in moves.held if one.takes_effect is None for state in one.sources}
    details = col(JournalRow.details)
    name, replaces = details["name"].as_string(), details["replaces"].as_string()
    of_verdicts = sa.and_(
        col(JournalRow.what).in_(("verdict recorded", "verdict withdrawn")),
        sa.or_(name.in_(verdicts), replaces.in_(verdicts)),
    )
    of_moves = sa.and_(
        col(JournalRow.what) == "transition",
        sa.or_(details["source"].as_string().in_(sorted(states)), details["target"].as_string().in_(sorted(states))),
    )
    rows = session.connection().execute(
        sa.select(
            col(JournalRow.recorded_at), col(JournalRow.actor), col(JournalRow.what), col(DossierRow.number), name,
            replaces,
        )
        .join(DossierRow, col(DossierRow.id) == col(JournalRow.dossier_id))
        .where(
            col(JournalRow.round_id) == moves.round_id, col(JournalRow.recorded_at) > since,
            without_conflict_of(person_id), sa.or_(of_verdicts, of_moves),
        )
        .order_by(col(JournalRow.id).desc())
        .limit(limit)
    )  # fmt: skip
    return [Change(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Gone:
    """What became of a batch once its moment was there."""

    due_at: int
    ended_at: int | None
    waits: bool
    """its moment is there, and it was not approved in time"""
    moved: Mapping[str, int]
    held_back: Mapping[str, int]
    letters: Sequence[tuple[str, str, str, int]]
    """(letter, language, status, how many)"""


def _told(deadline: DeadlineRow) -> tuple[int, ...]:
    """As of when people hear what a deadline did: its own instant, or that of its late release."""
    return (deadline.due_at, *((deadline.ended_at,) if deadline.ended_at is not None else ()))


def gone(session: Session, moves: Moves) -> Gone | None:
    """None where the calendar does not know the moment, as where all of it happened elsewhere."""
    deadlines = session.exec(
        select(DeadlineRow)
        .where(
            col(DeadlineRow.round_id) == moves.round_id, col(DeadlineRow.moment) == moves.moment,
            col(DeadlineRow.kind).in_(("verdicts", "transition")), col(DeadlineRow.dossier_id).is_(None),
            sa.true() if moves.intake is None else col(DeadlineRow.batch) == moves.intake,
        )
        .order_by(col(DeadlineRow.due_at).desc())
    ).all()  # fmt: skip
    if not deadlines:
        return None
    ended = max((one.ended_at or 0 for one in deadlines), default=0)
    due = deadlines[0].due_at
    waits = any(one.awaits_release for one in deadlines)
    if not ended or any(one.ended_at is None for one in deadlines):
        return Gone(due, None, waits, {}, {}, ())
    names = [one.name for one in moves.held]
    endings = session.connection().execute(
        sa.select(col(VerdictRow.transition), col(VerdictRow.ending), sa.func.count())
        .join(DossierRow, col(DossierRow.id) == col(VerdictRow.dossier_id))
        .where(
            col(DossierRow.round_id) == moves.round_id, col(VerdictRow.transition).in_(names),
            col(VerdictRow.ending).in_(("took effect", "held back")), of_batch(moves.intake),
        )
        .group_by(col(VerdictRow.transition), col(VerdictRow.ending))
    ).all()  # fmt: skip
    told = {letter for one in moves.held for letter in one.tell.values()}
    causes = [f"verdicts {moves.moment}", *(f"transition {one.name}" for one in moves.held)]
    # of a moment that comes for each batch only what was told as this one went
    at = sa.true() if moves.intake is None else col(CauseRow.at).in_({edge for one in deadlines for edge in _told(one)})
    sent = session.connection().execute(
        sa.select(
            col(NotificationRow.letter), col(NotificationRow.language), col(NotificationRow.status), sa.func.count()
        )
        .join(CauseRow, col(CauseRow.id) == col(NotificationRow.cause_id))
        .where(
            col(NotificationRow.round_id) == moves.round_id, col(CauseRow.name).in_(causes),
            col(NotificationRow.letter).in_(sorted(told)), at,
        )
        .group_by(col(NotificationRow.letter), col(NotificationRow.language), col(NotificationRow.status))
        .order_by(col(NotificationRow.letter), col(NotificationRow.language), col(NotificationRow.status))
    ).all()  # fmt: skip
    return Gone(
        due, ended, waits,
        {name: count for name, ending, count in endings if ending == "took effect"},
        {name: count for name, ending, count in endings if ending == "held back"},
        [(letter, language, status, int(number)) for letter, language, status, number in sent],
    )  # fmt: skip
