"""How is handed in what nobody owes: a second form, a reply, a report of the committee?

Whoever it is left to hands it in some days after the dossier came to where it may be; an applicant then goes on, where
the rules let them go on with it.
"""

from collections.abc import Iterator

from engine.rehearsal.acts import DELIVERY, Act
from engine.rehearsal.hours import DAY, next_workday, waking_hour
from engine.rehearsal.setting import Setting
from engine.rehearsal.watching import Standing, View
from engine.rules.giving import asked_of
from engine.rules.moments import from_instant
from engine.rules.workflow import APPLICANT, STAFF, Deliverable, Transition

AFTER = 4
"""days after which it is handed in"""


class Unasked:
    """What may be handed in unasked, as dossiers come to where it may."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self._open = [one for one in setting.workflow.deliverables.values() if one.open_to]
        states = {state for one in self._open for state in one.open_to}
        self._into = {one.name: one for one in setting.workflow.transitions.values() if one.target in states}
        self._last_id = 0

    def watch(self, view: View) -> None:
        """Put into the plan what is handed in for each dossier that has newly come to such a state."""
        if not self._into:
            return
        moved, self._last_id = view.moved_after(self._last_id, self._into)
        for number, name, at in moved:
            for deliverable in self._open:
                if self._into[name].target in deliverable.open_to:
                    self._put(deliverable, view.contact(number), at)

    def _put(self, deliverable: Deliverable, standing: Standing, entered_at: int) -> None:
        setting, own = self.setting, standing.clocks if deliverable.by == APPLICANT else None
        zone = own or setting.calendar.zone
        at = next_workday(entered_at + AFTER * DAY, zone, waking_hour(setting.inventor.chance))
        number = standing.number
        if (closes := self._closes(deliverable, standing, entered_at)) is not None and at >= closes:
            at = entered_at + (closes - entered_at) // 2

        def hands_in(view: View, now: int) -> Iterator[Act]:
            if view.state(number) not in deliverable.open_to:
                return
            contact = view.contact(number)
            who = self._who(deliverable, contact.email)
            day = from_instant(now, zone).date()
            answers = setting.inventor.answers(
                asked_of(deliverable.questions, contact.strand), contact.language, day, view.answers(number)
            )
            yield Act(now, who, DELIVERY, number, {"deliverable": deliverable.name, **answers})
            for onward in self._onward(deliverable):
                if view.state(number) in onward.sources:
                    yield Act(now, contact.email, onward.name, number)
                    break

        setting.plan.at(at, hands_in)

    def _who(self, deliverable: Deliverable, contact: str) -> str:
        if deliverable.by == APPLICANT:
            return contact
        if deliverable.by == STAFF:
            return self.setting.staff[0].email
        # staff minute it: a member who has not answered about conflicts yet could not
        return self.setting.staff[1].email

    def _onward(self, deliverable: Deliverable) -> list[Transition]:
        """The moves that an applicant makes once it is handed in."""
        return [
            one
            for one in self.setting.workflow.transitions.values()
            if one.by == APPLICANT and (asked := one.guard("delivered")) and deliverable.name in asked.names
        ]

    def _closes(self, deliverable: Deliverable, standing: Standing, entered_at: int) -> int | None:
        """When the calendar takes a dossier away from where it may be handed in, by the dates that it goes by."""
        calendar = self.setting.calendar.of_strand(standing.strand).of_clocks(standing.clocks)
        moments = [
            calendar.instant(one.moment)
            for one in self.setting.workflow.transitions.values()
            if one.moment and set(one.sources) & set(deliverable.open_to)
        ]
        return min((moment for moment in moments if moment > entered_at), default=None)
