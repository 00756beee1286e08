"""What will happen in a round, and when?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import typer

from engine.database import looking
from engine.database.calendars import extended
from engine.database.meetings import meetings_of
from engine.database.store import extensions_of, find_round, the_id
from engine.files.reading import Programme, load
from engine.rules.agenda import agenda as agenda_of
from engine.rules.agenda import obligation_windows, reminders_after, reminders_before
from engine.rules.moments import Calendar, day_starts, to_instant
from engine.rules.workflow import Obligation
from grantcycle import console
from grantcycle.commands.parameters import Json, RoundName, wiring_of
from grantcycle.finding import find_round as find_round_file
from grantcycle.instants import both, local, read_range
from grantcycle.wiring import Wiring

OBLIGATION, REMINDER, MEETING = "obligation", "obligation reminder", "meeting"


@dataclass(frozen=True)
class Line:
    """One line of the agenda: as of `at` (UTC microseconds), fired from `fires_at` on; `ending` says how it ended."""

    kind: str
    name: str
    moment: str
    at: int
    fires_at: int
    ending: str | None = None
    batch: int | None = None
    written: str | None = None
    """the day or hour that the round's file says, where it counts on another: a day off, or moved since"""
    strand: str | None = None
    clocks: str | None = None


def lines_of(programme: Programme, round_name: str, settle: int) -> list[Line]:
    """All that the calendar does in a round, its meetings, and what a dossier will owe with the reminders of it."""
    calendar = Calendar(programme.rounds[round_name])
    lines = [
        Line(due.kind, due.name, due.moment, due.at, due.fires_at, None, due.batch,
             _written(calendar.of_strand(due.strand), due.kind, due.name), due.strand)
        for due in agenda_of(programme.workflow, calendar, settle)
    ]  # fmt: skip
    owed = ((one, of) for one in programme.workflow.obligations.values() for of in _whose(programme, calendar, one))
    for obligation, of in owed:
        for laid in obligation_windows(obligation, of):
            moment = f"last day {laid.last_day}"
            lines.append(
                Line(OBLIGATION, f"{obligation.name} {laid.position}", moment, laid.due_at, laid.due_at + settle,
                     strand=of.strand)
            )
            lines += [
                Line(REMINDER, f"{obligation.name} {laid.position}", moment, at, at, strand=of.strand)
                for at in (
                    *reminders_before(laid.last_day, obligation.remind, calendar),
                    *reminders_after(laid.last_day, obligation.remind_after, calendar),
                )
            ]
    return sorted([*lines, *_meetings(calendar)], key=lambda line: line.fires_at)


def _whose(programme: Programme, calendar: Calendar, obligation: Obligation) -> tuple[Calendar, ...]:
    """The dates by which it is owed: of all alike, or of those without any of their own and of each strand."""
    window, strands = obligation.window, programme.workflow.strands
    return calendar.parts(window.end.phase, strands) if window else (calendar,)


def _written(calendar: Calendar, kind: str, name: str) -> str | None:
    """What the file says of an edge of a phase that counts on another day: a day off, or moved since."""
    phase, _, edge = name.rpartition(" ")
    written = calendar.rolled_from(phase) if kind == "edge" and edge == "closes" else None
    if kind == "edge" and (name if calendar.strand is None else f"{name} {calendar.strand}") not in calendar.extended:
        moved = (one for one in calendar.round.moved if one.strand == calendar.strand)
        first = next((one.was for one in moved if f"{one.phase} {one.edge}" == name), None)
        written = first or written
    if written is None:
        return None
    return written.day.isoformat() if written.hour is None else datetime.combine(written.day, written.hour).isoformat()


def _meetings(calendar: Calendar) -> list[Line]:
    """The meetings that have a date: from their hour on, or from the first instant of their day."""
    lines = []
    for name, sessions in calendar.round.meetings.items():
        for session in sessions:
            zone = calendar.zone
            at = to_instant(session.day, session.start, zone) if session.start else day_starts(session.day, zone)
            lines.append(Line(MEETING, name, session.place or ("online" if session.online else ""), at, at))
    return lines


def _running(wiring: Wiring, key: str) -> list[Line]:
    """The same of a round that is open: with its extensions, and what has already happened."""
    with wiring.looking() as session:
        row = find_round(session, key)
        name = row.name
        rows, held_then = looking.deadlines(session, the_id(row)), meetings_of(session, the_id(row))
        calendar = extended(wiring.programme_of(key).rounds[name], extensions_of(session, the_id(row)), None, held_then)
    lines = [
        Line(one.kind, one.name, one.moment, one.due_at, one.fires_at, one.ending, one.batch,
             _written(calendar.of_strand(one.strand), one.kind, one.name) if one.dossier_id is None else None,
             one.strand, one.clocks)
        for one in rows
    ]  # fmt: skip
    return sorted([*lines, *_meetings(calendar)], key=lambda line: line.fires_at)


def agenda(
    context: typer.Context,
    round_name: RoundName,
    first: Annotated[str | None, typer.Option("--from", metavar="DAY", help="From this day or hour on.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DAY", help="To the end of this day or hour.")] = None,
    as_json: Json = False,
) -> None:
    """All that will happen in a round, in order: as its files say, or once it is open with its extensions.

    Example: grantcycle agenda small-grants/2030 --from 2019-03-01 --to 2019-05-31
    """
    wiring = wiring_of(context)
    key = wiring.round_key(round_name)
    if wiring.is_open(key):
        zone, every = wiring.zone_of(key), _running(wiring, key)
    else:
        found = find_round_file(round_name, wiring.settings.workflows.folder)
        programme = load(found.folder)
        zone = programme.rounds[str(found.round)].timezone
        every = lines_of(programme, str(found.round), wiring.settle)
    begins, ends = read_range(first, last, zone)
    lines = [line for line in every if (begins is None or line.at >= begins) and (ends is None or line.at < ends)]
    if as_json:
        console.show_json({"round": key, "timezone": zone, "agenda": [_as_json(line, zone) for line in lines]})
    elif not lines:
        console.say(f"Nothing is due in {key} between these dates.")
    else:
        console.show_table(
            f"{key}, local times of {zone}",
            ("as of", "what", "name", "moment", ""),
            ((local(line.at, zone), line.kind, line.name, line.moment, _remark(line)) for line in lines),
        )


def _remark(line: Line) -> str | None:
    """How a line ended, of which batch or strand it is, and the day that the file says where it is another."""
    of = f"batch {line.batch}" if line.batch else None
    said = f"written {line.written}" if line.written else None
    return ", ".join(filter(None, (line.ending, of, line.strand, line.clocks, said))) or None


def _as_json(line: Line, zone: str) -> dict[str, Any]:
    return {
        "kind": line.kind,
        "name": line.name,
        "moment": line.moment,
        **both("at", line.at, zone),
        **both("fires_at", line.fires_at, zone),
        "ending": line.ending,
        **({"batch": line.batch} if line.batch else {}),
        **({"strand": line.strand} if line.strand else {}),
        **({"clocks": line.clocks} if line.clocks else {}),
        **({"written": line.written} if line.written else {}),
    }
