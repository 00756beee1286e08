"""What will the calendar do, and who has moved, held or released it?"""

from sqlalchemy import JSON, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from engine.database.records.fields import instant, instant_or_none, row_id, to


class ExtensionRow(SQLModel, table=True):
    """A recorded decision to move a deadline: of the whole round, or of one dossier.

    One decision about several dossiers is a row for each. What is taken back stays, and another row undoes it, once.
    """

    __tablename__ = "extension"
    __table_args__ = (
        Index(
            "extension_undone_once", "undoes_id",
            unique=True, sqlite_where=text("undoes_id IS NOT NULL"), postgresql_where=text("undoes_id IS NOT NULL"),
        ),
    )  # fmt: skip
    id: int | None = row_id()
    round_id: int = to("round")
    dossier_id: int | None = to("dossier", optional=True)
    of: str
    """`call closes`, or an obligation: `interim_report 2`"""
    strand: str | None = None
    """for the dossiers of one strand"""
    old_day: str
    old_hour: str | None = None
    new_day: str
    new_hour: str | None = None
    reason: str
    decided_at: int = instant()
    decided_by: int = to("person", index=False)
    first_id: int | None = to("extension", optional=True, index=False)
    """the first row of the same decision; None for that one itself"""
    undo_until: int | None = instant_or_none()
    """until when its letters wait, so that it can be taken back; None where it cannot"""
    undoes_id: int | None = to("extension", optional=True, index=False)
    """the extension that it takes back"""


class ExtensionRequestRow(SQLModel, table=True):
    """What an applicant asks for before staff decide: a later deadline, of one dossier."""

    __tablename__ = "extension_request"
    __table_args__ = (
        Index(
            "one_open_request", "dossier_id", "of",
            unique=True, sqlite_where=text("answered_at IS NULL"), postgresql_where=text("answered_at IS NULL"),
        ),
    )  # fmt: skip
    id: int | None = row_id()
    round_id: int = to("round")
    dossier_id: int = to("dossier")
    of: str
    """as in an extension: `call closes`, `interim_report 2`"""
    wanted: str | None = None
    """the last day that is asked for, ISO; None leaves it to staff"""
    reason: str
    asked_at: int = instant()
    asked_by: int = to("person", index=False)
    answered_at: int | None = instant_or_none()
    answered_by: int | None = to("person", optional=True, index=False)
    outcome: str | None = None
    """`granted` or `refused`"""
    answer: str | None = None


class DeadlineRow(SQLModel, table=True):
    """Something the calendar will do once; unfired rows are worked out again when dates or zone data change."""

    __tablename__ = "deadline"
    __table_args__ = (
        UniqueConstraint("round_id", "key"),
        Index("deadline_next", "round_id", "ended_at", "fires_at", "position"),
        Index(
            "deadline_open", "fires_at",
            sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip
    id: int | None = row_id()
    round_id: int = to("round", index=False)
    dossier_id: int | None = to("dossier", optional=True)
    """for an extension or a reminder of one dossier"""
    batch: int | None = None
    """for the dossiers of one batch of a phase that is cut"""
    strand: str | None = None
    """for the dossiers of one strand, which has a date of its own"""
    clocks: str | None = None
    """for the dossiers with these clocks, by which it comes at another instant"""
    key: str
    """what is unique in a round: `transition lapse`, `reminder unfinished_draft 1`, `place offer_next 3` ..."""
    kind: str
    name: str
    moment: str
    position: int
    local: str
    """the local wall time as written or worked out, ISO"""
    zone: str
    tzdata: str
    """the version of the zone data that computed the instants"""
    due_at: int = instant()
    """as of when it happens"""
    fires_at: int = instant()
    """due + grace + settle: when the calendar may do it"""
    valid_until: int | None = instant_or_none()
    """a reminder is worth nothing from here on"""
    ended_at: int | None = instant_or_none()
    ending: str | None = None
    """`fired`, `missed` (a reminder that came too late), `elsewhere` (before the round was brought in)"""
    awaits_release: bool = False
    """its batch was not approved in time: fires as soon as it is"""


class HeldBackRow(SQLModel, table=True):
    """A dossier that a calendar move could not take because of a guard: told once, tried again after every act."""

    __tablename__ = "held_back"
    __table_args__ = (UniqueConstraint("deadline_id", "dossier_id", "transition"),)
    id: int | None = row_id()
    deadline_id: int = to("deadline", index=False)
    dossier_id: int = to("dossier")
    transition: str
    since: int = instant()
    reasons: list[str] = Field(sa_column=Column(JSON, nullable=False))


class ReleaseRow(SQLModel, table=True):
    """Somebody's approval of a batch of held letters; `digest` is over what the preview showed them."""

    __tablename__ = "release"
    __table_args__ = (
        Index(
            "one_approval_each", "round_id", "batch", "person_id", "digest",
            unique=True, sqlite_where=text("revoked_at IS NULL"), postgresql_where=text("revoked_at IS NULL"),
        ),
    )  # fmt: skip
    id: int | None = row_id()
    round_id: int = to("round")
    batch: str
    person_id: int = to("person")
    digest: str
    approved_at: int = instant()
    revoked_at: int | None = instant_or_none()


class RankingRow(SQLModel, table=True):
    """A ranking as it stood when a cohort under a cap moved: worked out at the moment, then kept."""

    __tablename__ = "ranking"
    __table_args__ = (UniqueConstraint("deadline_id", "dossier_id"),)
    id: int | None = row_id()
    deadline_id: int = to("deadline", index=False)
    dossier_id: int = to("dossier")
    rank: int
    score: float | None = None
    moved: bool
    scope: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    """over what the places are counted: a strand, a batch or an answer; empty where it is the round"""
