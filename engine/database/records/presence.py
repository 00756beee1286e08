"""Who came to a meeting, and who is excused from it?"""

from sqlalchemy import Index, text
from sqlmodel import SQLModel

from engine.database.records.fields import instant, instant_or_none, row_id, to


class PresenceRow(SQLModel, table=True):
    """One person came to one meeting, or is excused from it; what was a mistake is ended, and stays readable."""

    __tablename__ = "presence"
    __table_args__ = (
        Index(
            "one_presence_each", "meeting_id", "person_id", "dossier_id",
            unique=True, sqlite_where=text("ended_at IS NULL AND dossier_id IS NOT NULL"),
            postgresql_where=text("ended_at IS NULL AND dossier_id IS NOT NULL"),
        ),
        Index(
            "one_presence_of_a_role", "meeting_id", "person_id",
            unique=True, sqlite_where=text("ended_at IS NULL AND dossier_id IS NULL"),
            postgresql_where=text("ended_at IS NULL AND dossier_id IS NULL"),
        ),
    )  # fmt: skip
    id: int | None = row_id()
    meeting_id: int = to("meeting")
    person_id: int = to("person")
    dossier_id: int | None = to("dossier", optional=True)
    """for whom the person came; None for committees, staff and everybody else"""
    came: bool
    """false for somebody who is excused"""
    reason: str | None = None
    """why somebody is excused"""
    recorded_at: int = instant()
    recorded_by: int = to("person", index=False)
    attendance_id: int | None = to("attendance", optional=True)
    """that the dossier attended, where this counts for it; several who came for it share one"""
    excuse_id: int | None = to("excuse", optional=True)
    """that the dossier is excused, where this counts for it"""
    ended_at: int | None = instant_or_none()
    ended_by: int | None = to("person", optional=True, index=False)
    ending: str | None = None
    """why it was a mistake; `came after all` for an excuse that was not needed"""
