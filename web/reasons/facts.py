"""How is a fact of a reason said: a day, an amount, what the programme calls things?"""

import re
from collections.abc import Callable, Mapping
from datetime import date

from web import dates
from web.ask import Ask

NUMBER = re.compile(r"-?\d+(\.\d+)?")
Fact = str | int | float


def _day(ask: Ask, value: Fact, _: Mapping[str, Fact]) -> str:
    return dates.day(date.fromisoformat(str(value)), ask.language)


def _zone(ask: Ask, facts: Mapping[str, Fact]) -> str:
    return str(facts["zone"]) if "zone" in facts else ask.place.zone


def _opens(ask: Ask, value: Fact, facts: Mapping[str, Fact]) -> str:
    return dates.moment(int(value), _zone(ask, facts), ask.language)


def _closed(ask: Ask, value: Fact, facts: Mapping[str, Fact]) -> str:
    return dates.last_moment(int(value), _zone(ask, facts), ask.language)


def _said(ask: Ask, value: Fact, _: Mapping[str, Fact]) -> str:
    return ask.said(str(value))


def _amount(ask: Ask, value: Fact, _: Mapping[str, Fact]) -> str:
    return dates.amount(float(value), ask.place.workflow.currency, ask.language)


def _obligation(ask: Ask, value: Fact, _: Mapping[str, Fact]) -> str:
    """What is owed, by the title of what is handed in or come to: `Interim report 2`."""
    name, _blank, position = str(value).rpartition(" ")
    workflow = ask.place.workflow
    owed = workflow.obligations.get(name)
    if owed and owed.deliver:
        return f"{ask.said(workflow.deliverables[owed.deliver].title)} {position}"
    if owed and owed.attend:
        return f"{ask.said(workflow.meeting(owed.attend).title)} {position}"
    return str(value)


def _edge(ask: Ask, value: Fact, _: Mapping[str, Fact]) -> str:
    """`call closes` with the phase's title; what is no edge, as it is."""
    phase, _blank, edge = str(value).rpartition(" ")
    title = ask.place.workflow.phases.get(phase)
    if title is None or edge not in ("opens", "closes"):
        return str(value)
    said = ask.say("“%(phase)s” opens") if edge == "opens" else ask.say("“%(phase)s” closes")
    return said % {"phase": ask.said(title)}


def _mark(ask: Ask, value: Fact, _: Mapping[str, Fact]) -> str:
    """A score or a mark: a number with two decimals at most, or its word."""
    if isinstance(value, str) and not NUMBER.fullmatch(value):
        return ask.said(value)
    return dates.number(round(float(value), 2), ask.language)


SAYING: Mapping[str, Callable[[Ask, Fact, Mapping[str, Fact]], str]] = {
    "amount": _amount,
    "amount_left": _amount,
    "at": _opens,
    "closed": _closed,
    "committee": _said,
    "criterion": _said,
    "day": _day,
    "first": _day,
    "floor": _mark,
    "last": _day,
    "mark": _mark,
    "least_amount": _amount,
    "deliverable": _said,
    "edge": _edge,
    "last_day": _day,
    "meeting": _said,
    "most_amount": _amount,
    "obligation": _obligation,
    "on": _day,
    "opens": _opens,
    "promise": _said,
    "question": _said,
    "score": _mark,
    "state": _said,
    "until": _day,
}
"""how a fact is said, where it is not simply a text or a number"""
