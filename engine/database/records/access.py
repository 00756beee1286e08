"""Who has proved who they are?

No secret stands in these tables: what a person types or follows is either kept as a digest only, or worked out from a
`nonce` with a key that the database does not hold.
"""

from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from engine.database.records.fields import instant, instant_or_none, row_id, to


class SignInRow(SQLModel, table=True):
    """Somebody asked for a link and a code, by mail, to sign in with."""

    __tablename__ = "sign_in"
    __table_args__ = (Index("sign_in_by_address", "email", "asked_at"),)
    nonce: str = Field(primary_key=True)
    """what the link and the code are worked out from; says nothing by itself"""
    email: str
    language: str
    browser: str
    """SHA-256 of the cookie of the browser that asked"""
    next: str
    """the path to go on to"""
    asked_at: int = instant()
    valid_until: int = instant()
    tries: int = 0
    spent_at: int | None = instant_or_none()


class SessionRow(SQLModel, table=True):
    """A browser in which a person is signed in."""

    __tablename__ = "session"
    id: int | None = row_id()
    digest: str = Field(unique=True)
    """SHA-256 of the cookie"""
    person_id: int = to("person")
    agent: str
    """what the browser calls itself, shortened: so that people recognise their own"""
    started_at: int = instant()
    seen_at: int = instant()
    proved_at: int | None = instant_or_none()
    """when the second factor was given"""
    ended_at: int | None = instant_or_none()
    ending: str | None = None
    """`signed out`, `ended elsewhere`, `renewed`"""


class FactorRow(SQLModel, table=True):
    """A person's second factor: an authenticator whose secret is worked out from `nonce`."""

    __tablename__ = "factor"
    __table_args__ = (
        Index(
            "one_factor_each", "person_id",
            unique=True, sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip
    id: int | None = row_id()
    person_id: int = to("person", index=False)
    nonce: str
    since: int = instant()
    last_step: int = 0
    """of 30 seconds: a code is good once"""
    ended_at: int | None = instant_or_none()


class RecoveryCodeRow(SQLModel, table=True):
    """A code for the day on which the authenticator is lost; good once."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("factor_id", "digest"),)
    id: int | None = row_id()
    factor_id: int = to("factor", index=False)
    digest: str
    used_at: int | None = instant_or_none()


class FeedRow(SQLModel, table=True):
    """A calendar feed of one person, under an address that nobody else knows; worked out from `nonce`."""

    __tablename__ = "feed"
    __table_args__ = (
        Index(
            "one_feed_each", "person_id",
            unique=True, sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip
    nonce: str = Field(primary_key=True)
    person_id: int = to("person", index=False)
    made_at: int = instant()
    ended_at: int | None = instant_or_none()


class KeptFormRow(SQLModel, table=True):
    """What somebody sent when their session was over: kept until they have signed in again."""

    __tablename__ = "kept_form"
    nonce: str = Field(primary_key=True)
    person_id: int = to("person")
    path: str
    fields: list[Any] = Field(sa_column=Column(JSON, nullable=False))
    """[name, text] or [name, {"name", "digest", "size"}] for a file"""
    received_at: int = instant()
    valid_until: int = instant()
    ended_at: int | None = instant_or_none()
