"""What has happened to dossiers since somebody looked?

A page remembers how far its round's journal went when it was shown: one number, whatever the page shows.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from engine.database.records import DossierRow, JournalRow, PersonRow

OPINIONS = (
    "commented", "comment taken back", "conflict declared", "declared clear", "recommended", "score agreed", "scored",
)  # fmt: skip
"""what members say of a dossier leaves it as it is, and nobody's act is in its way"""
AT_ONCE = 500
"""dossiers in one question"""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened to a dossier: recorded `at` (UTC microseconds), by an address, `server` or `calendar`.

    `name` is what that person is called, empty for the calendar.
    """

    number: str
    at: int
    actor: str
    name: str
    what: str
    details: Mapping[str, Any]


_NEWEST = (
    sa.select(col(JournalRow.id))
    .where(col(JournalRow.round_id) == sa.bindparam("round_id"))
    .order_by(col(JournalRow.id).desc())
    .limit(1)
)
"""put together once: every page of a round's console asks it"""


def journal_position(session: Session, round_id: int) -> int:
    """How far the journal of a round goes now; 0 before it begins."""
    found: int | None = session.connection().execute(_NEWEST, {"round_id": round_id}).scalar()
    return found or 0


def changes_since(session: Session, round_id: int, seen: int, dossiers: Collection[int]) -> list[Change]:
    """What has happened to these dossiers (by id) of a round since its journal went as far as `seen`, oldest first."""
    row, wanted = JournalRow, sorted(dossiers)
    found: list[Any] = []
    for start in range(0, len(wanted), AT_ONCE):
        found += session.connection().execute(
            sa.select(
                col(row.id), col(DossierRow.number), col(row.recorded_at), col(row.actor), col(PersonRow.name),
                col(row.what), col(row.details),
            )
            .join(DossierRow, col(DossierRow.id) == col(row.dossier_id))
            .outerjoin(PersonRow, col(PersonRow.email) == col(row.actor))
            .where(
                col(row.round_id) == round_id, col(row.id) > seen, col(row.what).not_in(OPINIONS),
                col(row.dossier_id).in_(wanted[start : start + AT_ONCE]),
            )
        ).all()  # fmt: skip
    return [
        Change(number, at, actor, name or "", what, details)
        for _, number, at, actor, name, what, details in sorted(found, key=lambda one: one[0])
    ]
