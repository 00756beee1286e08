"""Does what hangs on days of a dossier itself hang on any, and can each be told apart where it is moved?"""

from collections.abc import Iterator

from engine.files.source import Spot
from engine.rules.times import OwnMoment
from engine.rules.workflow import Workflow

Place = tuple[str, str, str]
"""the table, the name and the key at which something stands"""


def check_own_days(workflow: Workflow, whole: Spot) -> None:
    """Complain about a question that asks for no day, about what nobody accepts, and about names that would clash."""
    for place, own in _own_moments(workflow):
        question, owed = workflow.questions.get(own.anchor), workflow.obligations.get(own.anchor)
        if not own.is_accepted and question is not None and question.kind != "date":
            whole.at(*place).complain(f'"{own}" hangs on no day: "{own.anchor}" has the kind "{question.kind}"')
        elif question is not None and place[0] == "obligation" and not question.required:
            whole.at(*place).complain(f'"{own.anchor}" may be left open: what nobody names the day of is never owed')
        if own.is_accepted and owed is not None and owed.accepted_by is None:
            whole.at(*place).complain(
                f'"{own}" never comes: nobody accepts "{own.anchor}"; write "accepted_by" there'
            )
    known = dict.fromkeys(workflow.transitions, "transition")
    timed = [("assessment", name) for name, one in workflow.assessments.items() if one.within]
    timed += [("meeting", name) for name, held in workflow.meetings.items() if held.within]
    for kind, name in timed:
        if name in known:
            whole.at(kind, name, "within").complain(
                f'more time for "{name} within" would be more time for the {known[name]} of that name; call one of '
                "them otherwise"
            )
        known.setdefault(name, kind)


def _own_moments(workflow: Workflow) -> Iterator[tuple[Place, OwnMoment]]:
    for move in workflow.transitions.values():
        if move.own:
            yield ("transition", move.name, "when"), move.own
        for own in move.own_window.own if move.own_window else ():
            yield ("transition", move.name, "between"), own
        if move.own_effect:
            yield ("transition", move.name, "takes_effect"), move.own_effect
    for reminder in workflow.reminders.values():
        for own in reminder.own:
            yield ("reminder", reminder.name, "when"), own
    for promise in workflow.promises.values():
        if promise.own:
            yield ("promise", promise.name, "before"), promise.own
    for owed in workflow.obligations.values():
        for own in owed.own_window.own if owed.own_window else ():
            yield ("obligation", owed.name, "between"), own
    for meeting in workflow.meetings.values():
        for own in meeting.own_window.own if meeting.own_window else ():
            yield ("meeting", meeting.name, "between"), own
    for one in workflow.assessments.values():
        for own in one.own_window.own if one.own_window else ():
            yield ("assessment", one.name, "between"), own
