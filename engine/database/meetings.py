"""When do the meetings of a round take place, after all that was planned, moved and cancelled?"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from engine.database.records import MeetingRow, RoundRow
from engine.rules.round import Round
from engine.rules.round import Session as Sitting

_MEETINGS = (
    select(MeetingRow)
    .where(col(MeetingRow.round_id) == bindparam("round_id"), col(MeetingRow.dossier_id).is_(None))
    .order_by(col(MeetingRow.day), col(MeetingRow.start), col(MeetingRow.id))
)
"""put together once: every act and every page of a round asks it"""


def invitation_uid(round: RoundRow, meeting_id: int, person_id: int, number: str | None) -> str:
    """What the invitation of a person to a meeting is called for ever, for the dossier of that `number` if for one.

    Made of what it is for, and of when the round was opened: unique among all installations, and never another.
    """
    named = f"{round.opened_at}/{round.key}/{meeting_id}/{person_id}/{number or ''}"
    return hashlib.sha256(named.encode()).hexdigest()[:32]


def meetings_of(session: Session, round_id: int) -> Sequence[MeetingRow]:
    """The meetings of a round that are everybody's, cancelled ones as well, in the order in which they take place."""
    return session.execute(_MEETINGS, {"round_id": round_id}).scalars().all()


def held(round: Round, rows: Sequence[MeetingRow]) -> Round:
    """The round with its meetings as they stand; as its file says where there are no `rows`."""
    if not rows:
        return round
    meetings: dict[str, tuple[Sitting, ...]] = {}
    for row in rows:
        if row.cancelled_at is None:
            meetings[row.name] = (*meetings.get(row.name, ()), as_sitting(row))
    return replace(round, meetings=meetings)


def as_sitting(row: MeetingRow) -> Sitting:
    """What the rules know of one time that a meeting takes place."""
    return Sitting(
        day=date.fromisoformat(row.day),
        start=time.fromisoformat(row.start) if row.start else None,
        end=time.fromisoformat(row.end) if row.end else None,
        place=row.place,
        online=row.online,
    )
