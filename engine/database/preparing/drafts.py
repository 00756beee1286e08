"""Which rounds are in the making, and what do their files say?"""

from collections.abc import Mapping, Sequence

from sqlalchemy import update
from sqlmodel import Session, col, select

from engine.database.records import DraftRow
from engine.errors import Refusal, Refused, Unknown

AT_MOST = 100
"""drafts in the making at once: more are not shown"""


def make(
    session: Session, *, programme: str, name: str, source: str, files: Mapping[str, str], by: int, now: int
) -> int:
    """Keep the files of a round that is not open yet, as they are, and give the draft's id; `by` is a person's id."""
    row = DraftRow(
        programme=programme, name=name, source=source, files=dict(files), made_at=now, made_by=by, changed_at=now
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def find(session: Session, id: int) -> DraftRow:
    """A draft that nobody has opened or thrown away. Raises Unknown when there is none."""
    row = session.get(DraftRow, id)
    if row is None or row.ended_at is not None:
        raise Unknown("round in the making", str(id))
    return row


def standing(session: Session) -> Sequence[DraftRow]:
    """The rounds in the making, the last changed first."""
    return session.exec(
        select(DraftRow)
        .where(col(DraftRow.ended_at).is_(None))
        .order_by(col(DraftRow.changed_at).desc(), col(DraftRow.id).desc())
        .limit(AT_MOST)
    ).all()


def change(session: Session, id: int, files: Mapping[str, str], *, seen: int, now: int) -> None:
    """Put other files in the place of a draft's; `seen` is the `changed_at` that whoever changes it looked at.

    Raises Refused when somebody else has changed, opened or thrown it away since.
    """
    changed = session.connection().execute(
        update(DraftRow)
        .where(col(DraftRow.id) == id, col(DraftRow.ended_at).is_(None), col(DraftRow.changed_at) == seen)
        .values(files=dict(files), changed_at=max(now, seen + 1))
    )
    if changed.rowcount != 1:
        raise Refused([Refusal("changed", "somebody has changed this round meanwhile; look at it again")])


def end(session: Session, id: int, ending: str, now: int, *, seen: int | None = None) -> None:
    """The draft is `opened` or `thrown away`. Raises Refused when it is so already, or has changed since `seen`."""
    ended = update(DraftRow).where(col(DraftRow.id) == id, col(DraftRow.ended_at).is_(None))
    if seen is not None:
        ended = ended.where(col(DraftRow.changed_at) == seen)
    done = session.connection().execute(ended.values(ended_at=now, ending=ending))
    if done.rowcount != 1:
        raise Refused([Refusal("changed", "somebody has changed this round meanwhile; look at it again")])
