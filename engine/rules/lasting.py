"""What do a round's rules still have to name, after others have taken their place?

What has happened is never rewritten: it names states, moves and meetings that the rules of now may not have any more.
Those stay known by their names and titles, and nothing leads to them, leads from them or asks for them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from engine.rules.times import Moment, Window
from engine.rules.workflow import Meeting, Transition, Workflow

T = TypeVar("T")


def lasting(workflow: Workflow, earlier: Iterable[Workflow], in_rounds: Iterable[Workflow] = ()) -> Workflow:
    """The rules, and by name what earlier ones (the newest first) had besides: inert, so that history can be told.

    `in_rounds` are the earlier ones as they held in their rounds, where there may have been a meeting for each strand.
    """
    phases = list(workflow.phases)
    # a phase of theirs may be gone, so that nothing of theirs may hang on one
    window = Window(Moment(phases[0], "opens"), Moment(phases[-1], "closes"))
    states, transitions, obligations = dict(workflow.states), dict(workflow.transitions), dict(workflow.obligations)
    meetings, deliverables, committees = dict(workflow.meetings), dict(workflow.deliverables), dict(workflow.committees)
    former: dict[str, Meeting] = {}
    for one in earlier:
        _keep(states, {name: replace(state, phase=None, retired=True) for name, state in one.states.items()})
        _keep(transitions, {name: _unmoving(move) for name, move in one.transitions.items()})
        _keep(obligations, {
            name: replace(owed, owed_by=(), window=window, every=None, within=None, own_window=None, guards=())
            for name, owed in one.obligations.items()
        })  # fmt: skip
        _keep(meetings, {name: replace(_unheld(held, window), per=None) for name, held in one.meetings.items()})
        _keep(deliverables, {name: replace(form, open_to=()) for name, form in one.deliverables.items()})
        _keep(committees, one.committees)
    for one in in_rounds:
        changed = {name: held for name, held in one.meetings.items() if held.of or meetings[name].per}
        _keep(former, {name: _unheld(held, window) for name, held in changed.items()})
    return replace(
        workflow, states=states, transitions=transitions, obligations=obligations, meetings=meetings,
        deliverables=deliverables, committees=committees, former_meetings=former,
    )  # fmt: skip


def _unheld(meeting: Meeting, window: Window) -> Meeting:
    return replace(meeting, open_to=(), window=window, within=None, own_window=None)


def _unmoving(move: Transition) -> Transition:
    return replace(
        move, sources=(), when=None, after=None, window=None, own_window=None, within=None, takes_effect=None,
        guards=(), if_not={}, tell={}, release="auto", per=None,
    )  # fmt: skip


def _keep(known: dict[str, T], older: Mapping[str, T]) -> None:
    for name, one in older.items():
        known.setdefault(name, one)
