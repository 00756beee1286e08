"""Who could get in under a cap, and with which marks?"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import Session, col

from engine.database.caps import asked_in
from engine.database.cohort.ranks import given_place
from engine.database.cohort.scores import mean_mark, score
from engine.database.records import DossierRow
from engine.rules.ranking import Candidate
from engine.rules.workflow import Workflow


def candidates(
    session: Session, workflow: Workflow, order: Sequence[str], where: sa.ColumnElement[bool], asked: str | None = None
) -> dict[int, Candidate]:
    """dossier -> the candidate that it is, with its score, what else counts in the order, and the money that it asks
    in the question `asked`."""
    criteria = [name for name in order if name in workflow.criteria]
    rows = session.connection().execute(
        sa.select(
            col(DossierRow.id), col(DossierRow.number),
            sa.func.coalesce(col(DossierRow.received_at), col(DossierRow.started_at)),
            sa.literal(0.0) if asked is None else asked_in(asked),
            given_place(workflow, col(DossierRow.state)) if "committee" in order else sa.null(),
            score(workflow), *(mean_mark(workflow, name) for name in criteria),
        ).where(where)
    )  # fmt: skip
    found: dict[int, Candidate] = {}
    for row in rows:
        dossier_id, number, received_at, amount, place, *marks = tuple(row)
        known = dict(zip(("committee", "score", *criteria), (place, *marks), strict=True))
        found[dossier_id] = Candidate(number, received_at, known, amount)
    return found
