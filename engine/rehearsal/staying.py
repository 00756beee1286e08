"""What do those do whose dossier may stay somewhere for so many days only?

Most act when half of the time is over: the applicant where the rules leave it to them, else the staff. Every third says
nothing, so that the calendar takes silence for an answer.
"""

from collections.abc import Iterator

from engine.rehearsal.acts import Act
from engine.rehearsal.hours import DAY, next_workday, waking_hour
from engine.rehearsal.setting import Setting
from engine.rehearsal.watching import View
from engine.rules.timers import least_days, of_timers
from engine.rules.workflow import APPLICANT, STAFF, Transition

SILENT = 3
"""the how manieth of those who come there says nothing"""


class Staying:
    """The stays of dossiers that the calendar ends, as they begin."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self._days: dict[str, int] = {}
        for one in of_timers(setting.workflow):
            if one.after is None:
                continue
            for state in one.sources:
                self._days[state] = min(self._days.get(state, least_days(one.after)), least_days(one.after))
        moves = setting.workflow.transitions.values()
        self._ways = {one.name: one for one in moves if one.target in self._days and not one.frees}
        self._last_id = 0
        self._came = 0

    def watch(self, view: View) -> None:
        """Put into the plan what becomes of each dossier that has just come there."""
        if not self._ways:
            return
        moved, self._last_id = view.moved_after(self._last_id, self._ways)
        for number, name, at in moved:
            state = self._ways[name].target
            self._came += 1
            act = self._way_on(state)
            if act is not None and self._came % SILENT:
                hour = waking_hour(self.setting.inventor.chance)
                half = at + self._days[state] * DAY // 2
                self._put(act, number, next_workday(half - DAY, self.setting.calendar.zone, hour))

    def _way_on(self, state: str) -> Transition | None:
        """What somebody may do there by themselves, best what does not end the dossier."""
        workflow = self.setting.workflow
        ways = [
            one
            for role in (APPLICANT, STAFF)
            for one in workflow.transitions.values()
            if one.by == role and state in one.sources and not one.guards
        ]
        return min(ways, key=lambda one: one.target in workflow.ends_in, default=None)

    def _put(self, act: Transition, number: str, at: int) -> None:
        def does(view: View, now: int) -> Iterator[Act]:
            if view.state(number) in act.sources:
                who = view.contact(number).email if act.by == APPLICANT else self.setting.staff[0].email
                yield Act(now, who, act.name, number)

        self.setting.plan.at(at, does)
