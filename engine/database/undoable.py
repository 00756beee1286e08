"""Which acts of staff can still be undone?"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import Session, col, select

from engine.database.changes import Change, changes_since
from engine.database.records import BatchRow, DossierRow, JournalRow, NotificationRow
from engine.database.store import the_id

IN_THE_WAY = (
    "transition", "verdict recorded", "verdict withdrawn", "attended", "excused", "delivered", "extended",
    "extension answered", "extension taken back", "attendance taken back", "excuse taken back", "payment recorded",
    "payment taken back",
)  # fmt: skip
"""what rests on where a dossier stands: once it has happened, the dossier does not simply go back"""
GONE = ("leased", "sent", "retry", "failed")


def has_left(letter: NotificationRow) -> bool:
    """Whether a letter is on its way, or was."""
    return letter.status in GONE or letter.attempts > 0


def happened_since(session: Session, round_id: int, batch: BatchRow, dossiers: Sequence[DossierRow]) -> list[Change]:
    """What has happened to the dossiers of an act since, that keeps it from being undone; oldest first.

    Another act that has been undone itself is in nobody's way.
    """
    first = min(dossiers, key=the_id)
    moves = select(JournalRow).where(col(JournalRow.dossier_id) == the_id(first), col(JournalRow.what) == "transition")
    made = min(the_id(row) for row in session.exec(moves) if row.details.get("batch") == batch.id)
    changes = changes_since(session, round_id, made, [the_id(one) for one in dossiers])
    undone = set(
        session.exec(
            select(BatchRow.id).where(col(BatchRow.round_id) == round_id, col(BatchRow.undone_at).is_not(None))
        ).all()
    )
    of_no_weight = {batch.id, *undone}
    return [
        change for change in changes if change.what in IN_THE_WAY and change.details.get("batch") not in of_no_weight
    ]


def can_be_undone(now: int | sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """The condition that an act of staff could be undone at `now`, if nothing else has happened to its dossiers."""
    row, of = BatchRow, col(NotificationRow.batch_id) == col(BatchRow.id)
    left = sa.exists().where(of, sa.or_(col(NotificationRow.status).in_(GONE), col(NotificationRow.attempts) > 0))
    waits = sa.exists().where(of, col(NotificationRow.ended_at).is_(None))
    return sa.and_(
        col(row.undone_at).is_(None), col(row.sent_at).is_(None), col(row.undo_until).is_not(None), ~left,
        sa.or_(col(row.undo_until) > now, waits),
    )  # fmt: skip
