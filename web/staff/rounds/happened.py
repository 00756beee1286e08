"""How is one row of the journal said in words?

Each thing that happens has a sentence, made of the row's own facts; what has none is told by its name, with its facts
beside it, so that nothing is ever left out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.cycle.receiving import POST
from engine.cycle.scene import CALENDAR
from engine.database.pages.journal import Line
from engine.rules.roles import observer_of
from engine.rules.workflow import EVERYONE, STAFF
from web import dates
from web.ask import Ask


def N_(sentence: str) -> str:  # noqa: N802  what gathers sentences for translation looks for this name
    """A sentence that is translated when it is said."""
    return sentence


SENTENCES: Mapping[str, str] = {
    "address corrected": N_("An address was corrected from %(old)s to %(new)s"),
    "answered": N_("%(person)s answered an invitation"),
    "answers given": N_("Answers were saved: %(questions)s"),
    "approval revoked": N_("An approval of the letters of %(batch)s was taken back"),
    "assigned": N_("%(person)s reads the dossier for %(committee)s"),
    "attendance taken back": N_("That somebody came to “%(meeting)s” was a mistake"),
    "attended": N_("Somebody came to “%(meeting)s”"),
    "batch approved": N_("The letters of %(batch)s were approved"),
    "batch made": N_("Several dossiers were moved at once"),
    "batch sent": N_("The letters of an act on several dossiers left at once"),
    "batch undone": N_("An act on several dossiers was undone"),
    "commented": N_("A comment was written for the %(reader)s"),
    "comment taken back": N_("A comment for the %(reader)s was taken back"),
    "conflict declared": N_("A conflict was declared"),
    "contact added": N_("%(contact)s can work on the dossier"),
    "contact removed": N_("%(contact)s cannot work on the dossier any more"),
    "declared clear": N_("Answered that there is no conflict"),
    "delivered": N_("“%(deliverable)s” was handed in"),
    "dossier started": N_("The dossier was started by %(contact)s"),
    "due": N_("Came due: %(name)s"),
    "excuse taken back": N_("Not excused from %(of)s any more"),
    "excused": N_("Excused from %(of)s"),
    "extended": N_("Moved from %(old)s to %(new)s: %(of)s"),
    "extension answered": N_("The request for more time (%(of)s) was answered: %(outcome)s"),
    "extension asked": N_("More time was asked: %(of)s"),
    "extension taken back": N_("More time was taken back: %(of)s"),
    "guard lifted": N_("The condition “%(guard)s” does not hold for the dossier any more"),
    "guard put back": N_("The condition “%(guard)s” holds for the dossier again"),
    "handed in": N_("The dossier was handed in"),
    "held back": N_("Was held back from “%(name)s”"),
    "hold ended": N_("Everything goes on again; it was held since %(since)s"),
    "invitation changed": N_("%(person)s was told of a change of a meeting, on %(day)s"),
    "invitation withdrawn": N_("%(person)s was told not to come to a meeting"),
    "invited": N_("%(person)s was asked to a meeting on %(day)s"),
    "invited people reminded": N_("Who had not answered an invitation was reminded: %(people)s"),
    "hour booked": N_("An hour was booked"),
    "hour given": N_("An hour was given that can be booked for “%(meeting)s”"),
    "hour given back": N_("A booked hour was given back"),
    "hour removed": N_("An hour can be booked no more"),
    "introduced": N_("Said on whose behalf the dossier is written"),
    "mail handled": N_("Somebody has seen to a mail that came in"),
    "mail received": N_("A mail came in"),
    "meeting cancelled": N_("A meeting was cancelled"),
    "meeting moved": N_("A meeting was changed: it is on %(day)s"),
    "meeting planned": N_("A meeting was planned, on %(day)s"),
    "meeting worked out again": N_("The hours of a meeting were worked out anew with other zone data"),
    "members reminded": N_("Members of %(committee)s were reminded: %(people)s"),
    "message sent": N_("A message was sent"),
    "missed": N_("Came too late to be said: %(name)s"),
    "note removed": N_("A note of the staff was removed"),
    "note replaced": N_("A note of the staff was changed"),
    "note written": N_("A note of the staff was written"),
    "names joined": N_("“%(key)s” and “%(same_as)s” are one organisation"),
    "names parted": N_("“%(key)s” and “%(same_as)s” are not one organisation any more"),
    "not paid": N_("Not paid by %(last_day)s: “%(name)s”"),
    "overdue": N_("Overdue: %(obligation)s"),
    "payment recorded": N_("A payment was recorded: “%(name)s”"),
    "payment taken back": N_("A payment was recorded by mistake: “%(name)s”"),
    "placed": N_("Put at place %(place)s of the committee’s order of “%(state)s”"),
    "placement taken back": N_("Its place in the committee’s order of “%(state)s” was taken back"),
    "place freed": N_("A place was free for “%(name)s”"),
    "presence corrected": N_("What was noted of %(person)s at “%(meeting)s” (%(outcome)s) was a mistake"),
    "presence recorded": N_("%(person)s at “%(meeting)s”: %(outcome)s"),
    "promise kept": N_("The promise “%(name)s” was kept"),
    "promise not kept": N_("The promise “%(name)s” was not kept"),
    "proposal ended": N_("What was proposed for %(obligation)s has ended: %(ending)s"),
    "ranked": N_("Was given rank %(rank)s"),
    "recommended": N_("A recommendation was written"),
    "reserve put in order": N_("The reserve list of “%(meeting)s” was put in order: place %(place)s"),
    "reviewed": N_("%(obligation)s was reviewed: %(outcome)s"),
    "reworded": N_("Letters or words of the round were changed: %(files)s"),
    "role given": N_("%(person)s is %(role)s"),
    "role taken": N_("%(person)s is not %(role)s any more"),
    "round opened": N_("The round was opened"),
    "round replaced": N_("The round goes on with version %(version)s of its rules and dates"),
    "running order planned": N_("The day of “%(meeting)s” was planned"),
    "running order published": N_("The running order of “%(meeting)s” was published"),
    "running order withdrawn": N_("The running order of “%(meeting)s” was taken back with its day"),
    "scored": N_("Marks were given: %(marks)s"),
    "score agreed": N_("The committee agreed on a score: %(marks)s"),
    "marks set aside": N_("The marks of %(of)s were set aside: %(reason)s"),
    "marks count again": N_("The marks of %(of)s count again"),
    "offer moved": N_("The offer of a seat to %(person)s is kept until another hour: %(called)s"),
    "seat asked": N_("%(person)s asked for a seat: %(called)s"),
    "seat ended": N_("A seat of %(person)s ended (%(ending)s): %(called)s"),
    "seat held": N_("%(person)s has a seat: %(called)s"),
    "seat offered": N_("A seat was offered to %(person)s: %(called)s"),
    "seats changed": N_("There are %(seats)s seats: %(called)s"),
    "second factor removed": N_("The second step of signing in of %(person)s was taken away"),
    "slot given": N_("Slot %(position)s of “%(meeting)s” was given"),
    "slot locked": N_("Slot %(position)s of “%(meeting)s” was locked"),
    "slot moved": N_("Moved from slot %(was)s to slot %(position)s of “%(meeting)s”"),
    "slot taken": N_("Slot %(position)s of “%(meeting)s” was given up"),
    "slot unlocked": N_("Slot %(position)s of “%(meeting)s” was unlocked"),
    "clocks changed": N_("Goes by other clocks"),
    "strand changed": N_("From strand “%(before)s” to “%(strand)s”"),
    "times proposed": N_("Times were proposed for %(obligation)s"),
    "transition": N_("From “%(source)s” to “%(target)s” by “%(name)s”"),
    "unassigned": N_("%(person)s does not read the dossier for %(committee)s any more"),
    "verdict held back": N_("The verdict “%(name)s” was held back"),
    "verdict recorded": N_("The verdict “%(name)s” was recorded"),
    "verdict withdrawn": N_("The verdict “%(name)s” was withdrawn"),
    "waits for release": N_("The letters of %(batch)s wait for approval"),
    "wish noted": N_("It was written down when the dossier would be heard at “%(meeting)s”"),
    "zone data changed": N_("The times were worked out anew with the zone data %(version)s"),
}
"""what happened -> how it is said"""
MOMENTS: Mapping[str, str] = {
    "edge": N_("%(moment)s"),
    "verdicts": N_("verdicts take effect (%(moment)s)"),
    "transition": N_("the move “%(moment)s”"),
    "reminder": N_("the reminder “%(moment)s”"),
    "announcement": N_("the announcement “%(moment)s”"),
    "promise": N_("the promise “%(moment)s”"),
    "overdue": N_("what is overdue (%(moment)s)"),
    "unpaid": N_("what is not paid (%(moment)s)"),
    "timer": N_("a dossier’s own days (%(moment)s)"),
    "seat": N_("the end of the %(moment)s"),
}
"""kind of a deadline, which begins its key -> how it is said"""
EDGES: Mapping[str, str] = {"opens": N_("“%(phase)s” opens"), "closes": N_("“%(phase)s” closes")}
LABELS: Mapping[str, str] = {
    "advises": N_("advises"),
    "as_of": N_("as of"),
    "freeing": N_("place number"),
    "contact": N_("contact"),
    "dossiers": N_("dossiers"),
    "late": N_("late"),
    "late_by": N_("late by"),
    "letters": N_("letters"),
    "minuted": N_("minuted by staff"),
    "organisation": N_("organisation"),
    "per": N_("one for each"),
    "receipt": N_("receipt"),
    "scope": N_("for the strand or answer"),
    "replaces": N_("in place of"),
    "wanted": N_("until"),
    "mapped": N_("led to other states"),
    "before": N_("rules before"),
    "after": N_("rules after"),
    "after_move": N_("after move"),
}
"""facts beside a sentence -> how they are called; others by their own names"""
SHOWN_ABOVE = frozenset({"reason", "reasons", "answer"})
"""facts with a line of their own"""


@dataclass(frozen=True)
class Told:
    """One row in words; `reason` as somebody gave it, `more` the facts that are in no sentence."""

    line: Line
    who: str
    words: str
    reason: str
    more: tuple[tuple[str, str], ...]


def told(ask: Ask, line: Line) -> Told:
    """The row in the reader's language."""
    details = line.details
    said = {name: _fact(ask, name, value) for name, value in details.items()}
    sentence = SENTENCES.get(line.what)
    facts = _Facts(said)
    words = ask.say(sentence) % facts if sentence else line.what
    reasons = [said[name] for name in ("reason", "reasons", "answer") if said.get(name)]
    more = tuple((_label(ask, name), text) for name, text in said.items() if name not in facts.used | SHOWN_ABOVE)
    known = {CALENDAR: ask.say("the calendar"), "server": ask.say("the server"), POST: ask.say("a mail")}
    who = known.get(line.actor, line.actor)
    return Told(line, who, words, "; ".join(reasons), more)


def kinds(ask: Ask) -> list[tuple[str, str]]:
    """What can have happened, each as it is said without its facts, in the order of the reader's alphabet."""
    said = [(what, ask.say(sentence) % _Anything()) for what, sentence in SENTENCES.items()]
    return sorted(said, key=lambda one: one[1].strip("“«… ").casefold())


def _label(ask: Ask, name: str) -> str:
    return ask.say(LABELS[name]) if name in LABELS else name.replace("_", " ")


class _Anything(dict[str, str]):
    """In place of a row's facts."""

    def __missing__(self, name: str) -> str:
        return "…"


class _Facts(dict[str, str]):
    """The facts of a row, which remember which of them were named; one that is missing is a dash."""

    def __init__(self, facts: Mapping[str, str]) -> None:
        super().__init__(facts)
        self.used: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.used.add(name)
        return self.get(name, "–")


def _fact(ask: Ask, name: str, value: Any) -> str:
    if name in SAYING and isinstance(value, str):
        return SAYING[name](ask, value)
    if isinstance(value, Mapping):
        return ", ".join(f"{one} {_fact(ask, '', inner)}" for one, inner in value.items())
    if isinstance(value, list):
        return ", ".join(_fact(ask, "", one) for one in value)
    if isinstance(value, bool):
        return ask.say("yes") if value else ask.say("no")
    if name == "late_by" and isinstance(value, int):
        return ask.say("%(n)s seconds", n=dates.number(round(value / 1_000_000, 1), ask.language))
    if name in INSTANTS and isinstance(value, int):
        return dates.short_moment(value, ask.place.zone, ask.language)
    if isinstance(value, int | float):
        return dates.number(value, ask.language)
    return "" if value is None else str(value)


INSTANTS = frozenset({"since", "as_of", "received_at", "answer_by"})


def _state(ask: Ask, value: str) -> str:
    state = ask.place.workflow.states.get(value)
    return ask.said(state.title) if state else value


def _role(ask: Ask, value: str) -> str:
    """`staff`, a committee by its title, or its observer."""
    if value in (STAFF, EVERYONE):
        return ask.say("programme staff") if value == STAFF else ask.say("told of the round")
    for name, committee in ask.place.workflow.committees.items():
        if value == name:
            return ask.said(committee.title)
        if value == observer_of(name):
            return ask.say("observer of %(committee)s", committee=ask.said(committee.title))
    return value


def moment_in_words(ask: Ask, value: str) -> str:
    """A deadline by its key, a move or a promise by its name."""
    kind, _, rest = value.partition(" ")
    sentence = MOMENTS.get(kind)
    if not sentence or not rest:
        return value.replace("_", " ")
    return ask.say(sentence, moment=_edge(ask, rest).replace("_", " "))


def _edge(ask: Ask, value: str) -> str:
    """`call closes` with the phase's title, and with that of a strand: `call closes strand small`."""
    said, of, strand = value.partition(" strand ")
    whose = f" ({_strand(ask, strand)})" if of else ""
    phase, _, edge = said.rpartition(" ")
    title = ask.place.workflow.phases.get(phase)
    if title is None or edge not in EDGES:
        return f"{said}{whose}"
    return ask.say(EDGES[edge], phase=f"{ask.said(title)}{whose}")


def _meeting(ask: Ask, value: str) -> str:
    found = ask.place.workflow.find_meeting(value)
    return ask.said(found.title) if found else value


def _called(ask: Ask, value: str) -> str:
    """One time that a meeting takes place: `info_session 2`."""
    name, _, position = value.rpartition(" ")
    return f"{_meeting(ask, name)} {position}"


def _ending(ask: Ask, value: str) -> str:
    """How a seat, an offer or a place in a list ended."""
    said = {
        "given back": ask.say("given back"), "refused": ask.say("the offer was refused"),
        "lapsed": ask.say("the offer was not answered"), "cancelled": ask.say("the meeting does not take place"),
    }  # fmt: skip
    return said.get(value, value)


def _deliverable(ask: Ask, value: str) -> str:
    found = ask.place.workflow.deliverables.get(value)
    return ask.said(found.title) if found else value


def _day(ask: Ask, value: str) -> str:
    """A date as an extension keeps it, with its hour where it has one."""
    day, _, hour = value.partition(" ")
    try:
        written = dates.short_day(date.fromisoformat(day), ask.language)
        return f"{written}, {datetime.fromisoformat(value):%H:%M}" if hour else written
    except ValueError:
        return value


def _reader(ask: Ask, value: str) -> str:
    return ask.say("applicant") if value == "applicant" else ask.say("committee")


def _outcome(ask: Ask, value: str) -> str:
    return {
        "granted": ask.say("granted"), "refused": ask.say("refused"), "came": ask.say("came"),
        "excused": ask.say("excused"),
    }.get(value, value)  # fmt: skip


def _strand(ask: Ask, value: str) -> str:
    return ask.said(ask.place.workflow.strands.get(value, value))


SAYING: Mapping[str, Callable[[Ask, str], str]] = {
    "source": _state,
    "target": _state,
    "state": _state,
    "role": _role,
    "name": moment_in_words,
    "of": _edge,
    "batch": _edge,
    "committee": _role,
    "called": _called,
    "ending": _ending,
    "meeting": _meeting,
    "deliverable": _deliverable,
    "day": _day,
    "old": _day,
    "new": _day,
    "wanted": _day,
    "reader": _reader,
    "outcome": _outcome,
    "strand": _strand,
}
"""how a fact is said, where it is a name of the rules"""
