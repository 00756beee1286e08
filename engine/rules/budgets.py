"""How much money is there to give, and which transitions give it?"""

from engine.errors import GrantcycleError
from engine.rules.numbers import NUMBERS, amount
from engine.rules.workflow import Transition, Workflow

BUDGET = "budget"
"""what a round calls the money that it has, under `[given]`"""


def draws_on(transition: Transition) -> str | None:
    """The question in which the money is asked that a transition gives; None where it gives none."""
    guard = transition.guard("budget_left")
    return None if guard is None else str(guard.value)


def budget_of(workflow: Workflow, strand: str | None = None) -> int | float:
    """The money that a round has, for a strand where each has its own. Raises GrantcycleError where it has none."""
    given = workflow.given.get(BUDGET)
    if not isinstance(given, NUMBERS):
        raise GrantcycleError('the round gives no "budget"')
    return amount(given, workflow.given, strand)
