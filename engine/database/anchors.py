"""On which days does what each dossier has by itself hang: a date that it gives, or the day on which something was
accepted?"""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlmodel import Session, col, select

from engine.database.records import AnswerRow, ObligationRow
from engine.rules.moments import from_instant
from engine.rules.timers import own_moments
from engine.rules.typed import is_day
from engine.rules.workflow import Workflow


def anchors_of(session: Session, workflow: Workflow, dossier_id: int, zone: str) -> Mapping[str, date]:
    """What an own moment hangs on (`first_day`, `report accepted`) -> its day, as far as there is one.

    What is owed several times is accepted with the last of it; what is excused is not waited for.
    """
    return anchors_of_each(session, workflow, [dossier_id], zone)[dossier_id]


def anchors_of_each(
    session: Session, workflow: Workflow, dossiers: Sequence[int], zone: str
) -> Mapping[int, Mapping[str, date]]:
    """dossier -> the same, in two questions; as many dossiers as one question lists."""
    moments = own_moments(workflow)
    found: dict[int, dict[str, date]] = {dossier: {} for dossier in dossiers}
    if asked := {one.anchor for one in moments if not one.is_accepted}:
        answers = session.exec(
            select(AnswerRow.dossier_id, AnswerRow.question, AnswerRow.value)
            .where(col(AnswerRow.dossier_id).in_(dossiers), col(AnswerRow.question).in_(asked))
            .order_by(col(AnswerRow.version))
        ).all()
        newest = {(dossier, question): value for dossier, question, value in answers}
        for (dossier, question), value in newest.items():
            if is_day(value):
                found[dossier][question] = date.fromisoformat(value)
    if owed := {one.anchor for one in moments if one.is_accepted}:
        rows: dict[tuple[int, str], list[ObligationRow]] = {}
        for row in session.exec(
            select(ObligationRow).where(
                col(ObligationRow.dossier_id).in_(dossiers), col(ObligationRow.name).in_(owed)
            )
        ):
            rows.setdefault((row.dossier_id, row.name), []).append(row)
        for (dossier, name), every in rows.items():
            accepted = [row.fulfilled_at for row in every if row.fulfilled_at is not None]
            if accepted and all(row.fulfilled_at is not None or row.excused_at is not None for row in every):
                found[dossier][f"{name} accepted"] = from_instant(max(accepted), zone).date()
    return found
