"""The meetings of a round as its file says them, none of them moved."""

from engine.rules.moments import Calendar, to_instant
from web.calendars.held import Held, hours_of


def held(calendar: Calendar) -> tuple[Held, ...]:
    return tuple(
        Held(
            name, position,
            hours_of(one.day.isoformat(), *(to_instant(one.day, hour, calendar.zone) if hour else None
                                            for hour in (one.start, one.end))),
            one.place, 0,
        )
        for name, sittings in calendar.round.meetings.items()
        for position, one in enumerate(sittings, start=1)
    )  # fmt: skip
