"""Of which committees is there one for each strand or answer, and which ones are these?"""

from collections.abc import Mapping

from engine.errors import GrantcycleError, Unknown
from engine.rules.roles import observer_of
from engine.rules.workflow import STRAND, Committee, Workflow


def is_divided(workflow: Workflow) -> bool:
    """Whether there are several committees of one name."""
    return any(one.per for one in workflow.committees.values())


def committee_of(workflow: Workflow, role: str) -> Committee | None:
    """The committee whose member or observer has that part; None for staff, and for who asked to be told."""
    return next((one for one in workflow.committees.values() if role in (one.name, observer_of(one.name))), None)


def scopes(workflow: Workflow, per: str | None) -> Mapping[str, str]:
    """Each strand, or each answer of the round, and what people call it; nothing where nothing is divided."""
    if per is None:
        return {}
    if per == STRAND:
        return workflow.strands
    return {answer: answer for answer in workflow.questions[per].offered}


def scopes_of(workflow: Workflow, role: str) -> Mapping[str, str]:
    """The same for a part in the round: for what one can be given it."""
    committee = committee_of(workflow, role)
    return scopes(workflow, committee.per if committee else None)


def check_scope(workflow: Workflow, role: str, scope: str) -> str:
    """Over what the part is divided (`strand`, a question), for a part of that scope; no text for one without.

    Raises GrantcycleError for a part that is not divided, Unknown for no such strand or answer.
    """
    if not scope:
        return ""
    committee = committee_of(workflow, role)
    if committee is None or committee.per is None:
        raise GrantcycleError(f'"{role}" is one for all, and not for "{scope}"')
    known = scopes(workflow, committee.per)
    if scope not in known:
        raise Unknown("strand" if committee.per == STRAND else f'answer to "{committee.per}"', scope, known)
    return committee.per
