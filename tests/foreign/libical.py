"""What does libical read, the library of KDE, GNOME and Cyrus, and does it find that each method has what it must?

Debian's library is called as it is: the functions that the tests need are few.
"""

import ctypes
import re
from ctypes import Structure, c_char_p, c_int, c_int64, c_void_p
from functools import cache

from foreign_reading import Event, Reading
from tools import library


class _Time(Structure):
    """icaltimetype of libical 3.0."""

    _fields_ = [
        *((name, c_int) for name in ("year", "month", "day", "hour", "minute", "second", "is_date", "is_daylight")),
        ("zone", c_void_p),
    ]


FUNCTIONS = {
    "icalparser_parse_string": (c_void_p, (c_char_p,)),
    "icalcomponent_free": (None, (c_void_p,)),
    "icalcomponent_string_to_kind": (c_int, (c_char_p,)),
    "icalproperty_string_to_kind": (c_int, (c_char_p,)),
    "icalcomponent_isa": (c_int, (c_void_p,)),
    "icalcomponent_get_first_component": (c_void_p, (c_void_p, c_int)),
    "icalcomponent_get_next_component": (c_void_p, (c_void_p, c_int)),
    "icalcomponent_get_first_property": (c_void_p, (c_void_p, c_int)),
    "icalcomponent_get_next_property": (c_void_p, (c_void_p, c_int)),
    "icalcomponent_count_errors": (c_int, (c_void_p,)),
    "icalproperty_get_value_as_string": (c_char_p, (c_void_p,)),
    "icalproperty_get_parameter_as_string": (c_char_p, (c_void_p, c_char_p)),
    "icalcomponent_get_dtstart": (_Time, (c_void_p,)),
    "icalcomponent_get_dtend": (_Time, (c_void_p,)),
    "icaltime_as_timet_with_zone": (c_int64, (_Time, c_void_p)),
    "icalrestriction_check": (c_int, (c_void_p,)),
}


@cache
def _libical() -> ctypes.CDLL:
    found = library("libical.so.3", "libical3")
    for name, (gives, takes) in FUNCTIONS.items():
        function = getattr(found, name)
        function.restype, function.argtypes = gives, takes
    return found


def _each(kind: str, component: int, name: bytes) -> list[int]:
    """The parts of a component that bear that name; `kind` is component or property."""
    lib, found = _libical(), []
    number = getattr(lib, f"ical{kind}_string_to_kind")(name)
    one = getattr(lib, f"icalcomponent_get_first_{kind}")(component, number)
    while one:
        found.append(one)
        one = getattr(lib, f"icalcomponent_get_next_{kind}")(component, number)
    return found


def _said(component: int, name: bytes) -> list[str]:
    said = (_libical().icalproperty_get_value_as_string(one) for one in _each("property", component, name))
    return [text.decode() for text in said]


def _asked(attendee: int) -> tuple[str, str | None]:
    """The address and the name of one attendee."""
    lib = _libical()
    name = lib.icalproperty_get_parameter_as_string(attendee, b"CN")
    address = lib.icalproperty_get_value_as_string(attendee).decode()
    return address.removeprefix("mailto:"), name.decode().strip('"') if name else None


def _told(time: _Time) -> int | str | None:
    if time.is_date:
        return f"{time.year:04}-{time.month:02}-{time.day:02}"
    return int(_libical().icaltime_as_timet_with_zone(time, time.zone)) if time.year else None


def _plain(text: str) -> str:
    """A text without the escapes in which libical gives it."""
    return re.sub(r"\\(.)", lambda escape: "\n" if escape[1] == "n" else escape[1], text)


def by_libical(texts: list[str]) -> list[Reading]:
    """What libical reads. `accepted` of a reading is whether it has all that RFC 5546 asks of its method, and no
    more."""
    lib, readings = _libical(), []
    for text in texts:
        calendar = lib.icalparser_parse_string(text.encode())
        if not calendar or lib.icalcomponent_isa(calendar) != lib.icalcomponent_string_to_kind(b"VCALENDAR"):
            readings.append(Reading(None, [], error="no calendar"))
            continue
        events = [
            Event(
                uid=_said(event, b"UID")[0],
                sequence=next((int(one) for one in _said(event, b"SEQUENCE")), 0),
                summary=_plain(_said(event, b"SUMMARY")[0]),
                location=next((_plain(one) for one in _said(event, b"LOCATION")), None),
                status=next(iter(_said(event, b"STATUS")), None),
                start=_told(lib.icalcomponent_get_dtstart(event)),
                # it gives the beginning for an end that is not there
                end=_told(lib.icalcomponent_get_dtend(event)) if _said(event, b"DTEND") else None,
                attendees=tuple(map(_asked, _each("property", event, b"ATTENDEE"))),
                organizer=_said(event, b"ORGANIZER")[0].removeprefix("mailto:"),
            )
            for event in _each("component", calendar, b"VEVENT")
        ]
        [method] = _said(calendar, b"METHOD")
        errors = lib.icalcomponent_count_errors(calendar)
        readings.append(Reading(method, events, accepted=bool(lib.icalrestriction_check(calendar)) and not errors))
        lib.icalcomponent_free(calendar)
    return readings
