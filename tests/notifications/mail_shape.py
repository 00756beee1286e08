"""Is a mail an invitation that mail programs show buttons for? (RFC 6047, and what Gmail, Outlook and Apple are known
to want: reference/standards)"""

from collections.abc import Iterator
from datetime import UTC
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime

import icalendar

STRUCTURE = ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "application/ics"]


def complaints(raw: bytes) -> list[str]:
    """What is wrong with a mail, a sentence each."""
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    found = [part.get_content_type() for part in message.walk()]
    if found != STRUCTURE:
        return [f"the parts are {found}"]
    return [*_of_parts(message), *_of_entry(message)]


def entry_of(raw: bytes) -> icalendar.Calendar:
    """The entry that a mail brings, read."""
    message = message_from_bytes(raw, policy=default)
    [part] = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    return icalendar.Calendar.from_ical(part.get_payload(decode=True))


def _of_parts(message: EmailMessage) -> Iterator[str]:
    _, alternative, _, _, calendar, attached = message.walk()
    if [part.get_content_type() for part in alternative.iter_parts()] != STRUCTURE[2:5]:  # type: ignore[attr-defined]
        yield "the calendar is no third form of the letter"
    said = dict(calendar.get_params() or ())
    if said != {"text/calendar": "", "charset": "utf-8", "method": said.get("method"), "component": "VEVENT"}:
        yield f"the calendar is said to be {said}"
    for part in (calendar, attached):
        if part["Content-Transfer-Encoding"] != "base64":
            yield f"{part.get_content_type()} travels as {part['Content-Transfer-Encoding']}"
    if calendar["Content-Disposition"] is not None:
        yield "the calendar says how it is to be shown"
    if (attached.get_content_disposition(), attached.get_filename()) != ("attachment", "invite.ics"):
        yield "the file is no attachment invite.ics"
    if calendar.get_payload(decode=True) != attached.get_payload(decode=True):
        yield "the file is another one"
    if message["Auto-Submitted"] != "auto-generated":
        yield "out-of-office robots would answer"


def _of_entry(message: EmailMessage) -> Iterator[str]:
    [part] = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    calendar = icalendar.Calendar.from_ical(part.get_payload(decode=True))
    methods, events = calendar.get("METHOD", []), calendar.walk("VEVENT")
    if [methods] != [part.get_param("method")]:
        yield f"the mail says {part.get_param('method')}, the calendar {methods}"
    if len(events) != 1:
        yield f"there are {len(events)} events"
        return
    [event] = events
    asked = event.get("ATTENDEE")
    to, sender = ([one.addr_spec for one in message[name].addresses] for name in ("To", "From"))
    if isinstance(asked, list) or [asked] != [f"mailto:{one}" for one in to]:
        yield f"it goes to {to}, and asks {asked}"
        return
    if [event.get("ORGANIZER")] != [f"mailto:{one}" for one in sender]:
        yield f"it comes from {sender}, and is organized by {event.get('ORGANIZER')}"
    wanted = {"PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"} if methods == "REQUEST" else {}
    if {name: value for name, value in asked.params.items() if name in ("PARTSTAT", "RSVP")} != wanted:
        yield f"a {methods} asks with {dict(asked.params)}"
    if event.get("STATUS") != {"REQUEST": "CONFIRMED", "CANCEL": "CANCELLED"}.get(methods):
        yield f"a {methods} is {event.get('STATUS')}"
    if event["DTSTAMP"].dt != parsedate_to_datetime(message["Date"]).astimezone(UTC):
        yield "it was said at another time than it was sent"
