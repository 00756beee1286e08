"""What has happened, and has nobody rewritten it?

The journal is append-only (triggers hold it) and chained per round: one link per transaction, over a digest of the
rows written in it, so that a cohort of any size costs one link.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select

from engine.database.records import JournalRow, LinkRow
from engine.database.store import the_id

START = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: as of `at`, by `actor` (an address, or `calendar`)."""

    what: str
    at: int
    actor: str
    dossier_id: int | None = None
    details: dict[str, Any] = field(default_factory=dict)


def _digest(entries: Sequence[tuple[str, int, int, str, int | None, dict[str, Any]]]) -> str:
    # read back first, as the table will give it: a number that is a key is text by then
    as_kept = json.loads(json.dumps(entries))
    text = json.dumps(as_kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def write(session: Session, round_id: int, entries: Sequence[Entry], recorded_at: int) -> None:
    """Add the entries of one transaction to the journal of a round, as one link of its chain."""
    if not entries:
        return
    last = session.exec(
        select(LinkRow).where(col(LinkRow.round_id) == round_id).order_by(col(LinkRow.position).desc()).limit(1)
    ).first()
    digest = _digest([(e.what, e.at, recorded_at, e.actor, e.dossier_id, e.details) for e in entries])
    before = last.chained if last else START
    added = session.connection().execute(
        insert(LinkRow).values(
            round_id=round_id,
            position=last.position + 1 if last else 1,
            rows=len(entries),
            digest=digest,
            chained=hashlib.sha256(f"{before}{digest}".encode()).hexdigest(),
        )
    )
    assert added.inserted_primary_key is not None
    link_id = added.inserted_primary_key[0]
    session.connection().execute(
        insert(JournalRow),
        [
            {
                "link_id": link_id,
                "round_id": round_id,
                "dossier_id": entry.dossier_id,
                "at": entry.at,
                "recorded_at": recorded_at,
                "actor": entry.actor,
                "what": entry.what,
                "details": entry.details,
            }
            for entry in entries
        ],
    )


def read(session: Session, round_id: int, dossier_id: int | None = None) -> Sequence[JournalRow]:
    """The journal of a round, or of one dossier, in the order in which it was written."""
    rows = select(JournalRow).where(col(JournalRow.round_id) == round_id).order_by(col(JournalRow.id))
    if dossier_id is not None:
        rows = rows.where(col(JournalRow.dossier_id) == dossier_id)
    return session.exec(rows).all()


def broken_links(session: Session, round_id: int) -> tuple[str, ...]:
    """A sentence for each link whose rows are not the ones that were written; empty when the chain is whole."""
    complaints = []
    before, expected, newest = START, 1, 0
    links = session.exec(select(LinkRow).where(col(LinkRow.round_id) == round_id).order_by(col(LinkRow.position))).all()
    for link in links:
        rows = session.exec(
            select(JournalRow).where(col(JournalRow.link_id) == link.id).order_by(col(JournalRow.id))
        ).all()
        digest = _digest([(r.what, r.at, r.recorded_at, r.actor, r.dossier_id, r.details) for r in rows])
        if link.position != expected:
            complaints.append(f"journal link {expected} is missing")
        strangers = any(row.round_id != round_id for row in rows)
        if digest != link.digest or len(rows) != link.rows or not rows or strangers:
            complaints.append(f"the rows of journal link {link.position} are not the ones that were written")
        # the digest knows the order of rows within a link; that of the links is the order in which rows were written
        if rows and the_id(rows[0]) <= newest:
            complaints.append(f"the rows of journal link {link.position} stand before those of an earlier one")
        newest = max([newest, *(the_id(row) for row in rows)])
        if hashlib.sha256(f"{before}{link.digest}".encode()).hexdigest() != link.chained:
            complaints.append(f"journal link {link.position} does not follow from the one before")
        before, expected = link.chained, link.position + 1
    strays = select(JournalRow.id).where(
        col(JournalRow.round_id) == round_id,
        col(JournalRow.link_id).not_in(select(LinkRow.id).where(col(LinkRow.round_id) == round_id)),
    )
    complaints += [f"journal row {number} belongs to no link of its round" for number in session.exec(strays)]
    return tuple(complaints)
