"""What do the dates, hours, zones and countries of a round file mean?"""

import re
from datetime import date, datetime, time
from functools import cache
from importlib.resources import files

import holidays

from engine.errors import GrantcycleError, did_you_mean
from engine.files.source import Spot, written
from engine.rules.moments import zone_info
from engine.rules.round import LocalEdge

YEARS = range(1970, 2101)


def read_date(value: object, spot: Spot) -> date | None:
    """A whole day between 1970 and 2100."""
    if isinstance(value, datetime) or not isinstance(value, date):
        spot.complain(f"must be a date such as 2019-03-01 (without quotes), not {written(value)}")
    elif value.year not in YEARS:
        spot.complain(f"{value} lies outside the years {YEARS[0]} to {YEARS[-1]}")
    else:
        return value
    return None


def read_hour(value: object, spot: Spot) -> time | None:
    """A local time of day, to the second."""
    if not isinstance(value, time):
        spot.complain(f"must be an hour such as 09:00:00 (without quotes), not {written(value)}")
    elif value.microsecond:
        spot.complain(f"{value.isoformat()} has a part of a second; hours are written to the second")
    else:
        return value
    return None


def read_edge(value: object, spot: Spot) -> LocalEdge | None:
    """A whole day, or a local date-time in the round's zone."""
    if not isinstance(value, datetime):
        day = read_date(value, spot)
        return None if day is None else LocalEdge(day)
    if value.tzinfo is not None:
        spot.complain(f"{value.isoformat()} names an offset; leave it out, the zone stands in [round] timezone")
        return None
    day, hour = read_date(value.date(), spot), read_hour(value.time(), spot)
    return None if day is None or hour is None else LocalEdge(day, hour)


@cache
def zones() -> tuple[str, ...]:
    """Every zone of the pinned zone data, by its IANA name."""
    return tuple(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())


def read_zone(value: object, spot: Spot) -> str | None:
    """A zone by its IANA name."""
    if not isinstance(value, str):
        spot.complain(f'must be the name of a zone such as "Europe/Brussels", not {written(value)}')
        return None
    if value not in zones():
        spot.complain(f'there is no time zone "{value}"{did_you_mean(value, zones())}')
        return None
    try:
        zone_info(value)
    except GrantcycleError as problem:
        spot.complain(str(problem))
        return None
    return value


@cache
def countries() -> tuple[str, ...]:
    """The countries whose holidays are known, by ISO code."""
    return tuple(code for code in holidays.list_supported_countries() if re.fullmatch("[A-Z]{2}", code))


def read_country(value: object, spot: Spot) -> str | None:
    """The country whose public holidays a round reckons with."""
    if isinstance(value, str) and re.fullmatch(r"[A-Z]{2}-[A-Z0-9]{1,3}", value):
        spot.later(f'a part of a country ("{value}")')
    elif not isinstance(value, str):
        spot.complain(f'must be the ISO code of a country such as "BE", not {written(value)}')
    elif value not in countries():
        code = value.upper() if value.upper() in countries() else "BE"
        spot.complain(f'there is no country "{value}" whose holidays are known; write its ISO code, such as "{code}"')
    else:
        return value
    return None


def day_off(day: date, country: str) -> str | None:
    """Why nobody works on that day ("a Sunday", "a holiday (Easter Monday)"), or None."""
    name = _holidays(country, day.year).get(day)
    if name:
        return f"a holiday ({name})"
    if day.weekday() >= 5:
        return ("a Saturday", "a Sunday")[day.weekday() - 5]
    return None


def holiday(day: date, country: str, language: str) -> str | None:
    """What a public holiday is called in a language (in English where it has no name in it), or None."""
    return _holidays(country, day.year, language).get(day)


@cache
def _holidays(country: str, year: int, wanted: str = "en") -> dict[date, str]:
    languages = holidays.country_holidays(country).supported_languages
    language = next((known for known in (wanted, "en_US", "en_GB", "en") if known in languages), None)
    return dict(holidays.country_holidays(country, years=year, language=language))
