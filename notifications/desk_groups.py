"""What can staff do with all letters of one cause at once?

They hold them, let them go, cancel them, or have the failed ones tried again: those that are where the act can reach
them. What has left meanwhile has left, and is counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa
from sqlmodel import col

from engine.database import journal
from engine.database.pages.outbox import Cause, Wanted, conditions, without_conflicts
from engine.database.records import NotificationRow, ReplacementRow
from engine.database.store import find_round, lock_round, the_id
from engine.errors import Refusal, Refused
from engine.faults import point
from notifications.desk import Letters, acting, because

AT_ONCE = 10_000
"""letters in one statement"""


@dataclass(frozen=True, slots=True)
class Many:
    """The letters of a cause that are meant, up to the `newest` that somebody has looked at."""

    cause: Cause
    wanted: Wanted
    newest: int


class Meant(Protocol):
    """The same, as anybody else may have it."""

    @property
    def cause(self) -> Cause: ...
    @property
    def wanted(self) -> Wanted: ...
    @property
    def newest(self) -> int: ...


class GroupDesk(Letters):
    """Acts on all letters of a cause; each gives how many it changed.

    `by` is the address of somebody on the round's staff; letters about dossiers that they have a conflict with stay
    where they are. They raise Refused where there is nothing left to change.
    """

    def hold_all(self, round_key: str, many: Meant, *, by: str, now: int) -> int:
        """Keep all that have not left back until they are let go."""
        return self._change(round_key, many, "held", ("waiting", "retry"), {"status": "held"}, by, now)

    def let_go_all(self, round_key: str, many: Meant, *, by: str, now: int) -> int:
        """Let all that are held leave at their time, or now if that is past."""
        leaves = col(NotificationRow.leaves_at)
        at = sa.case((leaves > now, leaves), else_=sa.literal(now, sa.BigInteger))
        return self._change(
            round_key, many, "let go", ("held",), {"status": "waiting", "next_try_at": at}, by, now
        )  # fmt: skip

    def cancel_all(self, round_key: str, many: Meant, *, reason: str, by: str, now: int) -> int:
        """Never send those that have not left."""
        ended = {"status": "cancelled", "last_reply": because(by, reason), "ended_at": now, "leased_until": None}
        return self._change(
            round_key, many, "cancelled", ("waiting", "retry", "held"), ended, by, now, reason=reason
        )  # fmt: skip

    def retry_all(self, round_key: str, many: Meant, *, by: str, now: int) -> int:
        """Try all that failed once more, from the beginning."""
        again = {"status": "waiting", "next_try_at": now, "attempts": 0, "ended_at": None}
        return self._change(round_key, many, "tried again", ("failed",), again, by, now)

    def _change(
        self,
        round_key: str,
        many: Meant,
        what: str,
        allowed: Sequence[str],
        values: dict[str, Any],
        by: str,
        now: int,
        **details: str,
    ) -> int:
        id = col(NotificationRow.id)
        with self.database.transaction() as session:
            lock_round(session, round_key)
            round_id = the_id(find_round(session, round_key))
            person = acting(session, round_id, by)
            meant = sa.select(id).where(
                *conditions(round_id, many.wanted, many.cause), without_conflicts(the_id(person)), id <= many.newest,
                col(NotificationRow.status).in_(allowed), ~sa.exists().where(col(ReplacementRow.replaces) == id),
            )  # fmt: skip
            # in the order of their ids, as whoever writes fates has it; what is just being taken has left
            held = session.connection().execute(
                meant.order_by(id).with_for_update(of=NotificationRow)
            ).scalars().all()  # fmt: skip
            point("letters found")
            for start in range(0, len(held), AT_ONCE):
                session.connection().execute(
                    sa.update(NotificationRow).where(id.in_(held[start : start + AT_ONCE])).values(**values)
                )
            point("letters changed")
            if not held:
                raise Refused([Refusal("nothing", f"none of these letters can be {what} any more")])
            said = {"letter": many.cause.letter, "cause": many.cause.name, "count": len(held), **details}
            journal.write(session, round_id, [journal.Entry(f"letters {what}", now, by, None, said)], now)
            return len(held)
