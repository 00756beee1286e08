"""How is a day, an hour or an amount said in somebody's language?

Everything here is local: the engine hands over days and wall times, and the zone they are told in.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache, lru_cache

from babel import Locale
from babel.dates import format_date, get_timezone_location
from babel.numbers import format_currency, format_decimal

from engine.rules.round import NEVER
from engine.rules.times import EdgeName
from notifications.languages import words_of

MIDNIGHT = time(0)


@cache
def _day(day: date, language: str, pattern: str) -> str:
    if day.day == 1 and language == "fr":
        pattern = pattern.replace(" d ", " d'er' ")
    return format_date(day, pattern, locale=words_of(language).locale)


@cache
def zone_words(zone: str, language: str) -> str:
    """Whose clock an hour is told by: "Brusselse tijd"."""
    words = words_of(language)
    if zone in words.zones:
        return words.zones[zone]
    return words.zone.format(city=get_timezone_location(zone, words.locale, return_city=True))


def _clock(hour: time, language: str, *, ends_day: bool = False) -> str:
    """The digits of an hour; `ends_day` says midnight as 24 instead of 0."""
    words = words_of(language)
    form = words.second if hour.second else words.hour if hour.minute else words.whole_hour
    return form.format(h=24 if ends_day and hour == MIDNIGHT else hour.hour, m=hour.minute, s=hour.second)


@lru_cache(maxsize=4096)
def money(amount: int | float, currency: str, language: str) -> str:
    """An amount: `€ 45.000`, with cents only where there are any."""
    locale = words_of(language).locale
    pattern = str(Locale.parse(locale).currency_formats["standard"].pattern).partition(";")[0]
    if amount == int(amount):
        pattern = pattern.replace(".00", "")
    return format_currency(amount, currency, format=pattern, locale=locale, currency_digits=False)


def number(value: int | float | str, language: str, *, exactly: bool = False) -> str:
    """A number, as it is or as text: `7,33`, with two decimals at most; with as many as there are if `exactly`."""
    form = "#,##0.##########" if exactly else "#,##0.##"
    return str(format_decimal(float(value), form, locale=words_of(language).locale))


@dataclass(frozen=True, slots=True)
class Day:
    """A local day: "vrijdag 1 maart 2019"; with a `zone` where it ends by other clocks than those of the round."""

    date: date
    language: str
    zone: str | None = None

    def __str__(self) -> str:
        if self.never:
            return words_of(self.language).never
        said = _day(self.date, self.language, "EEEE d MMMM y")
        return f"{said} ({zone_words(self.zone, self.language)})" if self.zone else said

    @property
    def never(self) -> bool:
        """Whether it is the last day of a phase that lasts until further notice."""
        return self.date == NEVER.day

    @property
    def short(self) -> str:
        """The day without its year: "vr 1 maart"."""
        return str(self) if self.never else _day(self.date, self.language, "EEE d MMMM")


@dataclass(frozen=True, slots=True)
class Hours:
    """A day and perhaps hours of it, on the clocks of one zone."""

    day: Day
    start: time | None
    end: time | None = None
    ends_day: bool = False
    """a midnight is the end of the day, and said as 24"""

    @property
    def time(self) -> str:
        """Only the hour: "17.00 uur"; empty where none is written."""
        if self.start is None or self.day.never:
            return ""
        return _clock(self.start, self.day.language, ends_day=self.ends_day) + words_of(self.day.language).unit

    def __str__(self) -> str:
        words = words_of(self.day.language)
        if self.start is None or self.day.never:
            return str(self.day)
        if self.end is None:
            return words.at.format(day=self.day, hour=self.time)
        start, end = (_clock(hour, self.day.language) for hour in (self.start, self.end))
        return words.span.format(day=self.day, start=start, end=end + words.unit)


@dataclass(frozen=True, slots=True)
class When:
    """An hour of a day, with the zone it is told in: "vrijdag 1 maart 2019, 24.00 uur (Brusselse tijd)"."""

    hours: Hours
    zone: str

    @property
    def day(self) -> Day:
        return self.hours.day

    @property
    def short(self) -> str:
        return self.hours.day.short

    @property
    def time(self) -> str:
        return self.hours.time

    def __str__(self) -> str:
        if self.hours.start is None or self.day.never:
            return str(self.hours)
        return f"{self.hours} ({zone_words(self.zone, self.hours.day.language)})"


def edge(day: date, hour: time | None, name: EdgeName, zone: str, language: str) -> When:
    """An edge of a phase: a whole day that closes is over at 24, one that opens is only named."""
    ends_day = hour is None and name == "closes"
    return When(Hours(Day(day, language), MIDNIGHT if ends_day else hour, ends_day=ends_day), zone)


def instant(local: datetime, zone: str, language: str) -> When:
    """A local wall time, to the second."""
    return When(Hours(Day(local.date(), language), local.time().replace(microsecond=0)), zone)
