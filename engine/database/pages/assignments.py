"""What could be shared out among members, what was assigned just now, and who was reminded?"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from engine.database.cohort.letters import title
from engine.database.pages.matrix import Table
from engine.database.records import (
    AssignmentRow,
    ConflictRow,
    ContactRow,
    DossierRow,
    NotificationRow,
    OnceRow,
    PersonRow,
)
from engine.rules.sharing import Unread


def unread(session: Session, table: Table, numbers: Sequence[str] | None = None) -> Sequence[Unread]:
    """The dossiers of a table (or those of these numbers) as they are shared out: five questions, however many."""
    mine = table.dossiers if numbers is None else sa.and_(table.dossiers, col(DossierRow.number).in_(numbers))
    pairs: dict[str, dict[str, set[Any]]] = defaultdict(lambda: defaultdict(set))

    def gather(what: str, asked: Any) -> None:
        for number, found in session.connection().execute(asked.where(mine)):
            pairs[number][what].add(found)

    number = col(DossierRow.number)
    contact = sa.join(DossierRow, ContactRow, col(ContactRow.dossier_id) == col(DossierRow.id))
    conflict = sa.join(DossierRow, ConflictRow, col(ConflictRow.dossier_id) == col(DossierRow.id))
    standing = sa.and_(col(AssignmentRow.dossier_id) == col(DossierRow.id), *table.stand)
    gather("barred", sa.select(number, col(ContactRow.person_id)).select_from(contact))
    gather("barred", sa.select(number, col(ConflictRow.person_id)).select_from(conflict))
    gather("read_by", sa.select(number, col(AssignmentRow.person_id)).join(AssignmentRow, standing))
    speaks = contact.join(PersonRow, col(PersonRow.id) == col(ContactRow.person_id))
    gather("languages", sa.select(number, col(PersonRow.language)).select_from(speaks))
    every = session.connection().execute(sa.select(number).where(mine).order_by(number)).scalars().all()
    return [
        Unread(
            one, frozenset(pairs[one]["languages"]), frozenset(pairs[one]["read_by"]), frozenset(pairs[one]["barred"])
        )
        for one in every
    ]


def titles(session: Session, table: Table, numbers: Sequence[str]) -> Mapping[str, tuple[str, str]]:
    """number -> what people call a dossier, and whose it is."""
    rows = session.connection().execute(
        sa.select(col(DossierRow.number), title(table.workflow), col(DossierRow.organisation)).where(
            table.dossiers, col(DossierRow.number).in_(numbers)
        )
    )
    return {number: (str(called), of) for number, called, of in rows}


def last_assigned(
    session: Session, table: Table, by: int, after: int
) -> tuple[int, Sequence[tuple[str, str]]] | None:
    """When somebody last assigned something, after that instant, and what of it stands: (number, address)."""
    mine = (
        select(DossierRow.number, PersonRow.email, AssignmentRow.since)
        .join(AssignmentRow, col(AssignmentRow.dossier_id) == col(DossierRow.id))
        .join(PersonRow, col(PersonRow.id) == col(AssignmentRow.person_id))
        .where(
            table.dossiers, *table.stand, col(AssignmentRow.assigned_by) == by, col(AssignmentRow.since) > after,
        )
    )  # fmt: skip
    rows = session.exec(mine.order_by(col(DossierRow.number), col(PersonRow.email))).all()
    if not rows:
        return None
    last = max(since for _, _, since in rows)
    return last, [(number, email) for number, email, since in rows if since == last]


def reminded(session: Session, round_id: int, letter: str) -> Mapping[int, int]:
    """person -> when she was last written a letter of that name in the round."""
    rows = session.connection().execute(
        sa.select(col(NotificationRow.person_id), sa.func.max(col(NotificationRow.leaves_at)))
        .where(col(NotificationRow.round_id) == round_id, col(NotificationRow.letter) == letter)
        .group_by(col(NotificationRow.person_id))
    )
    return {int(person_id): int(at) for person_id, at in rows if person_id is not None}


def sent_before(session: Session, round_id: int, key: str) -> bool:
    """Whether a form with that key was kept in the round already."""
    row = session.exec(select(OnceRow.id).where(col(OnceRow.key) == key, col(OnceRow.round_id) == round_id)).first()
    return row is not None
