"""What stands around every page of the console: the rounds that somebody manages, and what waits in this one?"""

from collections.abc import Callable, Sequence

import sqlalchemy as sa
from sqlmodel import Session, col

from engine.database.pages.calls import OpenRound
from engine.database.records import NotificationRow, RoleRow, RoundRow
from engine.rules.workflow import STAFF

# put together once: every page of the console asks these
_MANAGED = (
    sa.select(
        col(RoundRow.id), col(RoundRow.key), col(RoundRow.programme), col(RoundRow.name), col(RoundRow.number),
        col(RoundRow.timezone), col(RoundRow.digest), col(RoundRow.opened_at),
    )
    .join(RoleRow, col(RoleRow.round_id) == col(RoundRow.id))
    .where(col(RoleRow.person_id) == sa.bindparam("person_id"), col(RoleRow.role) == STAFF)
    .order_by(col(RoundRow.id).desc())
    .limit(sa.bindparam("most"))
)  # fmt: skip
_HELD = (
    sa.select(sa.func.count())
    .select_from(NotificationRow)
    .where(col(NotificationRow.round_id) == sa.bindparam("round_id"), col(NotificationRow.status) == "held")
)


def managed_rounds(session: Session, person_id: int, *, limit: int = 50) -> Sequence[OpenRound]:
    """The rounds that a person is staff of, the last opened first."""
    make: Callable[..., OpenRound] = OpenRound
    rows = session.connection().execute(_MANAGED, {"person_id": person_id, "most": limit})
    return [make(*row) for row in rows]


def held_letters(session: Session, round_id: int) -> int:
    """How many letters of a round wait until somebody approves them."""
    number: int = session.connection().execute(_HELD, {"round_id": round_id}).scalar_one()
    return number
