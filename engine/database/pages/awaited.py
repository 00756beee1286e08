"""Of which dossiers is something wanted of a member still, and who has not answered whether she knows the applicant?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col

from engine.database.cohort.letters import title
from engine.database.pages.matrix import Table, grid
from engine.database.records import ClearanceRow, ConflictRow, ContactRow, DossierRow, PersonRow, RoleRow
from engine.database.sitting import sits_for


@dataclass(frozen=True, slots=True)
class Waits:
    """A dossier of which something is wanted of a member still."""

    number: str
    title: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is wanted of a member still: of how many dossiers, and the first of them by number."""

    count: int
    first: Sequence[Waits]


def waiting(session: Session, table: Table, person_ids: Sequence[int], *, limit: int) -> Mapping[int, Waiting]:
    """person -> the dossiers of which something is wanted of her still: never one that she has ties with."""
    of = grid(table).c
    by_person = sa.func.row_number().over(partition_by=of.person_id, order_by=of.number)
    placed = (
        sa.select(
            of.person_id, of.dossier_id, of.number, by_person.label("place"),
            sa.func.count().over(partition_by=of.person_id).label("all"),
        )
        .where(of.waiting == 1, of.person_id.in_(person_ids))
        .subquery("placed")
    )  # fmt: skip
    rows = session.connection().execute(
        sa.select(placed.c.person_id, placed.c.all, placed.c.number, title(table.workflow),
                  col(DossierRow.organisation))
        .join(DossierRow, col(DossierRow.id) == placed.c.dossier_id)
        .where(placed.c.place <= limit)
        .order_by(placed.c.person_id, placed.c.place)
    )  # fmt: skip
    counts: dict[int, int] = {}
    found: dict[int, list[Waits]] = {}
    for person_id, number_of_all, number, called, organisation in rows:
        counts[person_id] = number_of_all
        found.setdefault(person_id, []).append(Waits(number, called, organisation))
    return {person_id: Waiting(counts[person_id], first) for person_id, first in found.items()}


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A member who has not said yet whether she knows the applicant of a dossier."""

    name: str
    email: str
    number: str
    title: str


def unanswered(session: Session, table: Table, *, limit: int = 50, offset: int = 0) -> Sequence[Unanswered]:
    """Some of the answers that are wanting, by number and then by member."""

    def said(row: type[ConflictRow] | type[ContactRow] | type[ClearanceRow]) -> sa.Exists:
        mine = sa.and_(col(row.dossier_id) == col(DossierRow.id), col(row.person_id) == col(RoleRow.person_id))
        standing = col(ClearanceRow.ended_at).is_(None) if row is ClearanceRow else sa.true()
        return sa.exists().where(mine, standing).correlate(DossierRow, RoleRow)

    rows = session.connection().execute(
        sa.select(col(PersonRow.name), col(PersonRow.email), col(DossierRow.number), title(table.workflow))
        .select_from(sa.join(DossierRow, RoleRow, col(RoleRow.round_id) == col(DossierRow.round_id)))
        .join(PersonRow, col(PersonRow.id) == col(RoleRow.person_id))
        .where(
            table.dossiers, col(RoleRow.role) == table.committee, sits_for(), ~said(ConflictRow), ~said(ContactRow),
            ~said(ClearanceRow),
        )
        .order_by(col(DossierRow.number), col(PersonRow.name), col(PersonRow.email))
        .limit(limit)
        .offset(offset)
    )  # fmt: skip
    return [Unanswered(name or email, email, number, called) for name, email, number, called in rows]
