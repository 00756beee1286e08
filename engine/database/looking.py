"""What does the database say about a round, for somebody who looks?"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from engine.database.health import UNSENT
from engine.database.records import (
    CauseRow,
    ContactRow,
    DeadlineRow,
    DossierRow,
    LetterRow,
    NotificationRow,
    PersonRow,
    ReleaseRow,
    RoleRow,
    RoundRow,
    TransitionRow,
)
from engine.errors import GrantcycleError, Unknown


@dataclass(frozen=True)
class DossierLine:
    """One dossier in a list."""

    number: str
    organisation: str
    state: str
    entered_at: int
    received_at: int | None
    contacts: tuple[str, ...]
    strand: str | None = None


@dataclass(frozen=True)
class LetterLine:
    """One notification in the outbox."""

    id: int
    round: str | None
    """None for one that belongs to no round"""
    cause: str
    letter: str
    role: str
    dossier: str | None
    address: str
    language: str
    status: str
    batch: str | None
    leaves_at: int
    attempts: int
    last_reply: str | None


def open_rounds(session: Session, *, limit: int | None = None, before: int | None = None) -> Sequence[RoundRow]:
    """The rounds that were opened, by name; with a `limit` so many, the last opened first.

    `before` is the id of the last one of the page before.
    """
    if limit is None:
        return session.exec(select(RoundRow).order_by(col(RoundRow.key))).all()
    wanted = select(RoundRow).order_by(col(RoundRow.id).desc()).limit(limit)
    return session.exec(wanted if before is None else wanted.where(col(RoundRow.id) < before)).all()


def counts_by_state(session: Session, round_id: int) -> dict[str, int]:
    rows = session.exec(
        select(DossierRow.state, func.count())
        .where(col(DossierRow.round_id) == round_id)
        .group_by(col(DossierRow.state))
    ).all()
    return dict(rows)


def counts_of_strands(session: Session, round_id: int) -> dict[str, dict[str, int]]:
    """strand -> state -> how many dossiers of the round stand in both."""
    found: dict[str, dict[str, int]] = {}
    where = select(DossierRow.strand, DossierRow.state, func.count()).where(
        col(DossierRow.round_id) == round_id, col(DossierRow.strand).is_not(None)
    )
    for strand, state, count in session.exec(where.group_by(col(DossierRow.strand), col(DossierRow.state))).all():
        found.setdefault(str(strand), {})[state] = count
    return found


def counts_of_clocks(session: Session, round_id: int) -> dict[str, dict[str, int]]:
    """clocks -> state -> how many dossiers of the round go by them there; none for those that go by the round's."""
    found: dict[str, dict[str, int]] = {}
    where = select(DossierRow.clocks, DossierRow.state, func.count()).where(
        col(DossierRow.round_id) == round_id, col(DossierRow.clocks).is_not(None)
    )
    for clocks, state, count in session.exec(where.group_by(col(DossierRow.clocks), col(DossierRow.state))).all():
        found.setdefault(str(clocks), {})[state] = count
    return found


def counts_of_dossiers(session: Session) -> dict[str, int]:
    """state -> how many dossiers of all rounds stand in it."""
    return dict(session.exec(select(DossierRow.state, func.count()).group_by(col(DossierRow.state))).all())


def counts_of_letters(session: Session) -> dict[str, int]:
    """status -> how many letters of all rounds have it."""
    return dict(session.exec(select(NotificationRow.status, func.count()).group_by(col(NotificationRow.status))).all())


def counts_of_deadlines(session: Session, now: int) -> tuple[int, int]:
    """How many deadlines of all rounds have not fired, and how many of these should have."""
    pending = select(func.count()).select_from(DeadlineRow).where(col(DeadlineRow.ended_at).is_(None))
    overdue = pending.where(col(DeadlineRow.fires_at) <= now, col(DeadlineRow.awaits_release).is_(False))
    return session.exec(pending).one(), session.exec(overdue).one()


def dossiers(session: Session, round_id: int, state: str | None = None) -> list[DossierLine]:
    """The dossiers of a round in the order of their numbers, with the addresses of those who speak for them."""
    wanted = select(DossierRow).where(col(DossierRow.round_id) == round_id).order_by(col(DossierRow.number))
    if state is not None:
        wanted = wanted.where(col(DossierRow.state) == state)
    contacts: dict[int, list[str]] = {}
    for dossier_id, email in session.exec(
        select(ContactRow.dossier_id, PersonRow.email)
        .join(PersonRow, col(PersonRow.id) == col(ContactRow.person_id))
        .join(DossierRow, col(DossierRow.id) == col(ContactRow.dossier_id))
        .where(col(DossierRow.round_id) == round_id)
        .order_by(col(ContactRow.id))
    ).all():
        contacts.setdefault(dossier_id, []).append(email)
    return [
        DossierLine(
            row.number,
            row.organisation,
            row.state,
            row.entered_at,
            row.received_at,
            tuple(contacts.get(row.id or 0, ())),
            row.strand,
        )
        for row in session.exec(wanted).all()
    ]


def transitions_of(session: Session, dossier_id: int) -> list[tuple[TransitionRow, str | None]]:
    """What a dossier went through, oldest first, each with who moved it; None when it was brought in."""
    rows = session.exec(
        select(TransitionRow, PersonRow.email)
        .outerjoin(PersonRow, col(PersonRow.id) == col(TransitionRow.person_id))
        .where(col(TransitionRow.dossier_id) == dossier_id)
        .order_by(col(TransitionRow.id))
    ).all()
    return [(row, email or ("calendar" if row.deadline_id else None)) for row, email in rows]


def contacts_of(session: Session, dossier_id: int) -> Sequence[PersonRow]:
    return session.exec(
        select(PersonRow)
        .join(ContactRow, col(ContactRow.person_id) == col(PersonRow.id))
        .where(col(ContactRow.dossier_id) == dossier_id)
        .order_by(col(ContactRow.id))
    ).all()


def deadlines(session: Session, round_id: int) -> Sequence[DeadlineRow]:
    """All that the calendar does in a round, in the order in which it fires."""
    return session.exec(
        select(DeadlineRow)
        .where(col(DeadlineRow.round_id) == round_id)
        .order_by(col(DeadlineRow.fires_at), col(DeadlineRow.position), col(DeadlineRow.id))
    ).all()


def approvals(session: Session, round_id: int, batch: str) -> list[str]:
    """Who has approved a batch of letters and not taken it back."""
    rows = session.exec(
        select(PersonRow.email)
        .join(ReleaseRow, col(ReleaseRow.person_id) == col(PersonRow.id))
        .where(
            col(ReleaseRow.round_id) == round_id, col(ReleaseRow.batch) == batch, col(ReleaseRow.revoked_at).is_(None)
        )
        .order_by(col(ReleaseRow.id))
    ).all()
    return list(rows)


def letters(session: Session, round_id: int | None, status: str | None = None) -> list[LetterLine]:
    """The outbox of a round, or (with None) all that belongs to no round, in the order in which letters leave."""
    wanted = (
        select(NotificationRow, RoundRow.key, CauseRow.name, DossierRow.number)
        .outerjoin(RoundRow, col(RoundRow.id) == col(NotificationRow.round_id))
        .join(CauseRow, col(CauseRow.id) == col(NotificationRow.cause_id))
        .outerjoin(DossierRow, col(DossierRow.id) == col(NotificationRow.dossier_id))
        .where(col(NotificationRow.round_id) == round_id)
        .order_by(col(NotificationRow.leaves_at), col(NotificationRow.id))
    )
    if status is not None:
        wanted = wanted.where(col(NotificationRow.status) == status)
    return [
        LetterLine(
            row.id or 0, key, cause, row.letter, row.role, number, row.address, row.language, row.status, row.batch,
            row.leaves_at, row.attempts, row.last_reply,
        )
        for row, key, cause, number in session.exec(wanted).all()
    ]  # fmt: skip


def due_letters(session: Session, now: int) -> int:
    """How many letters may leave now."""
    return session.exec(
        select(func.count())
        .select_from(NotificationRow)
        .where(col(NotificationRow.status).in_(UNSENT), col(NotificationRow.next_try_at) <= now)
    ).one()


def notification(session: Session, number: int) -> tuple[NotificationRow, LetterRow | None]:
    """One notification, and its letter once it has been written. Raises GrantcycleError when there is none."""
    row = session.get(NotificationRow, number)
    if row is None:
        raise GrantcycleError(f"there is no letter {number} in the outbox")
    return row, session.get(LetterRow, number)


def known_status(name: str) -> str:
    """A letter's status by its name. Raises Unknown with the nearest."""
    known = ("waiting", "held", "leased", "sent", "retry", "failed", "cancelled", "expired")
    if name not in known:
        raise Unknown("status of a letter", name, known)
    return name


def numbers_of(session: Session, round_id: int) -> dict[int, str]:
    """The number of each dossier of a round, by its id."""
    rows = session.exec(select(DossierRow.id, DossierRow.number).where(col(DossierRow.round_id) == round_id)).all()
    return {dossier_id: number for dossier_id, number in rows if dossier_id is not None}


def members(session: Session, round_id: int, committee: str, scope: str = "") -> int:
    """How many members a committee has in a round; of several of that name, that of a strand or an answer."""
    found = select(func.count()).where(
        col(RoleRow.round_id) == round_id, col(RoleRow.role) == committee, col(RoleRow.scope).in_(("", scope))
    )
    return session.exec(found.select_from(RoleRow)).one()
