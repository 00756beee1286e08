"""From which states does a way still lead to an end, at this hour?"""

from engine.rules.moments import Calendar
from engine.rules.workflow import APPLICANT, STAFF, Transition, Workflow


def states_with_a_way_out(workflow: Workflow, calendar: Calendar, now: int) -> frozenset[str]:
    """The states from which moves that can still happen at `now` (UTC microseconds) lead to an end state.

    A calendar move takes a dossier even late, and staff may minute a late verdict: only the windows of what applicants
    and staff do, and of the wait for a place, close for good.
    """
    open_moves = [move for move in workflow.transitions.values() if not _is_over(move, calendar, now)]
    safe, before = set(workflow.ends_in), set[str]()
    while safe != before:
        before = set(safe)
        safe |= {source for move in open_moves if move.target in safe for source in move.sources}
    return frozenset(safe)


def _is_over(move: Transition, calendar: Calendar, now: int) -> bool:
    if move.window is None or not (move.frees or move.by in (APPLICANT, STAFF)):
        return False
    return now >= calendar.window(move.window)[1] + calendar.grace(move.window.end)
