"""How do those whom a place is offered answer?

Whoever was moved because a place freed says yes a day later. The second of them says no, so that the place passes on.
"""

from collections.abc import Iterator

from engine.rehearsal.acts import Act
from engine.rehearsal.hours import next_workday, waking_hour
from engine.rehearsal.setting import Setting
from engine.rehearsal.watching import View
from engine.rules.moments import from_instant
from engine.rules.workflow import APPLICANT, Transition

SAYS_NO = 2
"""the how manieth of those whom a place is offered"""


class Answering:
    """The offers of a round, as they come."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self._offers = {one.name: one for one in setting.workflow.transitions.values() if one.frees}
        self._last_id = 0
        self._offered = 0

    def watch(self, view: View) -> None:
        """Put into the plan how each newly offered place is answered."""
        if not self._offers:
            return
        moved, self._last_id = view.moved_after(self._last_id, self._offers)
        for number, name, at in moved:
            self._offered += 1
            answer = self._answer(self._offers[name].target, says_no=self._offered == SAYS_NO)
            if answer is not None:
                hour = waking_hour(self.setting.inventor.chance)
                self._put(answer, number, next_workday(at, self.setting.calendar.zone, hour))

    def _answer(self, state: str, *, says_no: bool) -> Transition | None:
        """What an applicant may do with an offer: the first way on, or the first that gives the place back."""
        workflow = self.setting.workflow
        ways = [one for one in workflow.transitions.values() if one.by == APPLICANT and state in one.sources]
        no = [one for one in ways if workflow.states[one.target].frees_place]
        yes = [one for one in ways if one not in no and one.target not in workflow.ends_in]
        return next(iter(no if says_no and no else yes), None)

    def _put(self, answer: Transition, number: str, at: int) -> None:
        def answers(view: View, now: int) -> Iterator[Act]:
            if view.state(number) in answer.sources:
                speaks = view.contact(number)
                day = from_instant(now, self.setting.calendar.zone).date()
                workflow, inventor = self.setting.workflow, self.setting.inventor
                known = view.answers(number)
                values = inventor.new_value(workflow, answer, speaks.language, speaks.strand, day, known)
                yield Act(now, speaks.email, answer.name, number, values)

        self.setting.plan.at(at, answers)
