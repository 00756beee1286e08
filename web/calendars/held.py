"""When does a meeting take place, as calendars tell of it: at its new hour, or cancelled?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from engine.database.records import MeetingRow
from web.calendars.feed import Days, Happening, Hours
from web.calendars.wording import CANCELLED, MEETING, Voice


@dataclass(frozen=True, slots=True)
class Held:
    """One time that a meeting takes place; `position` tells it for ever from others of its name."""

    name: str
    position: int
    when: Days | Hours
    place: str | None
    changed_at: int
    sequence: int = 0
    is_cancelled: bool = False


def hours_of(day: str, starts_at: int | None, ends_at: int | None) -> Days | Hours:
    """The hours where they are said, else the whole day (ISO)."""
    if starts_at is not None:
        return Hours(starts_at, ends_at)
    return Days(date.fromisoformat(day), date.fromisoformat(day))


def held_of(rows: Sequence[MeetingRow]) -> tuple[Held, ...]:
    """The meetings of a round as they stand."""
    return tuple(
        Held(
            row.name, row.position, hours_of(row.day, row.starts_at, row.ends_at), row.place, row.changed_at,
            row.sequence, row.cancelled_at is not None,
        )
        for row in rows
    )  # fmt: skip


def of_held(one: Held, base: str, title: str, voice: Voice, *, changed_at: int, url: str) -> Happening:
    """The event of a meeting; `base` begins its key, `changed_at` is when what else it tells of last changed."""
    return Happening(
        key=f"{base}/{one.name}/{one.position}", title=voice.say(CANCELLED, what=title) if one.is_cancelled else title,
        when=one.when, changed_at=max(one.changed_at, changed_at), url=url, busy=True,
        place=voice.said(one.place or ""), category=voice.say(MEETING), sequence=one.sequence,
        status="CANCELLED" if one.is_cancelled else "",
    )  # fmt: skip
