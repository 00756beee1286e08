"""What is there to be read of a round's calendar, line by line: what, when, for how many, and how it ended?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from sqlmodel import Session

from engine.database.looking import counts_by_state, counts_of_clocks, counts_of_strands
from engine.database.pages import timeline as asked
from engine.database.pages.timeline import Due, Happening, Readers, Told
from engine.database.store import extensions_of, the_id
from engine.rules.paying import UNPAID
from engine.rules.timers import DECIDES, MOVES, PROMISES, REMINDS, TIMERS
from engine.rules.times import Moment
from engine.rules.workflow import APPLICANT, EVERYONE, Letters, Transition, Workflow
from web import dates
from web.ask import Ask
from web.staff.timeline.warnings import warnings_of
from web.staff.timeline.wording import (
    edge_day_words,
    edge_words,
    moment_words,
    moments_of,
    owed_words,
    span_words,
    states_words,
)

KINDS: Mapping[str, tuple[str, ...]] = {
    "deadline": ("edge",), "move": ("transition", "verdicts", MOVES, DECIDES),
    "reminder": ("reminder", "obligation reminder", REMINDS),
    "announcement": ("announcement",), "promise": ("promise", PROMISES), "owed": ("owed",),
}  # fmt: skip
"""what the list can be narrowed to, and what the calendar calls it"""
LATE = 60_000_000
"""microseconds from which on something that came late is said to have"""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing of the calendar. `closes` where the instant is the first one after what people call the last day."""

    at: int
    closes: bool
    kind: str
    phase: str
    title: str
    dossiers: int | None
    letters: int | None
    is_reckoned: bool
    """whether the letters are still to be written: then so many at most"""
    ending: str
    tone: str
    links: Sequence[tuple[str, str]] = ()
    warnings: Sequence[str] = ()
    note: str = ""

    def is_past(self, now: int) -> bool:
        return self.at <= now


@dataclass(frozen=True)
class _Known:
    """What the database says of the round, each asked once."""

    ask: Ask
    happened: Sequence[Happening]
    due: Sequence[Due]
    counts: Mapping[str, int]
    readers: Readers
    verdicts: Mapping[str, int]
    moves: Mapping[tuple[str, int], int]
    letters: Mapping[tuple[str, int], Told]
    moved: Mapping[str, str]
    """edge -> the sentence of where it was before"""
    warned: Mapping[str, list[str]]
    moments: Mapping[str, Moment] = field(default_factory=dict)
    strands: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """strand -> state -> how many of its dossiers stand there; only where strands have dates of their own"""
    own_now: Mapping[tuple[str, str], Mapping[str, int]] = field(default_factory=dict)
    """(kind, name) -> state -> dossiers that have it at a time of their own"""
    clocks: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """clocks -> state -> how many of the dossiers that go by them stand there; only where phases go by them"""


def lines_of(ask: Ask, session: Session) -> list[Line]:
    """All of the round's calendar in order of time; a fixed number of questions, however much there is."""
    known = _look(ask, session)
    lines = [_of_happening(known, one) for one in known.happened if one.kind not in ("overdue", UNPAID)]
    lines += [_of_due(known, one) for one in known.due]
    return sorted(lines, key=lambda line: line.at)


def _look(ask: Ask, session: Session) -> _Known:
    place, round_id = ask.place, the_id(ask.place.round)
    workflow = place.workflow
    happened = asked.happenings(session, round_id)
    causes = [_cause(one) for one in happened]
    warned: dict[str, list[str]] = {}
    for warning in warnings_of(ask, place.calendar):
        for of in warning.of:
            warned.setdefault(of, []).append(warning.sentence)
    moved = {
        " ".join(filter(None, (one.phase, one.edge, one.strand))): ask.say(
            "was on %(day)s before: %(reason)s", day=edge_day_words(ask, one.was), reason=ask.said(one.reason)
        )
        for one in place.calendar.round.moved
    }
    moved |= {
        " ".join(filter(None, (row.of, row.strand))): ask.say(
            "was on %(day)s before: %(reason)s", day=row.old_day, reason=row.reason
        )
        for row in extensions_of(session, round_id)
        if row.dossier_id is None
    }
    for phase, theirs in ((phase, one) for phase in workflow.phases for one in place.calendar.each):
        if written := theirs.rolled_from(phase):
            day, key = dates.short_day(written.day, ask.language), filter(None, (phase, "closes", theirs.strand))
            moved[" ".join(key)] = ask.say("the round says %(day)s, on which nobody works", day=day)
    own_now = {(one.kind, one.name): one.own for one in happened if one.own and one.ending is None}
    return _Known(
        ask, happened, asked.owed(session, round_id, workflow.ends_in), counts_by_state(session, round_id),
        asked.readers(session, round_id), asked.standing_verdicts(session, round_id), asked.moves(session, round_id),
        asked.letters_of(session, round_id, sorted(set(causes))), moved, warned, moments_of(workflow),
        counts_of_strands(session, round_id) if place.calendar.apart else {}, own_now,
        counts_of_clocks(session, round_id) if place.calendar.others else {},
    )  # fmt: skip


def _cause(one: Happening) -> str:
    """Under which cause the letters of a deadline stand."""
    return asked.REMINDING if one.kind == "obligation reminder" else one.cause


def _of_happening(known: _Known, one: Happening) -> Line:
    ask, moment = known.ask, known.moments.get(one.moment)
    told = known.letters.get((_cause(one), one.due_at))
    dossiers, letters = _reckoned(known, one)
    if one.ending is not None or told:
        unknown = one.kind == "edge" or (one.own and one.kind in ("reminder", REMINDS))
        letters = told.letters if told else None if unknown else 0
        moves = one.kind in ("transition", "verdicts", MOVES, DECIDES)
        dossiers = known.moves.get((one.name, one.due_at), 0) if moves else dossiers
    if one.ending is not None and one.kind == "edge":
        dossiers = None
    ending, tone = _ending(known, one, told)
    kind = next(name for name, kinds in KINDS.items() if one.kind in kinds)
    closes = bool(moment and moment.edge == "closes" and moment.span is None and one.kind in ("edge", "transition"))
    closes = closes or one.kind == MOVES
    own = sum(one.own.values()) if one.kind not in ("obligation reminder", *TIMERS) else 0
    edge = one.name if one.strand is None else f"{one.name} {one.strand}"
    notes = [known.moved[edge]] if one.kind == "edge" and not one.own and edge in known.moved else []
    if one.batch:
        notes.append(ask.say("Batch %(n)s", n=one.batch))
    if one.clocks:
        notes.append(ask.say("by the clocks of %(city)s", city=dates.zone_name(one.clocks, ask.language)))
    if one.strand and one.kind != "edge":
        notes.append(ask.said(ask.place.workflow.strands.get(one.strand, one.strand)))
    if own:
        more = ask.words.ngettext("for %(n)s dossier with more time", "for %(n)s dossiers with more time", own)
        notes.append(more % {"n": own})
    return Line(
        one.due_at, closes, kind, moment.phase if moment else "", _title(known, one, moment), dossiers, letters,
        one.ending is None, ending, tone, _links(known, one, told),
        known.warned.get(edge, ()) if one.kind == "edge" and not one.own else (), "; ".join(notes),
    )  # fmt: skip


def _title(known: _Known, one: Happening, moment: Moment | None) -> str:
    ask, workflow = known.ask, known.ask.place.workflow
    say = ask.say
    if one.kind == "edge":
        assert moment is not None
        return edge_words(ask, moment.phase, moment.edge, one.strand)
    if one.kind == "transition":
        rule = workflow.transitions[one.name]
        target = ask.said(workflow.states[rule.target].title)
        if rule.frees:
            return say("Places are given: “%(state)s”", state=target)
        return say("%(states)s becomes “%(state)s”", states=states_words(ask, rule.sources), state=target)
    if one.kind == MOVES:
        rule = workflow.transitions[one.name]
        state, states = ask.said(workflow.states[rule.target].title), states_words(ask, rule.sources)
        if rule.after is None:
            return say("%(states)s becomes “%(state)s”", states=states, state=state)
        return say(
            "%(states)s becomes “%(state)s” after %(span)s", span=span_words(ask, rule.after),
            state=state, states=states,
        )  # fmt: skip
    if one.kind == REMINDS:
        about = states_words(ask, workflow.reminders[one.name].about)
        return say("Reminder about %(states)s, so many days after they came there", states=about)
    if one.kind in ("verdicts", DECIDES):
        rules = _verdicts_of(workflow, one)
        targets = states_words(ask, tuple(dict.fromkeys(rule.target for rule in rules)))
        return say("Verdicts take effect: %(states)s", states=targets)
    if one.kind == "reminder":
        assert moment is not None
        about = states_words(ask, workflow.reminders[one.name].about)
        return say("Reminder about %(states)s, %(moment)s", states=about, moment=moment_words(ask, moment))
    if one.kind == "announcement":
        return say("Announcement, %(moment)s", moment=moment_words(ask, moment)) if moment else say("Announcement")
    if one.kind in ("promise", PROMISES):
        return say("Promise: %(promise)s", promise=ask.said(workflow.promises[one.name].title))
    return say("Reminder of what is owed")


def _reckoned(known: _Known, one: Happening) -> tuple[int | None, int | None]:
    """How many dossiers something ahead concerns as things stand now, and how many letters it makes at most."""
    workflow = known.ask.place.workflow
    if one.kind == "obligation reminder":
        count = sum(one.own.values())
        return count, count
    if one.kind == "edge":
        return (sum(one.own.values()) if one.own else _acting_until(known, one)), None
    if one.kind == "announcement":
        told = workflow.announcements.get(one.name) or known.ask.place.calendar.round.notices[one.name]
        concerned = {state: known.counts.get(state, 0) for state in told.about}
        roles = {APPLICANT if role == EVERYONE and told.about else role: letter for role, letter in told.tell.items()}
        return None, _letters_to(known, roles, concerned)
    if one.kind == "verdicts":
        return sum(known.verdicts.get(rule.name, 0) for rule in _verdicts_of(workflow, one)), None
    if one.kind == DECIDES:
        return sum(one.own.values()), None
    states, tell = _rule_of(workflow, one)
    theirs = known.own_now.get((one.kind, one.name), {}) if not one.own else {}
    counts = _counts_for(known, one)
    here = {
        state: one.own.get(state, 0) if one.own else max(counts.get(state, 0) - theirs.get(state, 0), 0)
        for state in states
    }
    return sum(here.values()), _letters_to(known, tell, here)


def _acting_until(known: _Known, one: Happening) -> int | None:
    """How many dossiers stand where their applicants can do something until an edge; None where none ever can."""
    acts = [rule for rule in known.ask.place.workflow.transitions.values() if rule.by == APPLICANT and rule.window]
    states = {state for rule in acts if str(rule.window and rule.window.end) == one.moment for state in rule.sources}
    counts = _counts_for(known, one)
    return sum(counts.get(state, 0) for state in states) if states else None


def _counts_for(known: _Known, one: Happening) -> Mapping[str, int]:
    """state -> the dossiers that something is about: those of its strand, or all that have no date of their own."""
    if one.strand is not None:
        return known.strands.get(one.strand, {})
    if one.clocks is not None:
        return known.clocks.get(one.clocks, {})
    moment = known.moments.get(one.moment)
    apart = known.ask.place.calendar.strands_apart(moment.phase) if moment else ()
    theirs = [known.strands.get(strand, {}) for strand in apart]
    if moment and moment.phase in known.ask.place.calendar.round.by_applicant:
        theirs += [counts for zone, counts in known.clocks.items() if zone in _apart_by_clocks(known, one)]
    return {
        state: count - sum(part.get(state, 0) for part in theirs)
        for state, count in known.counts.items()
    }


def _apart_by_clocks(known: _Known, one: Happening) -> set[str]:
    """The clocks by which the same comes at another instant."""
    its = (other for other in known.happened if other.key == f"{one.key} clocks {other.clocks}")
    return {other.clocks for other in its if other.clocks}


def _verdicts_of(workflow: Workflow, one: Happening) -> list[Transition]:
    """The verdicts that take effect with a deadline: all of a moment, or the one that a dossier's own day is for."""
    if one.kind == DECIDES:
        return [workflow.transitions[one.name]]
    return [rule for rule in workflow.transitions.values() if str(rule.takes_effect) == one.moment]


def _rule_of(workflow: Workflow, one: Happening) -> tuple[tuple[str, ...], Letters]:
    """Which states a move, a reminder or a promise is about, and whom it tells."""
    if one.kind in ("transition", MOVES):
        move = workflow.transitions[one.name]
        return move.sources, move.tell
    if one.kind in ("reminder", REMINDS):
        reminder = workflow.reminders[one.name]
        return reminder.about, reminder.tell
    promise = workflow.promises[one.name]
    return promise.about, promise.tell


def _letters_to(known: _Known, tell: Letters, dossiers: Mapping[str, int]) -> int:
    """How many letters go at most: one to each contact of these dossiers, one to each person in a role."""
    found = 0
    for role in tell:
        if role == APPLICANT:
            for state, count in dossiers.items():
                every = known.counts.get(state, 0)
                found += -(-known.readers.contacts.get(state, 0) * count // every) if every else 0
        elif role == EVERYONE or any(dossiers.values()):
            found += known.readers.roles.get(role, 0)
    return found


def _ending(known: _Known, one: Happening, told: Told | None) -> tuple[str, str]:
    """How something ended, and in which tone that is said; how far off it is where it is ahead."""
    say = known.ask.say
    if one.ending is None:
        if one.awaits_release:
            return say("waits for approval"), "warn"
        return (say("due now"), "info") if one.fires_at <= known.ask.now else ("", "")
    if one.ending == "missed":
        return say("missed: it came too late to be of use"), "bad"
    if one.ending == "elsewhere":
        return say("happened before the round came here"), "neutral"
    if one.kind in ("promise", PROMISES) and told and told.letters:
        return say("not kept"), "bad"
    if one.kind == "promise":
        return say("kept"), "good"
    if one.late_by >= LATE:
        return say("done, late by %(time)s", time=late_words(known.ask, one.late_by)), "warn"
    return say("done"), "good"


def late_words(ask: Ask, late_by: int) -> str:
    """How long, in the largest unit that fits twice: `3 hours`."""
    ngettext, minutes = ask.words.ngettext, late_by // 60_000_000
    if minutes >= 2880:
        return ngettext("%(n)s day", "%(n)s days", minutes // 1440) % {"n": minutes // 1440}
    if minutes >= 120:
        return ngettext("%(n)s hour", "%(n)s hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}


def _links(known: _Known, one: Happening, told: Told | None) -> list[tuple[str, str]]:
    """Where what it caused is to be seen, and where it is moved while it can be."""
    ask, at, found = known.ask, f"/staff/{known.ask.place.key}", []
    if one.kind == "edge" and one.ending is None and not one.own:
        found.append((ask.say("Move"), f"{at}/extend?{urlencode({'moment': one.name})}"))
    if told and one.kind != "obligation reminder":
        found.append((ask.say("Letters"), f"{at}/outbox?{urlencode({'cause': one.cause})}"))
    if one.ending in ("fired", "missed"):
        found.append(
            (ask.say("Journal"), f"{at}/journal?{urlencode({'day': dates.local(one.due_at, ask.place.zone).date()})}")
        )
    return found


def _of_due(known: _Known, one: Due) -> Line:
    ask = known.ask
    owed = ask.place.workflow.obligations[one.name]
    phase = owed.window.end.phase if owed.window else ""
    left = one.dossiers - one.fulfilled - one.excused
    parts = []
    if one.fulfilled:
        parts.append(ask.say("%(n)s in", n=one.fulfilled))
    if one.excused:
        parts.append(ask.say("%(n)s excused", n=one.excused))
    if one.overdue:
        overdue = ask.words.ngettext("%(n)s overdue", "%(n)s overdue", one.overdue)
        parts.append(overdue % {"n": one.overdue})
    elif left:
        parts.append(ask.say("%(n)s still to come", n=left))
    tone = "bad" if one.overdue else "good" if not left else ""
    links = [] if not left else [
        (ask.say("Move"), f"/staff/{ask.place.key}/extend?{urlencode({'moment': one.name})}")
    ]  # fmt: skip
    return Line(
        one.due_at, True, "owed", phase, owed_words(ask, one.name), one.dossiers, None, False,
        ", ".join(parts), tone, links,
    )  # fmt: skip
