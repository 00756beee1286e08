"""Which place has a dossier in the line of those who wait for one to free?"""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlmodel import Session, col

from engine.database.records import DossierRow
from engine.rules.numbers import PerStrand
from engine.rules.workflow import Transition, Workflow


def ways_to_a_place(workflow: Workflow, state: str) -> list[Transition]:
    """The moves out of a state that happen when a place frees."""
    return [one for one in workflow.transitions.values() if one.frees and state in one.sources]


def number_in_line(session: Session, dossier_id: int, ways: Iterable[Transition]) -> int | None:
    """1 for whoever is next, by the first of these moves; None where something else than arrival orders the line."""
    way = next(iter(ways), None)
    if way is None or way.order != ("received",):
        return None
    came = sa.func.coalesce(col(DossierRow.received_at), col(DossierRow.started_at))
    cap = way.guard("at_most")
    # who waits for a place of one strand stands in no other's way
    line_of = col(DossierRow.strand) if cap is not None and isinstance(cap.value, PerStrand) else None
    place = sa.func.row_number().over(partition_by=line_of, order_by=(came, col(DossierRow.number)))
    this = sa.select(col(DossierRow.round_id)).where(col(DossierRow.id) == dossier_id).scalar_subquery()
    line = sa.select(col(DossierRow.id).label("id"), place.label("place")).where(
        col(DossierRow.round_id) == this, col(DossierRow.state).in_(way.sources)
    ).subquery("line")  # fmt: skip
    found = session.connection().execute(sa.select(line.c.place).where(line.c.id == dossier_id)).scalar()
    return None if found is None else int(found)
