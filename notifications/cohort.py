"""How is a letter queued for every applicant of a cohort? In one statement, whatever their number."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from engine.cycle.telling import Told
from engine.database.connection import inserting
from engine.database.expressions import as_json, as_text, quoted, said, text
from engine.database.records import CauseRow, ContactRow, NotificationRow, PersonRow
from engine.database.store import the_id
from engine.rules.workflow import Workflow
from notifications.recipients import NOT_ALLOWED


@dataclass(frozen=True, slots=True)
class Keys:
    """The unique keys, and the Message-IDs, of all letters of that name that one cause makes."""

    of: str
    opened_at: int
    domain: str

    @property
    def token(self) -> str:
        """What the Message-IDs of these letters have in common."""
        return hashlib.sha256(f"{self.opened_at}/{self.of}".encode()).hexdigest()[:24]

    def key(self, person: str, what: str) -> str:
        return f"{self.of} | person {person} | {what}"

    def message_id(self, what: str, person: str) -> str:
        return f"<{self.token}.{what}.{person}@{self.domain}>"


def queue_cohort(
    session: Session,
    cause: CauseRow,
    told: Told,
    letters: sa.Subquery,
    keys: Keys,
    workflow: Workflow,
    allow: Sequence[str],
    now: int,
) -> None:
    """Queue a letter to each contact of each dossier of `letters`; what stands there already is not written again."""
    person, one = PersonRow, letters.c
    number = as_text(col(person.id))
    # who has not said a name yet is called by the address
    name = sa.func.coalesce(sa.func.nullif(col(person.name), ""), col(person.email))
    language = sa.case(
        (col(person.language).in_(workflow.languages), col(person.language)), else_=text(workflow.language)
    )
    allowed = _may_write_to(allow)
    columns: dict[str, Any] = {
        "key": said(f"{keys.of} | person ", number, " | ", one.number),
        "message_id": said(f"<{keys.token}.", as_text(one.dossier_id), ".", number, f"@{keys.domain}>"),
        "round_id": sa.literal(cause.round_id),
        "cause_id": sa.literal(the_id(cause)),
        "dossier_id": one.dossier_id,
        "person_id": col(person.id),
        "role": text(told.role),
        "letter": text(told.letter),
        "language": language,
        "address": col(person.email),
        "facts": as_json(said('{"person": {"name": ', quoted(name), "}, ", sa.func.substr(one.facts, 2))),
        "batch_id": sa.cast(sa.literal(told.batch_id), sa.BigInteger),
        "leaves_at": sa.literal(told.leaves_at),
        "valid_until": sa.cast(sa.literal(told.valid_until), sa.BigInteger),
        "next_try_at": sa.literal(told.leaves_at),
        "attempts": sa.literal(0),
        "status": sa.case((allowed, text("waiting")), else_=text("cancelled")),
        "last_reply": sa.case((~allowed, text(NOT_ALLOWED))),
        "ended_at": sa.case((~allowed, sa.literal(now, sa.BigInteger))),
    }
    chosen = (
        sa.select(*columns.values())
        .select_from(letters)
        .join(ContactRow, col(ContactRow.dossier_id) == one.dossier_id)
        .join(PersonRow, col(person.id) == col(ContactRow.person_id))
        .where(sa.true())  # SQLite would take ON CONFLICT for a condition of the join
        .order_by(one.place, col(ContactRow.id))
    )
    insert = inserting(session, NotificationRow).from_select(list(columns), chosen)
    session.connection().execute(insert.on_conflict_do_nothing(index_elements=["key"]))


def _may_write_to(allow: Sequence[str]) -> sa.ColumnElement[bool]:
    """The same as `may_write_to`, of a person's address."""
    if not allow:
        return sa.true()
    address = sa.func.lower(col(PersonRow.email))
    entries = [entry.lower() for entry in allow]
    return sa.or_(
        address.in_(entries), *(address.endswith(f"@{entry.removeprefix('@')}", autoescape=True) for entry in entries)
    )
