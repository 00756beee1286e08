"""What is the cause of a letter called, and which rule of the workflow file is it?"""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.database.pages.outbox import REMIND, TEST
from engine.files.locating import Path, locate
from engine.rules.workflow import Workflow, title_of
from web.ask import Ask
from web.committee.seat import called

FILE = "workflow.toml"


@dataclass(frozen=True, slots=True)
class Rule:
    """A table of the workflow file, and the line on which the letter is told."""

    table: str
    line: int
    text: str
    """the line"""


def cause_title(ask: Ask, name: str) -> str:
    """A cause in words."""
    workflow = ask.place.workflow
    kind, _, of = name.partition(" ")
    first = of.partition(" ")[0]
    if name == TEST:
        return ask.say("Tests that staff had sent to themselves")
    if kind == REMIND:
        return ask.say("Reminders of what is owed")
    if kind == "transition" and first in workflow.transitions:
        title = called(ask, first)
        if workflow.transitions[first].by is None:
            return ask.say("By itself: %(title)s", title=title)
        return title
    if kind == "verdicts":
        return ask.say("Verdicts take effect: %(moment)s", moment=moment_title(ask, of))
    if kind == "reminder" and first in workflow.reminders:
        return ask.say("Reminder: %(name)s", name=first.replace("_", " "))
    if kind == "unpaid" and first in workflow.promises:
        return ask.say("Not paid: %(title)s", title=ask.said(workflow.promises[first].title))
    if kind == "promise" and first in workflow.promises:
        return ask.say("Promise at risk: %(title)s", title=ask.said(workflow.promises[first].title))
    if kind == "announcement" and first not in workflow.announcements:
        return ask.say("Announcement of this round alone")
    if kind == "announcement":
        return ask.say("Announcement: %(name)s", name=first.replace("_", " "))
    if name == "extension":
        return ask.say("More time")
    if kind == "extension":
        return ask.say("More time: %(of)s", of=moment_title(ask, of))
    if kind == "invitations" and (meeting := workflow.find_meeting(first)) is not None:
        return ask.say("Meeting: %(title)s", title=ask.said(meeting.title))
    if name in ("review", "excuse"):
        return ask.say("What staff said of what is owed")
    if kind in ("review", "excuse"):
        said = ask.say("Reviewed: %(what)s") if kind == "review" else ask.say("Excused: %(what)s")
        return said % {"what": _owed(ask, of)}
    if kind == "payment":
        return ask.say("Money that was paid, or noted by mistake")
    if kind == "proposal":
        return ask.say("Times that were proposed for a meeting")
    if kind == "overdue":
        return ask.say("What is overdue")
    if kind == "message":
        return ask.say("A message of staff")
    if kind == "account":
        return ask.say("About access and what was handed in: %(name)s", name=of.replace("-", " "))
    return name


def _owed(ask: Ask, of: str) -> str:
    """Something owed in words: `Annual report 2`."""
    workflow, (name, _, position) = ask.place.workflow, of.rpartition(" ")
    if name not in workflow.obligations:
        return of
    return f"{ask.said(title_of(workflow, workflow.obligations[name]))} {position}"


def moment_title(ask: Ask, moment: str) -> str:
    """A moment of the calendar in words: `Pitch, opens`."""
    words = moment.split()
    workflow = ask.place.workflow
    if len(words) >= 2 and words[-2] in workflow.phases and words[-1] in ("opens", "closes"):
        before = " ".join(words[:-2])
        title = ask.said(workflow.phases[words[-2]])
        said = ask.say("%(phase)s opens", phase=title) if words[-1] == "opens" else ask.say(
            "%(phase)s closes", phase=title
        )
        return f"{before} {said}".strip()
    return moment


def rule_of(workflow: Workflow, files: Mapping[str, str], cause: str, letter: str, role: str) -> Rule | None:
    """Where in the workflow file it stands that this letter is told; None for what comes with grantcycle."""
    text = files.get(FILE, "")
    path = _path_of(workflow, cause, letter, role)
    if path is None or not text:
        return None
    places = locate(text)
    for wanted in ((*path, role), path, path[:-1], path[:-2]):
        if wanted and wanted in places:
            line = places[wanted]
            return Rule(".".join(map(str, path[:2])), line, text.split("\n")[line - 1].strip())
    return None


def _path_of(workflow: Workflow, cause: str, letter: str, role: str) -> Path | None:
    kind, _, of = cause.partition(" ")
    first = of.partition(" ")[0]
    if kind == "transition" and first in workflow.transitions:
        return ("transition", first, _key(workflow, first, letter, role))
    if kind == "verdicts":
        for one in workflow.transitions.values():
            if str(one.takes_effect) == of and letter in {*one.tell.values(), *_otherwise(workflow, one.name).values()}:
                return ("transition", one.name, _key(workflow, one.name, letter, role))
    if kind in ("reminder", "promise", "announcement") and first:
        return (kind, first, "tell")
    if kind == "unpaid":
        return ("promise", first, "tell")
    if kind == "overdue":
        rules = (one for one in workflow.obligations.values() if one.if_not.get(role) == letter)
        return next((("obligation", one.name, "if_not") for one in rules), None)
    if kind == REMIND:
        return next((("obligation", one.name, "remind") for one in workflow.obligations.values() if one.remind), None)
    return None


def _otherwise(workflow: Workflow, transition: str) -> Mapping[str, str]:
    held_back = workflow.transitions[transition].if_not
    return held_back if isinstance(held_back, Mapping) else {}


def _key(workflow: Workflow, transition: str, letter: str, role: str) -> str:
    return "tell" if workflow.transitions[transition].tell.get(role) == letter else "if_not"
