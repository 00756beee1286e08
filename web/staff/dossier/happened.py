"""What does the journal say of a dossier, in the reader's words?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.cycle.receiving import POST
from engine.database.records import JournalRow
from web import dates
from web.applicant.owing import title_of_obligation
from web.ask import Ask
from web.committee.marks import mark_said
from web.committee.seat import called

Details = Mapping[str, Any]


def N_(sentence: str) -> str:  # noqa: N802  what gathers sentences for translation looks for this name
    """A sentence that is translated when it is said."""
    return sentence


@dataclass(frozen=True, slots=True)
class Happened:
    """One row of the journal: when it was as of (UTC microseconds), who, what in words, and what changed to what."""

    id: int
    at: int
    recorded_at: int
    who: str
    what: str
    changed: tuple[tuple[str, str, str], ...] = ()
    """(of what, before, after)"""
    reason: str = ""


def happened(ask: Ask, row: JournalRow, names: Mapping[str, str]) -> Happened:
    """A row in words; what has none yet is named as the journal names it."""
    details = row.details
    return Happened(
        row.id or 0, row.at, row.recorded_at, who(ask, row.actor, names), _said(ask, row.what, details),
        _changed(ask, row.what, details), str(details.get("reason") or _asked(row.what, details)),
    )  # fmt: skip


def who(ask: Ask, actor: str, names: Mapping[str, str]) -> str:
    """Who did it: a person by name and address, or what did it by itself."""
    known = {"calendar": ask.say("The calendar"), "server": ask.say("The server"), POST: ask.say("A mail")}
    name = names.get(actor)
    return known.get(actor) or (f"{name} ({actor})" if name else actor)


def _state(ask: Ask, name: object) -> str:
    known = ask.place.workflow.states.get(str(name))
    return ask.said(known.title) if known else str(name)


def _decision(ask: Ask, name: object) -> str:
    return called(ask, str(name)) if name in ask.place.workflow.transitions else str(name)


def owed_said(ask: Ask, name: object) -> str:
    """What is owed or attended, by its title: `interim_report 2`, `kick_off`."""
    text = str(name)
    head, _, tail = text.rpartition(" ")
    head, tail = (head, tail) if head and tail.isdigit() else (text, "")
    workflow = ask.place.workflow
    if head in workflow.obligations:
        return f"{ask.said(title_of_obligation(workflow, head))} {tail}".strip()
    if text in workflow.promises:
        return ask.said(workflow.promises[text].title)
    if (meeting := workflow.find_meeting(head)) is not None:
        return ask.said(meeting.title)
    if head in workflow.deliverables:
        return ask.said(workflow.deliverables[head].title)
    return moment_said(ask, text)


def moment_said(ask: Ask, name: str) -> str:
    """A phase's edge in words: `call closes`."""
    phase, _, edge = name.rpartition(" ")
    title = ask.place.workflow.phases.get(phase)
    if title is None:
        return name
    facts = {"phase": ask.said(title)}
    return ask.say("“%(phase)s” closes", **facts) if edge == "closes" else ask.say("“%(phase)s” opens", **facts)


def _subject(ask: Ask, subjects: object) -> str:
    found = dict(subjects) if isinstance(subjects, Mapping) else {}
    return str(found.get(ask.language) or next(iter(found.values()), ""))


def _day(ask: Ask, written: object) -> str:
    """A day, and perhaps an hour, as an extension keeps them: `2019-03-01 17:00:00`."""
    day, _, hour = str(written).partition(" ")
    try:
        said = dates.day(date.fromisoformat(day), ask.language)
    except ValueError:
        return str(written)
    return f"{said}, {hour[:5]}" if hour else said


SAID: Mapping[str, tuple[str, str]] = {
    "answered": (N_("%(who)s answered an invitation."), "person"),
    "answers given": (N_("Answers given."), ""),
    "assigned": (N_("%(who)s is asked first to judge it."), "person"),
    "attendance taken back": (N_("That somebody came was a mistake: %(owed)s."), "meeting"),
    "attended": (N_("Came to: %(owed)s."), "meeting"),
    "comment taken back": (N_("A comment was taken back."), ""),
    "commented applicant": (N_("A comment was written for the applicant."), ""),
    "commented committee": (N_("A note was written for the committee."), ""),
    "conflict declared": (N_("Declared a conflict, and reads it no more."), ""),
    "conflict declared of": (N_("A conflict was declared: %(who)s."), "of"),
    "contact added": (N_("%(who)s speaks for it from now on."), "contact"),
    "contact removed": (N_("%(who)s speaks for it no more."), "contact"),
    "declared clear": (N_("Declared that there is no conflict."), ""),
    "declared clear of": (N_("There is no conflict: %(who)s."), "of"),
    "delivered": (N_("Handed in: %(owed)s."), "deliverable"),
    "dossier started": (N_("Started by %(who)s."), "contact"),
    "excuse taken back": (N_("Not excused any more: %(owed)s."), "of"),
    "excused": (N_("Excused: %(owed)s."), "of"),
    "extended": (N_("More time: %(owed)s."), "of"),
    "extension answered granted": (N_("The question for more time was granted."), ""),
    "extension answered refused": (N_("The question for more time was refused."), ""),
    "extension asked": (N_("More time was asked for: %(owed)s."), "of"),
    "handed in": (N_("Received. The fingerprint: %(who)s."), "receipt"),
    "hour booked": (N_("An hour was booked."), ""),
    "hour given back": (N_("A booked hour was given back."), ""),
    "guard lifted": (N_("A condition does not hold for it any more: “%(who)s”."), "guard"),
    "guard put back": (N_("A condition holds for it again: “%(who)s”."), "guard"),
    "held back": (N_("Held back: “%(decision)s”."), "name"),
    "invitation changed": (N_("%(who)s was told of a change of a meeting."), "person"),
    "invitation withdrawn": (N_("%(who)s was told not to come to a meeting."), "person"),
    "invited": (N_("%(who)s was asked to a meeting."), "person"),
    "introduced": (N_("Said on whose behalf it is written."), ""),
    "letter cancelled": (N_("A letter to %(who)s was cancelled."), "person"),
    "letter held": (N_("A letter to %(who)s was held."), "person"),
    "letter let go": (N_("A letter to %(who)s was let go."), "person"),
    "letter tried again": (N_("A letter to %(who)s was tried again."), "person"),
    "mail handled": (N_("Somebody has seen to a mail."), ""),
    "mail received": (N_("A mail came in."), ""),
    "mail received letter marked": (N_("A letter came back."), ""),
    "meeting cancelled": (N_("A meeting was cancelled."), ""),
    "meeting moved": (N_("A meeting was changed."), ""),
    "meeting planned": (N_("A meeting was planned."), ""),
    "message sent": (N_("Message sent: “%(subject)s”."), "subject"),
    "note removed": (N_("A note of the staff was removed."), ""),
    "note replaced": (N_("A note of the staff was changed."), ""),
    "note written": (N_("A note of the staff was written."), ""),
    "proposal ended accepted": (N_("A time was accepted: %(owed)s."), "obligation"),
    "proposal ended declined": (N_("The times were declined: %(owed)s."), "obligation"),
    "proposal ended replaced": (N_("Other times were proposed: %(owed)s."), "obligation"),
    "proposal ended withdrawn": (N_("The times were taken back: %(owed)s."), "obligation"),
    "times proposed": (N_("Times were proposed: %(owed)s."), "obligation"),
    "not paid": (N_("Not paid in time: %(owed)s."), "name"),
    "overdue": (N_("Overdue: %(owed)s."), "obligation"),
    "payment recorded": (N_("A payment was recorded: %(owed)s."), "name"),
    "payment taken back": (N_("A payment was recorded by mistake: %(owed)s."), "name"),
    "placed": (N_("Put at place %(who)s of the committee’s order."), "place"),
    "placement taken back": (N_("Its place in the committee’s order was taken back."), ""),
    "presence corrected": (N_("What was noted of %(who)s at a meeting was a mistake."), "person"),
    "presence recorded came": (N_("%(who)s came."), "person"),
    "presence recorded excused": (N_("%(who)s is excused."), "person"),
    "ranked": (N_("Was given its rank: %(who)s."), "rank"),
    "recommended": (N_("A recommendation was written."), ""),
    "recommended advises": (N_("A recommendation was written: “%(decision)s”."), "advises"),
    "reserve put in order": (N_("Put in order on the reserve list: %(owed)s."), "meeting"),
    "reviewed accepted": (N_("Accepted: %(owed)s."), "obligation"),
    "reviewed changes asked": (N_("Sent back, with changes asked: %(owed)s."), "obligation"),
    "scored": (N_("Marks were given."), ""),
    "score agreed": (N_("The committee agreed on a score."), ""),
    "marks set aside": (N_("The marks of %(who)s were set aside."), "of"),
    "marks count again": (N_("The marks of %(who)s count again."), "of"),
    "offer moved": (N_("The offer of a seat is kept until another hour: %(owed)s."), "called"),
    "seat asked": (N_("A seat was asked for: %(owed)s."), "called"),
    "seat ended": (N_("A seat, or a place in the list, is free again: %(owed)s."), "called"),
    "seat held": (N_("Has a seat: %(owed)s."), "called"),
    "seat offered": (N_("A seat was offered: %(owed)s."), "called"),
    "slot given": (N_("Got a slot: %(owed)s."), "meeting"),
    "slot locked": (N_("The slot was locked: %(owed)s."), "meeting"),
    "slot moved": (N_("Moved to another slot: %(owed)s."), "meeting"),
    "slot taken": (N_("Gave the slot up: %(owed)s."), "meeting"),
    "slot unlocked": (N_("The slot was unlocked: %(owed)s."), "meeting"),
    "strand changed": (N_("Put into another strand."), ""),
    "clocks changed": (N_("Goes by other clocks."), ""),
    "transition": (N_("Became “%(state)s”."), "target"),
    "unassigned": (N_("%(who)s is not asked first any more."), "person"),
    "verdict held back": (N_("The verdict did not take effect: “%(decision)s”."), "name"),
    "verdict recorded": (N_("Verdict recorded: “%(decision)s”."), "name"),
    "verdict recorded minuted": (N_("Verdict minuted: “%(decision)s”."), "name"),
    "verdict withdrawn": (N_("The verdict was taken back: “%(decision)s”."), "name"),
    "wish noted": (N_("A wish for the slot was written down: %(owed)s."), "meeting"),
}
"""what the journal calls it, and where it matters which -> how it is said, and of which detail"""
SAYING: Mapping[str, Callable[[Ask, object], str]] = {
    "decision": _decision,
    "owed": owed_said,
    "state": _state,
    "subject": _subject,
    "who": lambda _ask, value: str(value),
}
APART = ("of", "advises", "minuted")
"""details that make another sentence where they are there"""


def _said(ask: Ask, what: str, details: Details) -> str:
    apart = next((name for name in APART if details.get(name) and f"{what} {name}" in SAID), "")
    which = str(details.get("reader") or details.get("outcome") or details.get("ending") or apart)
    sentence, name = SAID.get(f"{what} {which}") or SAID.get(what) or ("", "")
    if not sentence:
        return f"{what[:1].upper()}{what[1:]}."
    value = details.get(name, "")
    return ask.say(sentence) % {kind: say(ask, value) for kind, say in SAYING.items() if f"%({kind})s" in sentence}


def _asked(what: str, details: Details) -> str:
    """What staff said in words of what was handed in."""
    return str(details.get("words") or "") if what == "reviewed" else ""


def _changed(ask: Ask, what: str, details: Details) -> tuple[tuple[str, str, str], ...]:
    if what == "transition":
        before = details.get("source")
        return ((ask.say("State"), _state(ask, before) if before else "", _state(ask, details.get("target"))),)
    if what == "strand changed":
        titles = ask.place.workflow.strands
        before, after = (ask.said(titles.get(str(details.get(name)), "")) for name in ("before", "strand"))
        return ((ask.say("Strand"), before, after),)
    if what == "clocks changed":
        zones = (str(details.get(name) or ask.place.zone) for name in ("before", "clocks"))
        before, after = (dates.zone_name(zone, ask.language) for zone in zones)
        return ((ask.say("Time zone"), before, after),)
    if what == "reviewed" and details.get("last_day"):
        before, after = _day(ask, details.get("before")), _day(ask, details.get("last_day"))
        return ((owed_said(ask, details.get("obligation")), before, after),)
    if what == "extended":
        return ((owed_said(ask, details.get("of")), _day(ask, details.get("old")), _day(ask, details.get("new"))),)
    if what == "introduced" and details.get("organisation"):
        return ((ask.say("Organisation"), "", str(details["organisation"])),)
    if what in ("scored", "score agreed"):
        criteria = ask.place.workflow.criteria
        marks = details.get("marks")
        given = dict(marks) if isinstance(marks, Mapping) else {}
        return tuple(
            (ask.said(criteria[name].title), "", mark_said(ask, criteria[name], mark))
            for name, mark in given.items() if name in criteria
        )  # fmt: skip
    if what == "verdict recorded" and details.get("replaces"):
        before, after = _decision(ask, details["replaces"]), _decision(ask, details.get("name"))
        return ((ask.say("Verdict"), before, after),)
    if what in ("held back", "verdict held back"):
        reasons = details.get("reasons")
        return tuple((ask.say("Because"), "", str(one)) for one in (reasons if isinstance(reasons, list) else ()))
    return ()
