"""How is a day of slots planned: its first hour, its breaks, who wishes what, and whether people know of it?"""

from sqlalchemy import UniqueConstraint
from sqlmodel import SQLModel

from engine.database.records.fields import instant, instant_or_none, row_id, to


class RunningOrderRow(SQLModel, table=True):
    """What staff have planned of a meeting's slots; without a row the rules and the round alone say it."""

    __tablename__ = "running_order"
    __table_args__ = (UniqueConstraint("round_id", "meeting"),)
    id: int | None = row_id()
    round_id: int = to("round", index=False)
    meeting: str
    first: str | None = None
    """the local hour of the first slot, ISO; None for the hour at which the meeting begins"""
    changed_at: int = instant()
    published_at: int | None = instant_or_none()
    """since when people are asked to come by it"""
    published_by: int | None = to("person", optional=True, index=False)


class BreakRow(SQLModel, table=True):
    """Time without a slot, after the slot of a position."""

    __tablename__ = "running_order_break"
    __table_args__ = (UniqueConstraint("running_order_id", "after"),)
    id: int | None = row_id()
    running_order_id: int = to("running_order", index=False)
    after: int
    minutes: int
    title: str = ""


class TurnRow(SQLModel, table=True):
    """What is known of a dossier and a running order beside its slot: a wish, a slot turned down, a reserve's place."""

    __tablename__ = "turn"
    __table_args__ = (UniqueConstraint("dossier_id", "meeting"),)
    id: int | None = row_id()
    round_id: int = to("round")
    dossier_id: int = to("dossier", index=False)
    meeting: str
    wish: str | None = None
    """`morning`, `afternoon`, `not before` or `not after`"""
    hour: str | None = None
    """of the last two, local, ISO"""
    words: str | None = None
    wished_at: int | None = instant_or_none()
    wished_by: int | None = to("person", optional=True, index=False)
    declined_at: int | None = instant_or_none()
    """when its slot was turned down; it is on no reserve list then, until staff give it another"""
    declined_by: int | None = to("person", optional=True, index=False)
    place: int | None = None
    """on the reserve list, where staff have put it in order; else those who came first are first"""
