"""From when to when does a phase of a round last, for all and for a strand that has dates of its own?

What can be judged of the dates by themselves is complained about here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

from engine.files.source import Spot, written
from engine.files.tables import Values, read_table
from engine.files.vocabulary import ROUND, Key
from engine.rules.moments import DAY_END, MOST_BATCHES, LostHour, edge_instant, is_doubled, shift, to_instant
from engine.rules.round import BY_APPLICANT, NEVER, LocalEdge, PhaseDates
from engine.rules.times import EdgeName, Span
from engine.rules.working_days import day_off, next_working_day

KEYS: tuple[Key, ...] = next(table.keys for table in ROUND if table.name == "phase")
OF_ALL = ("zone", "every")
"""what is said of a phase as a whole"""
DATES = ("from", "to", "on")

Phase = tuple[PhaseDates, dict[str, PhaseDates]]
"""the dates of a phase, and those that strands have of their own"""


def read_phase(raw: object, spot: Spot, zone: str | None, country: str | None) -> Phase | None:
    """The dates of a phase; None after complaints. Where only strands have some, those of the whole span them all."""
    own_raw = _of_strands(raw)
    if not isinstance(raw, dict) or not own_raw:
        dates = _read_dates(raw, spot, zone, country)
        return None if dates is None else (dates, {})
    rest = {key: value for key, value in raw.items() if key not in own_raw}
    if rest.get("zone") == BY_APPLICANT:
        spot.at("zone").complain("is one date for all, by many clocks; no strand has dates of its own beside it")
        return None
    own = {name: _of_strand(value, rest, spot.at(name), zone, country) for name, value in own_raw.items()}
    if "every" in rest:
        spot.at("every").complain("cuts batches that are the same for all; no strand has dates of its own beside it")
        return None
    whole_of = None
    if set(DATES) & set(rest):
        whole_of = _read_dates(rest, spot, zone, country)
        if whole_of is None:
            return None
    elif missing := [one for one in spot.names["strand"] if one not in own]:
        spot.at("from").complain(f'is required: "{missing[0]}" has no dates, and there are none for all')
        return None
    elif beside := next((key for key in rest if key not in OF_ALL), None):
        spot.at(beside).complain("says nothing without dates; write it with those of each strand")
        return None
    known = {name: dates for name, dates in own.items() if dates is not None}
    if len(known) < len(own):
        return None
    if set(known) >= set(spot.names["strand"]):
        return whole(known.values()), known
    assert whole_of is not None, "not every strand has dates of its own"
    return whole_of, known


def whole(dates: Iterable[PhaseDates]) -> PhaseDates:
    """From the first opening to the last close."""
    every = list(dates)
    opens = min((one.opens for one in every), key=lambda edge: (edge.day, edge.hour or time.min))
    closes = max((one.closes for one in every), key=lambda edge: (edge.day, edge.hour or time.max))
    return PhaseDates(opens, closes, grace=max(one.grace for one in every), zone=every[0].zone)


def _of_strands(raw: object) -> dict[str, object]:
    known = {key.name for key in KEYS}
    inner = raw.items() if isinstance(raw, dict) else ()
    return {name: value for name, value in inner if isinstance(value, dict) and name not in known}


def _of_strand(
    raw: object, whole_raw: Mapping[str, Any], spot: Spot, zone: str | None, country: str | None
) -> PhaseDates | None:
    """The dates of one strand, by the clocks of the phase."""
    strand = str(spot.path[-1])
    if not spot.names["strand"] and "strand" not in spot.names.unreadable:
        spot.complain("gives dates for one strand, and there is no [strand]")
        return None
    if spot.names.lack("strand", strand):
        spot.unknown("strand", strand, spot.names["strand"])
        return None
    assert isinstance(raw, dict)
    for key in OF_ALL:
        if key in raw:
            spot.at(key).complain("is said of the phase as a whole, and not of one strand")
            return None
    given = whole_raw.get("zone")
    dates = _read_dates(raw, spot, given if isinstance(given, str) else zone, country)
    return None if dates is None else replace(dates, zone=given if isinstance(given, str) else None)


def _read_dates(raw: object, spot: Spot, zone: str | None, country: str | None) -> PhaseDates | None:
    before = len(spot.source.complaints)
    values = read_table(KEYS, raw, spot)
    if not isinstance(raw, dict) or len(spot.source.complaints) > before:
        return None
    edges = _edges(values, spot)
    if edges is None:
        return None
    if zone is not None and values.get("zone") == zone:
        spot.at("zone").complain(f'"{zone}" is the zone of the round already')
    if values.get("zone") == BY_APPLICANT and "every" in values:
        spot.at("every").complain('stands beside "applicant"; batches are cut for all at once')
        return None
    if values.get("zone") != BY_APPLICANT:
        zone = values.get("zone", zone)
    keys: dict[EdgeName, str] = {"opens": "on", "closes": "on"} if "on" in values else {"opens": "from", "closes": "to"}
    sound = [check_hour(edge, spot.at(keys[name]), zone) for name, edge in zip(keys, edges, strict=True) if zone]
    dates = PhaseDates(*edges, grace=values.get("grace", timedelta(0)), every=values.get("every"),
                       zone=values.get("zone"))
    if zone and all(sound) and edge_instant(dates.opens, "opens", zone) >= edge_instant(dates.closes, "closes", zone):
        spot.at("to").complain(f"{written(raw['to'])} lies before {written(raw['from'])}, where the phase opens")
    if dates.closes == NEVER:
        _check_open_end(values, spot)
    elif dates.every is not None:
        _check_batches(dates, values, spot)
    elif "roll" in values and country:
        dates = _rolled(dates, country, both="on" in values)
        if zone and dates.written:
            check_hour(dates.closes, spot.at(keys["closes"]), zone)
    elif country and (why := day_off(dates.closes.day, country)):
        spot.at(keys["closes"]).complain(f"{dates.closes.day} is {why}", "warning")
    return dates


def _check_batches(dates: PhaseDates, values: Values, spot: Spot) -> None:
    """Whether the phase can be cut so. What of the rules cannot recur is judged with them."""
    every = dates.every
    assert every is not None
    place = spot.at("every")
    if every.unit == "working day":
        place.complain(f'"{every}" cannot be counted on; write days, weeks, months or years')
    elif shift(dates.opens.day, every, 1) > dates.closes.day:
        place.complain(f"{every} is longer than the phase: nothing would be cut")
    elif shift(dates.opens.day, Span(every.count * MOST_BATCHES, every.unit), 1) <= dates.closes.day:
        place.complain(f"{every} would cut the phase into more than {MOST_BATCHES} batches")
    if "roll" in values:
        spot.at("roll").complain('stands beside "every"; a batch ends where the next one begins')


def _check_open_end(values: Values, spot: Spot) -> None:
    for key in ("roll", "grace", "every"):
        if key in values:
            spot.at(key).complain('says nothing without "to": the phase lasts until further notice')


def _rolled(dates: PhaseDates, country: str, *, both: bool) -> PhaseDates:
    """The phase with its close on the next day on which people work; of a single day the opening as well.

    An opening on a day off takes nothing from anybody, and stays.
    """
    day = next_working_day(dates.closes.day, country)
    if day == dates.closes.day:
        return dates
    closes = replace(dates.closes, day=day)
    return replace(dates, opens=closes if both else dates.opens, closes=closes, written=dates.closes)


def _edges(values: Values, spot: Spot) -> tuple[LocalEdge, LocalEdge] | None:
    if "on" in values:
        beside = next((key for key in ("from", "to") if key in values), None)
        if beside is not None:
            spot.at(beside).complain('stands beside "on"; a phase has one day, or a first and a last')
            return None
        day = LocalEdge(values["on"])
        return day, day
    if "from" not in values:
        spot.at("from").complain('is required, with "to"; or write "on" for a single day')
        return None
    return values["from"], values.get("to", NEVER)


def check_hour(edge: LocalEdge, spot: Spot, zone: str) -> bool:
    """Whether the hour exists; a doubled hour is warned about. 23:59 means the end of the day."""
    if edge.hour is None or edge.hour >= DAY_END:
        return True
    return check_time(edge.day, edge.hour, spot, zone)


def check_time(day: date, hour: time, spot: Spot, zone: str) -> bool:
    """Whether a local time exists; one that is doubled is warned about."""
    try:
        to_instant(day, hour, zone)
    except LostHour as problem:
        spot.complain(str(problem))
        return False
    if is_doubled(day, hour, zone):
        spot.complain(f"{day} {hour} happens twice in {zone}, when the clocks go back; the later one counts", "warning")
    return True
