"""When can a dossier stand in a state at the earliest?"""

from engine.rules.agenda import effect_at
from engine.rules.moments import Calendar
from engine.rules.timers import last_day_of, over_at
from engine.rules.workflow import Transition, Workflow

ALWAYS = -(2**62)
"""an instant before every round"""


def moved_at(move: Transition, workflow: Workflow, calendar: Calendar) -> int | None:
    """The instant (UTC microseconds) at which the calendar or a verdict makes the move; None for other acts."""
    if move.moment is not None:
        return calendar.instant(move.moment)
    return None if move.effect is None else effect_at(workflow, calendar, move.effect)


def earliest_arrivals(workflow: Workflow, calendar: Calendar) -> dict[str, int]:
    """State -> the first instant at which a dossier can enter it. States that cannot be reached are left out."""
    arrivals = {workflow.begins_in: ALWAYS}
    changed = True
    while changed:
        changed = False
        for move in workflow.transitions.values():
            starts = [arrivals[state] for state in move.sources if state in arrivals]
            if not starts:
                continue
            moved = moved_at(move, workflow, calendar)
            opens = moved if moved is not None else calendar.window(move.window)[0] if move.window else ALWAYS
            arrival = max(min(starts), opens)
            if move.after is not None and arrival != ALWAYS:
                arrival = over_at(last_day_of(arrival, move.after, calendar), calendar.zone)
            if arrival < arrivals.get(move.target, arrival + 1):
                arrivals[move.target] = arrival
                changed = True
    return arrivals
