"""How much money is there to give, and which transitions give it?"""

from engine.errors import GrantcycleError
from engine.rules.numbers import NUMBERS, amount
from engine.rules.questions import Question
from engine.rules.workflow import Transition, Workflow

BUDGET = "budget"
"""what a round calls the money that it has, under `[given]`"""


def draws_on(transition: Transition) -> str | None:
    """The question in which the money is asked that a transition gives; None where it gives none."""
    guard = transition.guard("budget_left")
    return None if guard is None else str(guard.value)


def asking(workflow: Workflow) -> tuple[Question, ...]:
    """The questions that say how much money a dossier asks for: the first of them that is answered does.

    They are those on which the round's money is spent; where none is, all that ask for an amount. So the costs of a
    project, asked before the grant, are not taken for what it asks for.
    """
    money = [one for one in workflow.questions.values() if one.kind == "money"]
    spent = {draws_on(one) for one in workflow.transitions.values()}
    return tuple([one for one in money if one.name in spent] or money)


def budget_of(workflow: Workflow, strand: str | None = None) -> int | float:
    """The money that a round has, for a strand where each has its own. Raises GrantcycleError where it has none."""
    given = workflow.given.get(BUDGET)
    if not isinstance(given, NUMBERS):
        raise GrantcycleError('the round gives no "budget"')
    return amount(given, workflow.given, strand)
