"""What money does the funder owe to one dossier by its promises, and by which day?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.rules.agenda import last_day_before
from engine.rules.moments import Calendar
from engine.rules.timers import own_instant
from engine.rules.typed import is_number, is_row
from engine.rules.workflow import Promise, Workflow

UNPAID = "unpaid"
"""the kind of a deadline at which it is found that one dossier was not paid by a day of its own"""


@dataclass(frozen=True, slots=True)
class Owed:
    """One sum: row `position` of a schedule, or the whole as 1. Without a `last_day` it is not to be paid yet."""

    position: int
    what: str | None
    """what the row of the schedule calls it"""
    cents: int
    last_day: date | None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one dossier: the answer that says how much, and the days that its own moments hang on.

    `accepted` gives the day on which each of what it owes by the schedule was accepted, by its row.
    """

    answer: Any
    anchors: Mapping[str, date]
    accepted: Mapping[int, date]


def promises_to_pay(workflow: Workflow) -> tuple[Promise, ...]:
    """The promises of the rules that are kept with money, in the order of the file."""
    return tuple(one for one in workflow.promises.values() if one.pay is not None)


def is_of_rows(workflow: Workflow, promise: Promise) -> bool:
    """Whether it pays the rows of a schedule, each by itself."""
    question = workflow.questions.get(promise.pay or "")
    return question is not None and question.kind == "schedule"


def waits_by_row(workflow: Workflow, promise: Promise) -> bool:
    """Whether each row is paid when that very row was accepted: what is accepted is owed by the same schedule."""
    if promise.own is None or not promise.own.is_accepted:
        return False
    return workflow.obligations[promise.own.anchor].each == promise.pay


def owed_by(workflow: Workflow, promise: Promise, calendar: Calendar, known: Known, came: date) -> tuple[Owed, ...]:
    """All that a promise comes to for a dossier that came where it is owed on `came`, in order; nothing of no money.

    What was to be paid before it came is to be paid by the end of that day.
    """
    found = []
    for position, what, money, day in _asked(known.answer):
        last_day = _last_day(workflow, promise, calendar, known, position, day)
        if cents := in_cents(money):
            found.append(Owed(position, what, cents, None if last_day is None else max(last_day, came)))
    return tuple(found)


def _asked(answer: Any) -> Iterator[tuple[int, str | None, float, date | None]]:
    """Each sum of an answer: which, what for, how much, and by which day where it says so."""
    if is_number(answer):
        yield 1, None, answer, None
    elif isinstance(answer, list):
        for position, row in enumerate(answer, start=1):
            if is_row(row):
                yield position, row["what"], row["money"], date.fromisoformat(row["day"])


def _last_day(
    workflow: Workflow, promise: Promise, calendar: Calendar, known: Known, position: int, day: date | None
) -> date | None:
    if promise.before is not None:
        return last_day_before(calendar.instant(promise.before), calendar.zone)
    if promise.own is None:
        return day
    anchors = known.anchors
    if waits_by_row(workflow, promise):
        accepted = known.accepted.get(position)
        anchors = {} if accepted is None else {promise.own.hangs_on: accepted}
    due_at = own_instant(promise.own, calendar, anchors)
    return None if due_at is None else last_day_before(due_at, calendar.zone)


def in_cents(money: float) -> int:
    """An amount in cents, as sums are kept: no amount has a part of one."""
    return round(money * 100)


def from_cents(cents: int) -> int | float:
    """An amount as answers have it: whole where it is."""
    return cents // 100 if cents % 100 == 0 else cents / 100
