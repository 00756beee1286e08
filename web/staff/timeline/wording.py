"""How are the moments of a round, and what happens then, said in the reader's language?"""

from datetime import date, timedelta

from babel.dates import format_date

from engine.rules.moments import Calendar, from_instant
from engine.rules.round import NEVER, LocalEdge
from engine.rules.timers import AFTER, WITHIN
from engine.rules.times import Moment, Span
from engine.rules.workflow import Workflow
from web import dates
from web.ask import Ask
from web.words import LOCALES


def edge_words(ask: Ask, phase: str, edge: str, strand: str | None = None) -> str:
    """`“Call” closes`, or for one strand `“Call (Small)” closes`."""
    title = ask.said(ask.place.workflow.phases[phase])
    if strand is not None:
        title = f"{title} ({ask.said(ask.place.workflow.strands[strand])})"
    if edge == "opens":
        return ask.say("“%(phase)s” opens", phase=title)
    return ask.say("“%(phase)s” closes", phase=title)


def span_words(ask: Ask, span: Span) -> str:
    """`14 days`."""
    ngettext, count = ask.words.ngettext, span.count
    said = {
        "working day": lambda: ngettext("%(n)s working day", "%(n)s working days", count),
        "day": lambda: ngettext("%(n)s day", "%(n)s days", count),
        "week": lambda: ngettext("%(n)s week", "%(n)s weeks", count),
        "month": lambda: ngettext("%(n)s month", "%(n)s months", count),
        "year": lambda: ngettext("%(n)s year", "%(n)s years", count),
    }[span.unit]()
    return said % {"n": count}


def moment_words(ask: Ask, moment: Moment) -> str:
    """`14 days before “Call” closes`."""
    edge = edge_words(ask, moment.phase, moment.edge)
    if moment.span is None:
        return edge
    span = span_words(ask, moment.span)
    if moment.direction == "before":
        return ask.say("%(span)s before %(edge)s", span=span, edge=edge)
    return ask.say("%(span)s after %(edge)s", span=span, edge=edge)


def moments_of(workflow: Workflow) -> dict[str, Moment]:
    """Every moment that the rules name, by its text."""
    found = [Moment(phase, edge) for phase in workflow.phases for edge in ("opens", "closes")]
    found += [one for t in workflow.transitions.values() for one in (t.moment, t.effect) if one]
    found += [one for reminder in workflow.reminders.values() for one in reminder.when]
    found += [one.before for one in workflow.promises.values() if one.before]
    found += [one.moment for one in workflow.announcements.values() if one.moment]
    return {str(one): one for one in found}


def states_words(ask: Ask, states: tuple[str, ...]) -> str:
    """`“Draft”, “Submitted”`."""
    return ", ".join(ask.quoted(ask.said(ask.place.workflow.states[state].title)) for state in states)


def owed_words(ask: Ask, name: str) -> str:
    """What an obligation is called: the title of what is handed in or come to."""
    workflow = ask.place.workflow
    owed = workflow.obligations[name]
    if owed.attend:
        return ask.said(workflow.meeting(owed.attend).title)
    return ask.said(workflow.deliverables[owed.deliver or ""].title)


def position_words(ask: Ask, of: str, strand: str | None = None) -> str:
    """What was extended, as people call it: `“Call” closes`, `Interim report 2`."""
    name, _, tail = of.rpartition(" ")
    workflow = ask.place.workflow
    if name in workflow.phases and tail in ("opens", "closes"):
        return edge_words(ask, name, tail, strand)
    if name in workflow.transitions and tail in (AFTER, WITHIN):
        rule = workflow.transitions[name]
        state = ask.said(workflow.states[rule.target].title)
        if tail == AFTER:
            return ask.say("It becomes “%(state)s” by itself", state=state)
        return ask.say("It can become “%(state)s”", state=state)
    if name in workflow.assessments and tail == WITHIN:
        return ask.say("It is scored: %(assessment)s", assessment=ask.said(workflow.assessments[name].title))
    if name in workflow.meetings and tail == WITHIN:
        return ask.said(workflow.meetings[name].title)
    if name in workflow.obligations:
        return f"{owed_words(ask, name)} {tail}"
    return owed_words(ask, of) if of in workflow.obligations else of


def day_words(ask: Ask, value: date) -> str:
    """A day beside a mark: `Fri 12 Mar`, with the year where it is another than now."""
    this_year = from_instant(ask.now, ask.place.zone).year
    return str(format_date(value, "EEE d MMM" if value.year == this_year else "EEE d MMM y", LOCALES[ask.language]))


def edge_day_words(ask: Ask, edge: LocalEdge) -> str:
    """A written edge beside a mark: its day, and its hour where one is written."""
    if edge == NEVER:
        return ask.say("until further notice")
    hour = f" {edge.hour:%H:%M}" if edge.hour else ""
    return f"{day_words(ask, edge.day)}{hour}"


def named_day(calendar: Calendar, instant: int, *, closes: bool) -> date:
    """The day that people would name for an instant: the day before for a close at midnight."""
    return from_instant(instant - 1 if closes else instant, calendar.zone).date()


def in_words(ask: Ask, instant: int) -> str:
    """How far off something is: `today`, `in 3 days`; empty for what is past or far away."""
    zone = ask.place.zone
    days = (from_instant(instant - 1, zone).date() - from_instant(ask.now, zone).date()).days
    if instant <= ask.now or days > 60:
        return ""
    if days < 1:
        return ask.say("today")
    return ask.words.ngettext("in %(n)s day", "in %(n)s days", days) % {"n": days}


def line_moment(ask: Ask, instant: int, *, closes: bool) -> str:
    """An instant in a line, whose zone was named before: `Fri 1 Mar 2019, 24:00`, the end of a day on that day."""
    here = from_instant(instant, ask.place.zone)
    ends = closes and (here.hour, here.minute, here.second) == (0, 0, 0)
    day = here.date() - timedelta(days=1) if ends else here.date()
    hour = "24:00" if ends else dates.hour(instant, ask.place.zone, ask.language)
    return f"{format_date(day, 'EEE d MMM y', LOCALES[ask.language])}, {hour}"
