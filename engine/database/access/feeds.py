"""Under which secret address does a person's calendar stand?"""

from sqlalchemy import update
from sqlmodel import Session, col, select

from engine.database.records import FeedRow, PersonRow


def of_person(session: Session, person_id: int) -> FeedRow | None:
    """The feed of a person, or None while there is none."""
    return session.exec(
        select(FeedRow).where(col(FeedRow.person_id) == person_id, col(FeedRow.ended_at).is_(None))
    ).first()


def make(session: Session, person_id: int, nonce: str, now: int) -> None:
    """Give a person a feed under a new address; the old one is dead."""
    end(session, person_id, now)
    session.add(FeedRow(nonce=nonce, person_id=person_id, made_at=now))
    session.flush()


def end(session: Session, person_id: int, now: int) -> bool:
    """End a person's feed; False when there is none."""
    ended = session.connection().execute(
        update(FeedRow)
        .where(col(FeedRow.person_id) == person_id, col(FeedRow.ended_at).is_(None))
        .values(ended_at=now)
    )
    return ended.rowcount == 1


def owner(session: Session, nonce: str) -> PersonRow | None:
    """Whose feed that is, while it stands."""
    return session.exec(
        select(PersonRow)
        .join(FeedRow, col(FeedRow.person_id) == col(PersonRow.id))
        .where(col(FeedRow.nonce) == nonce, col(FeedRow.ended_at).is_(None))
    ).first()
