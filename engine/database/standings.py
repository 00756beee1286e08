"""Who is somebody in a round, and to a dossier?"""

from sqlmodel import Session

from engine.database.store import roles_of, ties_of
from engine.rules.roles import Standing


def standing_of(session: Session, round_id: int, person_id: int, dossier_id: int | None = None) -> Standing:
    """The standing of a person, in one question about the round and, if a dossier is given, one about it."""
    roles = roles_of(session, round_id, person_id)
    nothing = (False, False, False)
    contact, conflict, cleared = ties_of(session, dossier_id, person_id) if dossier_id is not None else nothing
    return Standing(
        roles=frozenset(row.role for row in roles),
        chairs=frozenset(row.role for row in roles if row.chair),
        contact=contact,
        conflict=conflict,
        cleared=cleared,
    )
