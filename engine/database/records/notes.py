"""What do staff write down about a dossier, for each other?"""

from sqlalchemy import UniqueConstraint
from sqlmodel import SQLModel

from engine.database.records.fields import instant, instant_or_none, row_id, to


class NoteRow(SQLModel, table=True):
    """A note of the staff, which nobody else ever reads; one that is changed or removed is kept as it was."""

    __tablename__ = "note"
    __table_args__ = (UniqueConstraint("replaces"),)
    id: int | None = row_id()
    dossier_id: int = to("dossier")
    words: str
    written_at: int = instant()
    written_by: int = to("person", index=False)
    replaces: int | None = to("note", optional=True, index=False)
    """the note whose words these change: a note is changed once, by whoever comes first"""
    ended_at: int | None = instant_or_none()
    ended_by: int | None = to("person", optional=True, index=False)
    ending: str | None = None
    """`replaced` or `removed`"""
