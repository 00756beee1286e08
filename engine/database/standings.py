"""Who is somebody in a round, and to a dossier?"""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlmodel import Session, col, select

from engine.database.connection import in_parts
from engine.database.records import ClearanceRow, ConflictRow, ContactRow, DossierRow
from engine.database.store import roles_of, ties_of
from engine.rules.roles import Standing


def standing_of(session: Session, round_id: int, person_id: int, dossier_id: int | None = None) -> Standing:
    """The standing of a person, in one question about the round and, if a dossier is given, one about it.

    Of committees of which there is one for each strand or answer only a seat in that of the dossier counts beside it.
    """
    roles = roles_of(session, round_id, person_id, dossier_id)
    nothing = (False, False, False)
    contact, conflict, cleared = ties_of(session, dossier_id, person_id) if dossier_id is not None else nothing
    return Standing(
        roles=frozenset(row.role for row in roles),
        chairs=frozenset(row.role for row in roles if row.chair),
        contact=contact,
        conflict=conflict,
        cleared=cleared,
    )


def standings_of(session: Session, round_id: int, person_id: int, dossiers: Sequence[int]) -> Mapping[int, Standing]:
    """dossier -> the standing of a person in its round and to it, in a constant number of questions."""
    roles = roles_of(session, round_id, person_id)
    named, chairs = frozenset(row.role for row in roles), frozenset(row.role for row in roles if row.chair)
    of = col(DossierRow.id)
    ties = sa.select(
        of,
        sa.exists().where(col(ContactRow.dossier_id) == of, col(ContactRow.person_id) == person_id),
        sa.exists().where(col(ConflictRow.dossier_id) == of, col(ConflictRow.person_id) == person_id),
        sa.exists().where(
            col(ClearanceRow.dossier_id) == of, col(ClearanceRow.person_id) == person_id,
            col(ClearanceRow.ended_at).is_(None),
        ),
    )  # fmt: skip
    found: dict[int, Standing] = {}
    for some in in_parts(dossiers):
        for dossier, *its in session.connection().execute(ties.where(of.in_(some))):
            assert dossier is not None
            found[dossier] = Standing(named, chairs, *(bool(one) for one in its))
    return found


def conflicts_among(session: Session, dossiers: Sequence[int], person_id: int) -> frozenset[int]:
    """Those of the dossiers with which a person has a conflict."""
    found: set[int] = set()
    for some in in_parts(dossiers):
        wanted = select(ConflictRow.dossier_id).where(
            col(ConflictRow.person_id) == person_id, col(ConflictRow.dossier_id).in_(some)
        )
        found.update(session.exec(wanted).all())
    return frozenset(found)
