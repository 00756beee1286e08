"""Who may do what, and who reads what?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from engine.errors import Refusal
from engine.rules.workflow import APPLICANT, STAFF, Deliverable, Transition, Workflow


@dataclass(frozen=True, slots=True)
class Standing:
    """Who somebody is to a dossier: the roles in its round, where chair, and whether a contact of it.

    A member has either declared a `conflict`, or is `cleared` (answered that there is none), or has not answered yet.
    """

    roles: frozenset[str] = frozenset()
    chairs: frozenset[str] = frozenset()
    contact: bool = False
    conflict: bool = False
    cleared: bool = False


def may_act_as(role: str, standing: Standing, workflow: Workflow) -> Refusal | None:
    """Why somebody may not carry out a transition that is `by` a role, or None.

    A committee acts through its chair; staff may minute for it. A conflict bars a member, not staff who only minute.
    """
    if role == APPLICANT:
        wanted = Refusal("role", "only a contact of the dossier may do this", {"because": "contact"})
        return None if standing.contact else wanted
    if role == STAFF:
        return must_be_staff(standing)
    if STAFF in standing.roles:
        return None
    title = workflow.committees[role].title
    if role not in standing.chairs:
        sentence = f'only the chair of "{title}" ({role}) may do this, or staff who minute it'
        return Refusal("role", sentence, {"because": "chair", "committee": title})
    if standing.conflict:
        sentence = "you have a conflict with this dossier; staff can minute what the others decide"
        return Refusal("conflict", sentence, {"because": "chair"})
    if standing.contact:
        sentence = "you speak for this dossier; staff can minute what the others decide"
        return Refusal("conflict", sentence, {"because": "contact"})
    return None


def may_judge(committee: str | None, standing: Standing) -> Refusal | None:
    """Why somebody may not score or recommend a dossier, or None: members without a conflict do."""
    if committee is None or committee not in standing.roles:
        sentence = "only members of the committee that decides on this dossier may do this"
        return Refusal("role", sentence, {"because": "member"})
    if standing.conflict:
        return Refusal("conflict", "you have declared a conflict with this dossier")
    if standing.contact:
        return Refusal("conflict", "you speak for this dossier, and do not judge it", {"because": "contact"})
    return None


def must_be_staff(standing: Standing) -> Refusal | None:
    """Why somebody may not do what only staff do, or None."""
    wanted = Refusal("role", "only programme staff may do this", {"because": "staff"})
    return None if STAFF in standing.roles else wanted


# ── Who decides, and who reads ───────────────────────────────────────────────


def observer_of(committee: str) -> str:
    """The role of those who attend and read along with a committee."""
    return f"{committee} observer"


def decisions_from(workflow: Workflow, state: str) -> Mapping[str, Transition]:
    """The transitions that a committee may decide for from a state, by name."""
    return {
        name: transition
        for name, transition in workflow.transitions.items()
        if transition.by in workflow.committees and state in transition.sources
    }


def deciding_committee(workflow: Workflow, state: str) -> str | None:
    """The committee that decides on a dossier in that state, or None."""
    return next((transition.by for transition in decisions_from(workflow, state).values()), None)


def judging_committee(workflow: Workflow, state: str) -> str | None:
    """The committee whose members say what they find of a dossier in that state, or None.

    It is that of the assessment about the state, or else the one that decides there.
    """
    assessing = (one.by for one in workflow.assessments.values() if state in one.about)
    return next(assessing, None) or deciding_committee(workflow, state)


def is_ordered(workflow: Workflow, state: str) -> bool:
    """Whether the order that a committee gives by hand counts for anything in a state."""
    return any("committee" in one.order and state in one.sources for one in workflow.transitions.values())


def ordering_committee(workflow: Workflow, state: str) -> str | None:
    """The committee that puts the dossiers of a state in order by hand: the one that decides on them, else the only
    one that there is; None where nobody can say which."""
    if committee := deciding_committee(workflow, state):
        return committee
    (only,) = workflow.committees if len(workflow.committees) == 1 else (None,)
    return only


def reading_committee(workflow: Workflow, state: str) -> str | None:
    """The committee that reads a dossier in that state, or None.

    It judges the dossier now, puts it in order by hand, or has something to hand in there or to accept; or nothing
    but its decisions leads to that state, so that it decided on the dossier before. What somebody has not handed in no
    committee reads, nor what was withdrawn.
    """
    if state == workflow.begins_in:
        return None
    if committee := judging_committee(workflow, state) or _busy_committee(workflow, state):
        return committee
    if is_ordered(workflow, state):
        return ordering_committee(workflow, state)
    ways = {transition.by for transition in workflow.transitions.values() if transition.target == state}
    (only,) = ways if len(ways) == 1 else (None,)
    return only if only in workflow.committees else None


def _busy_committee(workflow: Workflow, state: str) -> str | None:
    """The committee that hands something in, or accepts what is owed, in that state; the first of the file."""
    handing_in = (one.by for one in workflow.deliverables.values() if state in one.open_to)
    accepting = (one.accepted_by for one in workflow.obligations.values() if state in one.owed_by)
    return next((role for role in (*handing_in, *accepting) if role in workflow.committees), None)


def may_hand_in(deliverable: Deliverable, standing: Standing, workflow: Workflow) -> Refusal | None:
    """Why somebody may not hand in a deliverable, or None: whoever it is `by`, and staff for them.

    Of a committee any member may who has no conflict with the dossier.
    """
    if STAFF in standing.roles:
        return None
    if deliverable.by in workflow.committees:
        return may_judge(deliverable.by, standing)
    return may_act_as(deliverable.by, standing, workflow)


def states_read_by(workflow: Workflow, committee: str) -> tuple[str, ...]:
    """The states in which a committee reads a dossier, in the order of the file."""
    return tuple(state for state in workflow.states if reading_committee(workflow, state) == committee)


def may_know_of(standing: Standing, workflow: Workflow, state: str) -> Refusal | None:
    """Why somebody may not even know that a dossier is there, or None.

    Whoever may know of it sees its number, title and organisation: what a member needs to answer whether there is a
    conflict. Who has a conflict knows nothing of it any more, in whichever role but the applicant's own.
    """
    if standing.contact:
        return None
    if standing.conflict:
        return Refusal("conflict", "you have declared a conflict with this dossier")
    if STAFF in standing.roles:
        return None
    committee = reading_committee(workflow, state)
    if committee is None or not standing.roles & {committee, observer_of(committee)}:
        return Refusal("role", "this dossier is not yours to read")
    return None


def may_read(standing: Standing, workflow: Workflow, state: str) -> Refusal | None:
    """Why somebody may not read a dossier (its answers, files, contacts and history), or None.

    Contacts read their own, staff every one. Members of the committee read what it decides on, once they have answered
    that they have no conflict; its observers read the same without being asked, for they judge nothing.
    """
    if refusal := may_know_of(standing, workflow, state):
        return refusal
    if standing.contact or STAFF in standing.roles or standing.cleared:
        return None
    if reading_committee(workflow, state) in standing.roles:
        return Refusal("unanswered", "say first whether you know the applicant")
    return None


def questions_seen(standing: Standing, workflow: Workflow, state: str) -> frozenset[str]:
    """The questions of a dossier's own form whose answers somebody sees who may read it.

    Its contacts and staff see all; a committee and its observers those that its assessment lets them read.
    """
    shown = _shown(standing, workflow, state)
    return frozenset(workflow.questions) if shown is None else shown & frozenset(workflow.questions)


def deliverables_seen(standing: Standing, workflow: Workflow, state: str) -> frozenset[str]:
    """The deliverables of which somebody sees what was handed in, who may read the dossier.

    Its contacts and staff see those that are theirs; a committee and its observers those that its assessment lets them
    read, with what the committee hands in itself and what it has to accept.
    """
    shown = _shown(standing, workflow, state)
    if shown is None:
        return frozenset(workflow.deliverables)
    committee = reading_committee(workflow, state)
    accepted = {one.deliver for one in workflow.obligations.values() if one.accepted_by == committee}
    return frozenset(
        name for name, one in workflow.deliverables.items() if name in shown | accepted or one.by == committee
    )


def _shown(standing: Standing, workflow: Workflow, state: str) -> frozenset[str] | None:
    """What an assessment lets a committee read of a dossier in that state; None for whoever reads all."""
    if standing.contact or STAFF in standing.roles:
        return None
    committee = reading_committee(workflow, state)
    hidden = [one.reads for one in workflow.assessments.values() if one.by == committee and state in one.about]
    if not hidden:
        # a committee that has judged it keeps to what it was shown
        hidden = [one.reads for one in workflow.assessments.values() if one.by == committee]
    if not hidden or None in hidden:
        return None
    return frozenset(name for reads in hidden for name in reads or ())


def may_see_scores(standing: Standing, workflow: Workflow, state: str, *, own_scored: bool) -> Refusal | None:
    """Why somebody may not see the marks, notes and recommendations of the members of a committee, or None.

    Staff and the chair always do; a member does after giving every mark of her own (`own_scored`), so that nobody
    leans on the others; an observer does once the committee has decided and the decision is known, so that nobody who
    attends can carry out of the room what is not yet told. Who speaks for a dossier never does.
    """
    if standing.contact and STAFF not in standing.roles:
        return Refusal("role", "what the committee's members say is theirs")
    if refusal := may_read(standing, workflow, state):
        return refusal
    committee = reading_committee(workflow, state)
    if STAFF in standing.roles or committee in standing.chairs:
        return None
    if committee in standing.roles:
        return None if own_scored else Refusal("own marks", "the others' marks are shown once yours are given")
    if judging_committee(workflow, state) is not None:
        return Refusal("undecided", "observers see the marks once the committee's decision is known")
    return None


Judgement = Literal["comment", "recommendation", "note", "score"]
"""what a member says of a dossier: a comment to the applicant, a recommendation, a note to the committee, marks"""


def visible(
    what: Judgement, standing: Standing, workflow: Workflow, state: str, *, took_effect: bool, own_scored: bool = False
) -> bool:
    """Whether somebody sees what the members of a committee say of a dossier.

    The applicant reads comments and recommendations once a verdict `took_effect`, as they stood then, and never a note
    or a mark; all others as `may_see_scores` has it.
    """
    if standing.contact and STAFF not in standing.roles:
        return took_effect and what in ("comment", "recommendation")
    return may_see_scores(standing, workflow, state, own_scored=own_scored) is None
