"""What has somebody typed into a form that is handed in whole, and not handed in yet?

It stands with the forms that are kept, one for each person and page, and is nobody else's to read.
"""

import hashlib
from collections.abc import Sequence

from sqlmodel import Session

from engine.database.connection import inserting
from engine.database.records import KeptFormRow

GOOD_FOR = 90 * 24 * 3_600_000_000
"""for how long nobody need go on typing (microseconds)"""
UNDER = "/draft"
"""how the paths end under which drafts stand, which no page sends on"""


def keep(session: Session, *, person_id: int, path: str, texts: Sequence[tuple[str, str]], now: int) -> None:
    """Keep what a person has typed on the page at `path`, in place of what was kept there before."""
    row = {
        "nonce": _key(person_id, path), "person_id": person_id, "path": path + UNDER,
        "fields": [[name, text] for name, text in texts], "received_at": now, "valid_until": now + GOOD_FOR,
        "ended_at": None,
    }  # fmt: skip
    statement = inserting(session, KeptFormRow).values(row)
    renewed = {name: value for name, value in row.items() if name != "nonce"}
    session.connection().execute(statement.on_conflict_do_update(index_elements=["nonce"], set_=renewed))


def find(session: Session, *, person_id: int, path: str, now: int) -> tuple[int, list[tuple[str, str]]] | None:
    """(when it was typed last, the fields) of what a person has typed on the page at `path`, or None."""
    row = session.get(KeptFormRow, _key(person_id, path))
    if row is None or row.ended_at is not None or row.valid_until <= now:
        return None
    return row.received_at, [(name, text) for name, text in row.fields]


def end(session: Session, *, person_id: int, path: str, now: int) -> None:
    """It was handed in, or thrown away: nothing of it is kept."""
    row = session.get(KeptFormRow, _key(person_id, path))
    if row is not None and row.ended_at is None:
        row.ended_at, row.fields = now, []
        session.add(row)


def _key(person_id: int, path: str) -> str:
    return "draft-" + hashlib.sha256(f"{person_id} {path}".encode()).hexdigest()
