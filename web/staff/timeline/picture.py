"""What does the timeline of a round show, from the rules, the dates and what has happened?

The board shows it without what is counted along the days, the page of the timeline whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from markupsafe import Markup
from sqlmodel import Session

from engine.database.calendars import extended
from engine.database.pages import timeline as asked
from engine.database.pages.timeline import Due, Happening
from engine.database.store import extensions_of, the_id
from engine.rules.moments import Calendar, day_starts, is_never, to_instant
from engine.rules.times import EdgeName, Moment
from engine.rules.working_days import day_off, holiday
from web import dates
from web.ask import Ask
from web.drawing.overview import Overview
from web.drawing.timeline import Counted, Days, Lane, Mark, Row, Timeline, draw
from web.staff.timeline.warnings import is_odd
from web.staff.timeline.window import SELECTION, WEEKS, Window, named_days, window_of, years_of
from web.staff.timeline.wording import (
    day_words,
    edge_day_words,
    edge_words,
    in_words,
    moment_words,
    moments_of,
    named_day,
    owed_words,
)

HUES = ("grey", "teal", "violet", "amber", "green", "blue")


def hue_of(phases: Sequence[str], phase: str) -> str:
    """The hue of a phase: by its place among the phases, the same wherever it is shown."""
    return HUES[list(phases).index(phase) % len(HUES)]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A timeline as a page shows it."""

    picture: Markup
    window: Window
    zooms: Sequence[tuple[str, str, bool]]
    """(label, address, whether it is what is shown)"""
    earlier: str
    later: str


def round_calendar(ask: Ask, session: Session) -> Calendar:
    """The dates of the round, without those that single dossiers have of their own."""
    place = ask.place
    return extended(place.programme.rounds[place.round.name], extensions_of(session, the_id(place.round)))


def timeline_of(ask: Ask, session: Session, counts: Mapping[str, int], *, compact: bool = False) -> Drawn:
    """The timeline of the round that a page is about; `counts` are its dossiers by state.

    Asks one question where it is `compact`, three where it is not, however many dossiers there are. Raises NotThere
    for days that the address asks for and that are none.
    """
    round_id, calendar = the_id(ask.place.round), ask.place.calendar
    happened = asked.happenings(session, round_id, owed=False)
    window = window_of(ask, calendar, ask.query)
    lanes: list[Lane] = []
    due: Sequence[Due] = ()
    if not compact:
        due = asked.owed(session, round_id, ask.place.workflow.ends_in)
        lanes = _lanes(ask, due, asked.letters_by_hour(session, round_id))
    here = f"/staff/{ask.place.key}/timeline"
    days = Days(
        day_starts(window.first, calendar.zone), day_starts(window.end, calendar.zone),
        named_days(window, calendar.zone, ask.language), _days_off(ask, calendar, window),
    )  # fmt: skip
    title = ask.say("Timeline of %(round)s", round=ask.said(ask.place.round_title))
    picture = draw(
        Timeline(
            id="timeline", title=title, description=_described(ask, window), days=days,
            rows=_rows(ask, calendar, happened, counts), now=ask.now,
            today=ask.say("Today %(day)s", day=dates.day(ask.now, ask.language, calendar.zone, "d MMM")),
            lanes=lanes, overview=_overview(ask, calendar, window, due, here),
        )
    )  # fmt: skip
    labels = {WEEKS: ask.say("4 weeks"), SELECTION: ask.say("Selection")}
    zooms = [
        (labels.get(zoom, ask.say("Whole round")), f"{here}?{window.at(zoom)}", zoom == window.zoom)
        for zoom in window.zooms
    ]
    return Drawn(
        picture, window, zooms, f"{here}?{window.earlier}" if window.earlier else "",
        f"{here}?{window.later}" if window.later else "",
    )  # fmt: skip


def _described(ask: Ask, window: Window) -> str:
    facts = {
        "first": dates.short_day(window.first, ask.language),
        "last": dates.short_day(window.end - timedelta(days=1), ask.language),
    }
    return ask.say(
        "The phases from %(first)s to %(last)s with their deadlines and reminders. The list says the same in words.",
        **facts,
    )


def _days_off(ask: Ask, calendar: Calendar, window: Window) -> list[tuple[int, int, str]]:
    """Weekends and holidays, where days are wide enough to be told apart."""
    if window.zoom != WEEKS:
        return []
    country, found = calendar.round.holidays, []
    for number in range(window.days):
        day = window.first + timedelta(days=number)
        if day_off(day, country):
            why = holiday(day, country, ask.language) or ask.say("weekend")
            following = day + timedelta(days=1)
            found.append((
                day_starts(day, calendar.zone), day_starts(following, calendar.zone), f"{day_words(ask, day)}: {why}"
            ))  # fmt: skip
    return found


def _rows(ask: Ask, calendar: Calendar, happened: Sequence[Happening], counts: Mapping[str, int]) -> list[Row]:
    place, workflow = ask.place, ask.place.workflow
    rows = []
    for phase, title in workflow.phases.items():
        spans = [
            (one.instant(Moment(phase, "opens")), one.instant(Moment(phase, "closes")))
            for one in calendar.parts(phase, workflow.strands)
        ]
        opens, closes = min(start for start, _ in spans), max(end for _, end in spans)
        here = sum(counts.get(name, 0) for name, state in workflow.states.items() if state.phase == phase)
        marks = [
            *(
                _close(ask, one, phase, closing, happened)
                for one in calendar.parts(phase, workflow.strands)
                if not is_never(closing := one.instant(Moment(phase, "closes")))
            ),
            *_others(ask, calendar, phase, happened),
            *_meetings(ask, calendar, phase),
        ]
        elsewhere = (
            edge_day_words(ask, calendar.edge(phase, "closes"))
            if closes <= ask.now
            else edge_day_words(ask, calendar.edge(phase, "opens"))
        )
        rows.append(
            Row(
                ask.said(title), hue_of(list(workflow.phases), phase), [(opens, closes)], marks,
                dates.number(here, ask.language) if here else "",
                f"/staff/{place.key}/timeline/list?phase={phase}&when=all", elsewhere,
            )
        )  # fmt: skip
    return rows


def _close(ask: Ask, calendar: Calendar, phase: str, closes: int, happened: Sequence[Happening]) -> Mark:
    """The deadline of a phase, which leads to where it is moved while it can be."""
    fired = any(
        one.kind == "edge" and one.name == f"{phase} closes" and one.strand == calendar.strand and not one.own
        and one.ending for one in happened
    )  # fmt: skip
    of = f"+{calendar.strand}" if calendar.strand else ""
    day = named_day(calendar, closes, closes=True)
    said = dates.last_moment(closes, calendar.zone, ask.language)
    return Mark(
        closes, "deadline", f"{edge_words(ask, phase, 'closes', calendar.strand)}: {said}",
        edge_day_words(ask, calendar.edge(phase, "closes")), in_words(ask, closes),
        "" if fired else f"/staff/{ask.place.key}/extend?moment={phase}+closes{of}",
        is_odd=is_odd(day, calendar),
    )  # fmt: skip


def _others(ask: Ask, calendar: Calendar, phase: str, happened: Sequence[Happening]) -> list[Mark]:
    """Reminders, promises, and the later deadlines of single dossiers, in the row of the phase that they hang on."""
    workflow, known, found = ask.place.workflow, moments_of(ask.place.workflow), []
    for one in happened:
        moment = known.get(one.moment)
        if moment is None or moment.phase != phase:
            continue
        said = dates.moment(one.due_at, calendar.zone, ask.language)
        if one.kind == "reminder" and not one.own:
            words = ask.say("Reminder, %(moment)s: %(when)s", moment=moment_words(ask, moment), when=said)
            found.append(Mark(one.due_at, "reminder", words))
        elif one.kind == "promise":
            promise = ask.said(workflow.promises[one.name].title)
            words = ask.say("Promise “%(promise)s”: %(when)s", promise=promise, when=said)
            found.append(Mark(one.due_at, "promise", words))
        elif one.kind == "edge" and one.own and moment.edge == "closes":
            count = sum(one.own.values())
            more = ask.words.ngettext(
                "%(n)s dossier with its own deadline: %(when)s", "%(n)s dossiers with their own deadline: %(when)s",
                count,
            )  # fmt: skip
            when = dates.last_moment(one.due_at, calendar.zone, ask.language)
            found.append(Mark(one.due_at, "own", more % {"n": count, "when": when}))
    return found


def _meetings(ask: Ask, calendar: Calendar, phase: str) -> list[Mark]:
    """The days on which people meet during a phase."""
    found = []
    for name, meeting in ask.place.workflow.meetings.items():
        if meeting.window is None or phase not in (meeting.window.during, meeting.window.start.phase):
            continue
        for session in calendar.round.meetings.get(name, ()):
            hour = session.start
            at = to_instant(session.day, hour, calendar.zone) if hour else calendar.morning(session.day)
            where = f" ({ask.said(session.place)})" if session.place else ""
            found.append(Mark(at, "meeting", f"{ask.said(meeting.title)}{where}: {day_words(ask, session.day)}"))
    return found


def _lanes(ask: Ask, due: Sequence[Due], letters: Sequence[tuple[int, int]]) -> list[Lane]:
    """What is owed, and letters, counted along the days."""
    at = f"/staff/{ask.place.key}/timeline/list"
    owed = [Counted(one.due_at - 1, one.dossiers, f"{at}?kind=owed&when=all") for one in due]
    lanes = []
    if owed:
        lanes.append(Lane(ask.say("Reports and meetings owed"), "owed", ask.say("%s owed"), owed))
    if letters:
        counted = [Counted(instant, count, f"/staff/{ask.place.key}/outbox") for instant, count in letters]
        lanes.append(Lane(ask.say("Letters"), "letters", ask.say("%s letters"), counted))
    return lanes


def _overview(ask: Ask, calendar: Calendar, window: Window, due: Sequence[Due], here: str) -> Overview:
    workflow, zone = ask.place.workflow, calendar.zone
    first, end = (day_starts(day, zone) for day in window.whole)
    shown = (day_starts(window.first, zone), day_starts(window.end, zone))
    edges: tuple[EdgeName, EdgeName] = ("opens", "closes")
    bars = []
    for phase in workflow.phases:
        opens, closes = (calendar.instant(Moment(phase, edge)) for edge in edges)
        bars.append((opens, min(closes, end), hue_of(list(workflow.phases), phase)))
    last = {one.name: one for one in due}
    return Overview(
        ask.say("Whole round"), first, end, shown, _described(ask, window),
        [(at, text, f"{here}?{window.at(window.zoom if window.zoom != 'round' else 'weeks', day)}")
         for at, text, day in years_of(window, zone)],
        bars, [(one.due_at, owed_words(ask, one.name)) for one in last.values()], ask.now,
    )  # fmt: skip
