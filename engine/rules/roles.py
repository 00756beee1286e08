"""Who may do what?"""

from dataclasses import dataclass

from engine.errors import Refusal
from engine.rules.workflow import APPLICANT, STAFF, Workflow


@dataclass(frozen=True, slots=True)
class Standing:
    """Who somebody is to a dossier: the roles in its round, where chair, and whether a contact of it."""

    roles: frozenset[str] = frozenset()
    chairs: frozenset[str] = frozenset()
    contact: bool = False
    conflict: bool = False


def may_act_as(role: str, standing: Standing, workflow: Workflow) -> Refusal | None:
    """Why somebody may not carry out a transition that is `by` a role, or None.

    A committee acts through its chair; staff may minute for it. A conflict bars a member, not staff who only minute.
    """
    if role == APPLICANT:
        return None if standing.contact else Refusal("role", "only a contact of the dossier may do this")
    if role == STAFF:
        return must_be_staff(standing)
    if STAFF in standing.roles:
        return None
    title = workflow.committees[role].title
    if role not in standing.chairs:
        return Refusal("role", f'only the chair of "{title}" ({role}) may do this, or staff who minute it')
    if standing.conflict:
        return Refusal("conflict", "you have a conflict with this dossier; staff can minute what the others decide")
    return None


def may_judge(committee: str | None, standing: Standing) -> Refusal | None:
    """Why somebody may not score or recommend a dossier, or None: members without a conflict do."""
    if committee is None or committee not in standing.roles:
        return Refusal("role", "only members of the committee that decides on this dossier may do this")
    if standing.conflict:
        return Refusal("conflict", "you have declared a conflict with this dossier")
    return None


def must_be_staff(standing: Standing) -> Refusal | None:
    """Why somebody may not do what only staff do, or None."""
    return None if STAFF in standing.roles else Refusal("role", "only programme staff may do this")
