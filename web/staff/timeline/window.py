"""Which days of a round are looked at?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from babel.dates import format_date

from engine.rules.moments import Calendar, day_starts, from_instant
from engine.rules.workflow import Workflow
from web.ask import Ask
from web.problems import NotThere
from web.words import LOCALES

WEEKS, SELECTION, ROUND = "weeks", "selection", "round"
FOUR_WEEKS = 28
A_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Window:
    """The days from `first` up to (not with) `end`; `whole` is all that there is to see, `zooms` what is offered."""

    zoom: str
    first: date
    end: date
    whole: tuple[date, date]
    zooms: tuple[str, ...]

    @property
    def days(self) -> int:
        return (self.end - self.first).days

    def at(self, zoom: str, first: date | None = None) -> str:
        """The query of an address that shows the round so."""
        return urlencode({"zoom": zoom, **({"from": first.isoformat()} if first else {})})

    @property
    def earlier(self) -> str:
        """The query for the days before; empty where there is nothing more to see."""
        return self._moved(-1) if self.zoom != ROUND and self.first > self.whole[0] else ""

    @property
    def later(self) -> str:
        return self._moved(1) if self.zoom != ROUND and self.end < self.whole[1] else ""

    def _moved(self, direction: int) -> str:
        step = max(self.days * 3 // 4 // 7 * 7, 7)
        return self.at(self.zoom, self.first + timedelta(days=direction * step))


def window_of(ask: Ask, calendar: Calendar, query: Mapping[str, str]) -> Window:
    """The days that an address asks for (`zoom`, `from`), or those that matter now.

    Raises NotThere for days that are none.
    """
    workflow = ask.place.workflow
    today = from_instant(ask.now, calendar.zone).date()
    whole = _whole(workflow, calendar)
    selection = _selection(workflow, calendar)
    zooms = (WEEKS, *((SELECTION,) if selection and selection != whole else ()), ROUND)
    usual = SELECTION if selection and SELECTION in zooms and today < selection[1] else ROUND
    zoom = query.get("zoom") or usual
    if zoom not in zooms:
        raise NotThere
    asked = _asked(query.get("from", ""))
    if zoom == ROUND:
        return Window(zoom, *whole, whole, zooms)
    if zoom == SELECTION:
        assert selection is not None
        first = asked or selection[0]
        return Window(zoom, first, first + (selection[1] - selection[0]), whole, zooms)
    monday = today - timedelta(days=today.weekday() + 7)
    first = asked or monday
    return Window(zoom, first, first + timedelta(days=FOUR_WEEKS), whole, zooms)


def _asked(text: str) -> date | None:
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError as problem:
        raise NotThere from problem
    if not 1970 < found.year < 2100:
        raise NotThere
    return found


def _edges(workflow: Workflow, calendar: Calendar, phases: set[str]) -> tuple[date, date] | None:
    """From the first day of these phases up to the day after their last, in whichever strand."""
    here = [(one, name) for name in workflow.phases if name in phases for one in calendar.each]
    days = [one.edge(name, "opens").day for one, name in here]
    # what lasts until further notice is shown for a year
    days += [one.edge(name, "opens").day + A_YEAR for one, name in here if one.never_closes(name)]
    days += [one.edge(name, "closes").day for one, name in here if not one.never_closes(name)]
    return (min(days), max(days) + timedelta(days=1)) if days else None


def _whole(workflow: Workflow, calendar: Calendar) -> tuple[date, date]:
    """The whole round, in whole months."""
    found = _edges(workflow, calendar, set(workflow.phases))
    assert found is not None, "a round has a phase"
    first, end = found
    return first.replace(day=1), (end.replace(day=1) + timedelta(days=32)).replace(day=1)


def _selection(workflow: Workflow, calendar: Calendar) -> tuple[date, date] | None:
    """From the first day on which something is handed in until decisions are known, or None where nobody decides."""
    deciding = [one for one in workflow.transitions.values() if one.takes_effect or one.by in workflow.committees]
    handing_in = [one for one in workflow.transitions.values() if one.window and workflow.begins_in in one.sources]
    named = {one.effect.phase for one in deciding if one.effect}
    named |= {
        moment.phase for one in (*deciding, *handing_in) if one.window for moment in (one.window.start, one.window.end)
    }
    found = _edges(workflow, calendar, named) if deciding else None
    if found is None:
        return None
    margin = timedelta(days=max(7, (found[1] - found[0]).days // 12))
    return found[0] - margin, found[1] + margin


def named_days(window: Window, zone: str, language: str) -> list[tuple[int, str]]:
    """(instant, text) where what is named begins: Mondays, months, quarters or years, as the length asks for."""
    locale = LOCALES[language]
    found: list[tuple[int, str]] = []
    if window.days <= 45:
        monday = window.first + timedelta(days=-window.first.weekday() % 7)
        while monday < window.end:
            found.append((day_starts(monday, zone), str(format_date(monday, "EEE d MMM", locale))))
            monday += timedelta(days=7)
        return found
    every = 1 if window.days <= 550 else 3 if window.days <= 2200 else 12
    month = window.first.replace(day=1)
    while month < window.end:
        if (month.month - 1) % every == 0 and month >= window.first:
            form = "LLL y" if not found or month.month == 1 else "LLL"
            found.append((day_starts(month, zone), str(format_date(month, "y" if every == 12 else form, locale))))
        month = (month + timedelta(days=32)).replace(day=1)
    return found


def years_of(window: Window, zone: str) -> list[tuple[int, str, date]]:
    """(instant, text, first day) of each year that begins in the whole round, and where the round begins."""
    first, end = window.whole
    starts = [first, *(date(year, 1, 1) for year in range(first.year + 1, end.year + 1) if date(year, 1, 1) < end)]
    return [(day_starts(day, zone), str(day.year), day) for day in starts]
