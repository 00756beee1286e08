"""Since when does a dossier stand where it stands?

A stay begins with the last move that counts, or with the start of the dossier: it has the number of that move, or 0. A
move that is taken back gives the dossier its earlier stay again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from engine.database.expressions import Expression
from engine.database.records import DossierRow, TransitionRow
from engine.database.standing_moves import stands
from engine.database.store import the_id


@dataclass(frozen=True, slots=True)
class Stay:
    """`number` tells the stays of a dossier apart; `since` is when it was written down that it came (microseconds)."""

    number: int
    since: int


def stay_of(session: Session, dossier: DossierRow) -> Stay:
    """The stay of a dossier in the state in which it stands."""
    last = session.exec(
        select(TransitionRow)
        .where(col(TransitionRow.dossier_id) == the_id(dossier), stands())
        .order_by(col(TransitionRow.id).desc())
        .limit(1)
    ).first()
    return Stay(0, dossier.started_at) if last is None else Stay(the_id(last), last.recorded_at)


def came_into(session: Session, dossier: DossierRow, states: Sequence[str], begins_in: str) -> int | None:
    """When it was written down that a dossier last came into one of these states; None if it never did."""
    last = session.exec(
        select(TransitionRow.recorded_at)
        .where(
            col(TransitionRow.dossier_id) == the_id(dossier), stands(), col(TransitionRow.target).in_(states),
        )
        .order_by(col(TransitionRow.id).desc())
        .limit(1)
    ).first()  # fmt: skip
    return dossier.started_at if last is None and begins_in in states else last


_MOVE = aliased(TransitionRow)
"""made once: an alias makes each column of its table anew"""


def number_of_stay(dossier_id: Expression) -> sa.ColumnElement[int]:
    """The same number in SQL, of the dossier that an expression names."""
    last = sa.select(sa.func.max(_MOVE.id)).where(_MOVE.dossier_id == dossier_id, stands(_MOVE))  # type: ignore[arg-type]
    return sa.func.coalesce(last.correlate_except(_MOVE).scalar_subquery(), 0)
