"""What of the members' marks counts when a dossier is decided on: how many marked it, and how many said what?"""

from collections.abc import Sequence
from typing import Any

from engine.database.pages.opinions import Opinion
from engine.rules.assessing import criteria_in
from engine.rules.workflow import Transition
from web.ask import Ask
from web.committee.marks import mark_said


def counted(ask: Ask, state: str, opinions: Sequence[Opinion]) -> list[str]:
    """A sentence for each quorum and each majority that a move out of a state asks for, with what there is of it.

    Members who have a conflict are not counted, nor are those whose marks were set aside.
    """
    workflow, free = ask.place.workflow, [one for one in opinions if not one.conflict and one.aside is None]
    moves = [one for one in workflow.transitions.values() if state in one.sources]
    complete = sum(criteria_in(workflow, state).keys() <= one.marks.keys() for one in free)
    quorums = {int(guard.value) for one in moves if (guard := one.guard("quorum")) and isinstance(guard.value, int)}
    said = [
        ask.say("Members who gave every mark: %(given)s. Needed: %(quorum)s.", given=complete, quorum=quorum)
        for quorum in sorted(quorums)
    ]
    for name, mark in dict.fromkeys(pair for one in moves for pair in _majorities(one)):
        criterion = workflow.criteria[name]
        given = [one.marks[name] for one in free if name in one.marks]
        facts = {
            "criterion": ask.said(criterion.title), "mark": mark_said(ask, criterion, mark),
            "gave": given.count(float(mark)), "marked": len(given),
        }  # fmt: skip
        said.append(
            ask.say("%(criterion)s: %(gave)s of %(marked)s members gave “%(mark)s”. More than half must.", **facts)
        )
    return said


def _majorities(move: Transition) -> list[tuple[str, float]]:
    guard = move.guard("majority")
    asked: Any = guard.value if guard else ()
    return [(str(name), float(mark)) for name, mark in asked]
