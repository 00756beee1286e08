"""To which meetings is somebody asked?"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from engine.database.records import DossierRow, InvitationRow, MeetingRow, RoundRow

Condition = sa.ColumnElement[bool]
MOST = 200
"""invitations of one person that are told of at once"""


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation with its meeting, the round (its key and the digest of its rules) and the dossier's number."""

    row: InvitationRow
    meeting: MeetingRow
    round: str
    digest: str
    number: str | None


def by_uid(session: Session, uid: str) -> Invited | None:
    """The invitation with that uid, or None."""
    return next(iter(_found(session, col(InvitationRow.uid) == uid)), None)


def of_person(session: Session, person_id: int, *, since: str = "") -> Sequence[Invited]:
    """What somebody is asked to from a day (ISO) on, withdrawn invitations as well, in order of time."""
    return _found(session, col(InvitationRow.person_id) == person_id, col(InvitationRow.day) >= since)


def _found(session: Session, *wanted: Condition) -> Sequence[Invited]:
    rows = session.exec(
        select(InvitationRow, MeetingRow, RoundRow, DossierRow.number)
        .join(MeetingRow, col(MeetingRow.id) == col(InvitationRow.meeting_id))
        .join(RoundRow, col(RoundRow.id) == col(InvitationRow.round_id))
        .join(DossierRow, col(DossierRow.id) == col(InvitationRow.dossier_id), isouter=True)
        .where(*wanted)
        .order_by(col(InvitationRow.day), col(InvitationRow.starts_at).nulls_first(), col(InvitationRow.id))
        .limit(MOST)
    ).all()
    return [Invited(row, meeting, round.key, round.digest, number) for row, meeting, round, number in rows]
