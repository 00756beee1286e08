"""What is remembered?

The tables. Every instant is an integer of UTC microseconds. What somebody did is a row with a name and an instant,
never a flag; "once" is a unique key, never a check before an insert.
"""

from typing import Any

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel


def _instant(*, index: bool = False) -> Any:
    return Field(sa_type=BigInteger, index=index)


def _instant_or_none(*, index: bool = False) -> Any:
    return Field(default=None, sa_type=BigInteger, index=index, nullable=True)


def _to(table: str, *, optional: bool = False, index: bool = True) -> Any:
    """A foreign key to another table's id."""
    if optional:
        return Field(default=None, foreign_key=f"{table}.id", index=index, nullable=True)
    return Field(foreign_key=f"{table}.id", index=index)


def _id() -> Any:
    return Field(default=None, primary_key=True)


# ── The programme as it was pinned, and the round ───────────────────────────


class PinnedRow(SQLModel, table=True):
    """The text of a programme's folder as a round runs on it; `digest` is the SHA-256 over its files."""

    __tablename__ = "pinned"
    digest: str = Field(primary_key=True)
    programme: str
    files: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    pinned_at: int = _instant()


class RoundRow(SQLModel, table=True):
    __tablename__ = "round"
    id: int | None = _id()
    key: str = Field(unique=True)
    programme: str
    name: str
    number: str
    timezone: str
    digest: str = Field(foreign_key="pinned.digest")
    opened_at: int = _instant()
    as_of: int | None = _instant_or_none()
    """what was due before this instant happened elsewhere and does not fire"""
    last_number: int = 0


# ── People ──────────────────────────────────────────────────────────────────


class PersonRow(SQLModel, table=True):
    __tablename__ = "person"
    id: int | None = _id()
    email: str = Field(unique=True)
    name: str
    language: str


class RoleRow(SQLModel, table=True):
    """A person's part in a round: `staff`, `everyone` (asked to be told), a committee, or `COMMITTEE observer`."""

    __tablename__ = "role"
    __table_args__ = (UniqueConstraint("round_id", "person_id", "role"),)
    id: int | None = _id()
    round_id: int = _to("round")
    person_id: int = _to("person")
    role: str
    chair: bool = False
    since: int = _instant()


# ── Dossiers and what is handed in ──────────────────────────────────────────


class DossierRow(SQLModel, table=True):
    __tablename__ = "dossier"
    __table_args__ = (UniqueConstraint("round_id", "number"), Index("dossier_by_state", "round_id", "state"))
    id: int | None = _id()
    round_id: int = _to("round")
    number: str
    organisation: str
    state: str
    entered_at: int = _instant()
    """when it came into its state"""
    started_at: int = _instant()
    received_at: int | None = _instant_or_none()
    """when the server received what the applicant handed in"""
    receipt: str | None = None
    """SHA-256 over what was handed in"""
    strand: str | None = None
    """for workflows with strands: exactly one of them"""
    version: int = 1


class ContactRow(SQLModel, table=True):
    """Somebody who speaks for a dossier and is written to about it."""

    __tablename__ = "contact"
    __table_args__ = (UniqueConstraint("dossier_id", "person_id"),)
    id: int | None = _id()
    dossier_id: int = _to("dossier")
    person_id: int = _to("person")
    since: int = _instant()


class FileRow(SQLModel, table=True):
    """An uploaded file, kept once per content."""

    __tablename__ = "file"
    digest: str = Field(primary_key=True)
    size: int
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    received_at: int = _instant()


class AnswerRow(SQLModel, table=True):
    """An answer in a dossier's own form; the newest version counts until it is handed in, none is ever overwritten."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("dossier_id", "question", "version"),)
    id: int | None = _id()
    dossier_id: int = _to("dossier")
    question: str
    version: int
    value: Any = Field(sa_column=Column(JSON, nullable=False))
    """text or number; for a file {"name", "digest", "size"}"""
    given_at: int = _instant()
    given_by: int = _to("person", index=False)


class DeliveryRow(SQLModel, table=True):
    """A deliverable as it was handed in, for one obligation or of the applicant's own accord."""

    __tablename__ = "delivery"
    id: int | None = _id()
    dossier_id: int = _to("dossier")
    deliverable: str
    obligation_id: int | None = _to("obligation", optional=True)
    answers: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    received_at: int = _instant()
    late: bool
    delivered_by: int = _to("person", index=False)


# ── What committees and staff record ────────────────────────────────────────


class ScoreRow(SQLModel, table=True):
    """One member's mark for one criterion; a newer row replaces an older one."""

    __tablename__ = "score"
    __table_args__ = (
        Index(
            "one_current_score", "dossier_id", "assessment", "person_id", "criterion",
            unique=True, sqlite_where=text("replaced_at IS NULL"), postgresql_where=text("replaced_at IS NULL"),
        ),
    )  # fmt: skip
    id: int | None = _id()
    dossier_id: int = _to("dossier")
    assessment: str = ""
    """for workflows with several assessments: which one"""
    criterion: str
    person_id: int = _to("person")
    mark: float
    scored_at: int = _instant()
    replaced_at: int | None = _instant_or_none()


class RecommendationRow(SQLModel, table=True):
    __tablename__ = "recommendation"
    __table_args__ = (
        Index(
            "one_current_recommendation", "dossier_id", "person_id",
            unique=True, sqlite_where=text("replaced_at IS NULL"), postgresql_where=text("replaced_at IS NULL"),
        ),
    )  # fmt: skip
    id: int | None = _id()
    dossier_id: int = _to("dossier")
    person_id: int = _to("person")
    committee: str
    words: str
    written_at: int = _instant()
    replaced_at: int | None = _instant_or_none()


class ConflictRow(SQLModel, table=True):
    __tablename__ = "conflict"
    __table_args__ = (UniqueConstraint("dossier_id", "person_id"),)
    id: int | None = _id()
    dossier_id: int = _to("dossier")
    person_id: int = _to("person")
    reason: str | None = None
    declared_at: int = _instant()


class VerdictRow(SQLModel, table=True):
    """The committee's verdict on a dossier: at most one stands, and it may be replaced until it takes effect."""

    __tablename__ = "verdict"
    __table_args__ = (
        Index(
            "one_standing_verdict", "dossier_id",
            unique=True, sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip
    id: int | None = _id()
    dossier_id: int = _to("dossier")
    transition: str
    recorded_at: int = _instant()
    recorded_by: int = _to("person", index=False)
    minuted: bool = False
    """entered by staff for the committee"""
    reason: str | None = None
    ended_at: int | None = _instant_or_none()
    ending: str | None = None
    """how it ended: `took effect`, `replaced`, `held back`"""


class AttendanceRow(SQLModel, table=True):
    __tablename__ = "attendance"
    id: int | None = _id()
    dossier_id: int = _to("dossier")
    meeting: str
    obligation_id: int | None = _to("obligation", optional=True)
    recorded_at: int = _instant()
    recorded_by: int = _to("person", index=False)


class ExcuseRow(SQLModel, table=True):
    __tablename__ = "excuse"
    id: int | None = _id()
    dossier_id: int = _to("dossier")
    of: str
    """the meeting or the obligation"""
    obligation_id: int | None = _to("obligation", optional=True)
    reason: str
    recorded_at: int = _instant()
    recorded_by: int = _to("person", index=False)


class SlotRow(SQLModel, table=True):
    """A dossier's place in the running order of a meeting."""

    __tablename__ = "slot"
    __table_args__ = (UniqueConstraint("dossier_id", "meeting"), UniqueConstraint("round_id", "meeting", "position"))
    id: int | None = _id()
    round_id: int = _to("round")
    dossier_id: int = _to("dossier")
    meeting: str
    position: int
    starts_at: int = _instant()
    ends_at: int = _instant()


class ObligationRow(SQLModel, table=True):
    """What one dossier owes: laid out on entering a state, once per (name, position)."""

    __tablename__ = "obligation"
    __table_args__ = (UniqueConstraint("dossier_id", "name", "position"),)
    id: int | None = _id()
    dossier_id: int = _to("dossier")
    name: str
    position: int
    """1, 2, 3 ... through all years"""
    opens_at: int = _instant()
    due_at: int = _instant()
    """the first instant after its window"""
    last_day: str
    """the last local day of its window, ISO: what people are told"""
    laid_out_at: int = _instant()
    fulfilled_at: int | None = _instant_or_none()
    excused_at: int | None = _instant_or_none()
    overdue_at: int | None = _instant_or_none()
    """when it was found unfulfilled after its window"""


# ── The calendar ────────────────────────────────────────────────────────────


class ExtensionRow(SQLModel, table=True):
    """A recorded decision to move a deadline: of the whole round, or of one dossier."""

    __tablename__ = "extension"
    id: int | None = _id()
    round_id: int = _to("round")
    dossier_id: int | None = _to("dossier", optional=True)
    of: str
    """`call closes`, or an obligation: `interim_report 2`"""
    old_day: str
    old_hour: str | None = None
    new_day: str
    new_hour: str | None = None
    reason: str
    decided_at: int = _instant()
    decided_by: int = _to("person", index=False)


class DeadlineRow(SQLModel, table=True):
    """Something the calendar will do once; unfired rows are worked out again when dates or zone data change."""

    __tablename__ = "deadline"
    __table_args__ = (
        UniqueConstraint("round_id", "key"),
        Index("deadline_next", "round_id", "ended_at", "fires_at", "position"),
    )
    id: int | None = _id()
    round_id: int = _to("round")
    dossier_id: int | None = _to("dossier", optional=True)
    """for an extension or a reminder of one dossier"""
    key: str
    """what is unique in a round: `transition lapse`, `reminder unfinished_draft 1`, `edge call closes` ..."""
    kind: str
    name: str
    moment: str
    position: int
    local: str
    """the local wall time as written or worked out, ISO"""
    zone: str
    tzdata: str
    """the version of the zone data that computed the instants"""
    due_at: int = _instant()
    """as of when it happens"""
    fires_at: int = _instant(index=True)
    """due + grace + settle: when the calendar may do it"""
    valid_until: int | None = _instant_or_none()
    """a reminder is worth nothing from here on"""
    ended_at: int | None = _instant_or_none()
    ending: str | None = None
    """`fired`, `missed` (a reminder that came too late), `elsewhere` (before the round was brought in)"""
    awaits_release: bool = False
    """its batch was not approved in time: fires as soon as it is"""


class HeldBackRow(SQLModel, table=True):
    """A dossier that a calendar move could not take because of a guard: told once, tried again after every act."""

    __tablename__ = "held_back"
    __table_args__ = (UniqueConstraint("deadline_id", "dossier_id", "transition"),)
    id: int | None = _id()
    deadline_id: int = _to("deadline")
    dossier_id: int = _to("dossier")
    transition: str
    since: int = _instant()
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
    id: int | None = _id()
    round_id: int = _to("round")
    batch: str
    person_id: int = _to("person")
    digest: str
    approved_at: int = _instant()
    revoked_at: int | None = _instant_or_none()


class RankingRow(SQLModel, table=True):
    """A ranking as it stood when a cohort under a cap moved: worked out at the moment, then kept."""

    __tablename__ = "ranking"
    __table_args__ = (UniqueConstraint("deadline_id", "dossier_id"),)
    id: int | None = _id()
    deadline_id: int = _to("deadline")
    dossier_id: int = _to("dossier")
    rank: int
    score: float | None = None
    moved: bool


# ── What happened ───────────────────────────────────────────────────────────


class TransitionRow(SQLModel, table=True):
    """One move of one dossier. The calendar's moves carry their deadline: once per (moment, dossier)."""

    __tablename__ = "transition"
    __table_args__ = (UniqueConstraint("deadline_id", "dossier_id"), Index("transition_target", "target", "dossier_id"))
    id: int | None = _id()
    dossier_id: int = _to("dossier")
    name: str
    source: str
    target: str
    at: int = _instant()
    """as of when"""
    recorded_at: int = _instant()
    person_id: int | None = _to("person", optional=True, index=False)
    deadline_id: int | None = _to("deadline", optional=True)
    reason: str | None = None


class LinkRow(SQLModel, table=True):
    """One transaction in a round's hash chain: the digest of its journal rows, chained to the link before."""

    __tablename__ = "journal_link"
    __table_args__ = (UniqueConstraint("round_id", "position"),)
    id: int | None = _id()
    round_id: int = _to("round")
    position: int
    rows: int
    digest: str
    chained: str


class JournalRow(SQLModel, table=True):
    """What happened, one sentence's worth of facts; never rewritten."""

    __tablename__ = "journal"
    id: int | None = _id()
    link_id: int = _to("journal_link")
    round_id: int = _to("round")
    dossier_id: int | None = _to("dossier", optional=True)
    at: int = _instant()
    recorded_at: int = _instant()
    actor: str
    """an address, or `calendar`"""
    what: str
    details: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


# ── What is said ────────────────────────────────────────────────────────────


class CauseRow(SQLModel, table=True):
    """Why letters are written: what all of one act's or one moment's letters share, pinned when it happened."""

    __tablename__ = "cause"
    id: int | None = _id()
    round_id: int = _to("round")
    name: str
    """`transition submit`, `reminder unfinished_draft 1`, `verdicts recommendations opens` ..."""
    at: int = _instant()
    facts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    digest: str = Field(foreign_key="pinned.digest")


class NotificationRow(SQLModel, table=True):
    """What must be said to one person because of one cause. This is the outbox: the postman reads nothing else."""

    __tablename__ = "notification"
    __table_args__ = (Index("notification_next", "status", "next_try_at"),)
    id: int | None = _id()
    key: str = Field(unique=True)
    round_id: int = _to("round")
    cause_id: int = _to("cause")
    dossier_id: int | None = _to("dossier", optional=True)
    """None for a bundle"""
    person_id: int = _to("person")
    role: str
    letter: str
    language: str
    address: str
    message_id: str = Field(unique=True)
    facts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    status: str
    """waiting, held, leased, sent, retry, failed, cancelled, expired"""
    batch: str | None = None
    """what it is released with, for a letter that is held on its own"""
    leaves_at: int = _instant()
    valid_until: int | None = _instant_or_none()
    next_try_at: int = _instant()
    leased_until: int | None = _instant_or_none()
    attempts: int = 0
    last_reply: str | None = None
    ended_at: int | None = _instant_or_none()


class LetterRow(SQLModel, table=True):
    """A notification in words, rendered once and then frozen: exactly the bytes that are sent."""

    __tablename__ = "letter"
    notification_id: int = Field(sa_column=Column(ForeignKey("notification.id"), primary_key=True))
    subject: str
    text: str
    html: str
    raw: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    written_at: int = _instant()


class AttemptRow(SQLModel, table=True):
    """One try at sending a letter, and what the relay said."""

    __tablename__ = "attempt"
    id: int | None = _id()
    notification_id: int = _to("notification")
    tried_at: int = _instant()
    outcome: str
    """sent, retry, failed, paused; `ambiguous` when the connection broke after the final dot"""
    reply: str


class RelayRow(SQLModel, table=True):
    """A mail relay that is paused because it did not answer."""

    __tablename__ = "relay"
    name: str = Field(primary_key=True)
    paused_until: int = _instant()
    failures: int = 0
    last_reply: str = ""
