"""Which lists of dossiers does somebody keep, and with which does their board begin?"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, update
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, delete, func, select

from engine.database.connection import inserting
from engine.database.records import SavedViewRow

MOST = 50
"""views of one person in one programme"""


@dataclass(frozen=True, slots=True)
class SavedView:
    """`page` is `board` or `table`, `query` what stands behind its question mark."""

    id: int
    name: str
    page: str
    query: str
    is_start: bool


_OF_PERSON = (
    sa_select(
        col(SavedViewRow.id), col(SavedViewRow.name), col(SavedViewRow.page), col(SavedViewRow.query),
        col(SavedViewRow.start_since),
    )
    .where(
        col(SavedViewRow.person_id) == bindparam("person_id"), col(SavedViewRow.programme) == bindparam("programme")
    )
    .order_by(col(SavedViewRow.id))
    .limit(MOST)
)  # fmt: skip
"""put together once: every page with a list asks it"""


def of_person(session: Session, person_id: int, programme: str) -> Sequence[SavedView]:
    """A person's views in a programme, in the order in which they were first kept."""
    rows = session.connection().execute(_OF_PERSON, {"person_id": person_id, "programme": programme})
    return [SavedView(id or 0, name, page, query, since is not None) for id, name, page, query, since in rows]


def save(session: Session, person_id: int, programme: str, *, name: str, page: str, query: str, now: int) -> bool:
    """Keep a view under a name; one of that name is replaced. False when there are too many already."""
    own = (col(SavedViewRow.person_id) == person_id, col(SavedViewRow.programme) == programme)
    others = select(func.count()).select_from(SavedViewRow).where(*own, col(SavedViewRow.name) != name)
    if session.exec(others).one() >= MOST:
        return False
    row = {"person_id": person_id, "programme": programme, "name": name, "page": page, "query": query, "saved_at": now}
    written = inserting(session, SavedViewRow).values(row)
    changed = {"page": page, "query": query, "saved_at": now}
    key = ["person_id", "programme", "name"]
    session.connection().execute(written.on_conflict_do_update(index_elements=key, set_=changed))
    return True


def rename(session: Session, person_id: int, view: int, name: str) -> bool:
    """Call a view otherwise; False when it is not theirs, or when another of theirs is called so."""
    own = select(SavedViewRow).where(col(SavedViewRow.id) == view, col(SavedViewRow.person_id) == person_id)
    row = session.exec(own).first()
    if row is None:
        return False
    twin = select(SavedViewRow.id).where(
        col(SavedViewRow.person_id) == person_id, col(SavedViewRow.programme) == row.programme,
        col(SavedViewRow.name) == name, col(SavedViewRow.id) != view,
    )  # fmt: skip
    if session.exec(twin).first() is not None:
        return False
    row.name = name
    session.add(row)
    session.flush()
    return True


def forget(session: Session, person_id: int, view: int) -> bool:
    """Keep a view no longer; False when it is not theirs."""
    gone = delete(SavedViewRow).where(col(SavedViewRow.id) == view, col(SavedViewRow.person_id) == person_id)
    return session.connection().execute(gone).rowcount == 1


def begin_with(session: Session, person_id: int, programme: str, view: int | None, now: int) -> bool:
    """Let a person's board begin with one of their views, or (None) with all dossiers; False when it is not theirs."""
    own = (col(SavedViewRow.person_id) == person_id, col(SavedViewRow.programme) == programme)
    theirs = select(SavedViewRow.id).where(*own, col(SavedViewRow.id) == view)
    if view is not None and session.exec(theirs).first() is None:
        return False
    connection = session.connection()
    connection.execute(update(SavedViewRow).where(*own).values(start_since=None))
    if view is not None:
        connection.execute(update(SavedViewRow).where(*own, col(SavedViewRow.id) == view).values(start_since=now))
    return True
