"""How does a calendar call a deadline, a phase, a meeting or a place in the running order?"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta

from babel.dates import format_time, get_timezone_location

from engine.files.reading import Programme
from engine.rules.moments import Calendar, day_starts, from_instant
from engine.rules.round import BY_APPLICANT
from engine.rules.times import Moment

LAST_DAY = "Last day: %(what)s"
LAST_DAY_UNTIL = "Last day, until %(hour)s (%(city)s time): %(what)s"
LAST_DAY_LOCAL = "Last day, until %(hour)s (local time of each applicant): %(what)s"
OF_DOSSIER = "%(what)s (dossier %(number)s)"
TO_JUDGE = "%(what)s: scores and recommendations"
PROMISE = "Promise: %(promise)s"
PHASE = "Phase"
DEADLINE = "Deadline"
MEETING = "Meeting"
CANCELLED = "Cancelled: %(what)s"
ONLINE = "Online: %(address)s"
MSGIDS = (
    LAST_DAY, LAST_DAY_UNTIL, LAST_DAY_LOCAL, OF_DOSSIER, TO_JUDGE, PROMISE, PHASE, DEADLINE, MEETING, CANCELLED,
    ONLINE,
)  # fmt: skip
"""All that translators are asked for."""
LOCALES = {"nl": "nl_BE", "fr": "fr_BE", "en": "en_GB"}


@dataclass(frozen=True, slots=True)
class Voice:
    """One reader's language, and the programme whose words are read; `translate` is gettext."""

    programme: Programme
    language: str
    translate: Callable[[str], str]

    def say(self, msgid: str, **facts: str) -> str:
        return self.translate(msgid) % facts if facts else self.translate(msgid)

    def said(self, text: str) -> str:
        """A text of the programme in the reader's language."""
        return self.programme.translate(text, self.language)

    def phase(self, phase: str, strand: str | None) -> str:
        """What a phase is called, with the strand whose dates are meant: `Call (Small)`."""
        title, strands = self.said(self.programme.workflow.phases[phase]), self.programme.workflow.strands
        return f"{title} ({self.said(strands[strand])})" if strand is not None else title

    def last_day(self, what: str, hour: time | None, zone: str) -> str:
        """What ends on a day, and at which hour where one is written, with the city whose clock it is."""
        if hour is None:
            return self.say(LAST_DAY, what=what)
        if zone == BY_APPLICANT:
            return self.say(LAST_DAY_LOCAL, what=what, hour=f"{hour:%H:%M}")
        locale = LOCALES.get(self.language, self.language)
        city = get_timezone_location(zone, locale, return_city=True)
        return self.say(LAST_DAY_UNTIL, what=what, hour=format_time(hour, "short", locale=locale), city=city)


def of_strand(calendar: Calendar) -> str:
    """What tells the dates of a strand from those of others, at the end of a key."""
    return f"/{calendar.strand}" if calendar.strand is not None else ""


def last_day(calendar: Calendar, moment: Moment) -> tuple[date, time | None]:
    """The last day before a moment, and the hour where it is not the end of that day."""
    instant = calendar.instant(moment)
    local = from_instant(instant, calendar.zone)
    if instant == day_starts(local.date(), calendar.zone):
        return local.date() - timedelta(days=1), None
    return local.date(), local.time().replace(microsecond=0)
