"""At which tables does the visitor sit in a round, and until when is judged what lies there?"""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.cycle.acting import window_refusal
from engine.errors import Refusal
from engine.rules.assessing import assessment_in, has_one_time
from engine.rules.moments import Calendar, is_never
from engine.rules.roles import Standing, decisions_from, judging_committee, observer_of, states_read_by
from engine.rules.workflow import STAFF, Transition, Workflow
from web.ask import Ask


@dataclass(frozen=True)
class Seat:
    """Who somebody is to the committees of a round."""

    standing: Standing
    workflow: Workflow

    @property
    def is_staff(self) -> bool:
        return STAFF in self.standing.roles

    @property
    def memberships(self) -> list[str]:
        """The committees whose dossiers the visitor judges."""
        return [name for name in self.workflow.committees if name in self.standing.roles]

    @property
    def observed(self) -> list[str]:
        """The committees with which the visitor reads along, and no more."""
        return [
            name
            for name in self.workflow.committees
            if observer_of(name) in self.standing.roles and name not in self.standing.roles
        ]

    @property
    def led(self) -> list[str]:
        """The committees whose verdicts the visitor records."""
        return [name for name in self.workflow.committees if self.is_staff or name in self.standing.chairs]

    @property
    def readable(self) -> list[str]:
        """The states in which the visitor reads dossiers as one of a committee, or as staff."""
        committees = self.workflow.committees if self.is_staff else [*self.memberships, *self.observed]
        found = {state for name in committees for state in states_read_by(self.workflow, name)}
        return [state for state in self.workflow.states if state in found]

    @property
    def judged(self) -> list[str]:
        """The states in which the visitor has something to say of a dossier."""
        return [state for state in self.workflow.states if judging_committee(self.workflow, state) in self.memberships]

    @property
    def ranked(self) -> list[str]:
        """The states whose dossiers the visitor ranks: those that are judged now first."""
        found = [state for name in self.led for state in states_read_by(self.workflow, name)]
        return sorted(dict.fromkeys(found), key=lambda state: judging_committee(self.workflow, state) is None)

    @property
    def parts(self) -> list[tuple[str, str]]:
        """(chair, member, observer or staff; committee) of each part; staff sit at no table."""
        standing = self.standing
        return [
            *(("chair" if name in standing.chairs else "member", name) for name in self.memberships),
            *(("observer", name) for name in self.observed),
            *([("staff", "")] if self.is_staff else []),
        ]


def seat_of(ask: Ask) -> Seat:
    return Seat(ask.place.standing, ask.place.workflow)


def closing(workflow: Workflow, calendar: Calendar, state: str) -> int | None:
    """The first instant after dossiers in a state are judged; None where nothing says when.

    An assessment says so itself, or else the last verdict that may be recorded does; of strands with dates of their
    own the last one. Where each dossier has its own, or each batch, no day is that of all.
    """
    one = assessment_in(workflow, state)
    if one and not has_one_time(one, calendar.cut):
        return None
    if one and one.window:
        return max(dates.instant(one.window.end) for dates in calendar.each)
    windows = [one.window for one in decisions_from(workflow, state).values()]
    if not windows or None in windows:
        return None
    closes = max(dates.instant(window.end) for dates in calendar.each for window in windows if window)
    return None if is_never(closes) else closes


def too_late(workflow: Workflow, calendar: Calendar, state: str, now: int) -> Refusal | None:
    """Why members judge dossiers in a state no more, or None: as the assessment says, or else the last verdict."""
    one = assessment_in(workflow, state)
    if one and not has_one_time(one, calendar.cut):
        return None
    if one and one.window:
        refusal = window_refusal(one.window, calendar, now)
        return refusal if refusal and refusal.code == "late" else None
    refusals = [window_refusal(one.window, calendar, now) for one in decisions_from(workflow, state).values()]
    late = [refusal for refusal in refusals if refusal and refusal.code == "late"]
    return late[-1] if refusals and len(late) == len(refusals) else None


def decisions(workflow: Workflow, state: str) -> Mapping[str, Transition]:
    """The verdicts, and the moves at once, that a committee may choose for a dossier in a state."""
    return decisions_from(workflow, state)


def decided_alike(workflow: Workflow, state: str) -> Mapping[str, Transition]:
    """Those that can be chosen for several dossiers with one form: not what gives each a new value."""
    return {name: one for name, one in decisions(workflow, state).items() if one.sets is None}


def called(ask: Ask, transition: str) -> str:
    """What a decision is called: the state that it leads to, and its own name where another leads there too."""
    workflow = ask.place.workflow
    one = workflow.transitions[transition]
    title = ask.said(workflow.states[one.target].title)
    twins = [
        other
        for other in workflow.transitions.values()
        if other.target == one.target and other.by == one.by and set(other.sources) & set(one.sources)
    ]
    return f"{title} ({transition})" if len(twins) > 1 else title
