"""What do the dates, hours, zones and regions of a round file mean?"""

from datetime import date, datetime, time
from functools import cache
from importlib.resources import files

from engine.errors import GrantcycleError, did_you_mean
from engine.files.source import Spot, written
from engine.rules.moments import zone_info
from engine.rules.round import BY_APPLICANT, LocalEdge
from engine.rules.working_days import countries, parts_of

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


def read_phase_zone(value: object, spot: Spot) -> str | None:
    """By whose clocks a phase opens and closes."""
    return BY_APPLICANT if value == BY_APPLICANT else read_zone(value, spot)


def read_region(value: object, spot: Spot) -> str | None:
    """The country, or the part of one, whose public holidays a round reckons with."""
    if not isinstance(value, str):
        spot.complain(f'must be the ISO code of a country such as "BE", not {written(value)}')
        return None
    country, dash, _ = value.partition("-")
    if country not in countries():
        code = country.upper() if country.upper() in countries() else "BE"
        spot.complain(f'there is no country "{country}" whose holidays are known; write its ISO code, such as "{code}"')
    elif dash and not parts_of(country):
        spot.complain(f'no part of "{country}" is known to have holidays of its own; write "{country}"')
    elif dash and value not in parts_of(country):
        spot.unknown(f"part of {country}", value, parts_of(country))
    else:
        return value
    return None
