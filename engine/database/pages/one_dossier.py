"""What do staff want to know of one dossier besides what stands in it: letters, what is ahead, and what happened?"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from engine.database.pages.committee import without_conflict_of
from engine.database.records import (
    AttendanceRow,
    CauseRow,
    ConflictRow,
    DeadlineRow,
    DossierRow,
    ExcuseRow,
    HeldBackRow,
    JournalRow,
    LetterRow,
    NotificationRow,
    PersonRow,
    RoleRow,
    VerdictRow,
)
from engine.database.seats import OFFER
from engine.database.sitting import sits_for
from engine.database.store import the_id
from engine.rules.agenda import base_of

Within = sa.ColumnElement[bool]
"""a condition on dossiers"""


@dataclass(frozen=True, slots=True)
class LetterAbout:
    """A letter about the dossier, to whoever: `subject` is None until it is put into words; instants are UTC."""

    id: int
    letter: str
    cause: str
    role: str
    address: str
    name: str
    language: str
    subject: str | None
    status: str
    leaves_at: int
    ended_at: int | None
    last_reply: str | None
    """what was last said of it; of one that came back, why"""
    came_back: bool = False


def letters_about(
    session: Session, dossier_id: int, *, limit: int = 50, before: int | None = None
) -> Sequence[LetterAbout]:
    """The letters about one dossier, the newest first; `before` is a letter's number. Bundles are not among them."""
    wanted = (
        select(NotificationRow, CauseRow.name, PersonRow.name, LetterRow.subject)
        .join(CauseRow, col(CauseRow.id) == col(NotificationRow.cause_id))
        .join(PersonRow, col(PersonRow.id) == col(NotificationRow.person_id), isouter=True)
        .join(LetterRow, col(LetterRow.notification_id) == col(NotificationRow.id), isouter=True)
        .where(col(NotificationRow.dossier_id) == dossier_id)
        .order_by(col(NotificationRow.id).desc())
        .limit(limit)
    )
    if before is not None:
        wanted = wanted.where(col(NotificationRow.id) < before)
    return [
        LetterAbout(
            the_id(row), row.letter, cause, row.role, row.address, name or "", row.language, subject, row.status,
            row.leaves_at, row.ended_at, row.bounce if row.bounced_at else row.last_reply, row.bounced_at is not None,
        )
        for row, cause, name, subject in session.exec(wanted).all()
    ]  # fmt: skip


def letter_row(session: Session, dossier_id: int, number: int) -> NotificationRow | None:
    """A letter about that dossier; None for any other."""
    return session.exec(
        select(NotificationRow).where(
            col(NotificationRow.id) == number, col(NotificationRow.dossier_id) == dossier_id
        )
    ).first()


def deadlines_of(
    session: Session, round_id: int, dossier_id: int, number: str, strand: str | None = None,
    clocks: str | None = None,
) -> Sequence[DeadlineRow]:  # fmt: skip
    """What the calendar will still do in the round that may concern a dossier, in order: its own dates before those of
    its strand, or by its clocks, and these before all's."""
    of_strand = col(DeadlineRow.strand) == strand if strand else sa.false()
    of_clocks = col(DeadlineRow.clocks) == clocks if clocks else sa.false()
    rows = session.exec(
        select(DeadlineRow)
        .where(
            col(DeadlineRow.round_id) == round_id,
            (col(DeadlineRow.dossier_id) == dossier_id)
            | (col(DeadlineRow.dossier_id).is_(None) & col(DeadlineRow.ended_at).is_(None))
            | of_strand | of_clocks,
            col(DeadlineRow.strand).is_(None) | of_strand,
            col(DeadlineRow.clocks).is_(None) | of_clocks,
            col(DeadlineRow.kind) != OFFER,
        )
        .order_by(col(DeadlineRow.fires_at), col(DeadlineRow.position), col(DeadlineRow.id))
    ).all()
    own = {row.key for row in rows if row.dossier_id is not None}
    theirs = {row.key for row in rows if row.strand is not None or row.clocks is not None}
    return [
        row for row in rows
        if row.ended_at is None and f"{base_of(row.key, row.strand, row.clocks)} {number}" not in own
        and not {f"{row.key} strand {strand}", f"{row.key} clocks {clocks}"} & theirs
    ]  # fmt: skip


def held_back(session: Session, dossier_id: int) -> Sequence[HeldBackRow]:
    """The calendar's moves that could not take the dossier, oldest first; those that have taken it since as well."""
    return session.exec(
        select(HeldBackRow).where(col(HeldBackRow.dossier_id) == dossier_id).order_by(col(HeldBackRow.id))
    ).all()


def verdicts_of(session: Session, dossier_id: int) -> Sequence[tuple[VerdictRow, str]]:
    """Every verdict that was recorded on a dossier, oldest first, with who did."""
    rows = session.exec(
        select(VerdictRow, PersonRow.email)
        .join(PersonRow, col(PersonRow.id) == col(VerdictRow.recorded_by))
        .where(col(VerdictRow.dossier_id) == dossier_id)
        .order_by(col(VerdictRow.id))
    ).all()
    return [(row, email) for row, email in rows]


def conflicts_with(session: Session, dossier_id: int) -> Sequence[tuple[ConflictRow, PersonRow]]:
    """Who has stepped back from a dossier, oldest first."""
    rows = session.exec(
        select(ConflictRow, PersonRow)
        .join(PersonRow, col(PersonRow.id) == col(ConflictRow.person_id))
        .where(col(ConflictRow.dossier_id) == dossier_id)
        .order_by(col(ConflictRow.id))
    ).all()
    return [(row, person) for row, person in rows]


def members_of(session: Session, dossier_id: int, committee: str) -> Sequence[tuple[PersonRow, bool]]:
    """The members of the committee of that name before which a dossier lies, each with whether they chair it."""
    rows = session.exec(
        select(PersonRow, RoleRow.chair)
        .join(RoleRow, col(RoleRow.person_id) == col(PersonRow.id))
        .join(DossierRow, col(DossierRow.round_id) == col(RoleRow.round_id))
        .where(col(DossierRow.id) == dossier_id, col(RoleRow.role) == committee, sits_for())
        .order_by(col(RoleRow.id))
    ).all()
    return [(person, chair) for person, chair in rows]


@dataclass(frozen=True, slots=True)
class Came:
    """That somebody came to a meeting for a dossier, or was excused (`reason`) from it or from something owed."""

    of: str
    at: int
    by: str
    reason: str | None = None


def came(session: Session, dossier_id: int) -> Sequence[Came]:
    """Who came, and what was excused, oldest first."""
    attended = session.exec(
        select(AttendanceRow, PersonRow.email)
        .join(PersonRow, col(PersonRow.id) == col(AttendanceRow.recorded_by))
        .where(col(AttendanceRow.dossier_id) == dossier_id)
    ).all()
    excused = session.exec(
        select(ExcuseRow, PersonRow.email)
        .join(PersonRow, col(PersonRow.id) == col(ExcuseRow.recorded_by))
        .where(col(ExcuseRow.dossier_id) == dossier_id)
    ).all()
    found = [Came(row.meeting, row.recorded_at, by) for row, by in attended]
    found += [Came(row.of, row.recorded_at, by, row.reason) for row, by in excused]
    return sorted(found, key=lambda one: one.at)


def journal_of(
    session: Session, dossier_id: int, *, limit: int = 50, before: int | None = None
) -> Sequence[JournalRow]:
    """What happened to a dossier, the newest first; `before` is the id of a row."""
    wanted = (
        select(JournalRow)
        .where(col(JournalRow.dossier_id) == dossier_id)
        .order_by(col(JournalRow.id).desc())
        .limit(limit)
    )
    if before is not None:
        wanted = wanted.where(col(JournalRow.id) < before)
    return session.exec(wanted).all()


def names_of(session: Session, emails: Sequence[str]) -> dict[str, str]:
    """address -> name, of those who have one."""
    rows = session.exec(select(PersonRow.email, PersonRow.name).where(col(PersonRow.email).in_(set(emails)))).all()
    return {email: name for email, name in rows if name}


def neighbours(
    session: Session, round_id: int, number: str, *, looker: int, within: Sequence[Within] = ()
) -> tuple[str, str]:
    """The numbers before and after this one among the dossiers of a round that are `within`; empty where there is none.

    Those with which the `looker` (a person) has a conflict are passed by.
    """
    here = (col(DossierRow.round_id) == round_id, without_conflict_of(looker), *within)
    wanted = select(DossierRow.number).where(*here).limit(1)
    before = session.exec(wanted.where(col(DossierRow.number) < number).order_by(col(DossierRow.number).desc())).first()
    after = session.exec(wanted.where(col(DossierRow.number) > number).order_by(col(DossierRow.number))).first()
    return before or "", after or ""

