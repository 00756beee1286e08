"""What is booked for something owed, which times wait for an answer, and which hours are free?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from engine.database.pages.owed import Of
from engine.database.records import (
    DossierRow,
    HourRow,
    InvitationRow,
    MeetingRow,
    ObligationRow,
    PersonRow,
    ProposalRow,
    ProposedTimeRow,
)
from engine.database.store import the_id


@dataclass(frozen=True, slots=True)
class Time:
    """When and where: a local day and hours."""

    position: int
    day: str
    start: str
    end: str
    place: str | None
    online: str | None


@dataclass(frozen=True, slots=True)
class Proposed:
    """Times that one side proposed, and what became of them; `by` is how whoever proposed them is called."""

    id: int
    side: str
    by: str
    words: str | None
    at: int
    moves: bool
    ending: str | None
    answer: str | None
    ended_at: int | None
    ended_by: str
    times: tuple[Time, ...]
    accepted: int | None


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour that somebody gave; `number` is the dossier that has booked it."""

    id: int
    who: str
    day: str
    start: str
    end: str
    starts_at: int
    ends_at: int
    place: str | None
    online: str | None
    number: str | None
    booking_id: int | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far both sides are with one meeting that is owed."""

    booked: MeetingRow | None
    hour: int | None
    """that is booked for it"""
    proposals: tuple[Proposed, ...]
    """the newest first"""

    @property
    def waiting(self) -> Proposed | None:
        """The times that wait for an answer."""
        return next((one for one in self.proposals if one.ending is None), None)


def agreement(session: Session, dossier_id: int, name: str, position: int) -> tuple[ObligationRow, Agreement] | None:
    """Something that a dossier owes and how far it is agreed on; None where it does not owe it."""
    obligation = session.exec(
        select(ObligationRow).where(
            col(ObligationRow.dossier_id) == dossier_id, col(ObligationRow.name) == name,
            col(ObligationRow.position) == position,
        )
    ).first()  # fmt: skip
    if obligation is None:
        return None
    booked = session.exec(
        select(MeetingRow, HourRow.id)
        .join(HourRow, col(HourRow.booking_id) == col(MeetingRow.id), isouter=True)
        .where(col(MeetingRow.obligation_id) == obligation.id, col(MeetingRow.cancelled_at).is_(None))
        .order_by(col(MeetingRow.id).desc())
    ).first()
    ender = aliased(PersonRow)
    rows = session.exec(
        select(ProposalRow, PersonRow, ender)
        .join(PersonRow, col(PersonRow.id) == col(ProposalRow.proposed_by))
        .join(ender, col(ender.id) == col(ProposalRow.ended_by), isouter=True)
        .where(col(ProposalRow.obligation_id) == obligation.id)
        .order_by(col(ProposalRow.id).desc())
    ).all()
    times: dict[int, list[Time]] = {}
    for one in session.exec(
        select(ProposedTimeRow)
        .where(col(ProposedTimeRow.proposal_id).in_([the_id(row) for row, _, _ in rows]))
        .order_by(col(ProposedTimeRow.position))
    ).all():
        time = Time(one.position, one.day, one.start[:5], one.end[:5], one.place, one.online)
        times.setdefault(one.proposal_id, []).append(time)
    proposals = tuple(
        Proposed(
            the_id(row), row.side, by.name or by.email, row.words, row.proposed_at, row.meeting_id is not None,
            row.ending, row.answer, row.ended_at, (who.name or who.email) if who else "",
            tuple(times.get(the_id(row), ())), row.accepted,
        )
        for row, by, who in rows
    )  # fmt: skip
    meeting, hour = booked or (None, None)
    return obligation, Agreement(meeting, hour, proposals)


def hours(
    session: Session, round_id: int, meeting: str, *, since: int, person_id: int | None = None, only_free: bool = False,
    besides: Collection[int] = (),
) -> Sequence[Hour]:
    """The hours that were given for a meeting and begin after `since`, the first first; of one person where asked, and
    of nobody `besides` whom they are given.
    """
    off = sa.select(col(MeetingRow.id)).where(col(MeetingRow.cancelled_at).is_not(None))
    free = sa.or_(col(HourRow.booking_id).is_(None), col(HourRow.booking_id).in_(off))
    wanted = (
        sa.select(HourRow, PersonRow, col(DossierRow.number), free)
        .join(PersonRow, col(PersonRow.id) == col(HourRow.person_id))
        .join(MeetingRow, col(MeetingRow.id) == col(HourRow.booking_id), isouter=True)
        .join(DossierRow, col(DossierRow.id) == col(MeetingRow.dossier_id), isouter=True)
        .where(
            col(HourRow.round_id) == round_id, col(HourRow.meeting) == meeting, col(HourRow.removed_at).is_(None),
            col(HourRow.starts_at) > since,
        )
        .order_by(col(HourRow.starts_at), col(HourRow.id))
        .limit(500)
    )  # fmt: skip
    if person_id is not None:
        wanted = wanted.where(col(HourRow.person_id) == person_id)
    if only_free:
        wanted = wanted.where(free)
    if besides:
        wanted = wanted.where(col(HourRow.person_id).not_in(besides))
    return [
        Hour(
            the_id(row), who.name or who.email, row.day, row.start[:5], row.end[:5], row.starts_at, row.ends_at,
            row.place, row.online, None if is_free else number, None if is_free else row.booking_id,
        )
        for row, who, number, is_free in session.execute(wanted)
    ]


def elsewhere(
    session: Session, people: Collection[int], starts_at: int, ends_at: int, *, besides: int | None = None
) -> Sequence[tuple[str, str, int]]:
    """(who, meeting, when it begins) of what these people are asked to at that time already, or have an hour for."""
    row = InvitationRow
    rows = session.execute(
        sa.select(PersonRow, col(MeetingRow.name), col(row.starts_at))
        .select_from(row)
        .join(PersonRow, col(PersonRow.id) == col(row.person_id))
        .join(MeetingRow, col(MeetingRow.id) == col(row.meeting_id))
        .where(
            col(row.person_id).in_(list(people)), col(row.cancelled_at).is_(None), col(row.starts_at) < ends_at,
            col(row.ends_at) > starts_at, sa.or_(col(row.answer).is_(None), col(row.answer) != "declined"),
            sa.true() if besides is None else col(row.meeting_id) != besides,
        )
        .order_by(col(row.starts_at))
        .limit(20)
    )  # fmt: skip
    return [(who.name or who.email, name, at) for who, name, at in rows]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Times that an applicant proposed and that nobody on staff has answered."""

    number: str
    organisation: str
    name: str
    position: int
    at: int
    by: str
    first_day: str


def waiting(session: Session, of: Of, *, limit: int = 50) -> Sequence[Waiting]:
    """What applicants proposed and wait for, the longest first."""
    first = (
        sa.select(sa.func.min(col(ProposedTimeRow.day)))
        .where(col(ProposedTimeRow.proposal_id) == col(ProposalRow.id))
        .correlate(ProposalRow)
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(ProposalRow, DossierRow, ObligationRow, PersonRow, first)
        .join(DossierRow, col(DossierRow.id) == col(ProposalRow.dossier_id))
        .join(ObligationRow, col(ObligationRow.id) == col(ProposalRow.obligation_id))
        .join(PersonRow, col(PersonRow.id) == col(ProposalRow.proposed_by))
        .where(
            of.dossiers, col(ProposalRow.ended_at).is_(None), col(ProposalRow.side) == "applicant",
            col(ObligationRow.fulfilled_at).is_(None), col(ObligationRow.excused_at).is_(None),
            col(DossierRow.state).not_in(of.workflow.ends_in),
        )
        .order_by(col(ProposalRow.id))
        .limit(limit)
    )  # fmt: skip
    return [
        Waiting(
            dossier.number, dossier.organisation, owed.name, owed.position, row.proposed_at, who.name or who.email, day
        )
        for row, dossier, owed, who, day in rows
    ]
