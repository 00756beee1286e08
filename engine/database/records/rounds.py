"""What is a round, on which rules, and who takes part in it?"""

from sqlalchemy import JSON, Column, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from engine.database.records.fields import instant, instant_or_none, row_id, to


class PinnedRow(SQLModel, table=True):
    """The text of a programme's folder as a round runs on it; `digest` is the SHA-256 over its files."""

    __tablename__ = "pinned"
    digest: str = Field(primary_key=True)
    programme: str
    files: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    pinned_at: int = instant()


class RoundRow(SQLModel, table=True):
    __tablename__ = "round"
    id: int | None = row_id()
    key: str = Field(unique=True)
    programme: str
    name: str
    number: str
    timezone: str
    digest: str = Field(foreign_key="pinned.digest")
    opened_at: int = instant()
    as_of: int | None = instant_or_none()
    """what was due before this instant happened elsewhere and does not fire"""
    last_number: int = 0
    replaced_at: int | None = instant_or_none()
    """since when it runs on other rules or dates than it was opened with"""


class PersonRow(SQLModel, table=True):
    __tablename__ = "person"
    id: int | None = row_id()
    email: str = Field(unique=True)
    name: str
    language: str


class RoleRow(SQLModel, table=True):
    """A person's part in a round: `staff`, `everyone` (asked to be told), a committee, or `COMMITTEE observer`.

    Of committees of which there is one for each strand or answer somebody sits in one (`scope`), or in every one.
    """

    __tablename__ = "role"
    __table_args__ = (UniqueConstraint("round_id", "person_id", "role", "scope", name="one_part_each"),)
    id: int | None = row_id()
    round_id: int = to("round", index=False)
    person_id: int = to("person")
    role: str
    chair: bool = False
    since: int = instant()
    per: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    """`strand`, or the question for whose answers there is one committee each; empty where somebody sits in all"""
    scope: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    """the strand or the answer whose dossiers the person sees; empty where it is those of all"""
