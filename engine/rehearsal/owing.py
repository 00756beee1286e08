"""How do those who got something keep what they owe?

Obligations are met as they are laid out, most in good time. One trajectory misses the meeting that everything waits
for and is excused, one is excused from a yearly meeting, one hands in a report late, and one has its report sent back.
Staff accept what waits for their word, and end what is fulfilled.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import time

from engine.rehearsal.acts import ATTENDANCE, DELIVERY, EXCUSE, REVIEW, Act
from engine.rehearsal.committee import over_at
from engine.rehearsal.hours import DAY, HOUR, next_workday, office_hour, on_workday, part
from engine.rehearsal.phrases import phrases
from engine.rehearsal.setting import Setting
from engine.rehearsal.watching import LaidOut, View
from engine.rules.agenda import obligation_windows
from engine.rules.giving import asked_of
from engine.rules.moments import from_instant
from engine.rules.workflow import STAFF, Obligation, Transition

LATE_BY = 12
"""days after its last day that the one late report comes"""
EXCUSED_AFTER = 3
"""days after the calendar was held back"""
READ_AFTER, AGAIN_AFTER, TO_CHANGE = 6, 9, 21
"""days after which staff have read a report, the next version of it comes, and until which it may"""


class Owing:
    """What is owed, as it is laid out."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self._last_id = 0
        self._absent: str | None = None
        self._late: str | None = None
        self._sent_back: str | None = None
        self._waived: str | None = None
        self._ended: set[str] = set()

    def watch(self, view: View) -> None:
        """Put into the plan how each newly laid out obligation is met."""
        laid, self._last_id = view.laid_out_after(self._last_id)
        by_name: dict[str, list[LaidOut]] = defaultdict(list)
        for one in laid:
            by_name[one.name].append(one)
        for name, group in by_name.items():
            obligation = self.setting.workflow.obligations[name]
            numbers = list(dict.fromkeys(one.number for one in group))
            self._choose(obligation, numbers)
            for one in group:
                self._meet(obligation, one, view)

    def _choose(self, obligation: Obligation, numbers: list[str]) -> None:
        """Who will be absent, and who late: once in a round, and never the only one."""
        chance = self.setting.inventor.chance
        if self._absent is None and self._waits_for(obligation) and len(numbers) > 1:
            self._absent = chance.choice(numbers)
        others = [number for number in numbers if number != self._absent]
        if self._late is None and obligation.deliver and obligation.every and len(others) > 1:
            self._late = chance.choice(others)
        left = [number for number in others if number not in (self._late, self._sent_back)]
        if self._sent_back is None and obligation.accepted_by and obligation.every and left:
            self._sent_back = left[0]
        if self._waived is None and obligation.attend and obligation.every and obligation.times == 1 and others:
            self._waived = others[-1]

    def _waits_for(self, obligation: Obligation) -> Transition | None:
        """The calendar's transition that waits for an attendance, or None."""
        for transition in self.setting.workflow.transitions.values():
            attended = transition.guard("attended")
            if transition.moment and attended and obligation.attend:
                names = attended.value if isinstance(attended.value, tuple) else (attended.value,)
                if obligation.attend in names:
                    return transition
        return None

    def _meet(self, obligation: Obligation, one: LaidOut, view: View) -> None:
        plan, staff, zone = self.setting.plan, self.setting.staff, self.setting.calendar.zone
        waits = self._waits_for(obligation)
        if obligation.attend and waits and waits.moment and one.number == self._absent:
            held_back = self.setting.calendar.instant(waits.moment)
            at = next_workday(held_back + (EXCUSED_AFTER - 1) * DAY, zone, time(11))
            reason = phrases(self.setting.workflow.language).excuse
            plan.put(Act(at, staff[0].email, EXCUSE, one.number, {"of": one.name, "reason": reason}))
        elif obligation.attend and one.number == self._waived and one.position == 1 and obligation.every:
            at = self._comes_at(obligation, one, view)
            reason = phrases(self.setting.workflow.language).waived
            plan.put(Act(at, staff[0].email, EXCUSE, one.number, {"of": one.name, "reason": reason}))
        elif obligation.attend:
            at = self._comes_at(obligation, one, view)
            plan.put(Act(at, staff[1].email, ATTENDANCE, one.number, {"meeting": obligation.attend}))
        else:
            at = self._delivers_at(one)
            contact = view.contact(one.number)
            assert obligation.deliver is not None
            questions = self.setting.workflow.deliverables[obligation.deliver].questions
            answers = self.setting.inventor.answers(
                asked_of(questions, contact.strand), contact.language, from_instant(at, zone).date(),
                view.answers(one.number),
            )  # fmt: skip
            values = {"deliverable": obligation.deliver, **answers}
            plan.put(Act(at, contact.email, DELIVERY, one.number, values))
            if obligation.accepted_by:
                at = self._reviewed(obligation, one, Act(at, contact.email, DELIVERY, one.number, values))
        plan.at(next_workday(at, zone, time(10)), lambda view, now: self._end(view, now, one.number))

    def _reviewed(self, obligation: Obligation, one: LaidOut, handed_in: Act) -> int:
        """Have staff (for a committee, its minutes) accept what was handed in, once after it was sent back; when."""
        plan, staff, zone = self.setting.plan, self.setting.staff, self.setting.calendar.zone
        read = next_workday(handed_in.instant + READ_AFTER * DAY, zone, time(14))
        if one.number == self._sent_back and one.position == 1 and obligation.every:
            to = from_instant(max(read, one.due_at) + TO_CHANGE * DAY, zone).date().isoformat()
            words = phrases(self.setting.workflow.language).changes
            asked = {"of": one.name, "outcome": "changes asked", "words": words, "to": to}
            plan.put(Act(read, staff[0].email, REVIEW, one.number, asked))
            again = next_workday(read + AGAIN_AFTER * DAY, zone, time(16))
            plan.put(Act(again, handed_in.who, DELIVERY, one.number, handed_in.values))
            read = next_workday(again + READ_AFTER * DAY, zone, time(14))
        plan.put(Act(read, staff[0].email, REVIEW, one.number, {"of": one.name, "outcome": "accepted"}))
        return read

    def _comes_at(self, obligation: Obligation, one: LaidOut, view: View) -> int:
        """The day of the meeting where the round gives one, else spread over the window."""
        assert obligation.attend is not None
        calendar, chance = self.setting.calendar, self.setting.inventor.chance
        meeting = view.meeting(obligation.attend, one.number)
        if calendar.round.meetings.get(meeting.name):
            return over_at(calendar, meeting)
        alike = [
            laid.position
            for laid in obligation_windows(obligation, calendar, since=one.opens_at)
            if (laid.opens_at, laid.due_at) == (one.opens_at, one.due_at)
        ] or [one.position]
        share = (alike.index(one.position) + chance.uniform(0.3, 0.8)) / len(alike)
        window = (one.opens_at + 7 * DAY, one.due_at)
        return on_workday(part(window, share), calendar.zone, office_hour(chance), within=window)

    def _delivers_at(self, one: LaidOut) -> int:
        chance, zone = self.setting.inventor.chance, self.setting.calendar.zone
        if one.number == self._late and one.position == 2:
            return next_workday(one.due_at + (LATE_BY - 2) * DAY, zone, office_hour(chance))
        window = (one.opens_at + HOUR, one.due_at - HOUR)
        return on_workday(one.due_at - chance.randint(1, 25) * DAY, zone, office_hour(chance), within=window)

    def _end(self, view: View, now: int, number: str) -> Iterator[Act]:
        """Staff end a dossier that owes nothing any more, where the workflow lets them."""
        for transition in self.setting.workflow.transitions.values():
            may = transition.by == STAFF and transition.guard("fulfilled")
            if may and number not in self._ended and view.state(number) in transition.sources and not view.owes(number):
                self._ended.add(number)
                of = view.contact(number)
                day = from_instant(now, self.setting.calendar.zone).date()
                values = self.setting.inventor.new_value(
                    self.setting.workflow, transition, of.language, of.strand, day, view.answers(number)
                )
                yield Act(now, self.setting.staff[0].email, transition.name, number, values)
