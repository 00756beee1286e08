"""What did a program that is not ours read of a calendar?"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """One event. `start` and `end` are seconds of UTC, or ISO days for a whole day (then `end` is the day after). An
    event that says no SEQUENCE has that of 0."""

    uid: str
    sequence: int
    summary: str
    location: str | None
    status: str | None
    start: int | str | None
    end: int | str | None
    attendees: tuple[tuple[str, str | None], ...]
    """address and name of each"""
    organizer: str


@dataclass(frozen=True)
class Reading:
    """One calendar; `accepted` is None where a program judges nothing."""

    method: str | None
    events: list[Event]
    error: str | None = None
    accepted: bool | None = None
