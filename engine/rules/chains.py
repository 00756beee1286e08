"""Which move is tried next where another is refused?

A transition of the calendar may name another in `if_not`. Both happen at one moment and start from the same states, the
one that is named stands further down in the file: so it takes whom the first has left.
"""

from engine.rules.workflow import Transition, Workflow


def chain_from(workflow: Workflow, transition: Transition) -> tuple[Transition, ...]:
    """The transition and all that are tried after it, in turn. A chain that leads back to itself ends where it does."""
    found: dict[str, Transition] = {}
    following: Transition | None = transition
    while following is not None and following.name not in found:
        found[following.name] = following
        following = workflow.transitions.get(following.if_not) if isinstance(following.if_not, str) else None
    return tuple(found.values())


def tried_before(workflow: Workflow, transition: Transition) -> tuple[Transition, ...]:
    """The transitions whose refusal leads to this one, in the order of the file; none where it begins a chain."""
    return tuple(
        one
        for one in workflow.transitions.values()
        if one is not transition and transition in chain_from(workflow, one)
    )
