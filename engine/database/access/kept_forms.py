"""What did somebody send when their session was over?"""

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from engine.database.access.drafts import UNDER
from engine.database.connection import insert_once
from engine.database.records import FileRow, KeptFormRow

GOOD_FOR = 24 * 3_600_000_000
"""for how long a form is kept (microseconds)"""
AT_MOST = 5
"""forms kept of one person: a browser that tries again and again fills nothing"""


def keep(
    session: Session,
    *,
    nonce: str,
    person_id: int,
    path: str,
    texts: Sequence[tuple[str, str]],
    files: Sequence[tuple[str, str, bytes]],
    now: int,
) -> bool:
    """Keep a form, its files included (name of the field, name of the file, content); False when too many are kept."""
    kept = select(func.count()).where(
        col(KeptFormRow.person_id) == person_id, col(KeptFormRow.ended_at).is_(None),
        col(KeptFormRow.valid_until) > now, ~col(KeptFormRow.path).endswith(UNDER),
    )  # fmt: skip
    if session.exec(kept.select_from(KeptFormRow)).one() >= AT_MOST:
        return False
    fields: list[Any] = [[name, text] for name, text in texts]
    for name, file, content in files:
        digest = hashlib.sha256(content).hexdigest()
        insert_once(
            session, FileRow, [{"digest": digest, "size": len(content), "content": content, "received_at": now}]
        )
        fields.append([name, {"name": file, "digest": digest, "size": len(content)}])
    session.add(
        KeptFormRow(
            nonce=nonce, person_id=person_id, path=path, fields=fields, received_at=now, valid_until=now + GOOD_FOR
        )
    )
    session.flush()
    return True


def find(session: Session, nonce: str, person_id: int, now: int) -> KeptFormRow | None:
    """A form that is kept for that person, or None."""
    row = session.get(KeptFormRow, nonce)
    if row is None or row.person_id != person_id or row.ended_at is not None or row.valid_until <= now:
        return None
    return None if row.path.endswith(UNDER) else row


def newest(session: Session, person_id: int, now: int) -> KeptFormRow | None:
    """What a person sent last and could not, or None."""
    return session.exec(
        select(KeptFormRow)
        .where(
            col(KeptFormRow.person_id) == person_id,
            col(KeptFormRow.ended_at).is_(None),
            col(KeptFormRow.valid_until) > now,
            ~col(KeptFormRow.path).endswith(UNDER),
        )
        .order_by(col(KeptFormRow.received_at).desc())
    ).first()


def content(session: Session, digest: str) -> bytes:
    """The content of a file that was kept."""
    return session.get_one(FileRow, digest).content


def end(session: Session, nonce: str, now: int) -> bool:
    """A kept form is sent, or thrown away; False when it was already."""
    ended = session.connection().execute(
        update(KeptFormRow)
        .where(col(KeptFormRow.nonce) == nonce, col(KeptFormRow.ended_at).is_(None))
        .values(ended_at=now)
    )
    return ended.rowcount == 1
