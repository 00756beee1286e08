"""Which meetings has a round where there is one for each strand or answer, and whose is each of them?"""

from collections.abc import Callable
from dataclasses import replace

from engine.rules.divided import scopes
from engine.rules.numbers import Number, PerStrand
from engine.rules.workflow import STRAND, Meeting, Workflow

SLASH = "\N{DIVISION SLASH}"
"""what stands in a name where an answer has a slash"""


def name_of_part(name: str, scope: str) -> str:
    """What the meeting of a strand or an answer is called: `pitch.small`, as the round writes its days.

    Names stand in addresses of pages, which a slash would part.
    """
    return f"{name}.{scope.replace('/', SLASH)}"


def named_in(name: str) -> tuple[str, str]:
    """The declared meeting and the strand or answer that a name is made of; no text for a meeting of all."""
    declared, _, scope = name.partition(".")
    return declared, scope.replace(SLASH, "/")


def with_meetings_apart(workflow: Workflow) -> Workflow:
    """The rules of a round, with a meeting for each strand or answer in the place of one that says `per`."""
    apart = {name: one for name, one in workflow.meetings.items() if one.per is not None}
    if not apart and not workflow.former_meetings:
        return workflow
    meetings: dict[str, Meeting] = {}
    for name, one in workflow.meetings.items():
        meetings.update({part.name: part for part in _parts(workflow, one)} if name in apart else {name: one})
    former = {name: one for name, one in workflow.former_meetings.items() if name not in meetings}
    return replace(workflow, meetings=meetings | former, meetings_apart=apart)


def declared(workflow: Workflow) -> tuple[Meeting, ...]:
    """The meetings as the workflow file has them, in its order, also of the rules of a round."""
    names = dict.fromkeys([*(one.declared for one in workflow.meetings.values()), *workflow.meetings_apart])
    return tuple(workflow.meeting(name) for name in names)


def _parts(workflow: Workflow, meeting: Meeting) -> list[Meeting]:
    return [
        replace(
            meeting, name=name_of_part(meeting.name, scope), title=title_of_part(meeting.title, called),
            seats=_own(meeting.seats, scope), of=meeting.name, scope=scope,
        )
        for scope, called in scopes(workflow, meeting.per).items()
    ]  # fmt: skip


def title_of_part(title: str, called: str) -> str:
    """What people call the meeting of a strand or an answer: `Pitch (Small grants)`."""
    return f"{title} ({called})"


def _own(seats: Number | None, scope: str) -> Number | None:
    return seats.of.get(scope) if isinstance(seats, PerStrand) else seats


def strand_of(meeting: Meeting) -> str | None:
    """By whose dates a meeting takes place: those of its strand, where it is of one."""
    return (meeting.scope or None) if meeting.per == STRAND else None


def parts_of(workflow: Workflow, name: str) -> tuple[Meeting, ...]:
    """The meetings that the rules mean by that name: one, or one for each strand or answer; none for a strange name."""
    if name not in workflow.meetings_apart:
        return (workflow.meetings[name],) if name in workflow.meetings else ()
    per = workflow.meetings_apart[name].per
    return tuple(one for one in workflow.meetings.values() if (one.of, one.per) == (name, per))


def is_whose(meeting: Meeting, scope_over: Callable[[str], str]) -> bool:
    """Whether a meeting is one for a dossier; `scope_over` gives its strand, or its answer to a question."""
    return meeting.per is None or not meeting.scope or scope_over(meeting.per) == meeting.scope


def sits_at(meeting: Meeting, per: str, scope: str) -> bool:
    """Whether a part in the round for one strand or answer (`scope` of `per`) is one for a meeting's dossiers.

    Any is, unless both are of a strand, or of an answer to the same question.
    """
    return not meeting.scope or per != meeting.per or scope in ("", meeting.scope)


def meeting_of(workflow: Workflow, name: str, scope_over: Callable[[str], str]) -> Meeting | None:
    """The meeting that the rules mean by a name, of a dossier; None where it has none, or the name is strange."""
    return next((one for one in parts_of(workflow, name) if is_whose(one, scope_over)), None)


def rules_of_dossier(workflow: Workflow, scope_over: Callable[[str], str]) -> Workflow:
    """The rules of a round as they hold for one dossier: of meetings apart it knows its own, which it is to attend."""
    if not workflow.meetings_apart:
        return workflow
    its = {name: meeting_of(workflow, name, scope_over) for name in workflow.meetings_apart}
    called = {name: one.name for name, one in its.items() if one}
    return replace(
        workflow,
        meetings={
            name: one for name, one in workflow.meetings.items() if one.of not in its or name == called.get(one.of)
        },
        obligations={
            name: replace(one, attend=called.get(one.attend or "", one.attend))
            for name, one in workflow.obligations.items()
        },
    )
