"""When do the meetings of a round take place, how many are asked, what did they answer, and who came?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from engine.database.pages.committee import without_conflict_of
from engine.database.records import DossierRow, InvitationRow, MeetingRow, PersonRow, PresenceRow

LENGTH = 2 * 3_600_000_000
"""how long a meeting is taken to last where no end is said, to find what lies beside it (microseconds)"""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many people are asked to a meeting, how they answered, and how many came."""

    asked: int = 0
    accepted: int = 0
    tentative: int = 0
    declined: int = 0
    came: int = 0
    excused: int = 0

    @property
    def silent(self) -> int:
        """Who has not answered."""
        return self.asked - self.accepted - self.tentative - self.declined


@dataclass(frozen=True, slots=True)
class Listed:
    """One time that a meeting takes place; `number` and `organisation` of the dossier that it is booked for."""

    row: MeetingRow
    counts: Counts
    number: str = ""
    organisation: str = ""


def of_round(session: Session, round_id: int) -> Sequence[Listed]:
    """The meetings that are everybody's, cancelled ones as well, in the order in which they take place."""
    rows = session.exec(
        select(MeetingRow)
        .where(col(MeetingRow.round_id) == round_id, col(MeetingRow.dossier_id).is_(None))
        .order_by(*_in_time())
    ).all()
    counted = counts(session, [row.id or 0 for row in rows])
    return [Listed(row, counted.get(row.id or 0, Counts())) for row in rows]


def booked(
    session: Session, round_id: int, *, looker: int, since: str, limit: int, offset: int = 0
) -> tuple[Sequence[Listed], int]:
    """Meetings with one dossier each, from a day (ISO) on, without those of dossiers that the `looker` (a person) has
    a conflict with; and how many there are."""
    here = (col(MeetingRow.round_id) == round_id, col(MeetingRow.day) >= since, without_conflict_of(looker))
    joined = col(DossierRow.id) == col(MeetingRow.dossier_id)
    rows = session.exec(
        select(MeetingRow, DossierRow).join(DossierRow, joined).where(*here).order_by(*_in_time())
        .limit(limit).offset(offset)
    ).all()  # fmt: skip
    total = session.connection().execute(
        sa.select(sa.func.count()).select_from(MeetingRow).join(DossierRow, joined).where(*here)
    ).scalar_one()  # fmt: skip
    counted = counts(session, [row.id or 0 for row, _ in rows])
    return [Listed(row, counted.get(row.id or 0, Counts()), of.number, of.organisation) for row, of in rows], total


def _in_time() -> tuple[Any, ...]:
    return (col(MeetingRow.day), col(MeetingRow.start).nulls_first(), col(MeetingRow.id))


def counts(session: Session, meetings: Sequence[int]) -> Mapping[int, Counts]:
    """meeting -> how many; those that nobody is asked to may be missing."""
    found: dict[int, dict[str, int]] = {}
    answered = session.connection().execute(
        sa.select(col(InvitationRow.meeting_id), col(InvitationRow.answer), sa.func.count())
        .where(col(InvitationRow.meeting_id).in_(meetings), col(InvitationRow.cancelled_at).is_(None))
        .group_by(col(InvitationRow.meeting_id), col(InvitationRow.answer))
    )
    for meeting, answer, count in answered:
        its = found.setdefault(meeting, {"asked": 0})
        its["asked"] += count
        if answer:
            its[answer] = count
    noted = session.connection().execute(
        sa.select(col(PresenceRow.meeting_id), col(PresenceRow.came), sa.func.count())
        .where(col(PresenceRow.meeting_id).in_(meetings), col(PresenceRow.ended_at).is_(None))
        .group_by(col(PresenceRow.meeting_id), col(PresenceRow.came))
    )
    for meeting, came, count in noted:
        found.setdefault(meeting, {})["came" if came else "excused"] = count
    return {meeting: Counts(**its) for meeting, its in found.items()}


# ── What lies beside it ──────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Beside:
    """Another meeting at the same time: in the same room, or with the same people (`names` of the first, `count`)."""

    row: MeetingRow
    names: tuple[str, ...] = ()
    count: int = 0


NAMED = 5
"""people who are named of those who are in two meetings at once"""


def in_the_same_room(
    session: Session, *, day: str, starts_at: int | None, ends_at: int | None, place: str | None, besides: int | None
) -> Sequence[Beside]:
    """Meetings of any round that are in the same place at the same time."""
    if not (place or "").strip():
        return []
    rows = session.exec(
        select(MeetingRow).where(
            col(MeetingRow.day) == day, col(MeetingRow.cancelled_at).is_(None), col(MeetingRow.id) != (besides or 0),
            sa.func.lower(sa.func.trim(col(MeetingRow.place))) == (place or "").strip().lower(),
            at_the_same_time(MeetingRow, starts_at, ends_at),
        ).order_by(*_in_time())
    ).all()  # fmt: skip
    return [Beside(row) for row in rows]


def with_the_same_people(
    session: Session, meeting_id: int, *, day: str, starts_at: int | None, ends_at: int | None
) -> Sequence[Beside]:
    """Other meetings, of any round, to which people are asked who are asked to this one, at the same time."""
    theirs = sa.select(col(InvitationRow.person_id)).where(
        col(InvitationRow.meeting_id) == meeting_id, _goes(InvitationRow)
    )
    rows = session.connection().execute(
        sa.select(col(InvitationRow.meeting_id), col(PersonRow.name), col(PersonRow.email))
        .join(PersonRow, col(PersonRow.id) == col(InvitationRow.person_id))
        .where(
            col(InvitationRow.meeting_id) != meeting_id, col(InvitationRow.day) == day, _goes(InvitationRow),
            at_the_same_time(InvitationRow, starts_at, ends_at), col(InvitationRow.person_id).in_(theirs),
        )
        .order_by(col(InvitationRow.meeting_id), col(PersonRow.name), col(PersonRow.email))
    ).all()  # fmt: skip
    names: dict[int, list[str]] = {}
    for meeting, name, email in rows:
        if (name or email) not in names.setdefault(meeting, []):
            names[meeting].append(name or email)
    others = session.exec(select(MeetingRow).where(col(MeetingRow.id).in_(list(names))).order_by(*_in_time())).all()
    return [Beside(row, tuple(names[row.id or 0][:NAMED]), len(names[row.id or 0])) for row in others]


def _goes(row: type[InvitationRow]) -> sa.ColumnElement[bool]:
    return sa.and_(col(row.cancelled_at).is_(None), sa.func.coalesce(col(row.answer), "") != "declined")


def at_the_same_time(
    row: type[MeetingRow] | type[InvitationRow], starts_at: int | None, ends_at: int | None
) -> sa.ColumnElement[bool]:
    """The condition that something of the same day lies beside these instants; a day without hours lies beside all."""
    if starts_at is None:
        return sa.true()
    begins = col(row.starts_at)
    ends = sa.func.coalesce(col(row.ends_at), begins + LENGTH)
    return sa.or_(begins.is_(None), sa.and_(begins < (ends_at or starts_at + LENGTH), ends > starts_at))
