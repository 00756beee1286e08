"""What does somebody's calendar answer to an invitation (RFC 5546, METHOD:REPLY)?"""

from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Calendar

from engine.cycle.receiving import CalendarAnswer
from engine.rules.moments import EPOCH
from notifications.incoming.opened import Opened, Part, plain

LARGEST = 100_000
"""bytes of a calendar that is read: an answer has a few hundred"""
WORDS = 2_000
"""characters of a comment that are kept"""
UID = 255
ANSWERS = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative"}
COUNTER, DELEGATED, SEVERAL, UNREADABLE = "counter", "delegated", "several attendees", "unreadable calendar"
"""why an answer is put before staff"""


def answer_in(mail: Opened) -> tuple[CalendarAnswer | None, str] | None:
    """(the answer, "") of a calendar, or (what is known of it, why only staff can read it); None where there is none.

    An invitation that somebody sends along, ours or another, is no answer.
    """
    told = list(dict.fromkeys(one for part in mail.parts if (one := _read(part)) is not None))
    if not told:
        return None
    # the same answer may stand in the text and be attached as well
    return told[0] if len(told) == 1 else (told[0][0], SEVERAL)


def _read(part: Part) -> tuple[CalendarAnswer | None, str] | None:
    is_calendar = part.kind in ("text/calendar", "application/ics") or part.name.lower().endswith(".ics")
    if not is_calendar or not part.content:
        return None
    if len(part.content) > LARGEST:
        return None, UNREADABLE
    try:
        calendar = Calendar.from_ical(part.content.decode("utf-8", "replace"))
        return _of(calendar)
    except Exception:  # whatever a stranger's calendar does to the library, it is only about this mail
        return (None, UNREADABLE) if b"METHOD:REPLY" in part.content.upper() else None


def _of(calendar: Any) -> tuple[CalendarAnswer | None, str] | None:
    method = str(calendar.get("METHOD", "")).upper()
    if method == "COUNTER":
        return _event(calendar, COUNTER)
    if method != "REPLY":
        return None
    return _event(calendar, "")


def _event(calendar: Any, doubt: str) -> tuple[CalendarAnswer | None, str]:
    events = [one for one in calendar.subcomponents if one.name == "VEVENT"]
    if len(events) != 1 or "RECURRENCE-ID" in events[0]:
        return None, doubt or UNREADABLE
    (event,) = events
    uid = plain(str(event.get("UID", "")))[:UID]
    attendees = event.get("ATTENDEE", [])
    attendees = attendees if isinstance(attendees, list) else [attendees]
    sequence = _sequence(event)
    if not uid or not attendees or sequence is None:
        return None, doubt or UNREADABLE
    attendee, status = attendees[0], str(attendees[0].params.get("PARTSTAT", "")).upper()
    address = plain(str(attendee)).strip()
    address = address[len("mailto:") :] if address.lower().startswith("mailto:") else address
    comment = event.get("COMMENT", "")
    words = plain(" ".join(map(str, comment)) if isinstance(comment, list) else str(comment))[:WORDS]
    answer = CalendarAnswer(
        uid, address.lower()[:UID], ANSWERS.get(status, ""), sequence, _stamped_at(event), words.strip()
    )  # fmt: skip
    if not doubt and len(attendees) > 1:
        doubt = SEVERAL
    if not doubt and not answer.answer:
        doubt = DELEGATED if status == "DELEGATED" else UNREADABLE
    return answer, doubt


def _sequence(event: Any) -> int | None:
    """0 where it is not said; None for what is no number."""
    try:
        number = int(event.get("SEQUENCE", 0))
    except (TypeError, ValueError):
        return None
    wrong = any("SEQUENCE" in map(str, one) for one in event.errors)
    return None if wrong or not 0 <= number < 2**31 else number


def _stamped_at(event: Any) -> int | None:
    """When the answer was written (UTC microseconds), as far as that is said in UTC."""
    found = getattr(event.get("DTSTAMP"), "dt", None)
    if not isinstance(found, datetime):
        return None
    try:
        aware = found if found.tzinfo else found.replace(tzinfo=UTC)
        return (aware - EPOCH) // timedelta(microseconds=1)
    except (OverflowError, ValueError):
        return None
