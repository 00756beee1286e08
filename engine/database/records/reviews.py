"""What did staff say of what was handed in?"""

from sqlalchemy import UniqueConstraint
from sqlmodel import SQLModel

from engine.database.records.fields import instant, row_id, to


class ReviewRow(SQLModel, table=True):
    """The word of staff on one version of what was handed in: each version is reviewed once."""

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("delivery_id"),)
    id: int | None = row_id()
    obligation_id: int = to("obligation")
    delivery_id: int = to("delivery", index=False)
    outcome: str
    """`accepted` or `changes asked`"""
    words: str | None = None
    """what is asked to be changed, or a word with the acceptance"""
    last_day: str | None = None
    """the last local day for the next version, ISO, where it was given a new one"""
    reviewed_at: int = instant()
    reviewed_by: int = to("person", index=False)
