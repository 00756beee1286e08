"""How is an instant typed, and how is it shown?"""

import re
from datetime import UTC, date, datetime, timedelta

from engine.errors import GrantcycleError
from engine.rules.moments import EPOCH, day_starts, from_instant, to_instant

EXAMPLES = "write 2019-03-01, 2019-03-01T17:00 or 2019-03-01T17:00+01:00"


def utc(instant: int) -> str:
    """The instant for programs: `2019-03-01T23:00:00Z`, microseconds only where there are any."""
    return (EPOCH + timedelta(microseconds=instant)).replace(tzinfo=None).isoformat() + "Z"


def utc_or_none(instant: int | None) -> str | None:
    return None if instant is None else utc(instant)


def local_iso(instant: int, zone: str) -> str:
    """The same as a local wall time for programs: `2019-03-02T00:00:00`."""
    return from_instant(instant, zone).isoformat()


def local(instant: int | None, zone: str) -> str:
    """The same for people, to the second: `2019-03-02 00:00:00`; a dash for none."""
    return "–" if instant is None else from_instant(instant, zone).strftime("%Y-%m-%d %H:%M:%S")


def both(name: str, instant: int | None, zone: str) -> dict[str, str | None]:
    """An instant as every JSON answer gives it: `name` in UTC, and `name_local` beside it."""
    return {name: utc_or_none(instant), f"{name}_local": None if instant is None else local_iso(instant, zone)}


def age(microseconds: int) -> str:
    """A length of time in its largest unit: `3 days`, `1 hour`, `40 seconds`."""
    seconds = max(microseconds, 0) // 1_000_000
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        if seconds >= length or unit == "second":
            count = seconds // length
            return f"{count} {unit}{'' if count == 1 else 's'}"
    raise AssertionError("a length of time has a unit")


def read_local(text: str, zone: str) -> date | datetime:
    """A day, or a local wall time of `zone`; a time with an offset is turned into one, and 24:00 is the whole day.

    Raises GrantcycleError with a sentence when the text is neither.
    """
    plain = text.strip()
    try:
        if whole := re.fullmatch(r"(\d{4}-\d{2}-\d{2})(?:[T ]24:00(?::00)?)?", plain):
            return date.fromisoformat(whole[1])  # until 24:00 of a day is until its end
        if not re.match(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}", plain):
            raise ValueError("it is not written as a date and an hour")
        moment = datetime.fromisoformat(plain)
    except ValueError as problem:
        raise GrantcycleError(f'"{text}" is no date or time ({problem}); {EXAMPLES}') from problem
    if moment.tzinfo is None:
        return moment
    return from_instant((moment.astimezone(UTC) - EPOCH) // timedelta(microseconds=1), zone)


def read_instant(text: str, zone: str) -> int:
    """An instant: ISO with an offset, or a local wall time of `zone`; a bare day is its first instant.

    Raises GrantcycleError with a sentence when the text is neither, or when that hour does not exist.
    """
    plain = text.strip()
    if re.fullmatch(r".*\d{2}:\d{2}.*([zZ]|[+-]\d{2}:?\d{2})", plain):
        try:
            return (datetime.fromisoformat(plain).astimezone(UTC) - EPOCH) // timedelta(microseconds=1)
        except ValueError as problem:
            raise GrantcycleError(f'"{text}" is no date or time ({problem}); {EXAMPLES}') from problem
    moment = read_local(plain, zone)
    if isinstance(moment, datetime):
        return to_instant(moment.date(), moment.time(), zone)
    return day_starts(moment + timedelta(days=1) if "24:00" in plain else moment, zone)


def read_range(first: str | None, last: str | None, zone: str) -> tuple[int | None, int | None]:
    """`--from` and `--to` as [first instant, first instant after); a bare day in `--to` counts whole."""
    begins = None if first is None else read_instant(first, zone)
    if last is None:
        return begins, None
    ends = read_local(last, zone)
    if isinstance(ends, datetime):
        return begins, read_instant(last, zone) + 1
    return begins, day_starts(ends + timedelta(days=1), zone)
