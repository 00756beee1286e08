"""What have staff done to several dossiers at once, and have they taken it back?"""

from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from engine.database.records.fields import instant, instant_or_none, row_id, to


class BatchRow(SQLModel, table=True):
    """One transition of one or several dossiers, made by staff as one act; its moves and its letters name it."""

    __tablename__ = "batch"
    id: int | None = row_id()
    round_id: int = to("round")
    transition: str
    reason: str | None = None
    dossiers: int
    """how many were chosen, and moved"""
    made_at: int = instant()
    made_by: int = to("person", index=False)
    undo_until: int | None = instant_or_none()
    """until when its letters wait, so that it can be undone; None where the calendar has gone on from it at once"""
    sent_at: int | None = instant_or_none()
    """when somebody let its letters leave before that"""
    sent_by: int | None = to("person", optional=True, index=False)
    undone_at: int | None = instant_or_none()
    undone_by: int | None = to("person", optional=True, index=False)
    before: Any = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    """number -> what stood where its transition sets a new value; None where it sets nothing"""
