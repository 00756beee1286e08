"""Who has a seat, an offer or a place in the list of a meeting, for the pages that show it?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from engine.database.records import ConflictRow, DossierRow, InvitationRow, MeetingRow, PersonRow, RoundRow, SeatRow
from engine.database.seats import HELD, OFFERED, WAITING
from engine.database.store import the_id


@dataclass(frozen=True, slots=True)
class OwnSeat:
    """What one person has at a meeting; `place` in the list where they wait (1 is next)."""

    seat: SeatRow
    meeting: MeetingRow
    round: str
    digest: str
    number: str | None
    place: int | None
    answer: str | None
    """to the invitation that came with the seat"""
    uid: str | None
    """of that invitation"""


@dataclass(frozen=True, slots=True)
class SeatLine:
    """One person in a meeting's list, as staff see it; `hidden` where whoever looks has a conflict with the dossier."""

    seat: SeatRow
    person: PersonRow
    number: str | None
    answer: str | None
    words: str | None
    hidden: bool


def _place() -> sa.ScalarSelect[int]:
    """Which place in the list a seat has, as a column; 0 where it does not wait."""
    other = aliased(SeatRow)
    before = sa.or_(
        col(other.asked_at) < col(SeatRow.asked_at),
        sa.and_(col(other.asked_at) == col(SeatRow.asked_at), col(other.id) <= col(SeatRow.id)),
    )
    waiting = sa.and_(col(SeatRow.state) == WAITING, col(other.state) == WAITING)
    return (
        sa.select(sa.func.count())
        .select_from(other)
        .where(col(other.meeting_id) == col(SeatRow.meeting_id), waiting, before)
        .correlate(SeatRow)
        .scalar_subquery()
    )


_INVITED = sa.and_(
    col(InvitationRow.meeting_id) == col(SeatRow.meeting_id),
    col(InvitationRow.person_id) == col(SeatRow.person_id),
    sa.func.coalesce(col(InvitationRow.dossier_id), 0) == sa.func.coalesce(col(SeatRow.dossier_id), 0),
    col(InvitationRow.cancelled_at).is_(None),
)
_OWN = (
    sa.select(
        SeatRow, MeetingRow, col(RoundRow.key), col(RoundRow.digest), col(DossierRow.number), _place(),
        col(InvitationRow.answer), col(InvitationRow.uid),
    )
    .join(MeetingRow, col(MeetingRow.id) == col(SeatRow.meeting_id))
    .join(RoundRow, col(RoundRow.id) == col(MeetingRow.round_id))
    .join(DossierRow, col(DossierRow.id) == col(SeatRow.dossier_id), isouter=True)
    .join(InvitationRow, _INVITED, isouter=True)
)  # fmt: skip


def _own(session: Session, question: "sa.Select[*tuple[Any, ...]]") -> list[OwnSeat]:
    return [
        OwnSeat(seat, meeting, key, digest, number, place or None, answer, uid)
        for seat, meeting, key, digest, number, place, answer, uid in session.execute(question)
    ]


def seats_of(session: Session, person_id: int, *, limit: int = 100) -> Sequence[OwnSeat]:
    """What a person has at meetings of any round, and what became of it where it is over; the newest wish first."""
    question = _OWN.where(col(SeatRow.person_id) == person_id).order_by(col(SeatRow.id).desc()).limit(limit)
    return _own(session, question)


def seats_in(session: Session, round_id: int, person_id: int) -> Mapping[int, OwnSeat]:
    """meeting -> what a person has at it now, in one round."""
    question = _OWN.where(
        col(SeatRow.person_id) == person_id, col(MeetingRow.round_id) == round_id, col(SeatRow.ended_at).is_(None)
    )
    return {the_id(one.meeting): one for one in _own(session, question)}


ORDERS: Mapping[str, tuple[Any, ...]] = {
    HELD: (sa.func.lower(col(PersonRow.name)), col(SeatRow.id)),
    OFFERED: (col(SeatRow.answer_by), col(SeatRow.id)),
    WAITING: (col(SeatRow.asked_at), col(SeatRow.id)),
}
"""in which order staff see each of them"""


def _conflict(looker: int) -> sa.Exists:
    """Whether whoever looks has a conflict with the dossier of a seat, as a column."""
    tied = (col(ConflictRow.dossier_id) == col(SeatRow.dossier_id), col(ConflictRow.person_id) == looker)
    return sa.exists().where(*tied).correlate(SeatRow)


def lines_of(
    session: Session, meeting_id: int, state: str, *, looker: int, limit: int | None = None, offset: int = 0
) -> Sequence[SeatLine]:
    """Those who have a seat, an offer or a place in the list: by name, by when an offer lapses, or in their order."""
    question = (
        sa.select(
            SeatRow, PersonRow, col(DossierRow.number), col(InvitationRow.answer), col(InvitationRow.words),
            _conflict(looker),
        )
        .join(PersonRow, col(PersonRow.id) == col(SeatRow.person_id))
        .join(DossierRow, col(DossierRow.id) == col(SeatRow.dossier_id), isouter=True)
        .join(InvitationRow, _INVITED, isouter=True)
        .where(col(SeatRow.meeting_id) == meeting_id, col(SeatRow.state) == state)
        .order_by(*ORDERS[state])
        .offset(offset)
    )  # fmt: skip
    if limit is not None:
        question = question.limit(limit)
    return [
        SeatLine(seat, person, number, answer, words, bool(hidden))
        for seat, person, number, answer, words, hidden in session.execute(question)
    ]


def past_lines_of(session: Session, meeting_id: int, *, looker: int, limit: int) -> Sequence[SeatLine]:
    """Those who have nothing at a meeting any more, the last first."""
    question = (
        sa.select(SeatRow, PersonRow, col(DossierRow.number), _conflict(looker))
        .join(PersonRow, col(PersonRow.id) == col(SeatRow.person_id))
        .join(DossierRow, col(DossierRow.id) == col(SeatRow.dossier_id), isouter=True)
        .where(col(SeatRow.meeting_id) == meeting_id, col(SeatRow.ended_at).is_not(None))
        .order_by(col(SeatRow.ended_at).desc(), col(SeatRow.id).desc())
        .limit(limit)
    )
    return [
        SeatLine(seat, person, number, None, None, bool(hidden))
        for seat, person, number, hidden in session.execute(question)
    ]


def answers_of(session: Session, meeting_id: int) -> Mapping[str, int]:
    """answer -> how many of those who have a seat gave it; an empty one for those who have not answered."""
    rows = session.execute(
        sa.select(sa.func.coalesce(col(InvitationRow.answer), ""), sa.func.count())
        .select_from(SeatRow)
        .join(InvitationRow, _INVITED, isouter=True)
        .where(col(SeatRow.meeting_id) == meeting_id, col(SeatRow.state) == HELD)
        .group_by(sa.func.coalesce(col(InvitationRow.answer), ""))
    )
    return {row[0]: row[1] for row in rows}
