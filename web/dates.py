"""How are days, hours and amounts written on a page?

Instants are UTC microseconds; what people read is local, with its zone.
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from babel.dates import format_date, format_time, get_timezone_location
from babel.numbers import format_currency, format_decimal, get_currency_symbol

from engine.rules.moments import EPOCH, from_instant, is_never, zone_info
from web.words import LOCALES

FURTHER_NOTICE = {"en": "further notice", "nl": "nader order", "fr": "nouvel ordre"}
LOCAL_TIME = {
    "nl": "plaatselijke tijd van elke indiener", "fr": "heure locale de chaque porteur de projet",
    "en": "local time of each applicant",
}  # fmt: skip
"""by whose clocks an hour is told that each reads on its own"""
WRITTEN = lru_cache(maxsize=20_000)
"""what is written alike every time is written once, as long as it is asked for"""


def local(instant: int, zone: str) -> datetime:
    """The wall time of an instant in a zone, which it carries."""
    return (EPOCH + timedelta(microseconds=instant)).astimezone(zone_info(zone))


@WRITTEN
def iso(instant: int) -> str:
    """An instant for programs: `2019-03-01T23:00:00Z`."""
    return (EPOCH + timedelta(microseconds=instant)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@WRITTEN
def day(value: date | int, language: str, zone: str | None = None, form: str = "EEEE d MMMM y") -> str:
    """A day in words: `Friday 1 March 2019`; of an instant, the day that it is in that zone."""
    if isinstance(value, int):
        value = local(value, zone or "UTC").date()
    if language == "fr" and value.day == 1:
        form = form.replace("d ", "d'er' ", 1) if form.startswith("d ") else form.replace(" d ", " d'er' ", 1)
    return str(format_date(value, form, locale=LOCALES[language]))


def from_iso(written: str) -> date:
    """A day as the database keeps it: `2019-03-01`."""
    return date.fromisoformat(written)


def short_day(value: date | int, language: str, zone: str | None = None) -> str:
    """A day without its weekday: `1 March`, with the year where it is not this page's subject."""
    return day(value, language, zone, "d MMM y")


@WRITTEN
def hour(instant: int, zone: str, language: str) -> str:
    """The hour of an instant in that zone: `17:00`; seconds only where there are any."""
    here = local(instant, zone)
    form = "HH:mm:ss" if here.second else "HH:mm"
    return str(format_time(here.timetz(), form, locale=LOCALES[language]))


@WRITTEN
def zone_name(zone: str, language: str) -> str:
    """Whose clock an hour is told by: the city."""
    return str(get_timezone_location(zone, LOCALES[language], return_city=True))


def moment(instant: int, zone: str, language: str, named: str | None = None) -> str:
    """An instant in words with its zone: `Friday 1 March 2019, 17:00 (Brussels)`."""
    return f"{day(instant, language, zone)}, {hour(instant, zone, language)} ({named or zone_name(zone, language)})"


@WRITTEN
def short_moment(instant: int, zone: str, language: str) -> str:
    """An instant where the zone has been named before: `1 Mar 2019, 17:00`."""
    return f"{short_day(instant, language, zone)}, {hour(instant, zone, language)}"


def last_moment(closes: int, zone: str, language: str, named: str | None = None) -> str:
    """The end of a window in words, of which `closes` is the first instant after; `named` says by whose clocks it is.

    A midnight belongs to the day before, of which all counts: `Friday 1 March 2019, 24:00 (Brussels)`. Where it never
    ends these are the words after "until".
    """
    if is_never(closes):
        return FURTHER_NOTICE[language]
    here = local(closes, zone)
    if (here.hour, here.minute, here.second) == (0, 0, 0):
        return f"{day((here - timedelta(days=1)).date(), language)}, 24:00 ({named or zone_name(zone, language)})"
    return moment(closes, zone, language, named)


def short_last_moment(closes: int, zone: str, language: str) -> str:
    """The same where the zone has been named before: `1 Mar 2019, 24:00`."""
    here = local(closes, zone)
    if is_never(closes):
        return FURTHER_NOTICE[language]
    if (here.hour, here.minute, here.second) == (0, 0, 0):
        return f"{short_day((here - timedelta(days=1)).date(), language)}, 24:00"
    return short_moment(closes, zone, language)


def last_day(closes: int, zone: str) -> date:
    """The last local day of a window, of which `closes` is the first instant after."""
    return from_instant(closes - 1, zone).date()


@WRITTEN
def amount(value: int | float, currency: str | None, language: str) -> str:
    """An amount of money, with cents only where there are any."""
    if currency is None:
        return number(value, language)
    digits = "0.00" if value != int(value) else "0"
    symbol = get_currency_symbol(currency, LOCALES[language])
    form = f"#,##{digits} ¤" if language == "fr" else f"¤ #,##{digits}" if language == "nl" else f"¤#,##{digits}"
    shown = format_currency(value, currency, form, locale=LOCALES[language], currency_digits=False)
    return str(shown).replace(currency, symbol)


@WRITTEN
def number(value: int | float, language: str) -> str:
    """A number as people of that language write it."""
    return str(format_decimal(value, locale=LOCALES[language]))


@WRITTEN
def tenth(value: float, language: str) -> str:
    """A mean as people compare it, with one place: `7.0`."""
    return str(format_decimal(value, "#,##0.0", locale=LOCALES[language]))


def size(count: int, language: str) -> str:
    """How big a file is: `1.2 MB`."""
    one, thousand, million = ("octets", "ko", "Mo") if language == "fr" else ("B", "kB", "MB")
    if count < 1_000:
        return f"{count} {one}"
    if count < 1_000_000:
        return f"{number(round(count / 1_000), language)} {thousand}"
    return f"{number(round(count / 1_000_000, 1), language)} {million}"


def timestamp(instant: int, zone: str, language: str) -> str:
    """An instant to the second, with its offset from UTC, as it stands on a receipt."""
    here = local(instant, zone)
    written = f"{day(here.date(), language, form='d MMMM y')}, {here:%H:%M:%S}"
    return f"{written} ({zone_name(zone, language)}, UTC{here:%z})"


def leaf(value: date, language: str) -> tuple[str, str, str]:
    """A day as it stands on a leaf of a calendar: the day, the month, the weekday."""
    locale = LOCALES[language]
    written = (format_date(value, form, locale=locale) for form in ("d", "MMMM", "EEEE"))
    number, month, weekday = map(str, written)
    return number, month, weekday


def field_type(typed: str | None) -> dict[str, str]:
    """The attributes of a field for a day: the browser's own, unless what was typed is no day and has to stay."""
    try:
        if typed:
            date.fromisoformat(typed)
    except ValueError:
        return {"type": "text", "placeholder": "1/3/2019"}
    return {"type": "date", "max": "9999-12-31"}
