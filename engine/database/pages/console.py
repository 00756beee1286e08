"""What stands around every page of the console: the rounds that somebody manages, and what waits in this one?"""

from collections.abc import Sequence

from sqlmodel import Session, col, func, select

from engine.database.pages.calls import OpenRound, as_open
from engine.database.records import NotificationRow, RoleRow, RoundRow
from engine.rules.workflow import STAFF


def managed_rounds(session: Session, person_id: int, *, limit: int = 50) -> Sequence[OpenRound]:
    """The rounds that a person is staff of, the last opened first."""
    rows = session.exec(
        select(RoundRow)
        .join(RoleRow, col(RoleRow.round_id) == col(RoundRow.id))
        .where(col(RoleRow.person_id) == person_id, col(RoleRow.role) == STAFF)
        .order_by(col(RoundRow.id).desc())
        .limit(limit)
    ).all()
    return [as_open(row) for row in rows]


def held_letters(session: Session, round_id: int) -> int:
    """How many letters of a round wait until somebody approves them."""
    held = select(func.count()).select_from(NotificationRow)
    return session.exec(
        held.where(col(NotificationRow.round_id) == round_id, col(NotificationRow.status) == "held")
    ).one()
