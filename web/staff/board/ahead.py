"""What will happen next by itself: in the whole round, and to the dossiers in each state?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from engine.database.pages.lists import Looking
from engine.database.pages.waiting import moments_that_wait
from engine.rules.agenda import Due, agenda
from engine.rules.moments import DAY_END, Calendar
from engine.rules.roles import decisions_from
from engine.rules.workflow import Workflow
from web import dates
from web.ask import Ask

SOON = 3 * 24 * 3_600_000_000


@dataclass(frozen=True, slots=True)
class Next:
    """Something that happens by itself: the instant in UTC microseconds, and what it is in words.

    `waits` is what should have happened and waits for somebody's approval.
    """

    at: int
    words: str
    soon: bool = False
    waits: bool = False


class Ahead:
    """What the calendar of a round still holds, seen from now."""

    def __init__(self, ask: Ask, looking: Looking) -> None:
        self._ask = ask
        self._workflow: Workflow = ask.place.workflow
        place = ask.place
        every: Sequence[Due] = looking.keep(
            ("agenda",), lambda: agenda(self._workflow, place.calendar, ask.office.cycle.settle)
        )
        self._coming = [due for due in every if due.at > ask.now]
        self._waiting = looking.keep(("waiting",), lambda: moments_that_wait(looking.session, looking.round_id))
        self._touched: Mapping[str, frozenset[str]] = looking.keep(
            ("touched",), lambda: {due.key: frozenset(_touches(self._workflow, due)) for due in every}
        )

    def in_state(self, state: str) -> Next | None:
        """What happens next to the dossiers in a state: a move or a verdict first, else a promise, else a reminder."""
        for moment in self._waiting:
            if any(str(one.takes_effect) == moment for one in decisions_from(self._workflow, state).values()):
                return Next(self._ask.now, self._ask.say("Verdicts wait for approval"), soon=True, waits=True)
        about = [due for due in self._coming if state in self._touched.get(due.key, ())]
        for kinds in (("transition", "verdicts"), ("promise",), ("reminder",)):
            for due in about:
                if due.kind in kinds:
                    return self._next(due)
        return None

    def in_round(self) -> Next | None:
        """The next deadline of all."""
        for due in self._coming:
            ends = due.kind == "edge" and due.name.endswith("closes")
            if ends or (due.kind in ("transition", "verdicts", "promise") and not _waits(self._workflow, due)):
                return self._next(due)
        return None

    def opens(self) -> int | None:
        """When the call opens, if that is still to come."""
        call = self._ask.place.call
        return call[0] if call and call[0] > self._ask.now else None

    def _next(self, due: Due) -> Next:
        return Next(due.at, self._words(due), soon=due.at - self._ask.now < SOON)

    def _words(self, due: Due) -> str:
        words = self._what(due)
        return words if due.strand is None else f"{words} ({self._ask.said(self._workflow.strands[due.strand])})"

    def _what(self, due: Due) -> str:
        say, said, workflow = self._ask.say, self._ask.said, self._workflow
        when = self._when(due)
        if due.kind == "transition":
            state = said(workflow.states[workflow.transitions[due.name].target].title)
            return say("To “%(state)s” %(when)s", state=state, when=when)
        if due.kind == "verdicts":
            return say("Verdicts take effect %(when)s", when=when)
        if due.kind == "promise":
            return say("%(promise)s: %(when)s", promise=said(workflow.promises[due.name].title), when=when)
        if due.kind == "reminder":
            return say("Reminder %(when)s", when=when)
        phase = said(workflow.phases[due.name.rpartition(" ")[0]])
        return say("%(phase)s closes %(when)s", phase=phase, when=when)

    def _when(self, due: Due) -> str:
        """A short day and hour; what happens at the end of a day is said to be of that day.

        Where it comes by the clocks of each applicant it is the same hour on all of them, and said to be.
        """
        by_theirs = _by_clocks(self._workflow, self._ask.place.calendar, due)
        zone, language = (by_theirs and due.clocks) or self._ask.place.zone, self._ask.language
        whose = f" ({dates.LOCAL_TIME[language]})" if by_theirs else ""
        here = dates.local(due.at, zone)
        if (here.hour, here.minute) == (0, 0) and due.moment.endswith("closes"):
            last = dates.last_day(due.at, zone)
            return f"{dates.day(last, language, form=self._form(last))}, {DAY_END.hour + 1}:00{whose}"
        day = dates.day(here.date(), language, form=self._form(here))
        return f"{day}, {dates.hour(due.at, zone, language)}{whose}"

    def _form(self, day: date) -> str:
        """With the year, where it is not this one."""
        this = dates.local(self._ask.now, self._ask.place.zone).year
        return "EEE d MMM" if day.year == this else "EEE d MMM y"


def for_the_first(ask: Ask, said: str) -> str:
    """What comes at an hour that is told, in words, where that is by the first of several clocks."""
    whose = ask.say("for the first: each goes by their own clocks")
    return f"{said} ({whose})"


def _by_clocks(workflow: Workflow, calendar: Calendar, due: Due) -> bool:
    """Whether a line of the agenda comes by the clocks of each applicant: what people only hear of comes by the
    round's."""
    if due.kind == "edge":
        return due.name.rpartition(" ")[0] in calendar.round.by_applicant
    moment = workflow.transitions[due.name].moment if due.kind == "transition" else None
    return moment is not None and moment.phase in calendar.round.by_applicant


def _waits(workflow: Workflow, due: Due) -> bool:
    """Whether a line of the agenda moves only whoever finds a place."""
    return due.kind == "transition" and workflow.transitions[due.name].frees


def _touches(workflow: Workflow, due: Due) -> Iterator[str]:
    """The states whose dossiers a line of the agenda is about."""
    if _waits(workflow, due):
        return
    if due.kind == "transition":
        yield from workflow.transitions[due.name].sources
    elif due.kind == "verdicts":
        for one in workflow.transitions.values():
            if str(one.takes_effect) == due.name:
                yield from one.sources
    elif due.kind == "promise":
        yield from workflow.promises[due.name].about
    elif due.kind == "reminder":
        yield from workflow.reminders[due.name].about
