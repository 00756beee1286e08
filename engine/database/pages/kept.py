"""What has been worked out of a round already, and does it still hold?

Whatever happens in a round lengthens its chain. So what was worked out from a whole round holds as long as the chain
ends as it did: an answer is kept under the chain's last link, and never has to be taken back.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlmodel import Session, col

from engine.database.records import JournalRow, LinkRow

T = TypeVar("T")
MOST = 500
"""answers that a process keeps; those that were asked for longest ago go first"""


class Kept:
    """Answers by what they were worked out from; any thread may ask."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, work_out: Callable[[], T]) -> T:
        """The answer to `key`, worked out where it is not there."""
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                found: T = self._answers[key]
                return found
        made = work_out()  # two threads may both work it out, and come to the same
        with self._lock:
            self._answers[key] = made
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)
        return made


_LAST = (
    sa.select(
        col(LinkRow.chained),
        sa.select(sa.func.max(col(JournalRow.id))).where(col(JournalRow.link_id) == col(LinkRow.id)).scalar_subquery(),
    )
    .where(col(LinkRow.round_id) == sa.bindparam("round_id"))
    .order_by(col(LinkRow.position).desc())
    .limit(1)
)
"""put together once: every page with a list asks it"""


def chain_end(session: Session, round_id: int) -> tuple[str, int]:
    """With which link the chain of a round ends, as the session sees it, and the id of the last row of its journal."""
    last = session.connection().execute(_LAST, {"round_id": round_id}).first()
    return (last[0], last[1] or 0) if last else ("", 0)
