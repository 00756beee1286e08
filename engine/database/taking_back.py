"""How do the dossiers of an act go back to where they were? A statement each, however many they are."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from engine.database.cohort.moving import OF_OBLIGATIONS
from engine.database.expressions import text
from engine.database.records import DeadlineRow, DossierRow, ObligationRow, SlotRow, TransitionRow
from engine.database.standing_moves import TAKEN_BACK, stands
from engine.errors import GrantcycleError
from engine.faults import point


def lead_back(session: Session, batch_id: int, count: int, *, now: int, person_id: int) -> None:
    """Undo every move of an act: each dossier stands where it stood, since when it stood there.

    Raises GrantcycleError when one of them (of so many) does not stand where the act has led it.
    """
    connection = session.connection()
    move, before = aliased(TransitionRow), aliased(TransitionRow)
    moved = (col(move.batch_id) == batch_id, col(move.undoes_id).is_(None))
    of_dossier = sa.select(move).where(*moved, col(move.dossier_id) == col(DossierRow.id))
    since = (
        sa.select(col(before.at))
        .where(
            col(before.dossier_id) == col(DossierRow.id), stands(before),
            # the act's own move is the last one that counts
            sa.or_(col(before.batch_id).is_(None), col(before.batch_id) != batch_id),
        )
        .order_by(col(before.id).desc())
        .limit(1)
        .scalar_subquery()
    )  # fmt: skip
    changed = connection.execute(
        sa.update(DossierRow)
        .where(
            col(DossierRow.id).in_(sa.select(col(move.dossier_id)).where(*moved)),
            col(DossierRow.state) == of_dossier.with_only_columns(col(move.target)).scalar_subquery(),
        )
        .values(
            state=of_dossier.with_only_columns(col(move.source)).scalar_subquery(),
            entered_at=sa.func.coalesce(since, col(DossierRow.started_at)),
            version=col(DossierRow.version) + 1,
        )
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != count:
        raise GrantcycleError("a dossier was changed by somebody else at the same time; try again")
    point("dossiers led back")
    connection.execute(
        sa.insert(TransitionRow).from_select(
            ["dossier_id", "name", "source", "target", "at", "recorded_at", "person_id", "batch_id", "undoes_id"],
            sa.select(
                col(move.dossier_id), text(TAKEN_BACK), col(move.target), col(move.source), sa.literal(now),
                sa.literal(now), sa.literal(person_id), col(move.batch_id), col(move.id),
            ).where(*moved).order_by(col(move.id).desc()),
        )
    )  # fmt: skip
    point("moves undone")


def owe_no_more(session: Session, dossiers: Sequence[int], *, laid_out_at: int) -> list[int]:
    """Take away what was laid out then, with the deadlines that mind it.

    Gives the dossiers that owe something else as well: their deadlines are to be worked out again.
    """
    connection = session.connection()
    laid = sa.and_(col(ObligationRow.dossier_id).in_(dossiers), col(ObligationRow.laid_out_at) == laid_out_at)
    of = set(connection.execute(sa.select(col(ObligationRow.dossier_id)).where(laid).distinct()).scalars())
    if not of:
        return []
    connection.execute(sa.delete(ObligationRow).where(laid).execution_options(synchronize_session=False))
    point("obligations taken away")
    owing = set(
        connection.execute(
            sa.select(col(ObligationRow.dossier_id)).where(
                col(ObligationRow.dossier_id).in_(of), col(ObligationRow.fulfilled_at).is_(None),
                col(ObligationRow.excused_at).is_(None),
            )
        ).scalars()
    )  # fmt: skip
    connection.execute(
        sa.delete(DeadlineRow)
        .where(
            col(DeadlineRow.dossier_id).in_(of - owing), col(DeadlineRow.kind).in_(OF_OBLIGATIONS),
            col(DeadlineRow.ended_at).is_(None),
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    point("deadlines taken away")
    return sorted(owing)


def slots_without_reason(
    session: Session, dossiers: Sequence[int], meeting: str, open_to: Sequence[str]
) -> Sequence[SlotRow]:
    """The places in a running order that dossiers have only because of moves that are undone by now."""
    elsewhere = sa.exists().where(
        col(TransitionRow.dossier_id) == col(SlotRow.dossier_id), col(TransitionRow.target).in_(open_to), stands()
    )
    return session.exec(
        select(SlotRow)
        .where(col(SlotRow.dossier_id).in_(dossiers), col(SlotRow.meeting) == meeting, ~elsewhere)
        .order_by(col(SlotRow.position))
    ).all()
