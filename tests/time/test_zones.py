"""Do instants agree with the zone data themselves, read without any library, and do they follow when the data change?

The oracle reads the TZif bytes of the wheel (RFC 9636) and its rule for the years to come, and works with integers.
"""

import random
import re
import struct
from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from stage import Stage, at

from engine.cycle import deadlines, zone_data
from engine.rules import moments
from engine.rules.moments import LostHour, from_instant, is_doubled, shift, to_instant
from engine.rules.times import Span

SECOND = 1_000_000
HOUR = 3_600 * SECOND
EPOCH = datetime(1970, 1, 1)
YEARS = range(2026, 2038)
ZONES = (
    "Europe/Brussels", "Europe/Lisbon", "Europe/Athens", "Europe/London", "Europe/Dublin", "Europe/Chisinau",
    "Atlantic/Azores", "Atlantic/Reykjavik", "Africa/Cairo", "Africa/Casablanca", "Africa/Kinshasa", "Asia/Beirut",
    "Asia/Gaza", "Asia/Jerusalem", "Asia/Kathmandu", "Asia/Kolkata", "Asia/Tehran", "Asia/Tokyo", "America/Asuncion",
    "America/Havana", "America/Los_Angeles", "America/New_York", "America/Nuuk", "America/Santiago",
    "America/Sao_Paulo", "America/St_Johns", "Australia/Lord_Howe", "Australia/Sydney", "Pacific/Apia",
    "Pacific/Auckland", "Pacific/Chatham", "Pacific/Kiritimati",
)  # fmt: skip
Change = tuple[int, int]
"""a UTC second, and the offset in seconds that holds from it on"""


# ── The oracle ──────────────────────────────────────────────────────────────


def second(day: date, seconds: int = 0) -> int:
    return (day - EPOCH.date()).days * 86_400 + seconds


def hours(text: str) -> int:
    """`-3:30` in seconds."""
    sign = -1 if text.startswith("-") else 1
    parts = [int(part) for part in text.lstrip("+-").split(":")]
    return sign * sum(part * unit for part, unit in zip(parts, (3600, 60, 1), strict=False))


def day_of(rule: str, year: int) -> date:
    """The day of `M3.5.0`: month, which week (5: the last), weekday (0: Sunday)."""
    month, week, weekday = (int(part) for part in rule[1:].split("."))
    days = [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]
    found = [day for day in days if day.isoweekday() % 7 == weekday]
    return found[min(week, len(found)) - 1]


def footer_changes(rule: str, since: int) -> Iterator[Change]:
    """The changes that a rule such as `CET-1CEST,M3.5.0,M10.5.0/3` makes in the years that are looked at."""
    name = r"(?:<[^>]+>|[A-Za-z]+)"
    found = re.fullmatch(rf"{name}([-+\d:]+)(?:{name}([-+\d:]+)?,([^,]+),([^,]+))?", rule)
    assert found, rule
    standard = -hours(found[1])
    if found[3] is None:
        return
    summer = -hours(found[2]) if found[2] else standard + 3600
    for year in range(YEARS[0] - 1, YEARS[-1] + 2):
        for edge, before, after in ((found[3], standard, summer), (found[4], summer, standard)):
            day, _, hour = edge.partition("/")
            when = second(day_of(day, year), hours(hour or "2")) - before
            if when > since:
                yield when, after


@cache
def changes(zone: str) -> tuple[Change, ...]:
    """All changes of a zone up to 2038, from the bytes of the wheel."""
    data = files("tzdata.zoneinfo").joinpath(*zone.split("/")).read_bytes()
    header = struct.Struct(">4s c 15x 6l")

    def body(start: int, width: int) -> tuple[list[int], bytes, list[tuple[int, int, int]], int]:
        magic, _, is_utc, is_std, leaps, times, types, letters = header.unpack_from(data, start)
        assert magic == b"TZif"
        place = start + header.size
        instants = list(struct.unpack_from(f">{times}{'q' if width == 8 else 'l'}", data, place))
        place += times * width
        which = data[place : place + times]
        place += times
        kinds = [struct.unpack_from(">lBB", data, place + 6 * n) for n in range(types)]
        return instants, which, kinds, place + 6 * types + letters + leaps * (width + 4) + is_std + is_utc

    *_, second_body = body(0, 4)
    instants, which, kinds, end = body(second_body, 8)
    told = [(instant, kinds[kind][0]) for instant, kind in zip(instants, which, strict=True)]
    told.insert(0, (-(2**60), kinds[0][0]))
    rule = data[end:].strip(b"\n").decode()
    return (*told, *sorted(footer_changes(rule, told[-1][0])))


def offset(zone: str, instant: int) -> int:
    """The offset in seconds at a UTC second."""
    known = changes(zone)
    return known[bisect_right(known, instant, key=lambda change: change[0]) - 1][1]


def instants_of(zone: str, local: datetime) -> list[int]:
    """Every UTC second at which a clock of the zone shows that wall time."""
    wall = second(local.date(), local.hour * 3600 + local.minute * 60 + local.second)
    return sorted({wall - one for _, one in changes(zone) if offset(zone, wall - one) == one})


def agrees(zone: str, local: datetime) -> str:
    """Whether a wall time is lost, doubled or plain, after comparing what the engine says with the oracle."""
    expected = instants_of(zone, local)
    if not expected:
        with pytest.raises(LostHour):
            to_instant(local.date(), local.time(), zone)
        return "lost"
    assert to_instant(local.date(), local.time(), zone) == expected[-1] * SECOND, (zone, local)
    assert is_doubled(local.date(), local.time(), zone) == (len(expected) == 2)
    for instant in expected:
        assert from_instant(instant * SECOND, zone) == local
    return "doubled" if len(expected) == 2 else "plain"


# ── Lost and doubled hours, and anything else ───────────────────────────────


@pytest.mark.parametrize("zone", ZONES)
def test_every_minute_that_the_clocks_skip_is_refused_and_every_doubled_one_means_the_later(zone: str) -> None:
    """T-1, T-2: all of 2026 to 2037, by the minute."""
    found = {"lost": 0, "doubled": 0}
    expected = {"lost": 0, "doubled": 0}
    for (_, before), (instant, after) in zip(changes(zone), changes(zone)[1:], strict=False):
        if (EPOCH + timedelta(seconds=instant)).year not in YEARS or before == after:
            continue
        first = EPOCH + timedelta(seconds=instant + min(before, after))
        length = abs(after - before) // 60
        expected["lost" if after > before else "doubled"] += length
        for minute in range(-1, length + 1):
            kind = agrees(zone, first + timedelta(minutes=minute))
            if kind != "plain":
                found[kind] += 1
    assert found == expected


def compare(pairs: int, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(pairs):
        zone = chance.choice(ZONES)
        local = datetime(2026, 1, 1) + timedelta(seconds=chance.randrange(12 * 365 * 86_400))
        agrees(zone, local)


def test_any_wall_time_in_any_zone_is_the_instant_that_the_data_give() -> None:
    """T-3, quick."""
    compare(5_000, 1)


@pytest.mark.slow
def test_a_hundred_thousand_wall_times_are_the_instants_that_the_data_give() -> None:
    """T-3."""
    compare(100_000, 2)


# ── Days, months and years ──────────────────────────────────────────────────


@pytest.mark.parametrize("zone", ZONES)
def test_a_day_later_keeps_the_wall_time_however_long_the_day_is(zone: str) -> None:
    """T-26: 17:00 stays 17:00 over every change of the clocks, though the day has 23 or 25 hours."""
    for instant, _ in changes(zone):
        day = (EPOCH + timedelta(seconds=max(instant, 0))).date()
        if day.year not in YEARS:
            continue
        for start in (day - timedelta(days=1), day):
            after = shift(start, Span(1, "day"), 1)
            elapsed = to_instant(after, time(17), zone) - to_instant(start, time(17), zone)
            moved = offset(zone, second(start, 0)) - offset(zone, second(after, 86_400 - 1))
            assert from_instant(to_instant(after, time(17), zone), zone) == datetime.combine(after, time(17))
            assert elapsed in (24 * HOUR, 24 * HOUR + moved * SECOND)


def plus_months(day: date, months: int) -> date:
    """Month by month, with a calendar on the wall: the last day where the month has no such day."""
    year, month = day.year, day.month
    for _ in range(abs(months)):
        month += 1 if months > 0 else -1
        if month in (0, 13):
            year, month = (year - 1, 12) if month == 0 else (year + 1, 1)
    last = 31
    while True:
        try:
            return date(year, month, min(day.day, last))
        except ValueError:
            last -= 1


def test_months_and_years_are_counted_from_the_anchor() -> None:
    """T-25: for every day of eight years, leap day and month ends among them."""
    for day in (date(2024, 1, 1) + timedelta(days=n) for n in range(8 * 366)):
        for count in (1, 2, 5, 11, 12, 13, 48):
            for direction in (1, -1):
                assert shift(day, Span(count, "month"), direction) == plus_months(day, direction * count)
        for years in (1, 4):
            assert shift(day, Span(years, "year"), 1) == plus_months(day, 12 * years)
    assert shift(date(2028, 2, 29), Span(4, "year"), 1) == date(2032, 2, 29)


# ── Other zone data ─────────────────────────────────────────────────────────


def zone_file(told: list[Change], name: bytes = b"XXX") -> bytes:
    """A zone file (TZif, version 2) with these changes: what `zic` would have made of a country's new rule."""
    kinds = sorted({offset for _, offset in told})
    rows = b"".join(struct.pack(">lBB", offset, 0, 0) for offset in kinds)

    def part(width: str, shown: list[Change]) -> bytes:
        head = struct.pack(">4sc15x6l", b"TZif", b"2", 0, 0, 0, len(shown), len(kinds), len(name) + 1)
        at_ = struct.pack(f">{len(shown)}{width}", *(instant for instant, _ in shown))
        return head + at_ + bytes(kinds.index(offset) for _, offset in shown) + rows + name + b"\0"

    return part("l", []) + part("q", told) + b"\n\n"


def doctored(data: bytes, zone: str) -> ZoneInfo:
    return ZoneInfo.from_file(BytesIO(data), key=zone)


def test_a_country_that_gives_up_summer_time_moves_exactly_what_has_not_fired_and_lies_after_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T-23: from 2031 on Belgium leaves its clocks alone; the journal lists what moved, and by how much."""
    stage.chosen("anna", "bert")
    stage.cycle.watch = None
    for number in stage.states():
        stage.cycle.attend(stage.key, number, "kick_off", by="staff@fund.example", now=at("2030-05-08T18:00"))
    now = at("2030-06-04T10:00")
    stage.cycle.advance(now)
    stays_from = second(date(2030, 12, 1))
    kept = [change for change in changes("Europe/Brussels") if 0 < change[0] < stays_from]
    changed = zone_file(kept)
    before = stage.deadlines()
    monkeypatch.setattr(moments, "zone_info", cache(lambda zone: doctored(changed, zone)))
    for module in (moments, deadlines, zone_data):
        monkeypatch.setattr(module, "tzdata_version", lambda: "2030.9")
    stage.cycle.work_out_again(now)
    after = stage.deadlines()
    assert set(after) == set(before)
    moved = {key: after[key].due_at - row.due_at for key, row in before.items() if after[key].due_at != row.due_at}
    expected = {
        key: HOUR
        for key, row in before.items()
        if row.ended_at is None
        and row.due_at >= stays_from * SECOND
        and offset("Europe/Brussels", row.due_at // SECOND) == 7200
    }
    assert moved == expected
    assert moved
    for key, row in before.items():
        new = after[key]
        assert (new.fires_at - row.fires_at, new.ended_at) == (new.due_at - row.due_at, row.ended_at)
        assert new.local == row.local  # the wall time is what was promised
        assert new.tzdata == (row.tzdata if row.ended_at else "2030.9")
    (told,) = stage.journal("zone data changed")
    assert told.details == {"version": "2030.9", "moved_by_microseconds": expected}
    stage.cycle.work_out_again(now)
    assert len(stage.journal("zone data changed")) == 1


def test_the_doctored_file_is_read_as_it_was_written() -> None:
    made = doctored(zone_file([(0, 3600), (second(date(2030, 3, 31), 3600), 7200)]), "Test/Zone")
    assert made.utcoffset(datetime(2029, 1, 1)) == timedelta(hours=1)
    assert made.utcoffset(datetime(2031, 1, 1)) == timedelta(hours=2)
