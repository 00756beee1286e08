"""What do committees do before a gate that no verdict opens: give marks, and put dossiers in order by hand?"""

from collections.abc import Iterator

from engine.files.arriving import earliest_arrivals
from engine.rehearsal.acts import ORDER, SCORE, Act
from engine.rehearsal.hours import MINUTE, part
from engine.rehearsal.judging import marks_for
from engine.rehearsal.setting import Setting
from engine.rehearsal.watching import View
from engine.rules.guards import SCORED
from engine.rules.marks import written
from engine.rules.moments import Calendar
from engine.rules.roles import deciding_committee, is_ordered, ordering_committee
from engine.rules.workflow import Transition

MARKED, ORDERED = 0.5, 0.8
"""how far into the time between the first arrival and the gate marks are given, and the order"""


def stand_before_gates(setting: Setting) -> None:
    """Put into the plan what the calendar's moves out of each state hang on, where nobody's verdict is waited for."""
    for calendar in setting.calendar.each:
        _stand_before_gates(setting, calendar)


def _stand_before_gates(setting: Setting, calendar: Calendar) -> None:
    """The same by the dates of one strand, where it has its own."""
    workflow, arrivals = setting.workflow, earliest_arrivals(setting.workflow, calendar)
    decided = {state for one in workflow.transitions.values() if one.takes_effect for state in one.sources}
    for state in workflow.states:
        moves = [one for one in workflow.transitions.values() if state in one.sources and one.moment]
        if not moves or state not in arrivals:
            continue
        gate = min(calendar.instant(one.moment) for one in moves if one.moment)
        closed = [
            end
            for one in workflow.transitions.values()
            if one.target == state and one.window and (end := calendar.window(one.window)[1]) < gate
        ]
        within = (max(arrivals[state], gate - LONGEST, *closed), gate)
        committee = None if workflow.assessments else deciding_committee(workflow, state)
        if committee and state not in decided and any(_goes_by_marks(one) for one in moves):
            setting.plan.at(part(within, MARKED), _Marking(setting, state, committee).give)
        orders = ordering_committee(workflow, state)
        if orders and is_ordered(workflow, state):
            setting.plan.at(part(within, ORDERED), _Ordering(setting, state, orders).give)


LONGEST = 60 * 24 * 60 * MINUTE
"""nobody begins earlier than so long before a gate"""


def _goes_by_marks(transition: Transition) -> bool:
    asks = any(guard.word in SCORED or guard.word == "rank_at_most" for guard in transition.guards)
    return asks or "score" in transition.order


class _Marking:
    """Each member of a committee marks every dossier of a state."""

    def __init__(self, setting: Setting, state: str, committee: str) -> None:
        self.setting, self.state, self.committee = setting, state, committee

    def give(self, view: View, now: int) -> Iterator[Act]:
        criteria = self.setting.workflow.criteria
        for members, before in self.setting.before(self.committee, view, view.dossiers_in((self.state,))):
            marks = marks_for(self.setting, before, members)
            for place, dossier in enumerate(before):
                for member in members:
                    if given := marks[dossier.number][member.email]:
                        values = {name: written(criteria[name], mark) for name, mark in given.items()}
                        yield Act(now + place * MINUTE, member.email, SCORE, dossier.number, values)


class _Ordering:
    """The chair puts the dossiers of a state in order: the best first, and who has no mark after these."""

    def __init__(self, setting: Setting, state: str, committee: str) -> None:
        self.setting, self.state, self.committee = setting, state, committee

    def give(self, view: View, now: int) -> Iterator[Act]:
        for members, before in self.setting.before(self.committee, view, view.dossiers_in((self.state,))):
            numbers = [one.number for one in before]
            scores = view.scores(numbers)
            ordered = sorted(numbers, key=lambda number: (-(scores.get(number) or 0.0), number))
            yield Act(now, members[0].email, ORDER, values={"state": self.state, "numbers": " ".join(ordered)})
