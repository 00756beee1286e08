"""What waits for somebody on staff, over all the rounds that they run?

Each question is asked once for all rounds, whatever their number and however many dossiers they have.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from engine.database.pages.committee import without_conflict_of
from engine.database.pages.payments import late_in
from engine.database.pages.received import bounced_letters, waiting_mails
from engine.database.records import (
    ConflictRow,
    DeadlineRow,
    DossierRow,
    ExtensionRequestRow,
    HeldBackRow,
    JournalRow,
    NotificationRow,
    ObligationRow,
    ProposalRow,
    ReleaseRow,
    SessionRow,
    VerdictRow,
)
from engine.database.seats import OFFER
from engine.rules.paying import UNPAID
from engine.rules.timers import TIMERS

Rounds = Sequence[int]


@dataclass(frozen=True, slots=True)
class Batch:
    """Verdicts that stand with one transition, and when one of these was last recorded or taken back."""

    round_id: int
    transition: str
    count: int
    changed_at: int
    intake: int | None = None
    """of which batch of the intake the dossiers are, if of one"""


@dataclass(frozen=True, slots=True)
class Stuck:
    """So many dossiers in a state that a move of the calendar, or a verdict, could not take; one of them by number."""

    round_id: int
    transition: str
    state: str
    count: int
    number: str
    since: int
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Coming:
    """Something that the calendar will do; `waits` when it is due and its letters have not been approved."""

    round_id: int
    kind: str
    name: str
    moment: str
    due_at: int
    waits: bool
    strand: str | None = None
    """of whose dossiers it is, where a strand has a date of its own"""
    by_clocks: bool = False
    """whether it comes by the clocks of dossiers, at `due_at` by the first of those to come"""


@dataclass(frozen=True)
class Waiting:
    """All of it, by round."""

    states: Mapping[tuple[int, str], int]
    """(round, state) -> dossiers"""
    letters: Mapping[tuple[int, str], int]
    """(round, status) -> letters that are held or have failed"""
    batches: Sequence[Batch]
    approvals: Sequence[tuple[int, str, int]]
    """(round, batch, approved at) of each that was not taken back"""
    overdue: Mapping[tuple[int, str], tuple[int, str]]
    """(round, state of the dossier) -> what is overdue, and the first number"""
    stuck: Sequence[Stuck]
    requests: Mapping[int, tuple[int, int]]
    """round -> how many questions for more time are open, and since when the oldest is"""
    coming: Sequence[Coming]
    conflicts: Mapping[int, tuple[int, str]]
    """round -> how many were declared since, and about which dossier last"""
    happened: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    """round -> what happened since, and how often"""
    mails: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    """round (0: of none) -> how many mails wait for somebody, and since when the oldest does"""
    came_back: Mapping[int, int] = field(default_factory=dict)
    """round -> how many letters did not arrive, and nobody has sent anew"""
    reviews: Mapping[tuple[int, str], tuple[int, int]] = field(default_factory=dict)
    """(round, state of the dossier) -> what was handed in and awaits review, and since when the oldest does"""
    proposals: Mapping[tuple[int, str], tuple[int, int]] = field(default_factory=dict)
    """(round, state of the dossier) -> the times that applicants proposed and that wait, and since when the oldest"""
    payments: Mapping[int, tuple[int, int, int]] = field(default_factory=dict)
    """round -> how many payments are late, how many come due soon, and until when the first was or is to be made"""


def last_visit(session: Session, person_id: int, session_id: int) -> int | None:
    """When a person was last here, in a browser session before this one; None for the first time."""
    return session.exec(
        select(sa.func.max(SessionRow.seen_at)).where(
            col(SessionRow.person_id) == person_id, col(SessionRow.id) < session_id
        )
    ).one()


def waiting(session: Session, rounds: Rounds, *, looker: int, since: int, now: int, until: int) -> Waiting:
    """What waits in these rounds; what is new is so `since`, and what comes does so `until` (UTC microseconds).

    Nothing is told of a dossier with which the `looker` (a person) has a conflict, but in numbers.
    """
    return Waiting(
        _states(session, rounds), _letters(session, rounds), _batches(session, rounds), _approvals(session, rounds),
        _overdue(session, rounds, looker),
        [*_held_back(session, rounds, looker), *_not_taken_effect(session, rounds, looker)],
        _requests(session, rounds), _coming(session, rounds, until), _conflicts(session, rounds, looker, since),
        _happened(session, rounds, looker, since), waiting_mails(session, rounds, looker),
        bounced_letters(session, rounds), _reviews(session, rounds, looker), _proposals(session, rounds, looker),
        late_in(session, rounds, now=now, soon=until),
    )  # fmt: skip


def _states(session: Session, rounds: Rounds) -> dict[tuple[int, str], int]:
    rows = session.exec(
        select(DossierRow.round_id, DossierRow.state, sa.func.count())
        .where(col(DossierRow.round_id).in_(rounds))
        .group_by(col(DossierRow.round_id), col(DossierRow.state))
    ).all()
    return {(round_id, state): count for round_id, state, count in rows}


def _letters(session: Session, rounds: Rounds) -> dict[tuple[int, str], int]:
    row = NotificationRow
    rows = session.exec(
        select(row.round_id, row.status, sa.func.count())
        .where(col(row.status).in_(("held", "failed")), col(row.round_id).in_(rounds))
        .group_by(col(row.round_id), col(row.status))
    ).all()
    return {(round_id or 0, status): count for round_id, status, count in rows}


def _batches(session: Session, rounds: Rounds) -> list[Batch]:
    ended = (
        select(DossierRow.round_id, sa.func.max(VerdictRow.ended_at).label("ended"))
        .join(VerdictRow, col(VerdictRow.dossier_id) == col(DossierRow.id))
        .where(col(DossierRow.round_id).in_(rounds))
        .group_by(col(DossierRow.round_id))
        .subquery("ended")
    )
    rows = session.connection().execute(
        sa.select(
            col(DossierRow.round_id), col(VerdictRow.transition), sa.func.count(),
            sa.func.max(col(VerdictRow.recorded_at)), sa.func.max(ended.c.ended), col(DossierRow.batch),
        )
        .join(DossierRow, col(DossierRow.id) == col(VerdictRow.dossier_id))
        .outerjoin(ended, ended.c.round_id == col(DossierRow.round_id))
        .where(col(DossierRow.round_id).in_(rounds), col(VerdictRow.ended_at).is_(None))
        .group_by(col(DossierRow.round_id), col(VerdictRow.transition), col(DossierRow.batch))
    ).all()  # fmt: skip
    return [
        Batch(of, name, count, max(recorded, last or 0), intake) for of, name, count, recorded, last, intake in rows
    ]


def _approvals(session: Session, rounds: Rounds) -> list[tuple[int, str, int]]:
    row = ReleaseRow
    rows = session.exec(
        select(row.round_id, row.batch, row.approved_at).where(
            col(row.round_id).in_(rounds), col(row.revoked_at).is_(None)
        )
    ).all()
    return [(of, batch, at) for of, batch, at in rows]


def _overdue(session: Session, rounds: Rounds, looker: int) -> dict[tuple[int, str], tuple[int, str]]:
    row = ObligationRow
    rows = session.exec(
        select(DossierRow.round_id, DossierRow.state, sa.func.count(), sa.func.min(DossierRow.number))
        .join(row, col(row.dossier_id) == col(DossierRow.id))
        .where(
            col(DossierRow.round_id).in_(rounds), col(row.overdue_at).is_not(None), col(row.fulfilled_at).is_(None),
            col(row.excused_at).is_(None), col(row.handed_in_at).is_(None), without_conflict_of(looker),
        )
        .group_by(col(DossierRow.round_id), col(DossierRow.state))
    ).all()  # fmt: skip
    return {(of, state): (count, number) for of, state, count, number in rows}


def _reviews(session: Session, rounds: Rounds, looker: int) -> dict[tuple[int, str], tuple[int, int]]:
    row = ObligationRow
    rows = session.exec(
        select(DossierRow.round_id, DossierRow.state, sa.func.count(), sa.func.min(row.handed_in_at))
        .join(row, col(row.dossier_id) == col(DossierRow.id))
        .where(
            col(DossierRow.round_id).in_(rounds), col(row.handed_in_at).is_not(None), col(row.fulfilled_at).is_(None),
            without_conflict_of(looker),
        )
        .group_by(col(DossierRow.round_id), col(DossierRow.state))
    ).all()  # fmt: skip
    return {(of, state): (count, at or 0) for of, state, count, at in rows}


def _proposals(session: Session, rounds: Rounds, looker: int) -> dict[tuple[int, str], tuple[int, int]]:
    row, owed = ProposalRow, ObligationRow
    rows = session.exec(
        select(DossierRow.round_id, DossierRow.state, sa.func.count(), sa.func.min(row.proposed_at))
        .join(row, col(row.dossier_id) == col(DossierRow.id))
        .join(owed, col(owed.id) == col(row.obligation_id))
        .where(
            col(DossierRow.round_id).in_(rounds), col(row.ended_at).is_(None), col(row.side) == "applicant",
            col(owed.fulfilled_at).is_(None), col(owed.excused_at).is_(None), without_conflict_of(looker),
        )
        .group_by(col(DossierRow.round_id), col(DossierRow.state))
    ).all()  # fmt: skip
    return {(of, state): (count, at) for of, state, count, at in rows}


def _held_back(session: Session, rounds: Rounds, looker: int) -> list[Stuck]:
    row = HeldBackRow
    grouped = (
        sa.select(
            col(DossierRow.round_id).label("round_id"), col(row.transition).label("transition"),
            col(DossierRow.state).label("state"), sa.func.count().label("many"),
            sa.func.min(col(row.since)).label("since"), sa.func.min(col(row.id)).label("first"),
        )
        .join(row, col(row.dossier_id) == col(DossierRow.id))
        .where(col(DossierRow.round_id).in_(rounds), without_conflict_of(looker))
        .group_by(col(DossierRow.round_id), col(row.transition), col(DossierRow.state))
        .subquery("grouped")
    )  # fmt: skip
    rows = session.connection().execute(
        sa.select(grouped, col(DossierRow.number), col(row.reasons))
        .join(row, col(row.id) == grouped.c.first)
        .join(DossierRow, col(DossierRow.id) == col(row.dossier_id))
        .order_by(grouped.c.since)
    ).all()
    return [
        Stuck(one.round_id, one.transition, one.state, one.many, one.number, one.since, tuple(one.reasons))
        for one in rows
    ]  # fmt: skip


def _not_taken_effect(session: Session, rounds: Rounds, looker: int) -> list[Stuck]:
    """The verdicts that were held back at their moment, and that no other has followed."""
    row, later = VerdictRow, aliased(VerdictRow)
    followed = sa.exists().where(col(later.dossier_id) == col(row.dossier_id), col(later.id) > col(row.id))
    rows = session.connection().execute(
        sa.select(
            col(DossierRow.round_id), col(row.transition), col(DossierRow.state), sa.func.count(),
            sa.func.min(col(DossierRow.number)), sa.func.min(col(row.ended_at)),
        )
        .join(row, col(row.dossier_id) == col(DossierRow.id))
        .where(
            col(DossierRow.round_id).in_(rounds), col(row.ending) == "held back", ~followed, without_conflict_of(looker)
        )
        .group_by(col(DossierRow.round_id), col(row.transition), col(DossierRow.state))
    )  # fmt: skip
    return [Stuck(of, name, state, count, number, at or 0) for of, name, state, count, number, at in rows]


def _requests(session: Session, rounds: Rounds) -> dict[int, tuple[int, int]]:
    row = ExtensionRequestRow
    rows = session.exec(
        select(row.round_id, sa.func.count(), sa.func.min(row.asked_at))
        .where(col(row.round_id).in_(rounds), col(row.answered_at).is_(None))
        .group_by(col(row.round_id))
    ).all()
    return {of: (count, at) for of, count, at in rows}


def _coming(session: Session, rounds: Rounds, until: int) -> list[Coming]:
    """What has a row for each of the clocks by which it comes is one."""
    row = DeadlineRow
    # in a question of its own, for PostgreSQL does not see that two parameters are the same
    each = (
        sa.select(
            col(row.round_id), col(row.kind), col(row.name), col(row.moment), col(row.position), col(row.strand),
            col(row.awaits_release), col(row.due_at), col(row.fires_at), col(row.clocks), col(row.id),
            sa.func.replace(col(row.key), " clocks " + sa.func.coalesce(col(row.clocks), ""), "").label("of_all"),
        )
        .where(
            col(row.round_id).in_(rounds), col(row.ended_at).is_(None), col(row.dossier_id).is_(None),
            col(row.fires_at) <= until, col(row.kind).not_in((OFFER, UNPAID, *TIMERS)),
        )
        .subquery("each")
    )  # fmt: skip
    of = each.c
    alike = (of.round_id, of.kind, of.name, of.moment, of.position, of.strand, of.awaits_release, of.of_all)
    rows = session.connection().execute(
        sa.select(*alike, sa.func.min(of.due_at), sa.func.count(of.clocks))
        .group_by(*alike)
        .order_by(sa.func.min(of.fires_at), of.position, sa.func.min(of.id))
        .limit(200)
    )
    return [
        Coming(round_id, kind, name, moment, due_at, waits, strand, clocks > 0)
        for round_id, kind, name, moment, _, strand, waits, _, due_at, clocks in rows
    ]


def _conflicts(session: Session, rounds: Rounds, looker: int, since: int) -> dict[int, tuple[int, str]]:
    rows = session.exec(
        select(DossierRow.round_id, sa.func.count(), sa.func.max(DossierRow.number))
        .join(ConflictRow, col(ConflictRow.dossier_id) == col(DossierRow.id))
        .where(
            col(DossierRow.round_id).in_(rounds), col(ConflictRow.declared_at) > since,
            without_conflict_of(looker),
        )
        .group_by(col(DossierRow.round_id))
    ).all()
    return {of: (count, number) for of, count, number in rows}


def _happened(session: Session, rounds: Rounds, looker: int, since: int) -> dict[int, dict[str, int]]:
    row = JournalRow
    rows = session.exec(
        select(row.round_id, row.what, sa.func.count())
        .outerjoin(DossierRow, col(DossierRow.id) == col(row.dossier_id))
        .where(
            col(row.round_id).in_(rounds), col(row.recorded_at) > since,
            col(row.dossier_id).is_(None) | without_conflict_of(looker),
        )
        .group_by(col(row.round_id), col(row.what))
    ).all()  # fmt: skip
    found: dict[int, dict[str, int]] = {}
    for of, what, count in rows:
        found.setdefault(of, {})[what] = count
    return found
