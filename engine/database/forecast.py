"""What did a round come to: who was moved, what was told and when, what is owed, and where does each dossier stand?"""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col

from engine.database.consequences import STOPPED, Marks
from engine.database.records import DeadlineRow, DossierRow, NotificationRow, ObligationRow, PromisedRow, TransitionRow

Move = tuple[str, str, str, int]
"""a transition, from which state to which, and as of when"""
Letter = tuple[str, str, str, int]
"""a role, its letter, in which language, and when it leaves"""
Debt = tuple[str, int, str, str]
"""an obligation or a promise to pay, its place among those of that name, its last day, and what became of it"""


@dataclass(frozen=True, slots=True)
class Course:
    """How a round goes from a mark on; each counted. Instants in UTC microseconds."""

    moves: Mapping[Move, int]
    letters: Mapping[Letter, int]
    debts: Mapping[Debt, int]
    states: Mapping[str, str]
    """number of a dossier -> where it stands in the end"""
    deadlines: Mapping[str, tuple[int, str | None]]
    """key -> as of when, and how it ended; None where it has not"""


def course_since(session: Session, round_id: int, marks: Marks) -> Course:
    """All that has happened in a round since the marks were taken, and how it stands."""
    run = session.connection().execute
    move, letter, debt, deadline = TransitionRow, NotificationRow, ObligationRow, DeadlineRow
    of = (col(DossierRow.round_id) == round_id,)
    moves = run(
        sa.select(col(move.name), col(move.source), col(move.target), col(move.at), sa.func.count())
        .join(DossierRow, col(DossierRow.id) == col(move.dossier_id))
        .where(*of, col(move.id) > marks.transition)
        .group_by(col(move.name), col(move.source), col(move.target), col(move.at))
    ).all()
    letters = run(
        sa.select(col(letter.role), col(letter.letter), col(letter.language), col(letter.leaves_at), sa.func.count())
        .where(
            col(letter.round_id) == round_id, col(letter.id) > marks.notification,
            col(letter.status).not_in(STOPPED),
        )
        .group_by(col(letter.role), col(letter.letter), col(letter.language), col(letter.leaves_at))
    ).all()  # fmt: skip
    became = sa.case(
        (col(debt.fulfilled_at).is_not(None), "fulfilled"), (col(debt.excused_at).is_not(None), "excused"),
        (col(debt.handed_in_at).is_not(None), "handed in"), (col(debt.overdue_at).is_not(None), "overdue"),
        else_="open",
    )  # fmt: skip
    debts = run(
        sa.select(col(debt.name), col(debt.position), col(debt.last_day), became, sa.func.count())
        .join(DossierRow, col(DossierRow.id) == col(debt.dossier_id))
        .where(*of)
        .group_by(col(debt.name), col(debt.position), col(debt.last_day), became)
    ).all()
    promised = PromisedRow
    paid = sa.case(
        (col(promised.kept_at).is_not(None), "paid"), (col(promised.ended_at).is_not(None), "not to be paid"),
        else_="to be paid",
    )  # fmt: skip
    debts_and_sums = [
        *debts,
        *run(
            sa.select(
                col(promised.name), col(promised.position), sa.func.coalesce(col(promised.last_day), ""), paid,
                sa.func.count(),
            )
            .join(DossierRow, col(DossierRow.id) == col(promised.dossier_id))
            .where(*of)
            .group_by(col(promised.name), col(promised.position), col(promised.last_day), paid)
        ).all(),
    ]  # fmt: skip
    states = run(sa.select(col(DossierRow.number), col(DossierRow.state)).where(*of)).all()
    deadlines = run(
        sa.select(col(deadline.key), col(deadline.due_at), col(deadline.ending)).where(
            col(deadline.round_id) == round_id
        )
    ).all()
    return Course(
        {(name, source, target, at): count for name, source, target, at, count in moves},
        {(role, name, language, at): count for role, name, language, at, count in letters},
        {(name, position, day, end): count for name, position, day, end, count in debts_and_sums},
        {number: state for number, state in states},  # noqa: C416  # a row is no pair of its own
        {key: (at, ending) for key, at, ending in deadlines},
    )
