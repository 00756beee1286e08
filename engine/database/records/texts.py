"""How were texts changed after they were pinned: those of a round, or of one letter?"""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from engine.database.records.fields import ID, instant, row_id, to


class RewordingRow(SQLModel, table=True):
    """A new text of one letter, or new words of one language, in a round that runs: what is told from then on says it.

    All files that were changed in one act have the same `before` and `after`.
    """

    __tablename__ = "rewording"
    __table_args__ = (
        Index("rewording_of_file", "round_id", "file"),
        UniqueConstraint("round_id", "after", "file", "at"),
    )
    id: int | None = row_id()
    round_id: int = to("round", index=False)
    file: str
    """`letters/fr/awarded.md`, `words.fr.toml`"""
    before: str = Field(foreign_key="pinned.digest")
    """the digest of the programme's folder as it stood"""
    after: str = Field(foreign_key="pinned.digest")
    at: int = instant()
    person_id: int = to("person", index=False)


class EditRow(SQLModel, table=True):
    """The text of one letter, written by hand in place of what its programme says; the newest one counts."""

    __tablename__ = "edit"
    id: int | None = row_id()
    notification_id: int = to("notification")
    subject: str | None = None
    """None, as is the body, where the letter says again what its programme says"""
    body: str | None = None
    """Markdown, without names to fill in"""
    at: int = instant()
    person_id: int = to("person", index=False)


class ReplacementRow(SQLModel, table=True):
    """A letter that goes in place of another, which was written already and has not reached anybody."""

    __tablename__ = "replacement"
    notification_id: int = Field(foreign_key="notification.id", primary_key=True, sa_type=ID)
    """the letter that goes"""
    replaces: int = Field(foreign_key="notification.id", unique=True, sa_type=ID)
    at: int = instant()
    person_id: int = to("person", index=False)
