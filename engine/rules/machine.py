"""Is this move a transition of the workflow?

One `transitions` machine per workflow judges every single move, of a person or of the calendar. It holds no dossier:
a passing model carries the state, and the database row stays the truth.
"""

from typing import Any

from transitions import EventData, Machine, MachineError

from engine.errors import Refusal, Refused, Unknown
from engine.rules.workflow import Transition, Workflow


class _Passing:
    """A dossier while it is being judged."""

    def __init__(self, state: str) -> None:
        self.state = state


def _no_reason_against(event: EventData) -> bool:
    return not event.kwargs["reasons"]


class WorkflowMachine:
    """The states and transitions of one workflow."""

    def __init__(self, workflow: Workflow) -> None:
        self.workflow = workflow
        # without auto_transitions=False every state could be reached by a trigger called to_<state>
        self._machine = Machine(
            model=None,
            states=list(workflow.states),
            initial=workflow.begins_in,
            auto_transitions=False,
            send_event=True,
        )
        for transition in workflow.transitions.values():
            self._machine.add_transition(
                transition.name, list(transition.sources), transition.target, conditions=_no_reason_against
            )

    def transition(self, name: str) -> Transition:
        """The transition of that name. Raises Unknown with the nearest one."""
        if name not in self.workflow.transitions:
            raise Unknown("transition", name, self.workflow.transitions)
        return self.workflow.transitions[name]

    def from_here(self, name: str, state: str) -> Refusal | None:
        """Why a transition cannot start from `state`, or None when it can."""
        transition = self.transition(name)
        if state in transition.sources:
            return None
        sources = " or ".join(f'"{source}"' for source in transition.sources)
        title = self.workflow.states[state].title
        return Refusal("state", f'"{name}" starts from {sources}, and the dossier is "{state}"', {"state": title})

    def move(self, name: str, state: str, reasons: tuple[Refusal, ...] = ()) -> str:
        """The state that the move ends in.

        `reasons` are all that the guards and the calendar have against it. Raises Refused with every one of them,
        the wrong state included.
        """
        self.transition(name)
        passing: Any = _Passing(state)
        try:
            if self._machine.events[name].trigger(passing, reasons=reasons):
                return str(passing.state)
        except MachineError:
            wrong = self.from_here(name, state)
            assert wrong is not None, f"the machine refused {name} from {state} without a reason"
            raise Refused((wrong, *reasons)) from None
        raise Refused(reasons)
