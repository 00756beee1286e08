"""From when on is a member late who has not said what she finds of a dossier, and until when can she say it?"""

from dataclasses import dataclass

from engine.rules.assessing import assessment_in, has_one_time
from engine.rules.moments import SECOND, Calendar, is_never
from engine.rules.roles import decisions_from, judging_committee
from engine.rules.workflow import Assessment, Workflow

A_WEEK = 7 * 86_400 * SECOND


@dataclass(frozen=True, slots=True)
class Term:
    """Both in UTC microseconds; None where nothing says when."""

    late_from: int | None
    closes: int | None
    """the first instant after"""

    def is_late(self, now: int) -> bool:
        """Whether what is wanting now is late; once judging has closed it is too late, and nobody is reminded."""
        return self.late_from is not None and self.late_from <= now and (self.closes is None or now < self.closes)

    def is_over(self, now: int) -> bool:
        return self.closes is not None and now >= self.closes


def lead_of(assessment: Assessment) -> int:
    """How long before its time is over a dossier is late of which somebody has not said all, where each has a time of
    its own (microseconds): a week, or half of a time that is shorter than two."""
    span = assessment.within
    days = {"day": 1, "working day": 1, "week": 7, "month": 30, "year": 365}
    return A_WEEK if span is None else min(A_WEEK, days[span.unit] * span.count * 86_400 * SECOND // 2)


def term_of(workflow: Workflow, calendar: Calendar, state: str) -> Term:
    """When what a committee's members say of dossiers in a state is late, and when it is too late.

    Marks are given as long as their assessment says, or else until the last verdict may be recorded. They are late
    from the first reminder that the rules send the committee about that state; where they send none, in the last week.
    What each dossier has for itself, or comes for each batch, has no one day; where strands have dates of
    their own it is the last of them that counts.
    """
    assessment = assessment_in(workflow, state)
    if assessment and not has_one_time(assessment, calendar.cut):
        return Term(None, None)
    own = assessment.window if assessment else None
    windows = [own] if own else [move.window for move in decisions_from(workflow, state).values()]
    closes = None
    if windows and None not in windows:
        closes = max(
            one.instant(window.end) + one.grace(window.end)
            for one in calendar.each for window in windows if window
        )  # fmt: skip
        closes = None if is_never(closes) else closes
    committee = judging_committee(workflow, state)
    reminded = [
        one.hearing(moment)
        for one in calendar.each
        for reminder in workflow.reminders.values()
        if state in reminder.about and committee in reminder.tell
        for moment in reminder.when
    ]
    if reminded:
        return Term(min(reminded), closes)
    return Term(closes - A_WEEK if closes is not None else None, closes)
