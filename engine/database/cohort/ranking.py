"""Who could get in under a cap, and with which marks?"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import Session, col

from engine.database.cohort.scores import mean_mark, score
from engine.database.records import DossierRow
from engine.rules.ranking import Candidate
from engine.rules.workflow import Workflow


def candidates(
    session: Session, workflow: Workflow, order: Sequence[str], where: sa.ColumnElement[bool]
) -> dict[int, Candidate]:
    """dossier -> the candidate that it is, with its score and its mean for each criterion of the order."""
    criteria = [name for name in order if name in workflow.criteria]
    rows = session.connection().execute(
        sa.select(
            col(DossierRow.id), col(DossierRow.number),
            sa.func.coalesce(col(DossierRow.received_at), col(DossierRow.started_at)),
            score(workflow), *(mean_mark(workflow, name) for name in criteria),
        ).where(where)
    )  # fmt: skip
    found: dict[int, Candidate] = {}
    for row in rows:
        dossier_id, number, received_at, *marks = tuple(row)
        found[dossier_id] = Candidate(number, received_at, dict(zip(("score", *criteria), marks, strict=True)))
    return found
