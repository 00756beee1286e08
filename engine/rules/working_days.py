"""On which days does nobody work, and which is the next on which people do?

A region is a country by its ISO code (`BE`) or a part of one (`GB-ENG`). Its public holidays are those of the pinned
`holidays` package, the same on every machine.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import holidays


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a country that keeps a feast of its own, which the package does not know as a public holiday."""

    name: str
    month: int
    day: int
    feast: Mapping[str, str]


OURS: Mapping[str, Part] = {
    "BE-VLG": Part("Vlaanderen", 7, 11, {
        "en": "Flemish Community Day", "nl": "Feest van de Vlaamse Gemeenschap",
        "fr": "Fête de la Communauté flamande",
    }),
    "BE-WAL": Part("Wallonie", 9, 27, {
        "en": "French Community Day", "nl": "Feest van de Franse Gemeenschap",
        "fr": "Fête de la Communauté française",
    }),
}  # fmt: skip


@cache
def countries() -> tuple[str, ...]:
    """The countries whose holidays are known, by ISO code."""
    return tuple(code for code in holidays.list_supported_countries() if re.fullmatch("[A-Z]{2}", code))


@cache
def parts_of(country: str) -> tuple[str, ...]:
    """The parts of a country that have holidays of their own, each as `GB-ENG`; none where they are not known."""
    known = holidays.list_supported_countries().get(country, ())
    ours = [region for region in OURS if region.startswith(f"{country}-")]
    return (*(f"{country}-{part}" for part in known if re.fullmatch("[A-Z0-9]{1,3}", part)), *ours)


def part_name(region: str) -> str | None:
    """What people there call that part of a country; None for a whole country, and for a part without a name."""
    if region in OURS:
        return OURS[region].name
    country, _, part = region.partition("-")
    aliases: Mapping[str, str] = getattr(holidays.country_holidays(country), "subdivisions_aliases", {})
    return next((name for name, code in aliases.items() if code == part and len(name) > len(part) + 1), None)


def day_off(day: date, region: str) -> str | None:
    """Why nobody works on that day ("a Sunday", "a holiday (Easter Monday)"), or None."""
    name = _holidays(region, day.year).get(day)
    if name:
        return f"a holiday ({name})"
    if day.weekday() >= 5:
        return ("a Saturday", "a Sunday")[day.weekday() - 5]
    return None


def holiday(day: date, region: str, language: str) -> str | None:
    """What a public holiday is called in a language (in English where it has no name in it), or None."""
    return _holidays(region, day.year, language).get(day)


def is_working_day(day: date, region: str | None) -> bool:
    """Whether people work on that day; without a region, on every day but Saturday and Sunday."""
    return day.weekday() < 5 and (region is None or day not in _holidays(region, day.year))


def next_working_day(day: date, region: str) -> date:
    """The day itself where people work on it, else the first after it."""
    while not is_working_day(day, region):
        day += timedelta(days=1)
    return day


def working_days_from(day: date, count: int, region: str | None) -> date:
    """So many working days after a day, or (a negative count) before it; the day itself is not one of them."""
    step = timedelta(days=1 if count > 0 else -1)
    for _ in range(abs(count)):
        day += step
        while not is_working_day(day, region):
            day += step
    return day


@cache
def _holidays(region: str, year: int, wanted: str = "en") -> dict[date, str]:
    country, _, part = region.partition("-")
    languages = holidays.country_holidays(country).supported_languages
    language = next((known for known in (wanted, "en_US", "en_GB", "en") if known in languages), None)
    ours = OURS.get(region)
    found = dict(
        holidays.country_holidays(country, subdiv=None if ours else part or None, years=year, language=language)
    )
    if ours:
        found.setdefault(date(year, ours.month, ours.day), ours.feast.get(wanted, ours.feast["en"]))
    return found
