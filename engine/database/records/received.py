"""Which mail came in, and whose address was corrected because of one?"""

from sqlalchemy import Column, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from engine.database.records.fields import instant, instant_or_none, row_id, to


class ReceivedRow(SQLModel, table=True):
    """One mail that came to the address that letters come from, and what became of it."""

    __tablename__ = "received"
    __table_args__ = (
        Index(
            "received_open", "received_at",
            sqlite_where=text("outcome = 'before staff' AND handled_at IS NULL"),
            postgresql_where=text("outcome = 'before staff' AND handled_at IS NULL"),
        ),
    )  # fmt: skip
    id: int | None = row_id()
    digest: str = Field(unique=True)
    """of what its sender wrote, without what was written on it on its way: the same mail twice is one"""
    received_at: int = instant()
    message_id: str
    """empty where it has none"""
    sender: str
    """the address in From, which anybody can write there"""
    subject: str
    kind: str
    """failure, delay, calendar, automatic, reply"""
    outcome: str
    """`letter marked`, `answer counted`, `known already`, `ignored`, `before staff`"""
    why: str = ""
    """why it goes before staff, or is ignored: a word of engine.cycle.receiving"""
    round_id: int | None = to("round", optional=True)
    """None for what answers no letter of a round"""
    notification_id: int | None = to("notification", optional=True)
    """the letter that it answers, or that came back"""
    invitation_uid: str | None = None
    person_id: int | None = to("person", optional=True, index=False)
    """whoever wrote it, or whom the letter that came back was to reach"""
    dossier_id: int | None = to("dossier", optional=True)
    told_at: int | None = instant_or_none()
    """when staff were written to that it waits"""
    handled_at: int | None = instant_or_none()
    handled_by: int | None = to("person", optional=True, index=False)
    size: int
    """bytes that came in: `raw` holds the first of them"""
    raw: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class CorrectionRow(SQLModel, table=True):
    """An address at which letters came back, and the one that its owner has in its place. Never rewritten."""

    __tablename__ = "correction"
    __table_args__ = (Index("correction_from", "old", "at"),)
    id: int | None = row_id()
    round_id: int = to("round")
    person_id: int = to("person")
    old: str
    new: str
    at: int = instant()
    corrected_by: int = to("person", index=False)
