"""How does a round file become a round?

What can be judged of the dates by themselves is complained about here; what concerns the rules as well (is a
promise too early?) is in dating.py.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from engine.files.announced import check_told
from engine.files.giving import read_given
from engine.files.locating import BARE_KEY
from engine.files.phases import check_hour, check_time, read_phase, whole
from engine.files.several import LATER
from engine.files.source import Source, Spot
from engine.files.tables import NAME, Values, check_tables, entries, read_table
from engine.files.vocabulary import ROUND
from engine.rules.meetings_apart import name_of_part, named_in
from engine.rules.moments import LostHour, edge_instant, to_instant
from engine.rules.round import NEVER, LocalEdge, Moved, Notice, PhaseDates, Round, Session
from engine.rules.working_days import day_off

TABLES = {table.name: table for table in ROUND}


def build_round(programme: str, name: str, source: Source, file: str) -> Round | None:
    """The round that a file describes, or a part of one; None after complaints.

    `source.names` are those of the workflow, `file` is the path in the programme's folder.
    """
    check_tables(source, ROUND, "round")
    general = _general(source)
    if LATER in general:
        Spot(source, ("round", LATER)).complain("is for a round inside this file, [round.NAME]: later than what?")
    zone, country = general.get("timezone"), general.get("holidays")
    phases: dict[str, PhaseDates] = {}
    apart: dict[str, dict[str, PhaseDates]] = {}
    for phase, value, spot in entries(source, "phase"):
        found = read_phase(value, spot, zone, country)
        if found is not None:
            phases[phase], own = found
            if own:
                apart[phase] = own
    meetings: dict[str, tuple[Session, ...]] = {}
    for _, value, spot in entries(source, "meeting"):
        meetings.update(_meeting(value, spot, zone, country))
    given = read_given(source)
    moved = _moved(source, phases, apart, zone)
    notices = _notices(source, zone)
    _check_phases(source)
    _check_mails_at(general, [*phases.values(), *(one for own in apart.values() for one in own.values())], source)
    if source.has_errors:
        return None
    return Round(
        programme=programme,
        name=name,
        title=general["title"],
        number=general["number"],
        timezone=general["timezone"],
        mails_at=general["mails_at"],
        holidays=general["holidays"],
        phases={phase: phases[phase] for phase in source.names["phase"] if phase in phases},
        meetings=meetings,
        given=given,
        file=file,
        moved=moved,
        notices=notices,
        apart=apart,
    )


def _general(source: Source) -> Values:
    raw = (source.data or {}).get("round")
    return read_table(TABLES["round"].keys, raw, Spot(source, ("round",))) if isinstance(raw, dict) else {}


def _rows(source: Source, table: str) -> Iterator[tuple[Values, Spot]]:
    """The rows of `[[extension]]` or `[[announcement]]` that say all that they must."""
    rows = (source.data or {}).get(table)
    for index, raw in enumerate(rows if isinstance(rows, list) else []):
        spot = Spot(source, (table, index))
        values = read_table(TABLES[table].keys, raw, spot)
        if {key.name for key in TABLES[table].keys if key.required} <= set(values):
            yield values, spot


def _moved(
    source: Source, phases: dict[str, PhaseDates], apart: dict[str, dict[str, PhaseDates]], zone: str | None
) -> tuple[Moved, ...]:
    """The change log, each line applied to the dates that it moves."""
    strands = [one for one in source.names["strand"] if NAME.fullmatch(one)]
    found: list[Moved] = []
    for values, spot in _rows(source, "extension"):
        of, to, decided = values["of"], values["to"], values["decided"]
        strand: str | None = values.get("strand")
        own = apart.get(of.phase, {})
        dates = own.get(strand or "", phases.get(of.phase))
        of_phase = zone if dates is None else dates.zone or zone
        if dates is None or of_phase is None or not check_hour(to, spot.at("to"), of_phase):
            continue  # it was complained about
        was = dates.opens if of.edge == "opens" else dates.closes
        after = replace(dates, opens=to) if of.edge == "opens" else replace(dates, closes=to, written=None)
        if strand is None and strands and set(own) >= set(strands):
            spot.complain(f'says not for which strand: each has dates of its own in "{of.phase}"')
        elif strand is not None and dates.every is not None:
            spot.at("strand").complain(f'"{of.phase}" is cut into batches, which are the same for all strands')
        elif to == was:
            spot.at("to").complain(f'"{of}" is on that date already')
        elif was != NEVER and decided > was.day:
            spot.at("decided").complain(f'"{of}" had passed by then ({was.day}); what is past is not moved')
        elif edge_instant(after.opens, "opens", of_phase) >= edge_instant(after.closes, "closes", of_phase):
            spot.at("to").complain(f'"{of.phase}" would close before it opens')
        else:
            if strand is None:
                phases[of.phase] = after
            else:
                apart.setdefault(of.phase, {})[strand] = after
                if set(apart[of.phase]) >= set(strands):
                    phases[of.phase] = whole(apart[of.phase].values())
            found.append(Moved(of.phase, of.edge, was, to, decided, values["reason"], strand))
    return tuple(found)


def _notices(source: Source, zone: str | None) -> dict[str, Notice]:
    found: dict[str, Notice] = {}
    for values, spot in _rows(source, "announcement"):
        on: LocalEdge = values["on"]
        check_told(values, spot)
        if zone and on.hour and not check_time(on.day, on.hour, spot.at("on"), zone):
            continue
        name = on.day.isoformat() if on.hour is None else datetime.combine(on.day, on.hour).isoformat()
        if name in found:
            spot.at("on").complain("is the day and hour of another notice; write both into one letter")
        found[name] = Notice(name, on, values["tell"], len(found), values.get("about", ()))
    return found


def _check_phases(source: Source) -> None:
    raw = (source.data or {}).get("phase")
    if not isinstance(raw, dict):
        return
    table = Spot(source, ("phase",))
    known = tuple(name for name in source.names["phase"] if NAME.fullmatch(name))
    for name in raw:
        if source.names.lack("phase", name) and NAME.fullmatch(name):
            table.at(name).unknown("phase", name, known)
    missing = [name for name in known if name not in raw]
    strangers = sum(name not in known for name in raw)
    cut = [name for name, one in raw.items() if isinstance(one, dict) and "every" in one]
    for name in cut[1:]:
        table.at(name, "every").complain(f'"{cut[0]}" is cut already, and a dossier stands in one batch')
    # A misspelt phase is complained about where it stands, and not once more where it is missing.
    for name in missing if not strangers else missing[strangers:]:
        table.at(name).complain(f'the phase "{name}" of the workflow has no dates here')


def _check_mails_at(general: Values, phases: Sequence[PhaseDates], source: Source) -> None:
    """Letters may leave on any day of the round, so the hour must be there on each of them."""
    if not phases or "timezone" not in general or "mails_at" not in general:
        return
    edges = [edge for dates in phases for edge in (dates.opens, dates.closes) if edge != NEVER]
    years = [edge.day.year for edge in edges]
    if problem := _lost(general["timezone"], general["mails_at"], min(years), max(years) + 1):
        Spot(source, ("round", "mails_at")).complain(problem)


@cache
def _lost(zone: str, hour: time, first_year: int, last_year: int) -> str | None:
    day = date(first_year, 1, 1)
    while day.year <= last_year:
        try:
            to_instant(day, hour, zone)
        except LostHour as problem:
            return str(problem)
        day += timedelta(days=1)
    return None


def _meeting(
    raw: object, spot: Spot, zone: str | None, country: str | None
) -> Iterator[tuple[str, tuple[Session, ...]]]:
    """The days of a meeting, or of those that there are of it for strands or answers, by name."""
    name = str(spot.path[-1])
    if spot.names.lack("meeting", name):
        spot.unknown("meeting", name, spot.names["meeting"])
        return
    if isinstance(raw, dict) and raw and all(isinstance(one, list | dict) for one in raw.values()):
        parts = {name_of_part(name, scope): (one, spot.at(scope)) for scope, one in raw.items()}
    else:
        parts = {name: (raw, spot)}
    for called, (days, place) in parts.items():
        if (sessions := _sessions(called, days, place, zone, country)) is not None:
            yield called, sessions


def days_of(name: str, scope: str = "") -> str:
    """How a round file writes the days of a meeting, or of the one of a strand or an answer."""
    part = scope if BARE_KEY.fullmatch(scope) else json.dumps(scope, ensure_ascii=False)
    return f"[[meeting.{name}.{part}]]" if scope else f"[[meeting.{name}]]"


def _sessions(
    name: str, raw: object, spot: Spot, zone: str | None, country: str | None
) -> tuple[Session, ...] | None:
    declared, scope = named_in(name)
    if not isinstance(raw, list) or not raw:
        spot.complain(f"must be written as {days_of(declared, scope)}, one table for each day")
        return None
    for index, one in enumerate(raw):
        inside = [key for key, value in one.items() if _are_days(value)] if isinstance(one, dict) else []
        if inside and not scope:
            spot.at(index, inside[0]).complain(
                f"stands inside a day of {days_of(name)}: a meeting has its days for all, or for each strand or answer"
            )
            return None
    sessions = [_session(one, spot.at(index), zone, country) for index, one in enumerate(raw)]
    for index, session in enumerate(sessions):
        if session is not None and session in sessions[:index]:
            spot.at(index).complain("is the same day, hours and place as one above")
    return tuple(session for session in sessions if session is not None)


def _are_days(value: object) -> bool:
    return isinstance(value, list) and value != [] and all(isinstance(one, dict) for one in value)


def _session(raw: object, spot: Spot, zone: str | None, country: str | None) -> Session | None:
    values: dict[str, Any] = read_table(TABLES["meeting"].keys, raw, spot)
    if "on" not in values:
        return None
    session = Session(
        values["on"], values.get("from"), values.get("to"), values.get("place"), values.get("online")
    )
    hours = {"from": session.start, "to": session.end}
    if session.end is not None and isinstance(raw, dict) and "from" not in raw:
        spot.at("to").complain('says when it ends and not when it begins; write "from" too')
    if session.start is not None and session.end is not None and session.end <= session.start:
        spot.at("to").complain(f"{session.end} is not after {session.start}, when it begins")
    for key, hour in hours.items():
        if hour is not None and zone is not None:
            check_time(session.day, hour, spot.at(key), zone)
    if country and (why := day_off(session.day, country)) and why.startswith("a holiday"):
        spot.at("on").complain(f"{session.day} is {why}", "warning")
    return session
