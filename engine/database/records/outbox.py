"""What must be said, and what became of it?"""

from typing import Any

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from engine.database.records.fields import instant, instant_or_none, row_id, to

ACCOUNT = "account holder"
"""the role of whoever is written to about an account; no committee has a space in its name"""


class CauseRow(SQLModel, table=True):
    """Why letters are written: what all of one act's or one moment's letters share, pinned when it happened."""

    __tablename__ = "cause"
    __table_args__ = (
        Index(
            "cause_by_extension", "extension_id",
            sqlite_where=text("extension_id IS NOT NULL"), postgresql_where=text("extension_id IS NOT NULL"),
        ),
    )  # fmt: skip
    id: int | None = row_id()
    round_id: int | None = to("round", optional=True)
    """None for what belongs to no round, such as signing in"""
    name: str
    """`transition submit`, `reminder unfinished_draft 1`, `verdicts recommendations opens`, `account sign-in` ..."""
    at: int = instant()
    facts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    digest: str = Field(foreign_key="pinned.digest")
    """of the texts that its letters are written from: a programme's folder, or the letters that come with grantcycle"""
    extension_id: int | None = to("extension", optional=True, index=False)
    """the decision that its letters tell of, by the first of its rows"""


class NotificationRow(SQLModel, table=True):
    """What must be said to one person because of one cause. This is the outbox: the postman reads nothing else."""

    __tablename__ = "notification"
    __table_args__ = (
        Index("notification_next", "status", "urgent", "next_try_at"),
        Index(
            "notification_open", "leaves_at",
            sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "notification_by_thread", "thread",
            sqlite_where=text("thread IS NOT NULL"), postgresql_where=text("thread IS NOT NULL"),
        ),
        Index(
            "notification_by_batch", "batch_id",
            sqlite_where=text("batch_id IS NOT NULL"), postgresql_where=text("batch_id IS NOT NULL"),
        ),
        Index(
            "notification_by_message", "message_id",
            sqlite_where=text("ended_at IS NOT NULL"), postgresql_where=text("ended_at IS NOT NULL"),
        ),
        Index(
            "notification_bounced", "person_id",
            sqlite_where=text("bounced_at IS NOT NULL"), postgresql_where=text("bounced_at IS NOT NULL"),
        ),
    )  # fmt: skip
    id: int | None = row_id()
    key: str = Field(unique=True)
    round_id: int | None = to("round", optional=True)
    """None for what belongs to no round"""
    cause_id: int = to("cause", index=False)
    dossier_id: int | None = to("dossier", optional=True)
    """None for a bundle"""
    person_id: int | None = to("person", optional=True, index=False)
    """None for an address that nobody is known by yet: a letter about an account may go there"""
    role: str
    """as which somebody is told"""
    letter: str
    language: str
    address: str
    thread: str | None = None
    """what a letter belongs to beside its dossier, such as the uid of a calendar entry: its letters leave in order"""
    message_id: str
    """made of the key, and so as unique; what is asked of this table has its index, and nothing else costs one"""
    facts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    status: str
    """waiting, held, leased, sent, retry, failed, cancelled, expired"""
    batch: str | None = None
    """what it is released with, for a letter that is held on its own"""
    batch_id: int | None = to("batch", optional=True, index=False)
    """the act of staff that it tells of, which can be undone until it leaves"""
    urgent: bool = Field(
        default=False, sa_column=Column(Boolean, nullable=False, default=False, server_default=text("false"))
    )
    """somebody waits for it in front of a screen: it leaves before all that is not"""
    leaves_at: int = instant()
    valid_until: int | None = instant_or_none()
    next_try_at: int = instant()
    leased_until: int | None = instant_or_none()
    attempts: int = 0
    last_reply: str | None = None
    ended_at: int | None = instant_or_none()
    bounced_at: int | None = instant_or_none()
    """when a mail came in that says that it did not arrive: it was sent all the same"""
    bounce: str | None = None
    """what the server there said"""


class LetterRow(SQLModel, table=True):
    """A notification in words, rendered once and then frozen: exactly the bytes that are sent.

    Of a letter with secrets it is all but these, which stand nowhere in the database.
    """

    __tablename__ = "letter"
    notification_id: int = Field(sa_column=Column(ForeignKey("notification.id"), primary_key=True))
    subject: str
    text: str
    html: str
    raw: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    written_at: int = instant()


class AttemptRow(SQLModel, table=True):
    """One try at sending a letter, and what the relay said."""

    __tablename__ = "attempt"
    id: int | None = row_id()
    notification_id: int = to("notification")
    tried_at: int = instant()
    outcome: str
    """sent, retry, failed, paused; `ambiguous` when the connection broke after the final dot"""
    reply: str


class RelayRow(SQLModel, table=True):
    """A mail relay that is paused because it did not answer."""

    __tablename__ = "relay"
    name: str = Field(primary_key=True)
    paused_until: int = instant()
    failures: int = 0
    last_reply: str = ""
