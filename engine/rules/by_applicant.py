"""What hangs on a phase that goes by the clocks of each applicant, and can come at one instant only?"""

from engine.rules.times import Moment, Window
from engine.rules.workflow import APPLICANT, Workflow

COUNTED = ("at_most", "rank_at_most", "budget_left")


def by_one_clock(workflow: Workflow, phase: str) -> str | None:
    """Why a phase cannot open and close by the clocks of each dossier, or None: what concerns several dossiers at once,
    or what others than applicants do until then, has one instant."""

    def hangs(moment: object) -> bool:
        return isinstance(moment, Moment) and moment.phase == phase

    def bounded(window: Window | None) -> bool:
        return window is not None and (hangs(window.start) or hangs(window.end))

    for move in workflow.transitions.values():
        rule = f"[transition.{move.name}]"
        if bounded(move.window) and move.by != APPLICANT:
            return f"{rule} is possible until one instant, whoever's dossier it is"
        if move.release != "auto" and hangs(move.effect or move.moment):
            return f'what is approved for "{move.effect or move.moment}" goes together'
        if hangs(move.effect) and move.effect and move.effect.span is None:
            return f'{rule} takes effect at "{move.effect}", which all hear of together'
        if hangs(move.moment) and any(move.guard(word) for word in COUNTED):
            return f"{rule} counts all who stand there at one moment"
    for one in workflow.assessments.values():
        if bounded(one.window):
            return f"[assessment.{one.name}] ends at one instant for the committee"
    for promise in workflow.promises.values():
        if hangs(promise.before) and promise.pay:
            return f"[promise.{promise.name}] is paid by one day"
    return None
