"""Which moments have come, and wait for somebody to approve their letters?"""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from engine.database.records import DeadlineRow


def moments_that_wait(session: Session, round_id: int) -> Sequence[str]:
    """The moments whose verdicts have not taken effect because nobody has released them, earliest first.

    One that comes for each batch of the intake is there once, however many wait.
    """
    rows = session.exec(
        select(DeadlineRow.moment)
        .where(
            col(DeadlineRow.round_id) == round_id, col(DeadlineRow.ended_at).is_(None),
            col(DeadlineRow.awaits_release).is_(True), col(DeadlineRow.dossier_id).is_(None),
        )
        .order_by(col(DeadlineRow.fires_at))
    ).all()  # fmt: skip
    return tuple(dict.fromkeys(rows))
