"""At which moments of the cycle is each letter told, and to whom?"""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.cycle.inviting import CANCELLED, CHANGED, INVITED
from engine.cycle.paying import PAID, TAKEN_BACK
from engine.cycle.proposing import DECLINED, PROPOSED
from engine.database.pages.outbox import REMIND
from engine.files.wording import OF_SEATS, OURS
from engine.rules.moments import Calendar
from engine.rules.paying import promises_to_pay
from engine.rules.seats import takes_sign_ups
from engine.rules.times import Moment
from engine.rules.workflow import APPLICANT, EVERYONE, STAFF, Reminder, Transition, Workflow
from web.ask import Ask
from web.staff.outbox.naming import cause_title

LAST = 1 << 62
ASKED = "asked"
"""who is told, and because of what: whoever is asked to come to a meeting"""
SIGNED_UP = "signed up"
"""the same: whoever signs up for one"""


@dataclass(frozen=True, slots=True)
class Telling:
    """One moment that tells a letter: at which instant it is expected (LAST for none), because of what, to whom."""

    at: int
    cause: str
    role: str
    is_held_back: bool = False


def tellings_of(workflow: Workflow, calendar: Calendar) -> dict[str, list[Telling]]:
    """letter -> the moments that tell it, in the order of the cycle."""
    found: dict[str, list[Telling]] = {}
    for letter, telling in _tellings(workflow, calendar):
        found.setdefault(letter, []).append(telling)
    return dict(sorted(found.items(), key=lambda one: min((telling.at for telling in one[1]), default=LAST)))


def _tellings(workflow: Workflow, calendar: Calendar) -> Iterator[tuple[str, Telling]]:
    for one in workflow.transitions.values():
        at = _instant(calendar, _moment_of(workflow, one))
        for role, letter in one.tell.items():
            yield letter, Telling(at, f"transition {one.name}", role)
        if not isinstance(one.if_not, str):
            for role, letter in one.if_not.items():
                yield letter, Telling(at, f"transition {one.name}", role, is_held_back=True)
    for reminder in workflow.reminders.values():
        for role, letter in reminder.tell.items():
            yield letter, Telling(_instant(calendar, _first(workflow, reminder)), f"reminder {reminder.name}", role)
    for promise in workflow.promises.values():
        for role, letter in promise.tell.items():
            cause = f"unpaid {promise.name}" if promise.pay and promise.before is None else f"promise {promise.name}"
            yield letter, Telling(_instant(calendar, promise.before), cause, role)
    for announcement in workflow.announcements.values():
        for role, letter in announcement.tell.items():
            yield letter, Telling(_instant(calendar, announcement.moment), f"announcement {announcement.name}", role)
    for notice in calendar.round.notices.values():
        for role, letter in notice.tell.items():
            yield letter, Telling(calendar.hearing_of(notice.on), f"announcement {notice.name}", role)
    for obligation in workflow.obligations.values():
        for role, letter in obligation.if_not.items():
            yield letter, Telling(LAST, "overdue", role)
    reminding, extended, message, overdue, excused, changes, accepted, *_ = OURS
    yield reminding, Telling(LAST, REMIND, APPLICANT)
    if any(obligation.remind_after for obligation in workflow.obligations.values()):
        yield overdue, Telling(LAST, REMIND, APPLICANT)
    if workflow.obligations:
        yield excused, Telling(LAST, "excuse", APPLICANT)
    if any(obligation.accepted_by for obligation in workflow.obligations.values()):
        yield from ((letter, Telling(LAST, "review", APPLICANT)) for letter in (changes, accepted))
    if any(obligation.attend for obligation in workflow.obligations.values()):
        for told in (PROPOSED, DECLINED):
            yield from ((letter, Telling(LAST, "proposal", role)) for role, letter in told.items())
    if promises_to_pay(workflow):
        yield from ((letter, Telling(LAST, "payment", APPLICANT)) for letter in (PAID, TAKEN_BACK))
    yield extended, Telling(LAST, "extension", APPLICANT)
    yield message, Telling(LAST, "message", APPLICANT)
    if workflow.meetings:
        yield from ((letter, Telling(LAST, ASKED, ASKED)) for letter in (INVITED, CHANGED, CANCELLED))
    if any(map(takes_sign_ups, workflow.meetings.values())):
        yield from ((letter, Telling(LAST, SIGNED_UP, SIGNED_UP)) for letter in OF_SEATS)


def _first(workflow: Workflow, reminder: Reminder) -> Moment | None:
    """When a reminder is first sent, or may be: with the phase of what it is about where it has no date."""
    phase = workflow.states[reminder.about[0]].phase
    return reminder.when[0] if reminder.when else Moment(phase, "opens") if phase else None


def _moment_of(workflow: Workflow, one: Transition) -> Moment | None:
    """When a move is expected: at its own moment, when its window opens, or with the phase that it leads to."""
    if one.moment or one.effect:
        return one.moment or one.effect
    if one.window:
        return one.window.start
    phase = workflow.states[one.target].phase
    return Moment(phase, "opens") if phase else None


def _instant(calendar: Calendar, moment: Moment | None) -> int:
    return LAST if moment is None else calendar.instant(moment)


def told_when(ask: Ask, telling: Telling) -> str:
    """A moment in words: what happens, and who is told."""
    if telling.cause == ASKED:
        return ask.say("Meetings: to whoever is invited")
    if telling.cause == SIGNED_UP:
        return ask.say("Seats: to whoever signs up")
    title = cause_title(ask, telling.cause)
    said = ask.say("%(what)s, held back", what=title) if telling.is_held_back else title
    return ask.say("%(what)s: to %(role)s", what=said, role=role_title(ask, telling.role))


def role_title(ask: Ask, role: str) -> str:
    """Who is told, in words."""
    ours = {APPLICANT: ask.say("the applicant"), STAFF: ask.say("staff"), EVERYONE: ask.say("whoever asked")}
    committee = ask.place.workflow.committees.get(role)
    return ours.get(role) or (ask.said(committee.title) if committee else role)
