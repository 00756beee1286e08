"""On which days does what each dossier has by itself hang: a date that it gives, or the day on which something was
accepted?"""

from collections.abc import Mapping
from datetime import date

from sqlmodel import Session, col, select

from engine.database.records import ObligationRow
from engine.database.store import current_answers
from engine.rules.moments import from_instant
from engine.rules.timers import own_moments
from engine.rules.typed import is_day
from engine.rules.workflow import Workflow


def anchors_of(session: Session, workflow: Workflow, dossier_id: int, zone: str) -> Mapping[str, date]:
    """What an own moment hangs on (`first_day`, `report accepted`) -> its day, as far as there is one.

    What is owed several times is accepted with the last of it; what is excused is not waited for.
    """
    moments = own_moments(workflow)
    found: dict[str, date] = {}
    if any(not one.is_accepted for one in moments):
        answers = current_answers(session, dossier_id)
        named = {one.anchor for one in moments if not one.is_accepted}
        found = {name: date.fromisoformat(answers[name]) for name in named if is_day(answers.get(name))}
    for name in {one.anchor for one in moments if one.is_accepted}:
        rows = session.exec(
            select(ObligationRow).where(col(ObligationRow.dossier_id) == dossier_id, col(ObligationRow.name) == name)
        ).all()
        accepted = [row.fulfilled_at for row in rows if row.fulfilled_at is not None]
        if accepted and all(row.fulfilled_at is not None or row.excused_at is not None for row in rows):
            found[f"{name} accepted"] = from_instant(max(accepted), zone).date()
    return found
