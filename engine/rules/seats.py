"""Who may ask for a seat at a meeting, and until when is an offered seat kept for somebody?"""

from datetime import date, timedelta

from engine.rules.moments import day_starts, from_instant, shift
from engine.rules.numbers import places
from engine.rules.times import Span
from engine.rules.workflow import EVERYONE, Meeting


def seats_of(meeting: Meeting) -> int | None:
    """How many seats a meeting of a round has; None where anybody may come."""
    return None if meeting.seats is None else places(meeting.seats, {})


def takes_sign_ups(meeting: Meeting) -> bool:
    """Whether people sign up for a meeting, rather than being given a slot or an hour, or simply asked to come.

    So it is for whatever is open to everyone, and for what has fewer seats than there may be people.
    """
    if meeting.slots is not None or meeting.book_with is not None:
        return False
    return meeting.open_to == EVERYONE or meeting.seats is not None


def begins_at(day: date, starts_at: int | None, zone: str) -> int:
    """The instant from which on nobody signs up any more: the first hour that is said, or else the day itself."""
    return day_starts(day, zone) if starts_at is None else starts_at


def answer_by(offered_at: int, within: Span, begins: int, zone: str, holidays: str) -> int:
    """The first instant at which an offer made now is nobody's any more.

    Days count whole: "3 days" is until the end of the third day after. The meeting itself ends every offer.
    `holidays` is the region whose working days are counted.
    """
    last_day = shift(from_instant(offered_at, zone).date(), within, 1, holidays)
    return min(day_starts(last_day + timedelta(days=1), zone), begins)
