"""What does one person's own calendar hear: of their dossiers, or of the committee they sit on?

Everything follows from the state that a dossier stands in, never from a verdict that has not taken effect. Dossiers
are named by their number alone, for a feed is kept by whoever runs the reader's calendar.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from engine.files.reading import Programme
from engine.rules.agenda import last_day_before, zone_of_owed
from engine.rules.meetings_apart import rules_of_dossier, sits_at
from engine.rules.moments import Calendar, from_instant
from engine.rules.times import Moment
from engine.rules.workflow import APPLICANT, Meeting, Workflow, title_of
from web.calendars.feed import Days, Happening, Hours
from web.calendars.held import Held, of_held
from web.calendars.wording import DEADLINE, MEETING, OF_DOSSIER, TO_JUDGE, Voice, last_day, of_strand


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in the running order of a meeting: which dossier, from when to when (UTC microseconds)."""

    number: str
    meeting: str
    starts_at: int
    ends_at: int


@dataclass(frozen=True, slots=True)
class Owed:
    """One open obligation, as it is kept: its name, and which of its kind it is (1, 2 ...)."""

    name: str
    position: int
    due_at: int
    """the first instant after it, in UTC microseconds"""


@dataclass(frozen=True, slots=True)
class OwnDossier:
    """One dossier of an applicant, with its own extensions in `calendar`.

    `changed_at`: when its state, its extensions, its slots or its obligations last changed; `owed` only what is open.
    """

    programme: Programme
    calendar: Calendar
    number: str
    state: str
    changed_at: int
    slots: tuple[Slot, ...] = ()
    owed: tuple[Owed, ...] = ()
    held: tuple[Held, ...] = ()
    """the meetings of the round, and those booked for this dossier"""
    asked: frozenset[tuple[str, int]] = frozenset()
    """the meetings, by name and position, that this person is asked to for it: of those the invitation tells"""
    url: str = ""
    scopes: Mapping[str, str] = field(default_factory=dict)
    """its strand, or its answer, of all over which there are meetings apart"""


@dataclass(frozen=True, slots=True)
class Seat:
    """One member's, or observer's, seat in a committee of a round.

    `slots` of all dossiers, `conflicts` the numbers of those that this person may not see.
    """

    programme: Programme
    calendar: Calendar
    committee: str
    changed_at: int
    judges: bool = True
    """false for an observer, who attends and scores nothing"""
    slots: tuple[Slot, ...] = ()
    conflicts: frozenset[str] = frozenset()
    held: tuple[Held, ...] = ()
    asked: frozenset[tuple[str, int]] = frozenset()
    url: str = ""
    scopes: frozenset[tuple[str, str]] = frozenset()
    """of which strands or answers, by what they are of; no text where it is a seat for all"""


def of_applicant(
    dossiers: Iterable[OwnDossier], language: str, translate: Callable[[str], str]
) -> tuple[Happening, ...]:
    """The events of one applicant's dossiers: what is still to be handed in, where to be, and when."""
    return tuple(
        happening for one in dossiers for happening in _of_dossier(one, Voice(one.programme, language, translate))
    )


def of_member(seats: Iterable[Seat], language: str, translate: Callable[[str], str]) -> tuple[Happening, ...]:
    """The events of one committee member: until when to judge, the meetings, and the running order, without the
    dossiers that this person has a conflict with."""
    return tuple(
        happening for seat in seats for happening in _of_seat(seat, Voice(seat.programme, language, translate))
    )


def _of_dossier(one: OwnDossier, voice: Voice) -> Iterator[Happening]:
    workflow, calendar = _rules(one), one.calendar
    base = f"{calendar.round.key}/dossier/{one.number}"

    def named(what: str) -> str:
        return voice.say(OF_DOSSIER, what=voice.said(what), number=one.number)

    def deadline(key: str, what: str, moment: Moment) -> Happening:
        day, hour = last_day(calendar, moment)
        return Happening(
            key=f"{base}/{key}", title=voice.last_day(named(what), hour, calendar.zone), when=Days(day, day),
            changed_at=one.changed_at, url=one.url, category=voice.say(DEADLINE),
        )  # fmt: skip

    for transition in workflow.transitions.values():
        window = transition.window
        if transition.by != APPLICANT or window is None or one.state not in transition.sources:
            continue
        if not calendar.never_ends(window):
            end = window.end
            yield deadline(f"deadline/{transition.name}", workflow.phases[end.phase], end)
    attended = {workflow.obligations[owed.name].attend for owed in one.owed}
    for meeting in workflow.meetings.values():
        if meeting.name in attended or (meeting.open_to != "everyone" and one.state in meeting.open_to):
            own = [slot for slot in one.slots if slot.number == one.number and slot.meeting == meeting.name]
            yield from _meeting(meeting, own, f"{base}/meeting", one, voice, named)
    for owed in one.owed:
        obligation = workflow.obligations[owed.name]
        if obligation.attend and any(one_held.name == obligation.attend for one_held in one.held):
            continue  # when it is held stands above
        day, hour = last_day_before(owed.due_at, calendar.zone), None
        if zone_of_owed(obligation, calendar) != calendar.zone:
            hour = from_instant(owed.due_at, calendar.zone).time()  # a day that ends there at an hour of ours
        yield Happening(
            key=f"{base}/owed/{owed.name}/{owed.position}",
            title=voice.last_day(named(title_of(workflow, obligation)), hour, calendar.zone),
            when=Days(day, day), changed_at=one.changed_at, url=one.url, category=voice.say(DEADLINE),
        )  # fmt: skip


def _rules(one: OwnDossier) -> Workflow:
    rules = one.programme.rules_of(one.calendar.round.name)
    return rules_of_dossier(rules, lambda per: one.scopes.get(per, ""))


def _of_seat(seat: Seat, voice: Voice) -> Iterator[Happening]:
    workflow, calendar = seat.programme.rules_of(seat.calendar.round.name), seat.calendar
    base = f"{calendar.round.key}/committee/{seat.committee}"
    decided = [transition for transition in workflow.transitions.values() if transition.by == seat.committee]
    # two verdicts on the same dossiers share their window, and are one deadline
    for window in dict.fromkeys(transition.window for transition in decided if transition.window):
        for one in calendar.parts(window.end.phase, workflow.strands):
            if not seat.judges or one.never_ends(window):
                continue
            day, hour = last_day(one, window.end)
            what = voice.say(TO_JUDGE, what=voice.phase(window.start.phase, one.strand))
            yield Happening(
                key=f"{base}/deadline/{window.start}/{window.end}{of_strand(one)}",
                title=voice.last_day(what, hour, calendar.zone),
                when=Days(day, day), changed_at=seat.changed_at, url=seat.url, category=voice.say(DEADLINE),
            )  # fmt: skip
    judged = {source for transition in decided for source in transition.sources}
    for meeting in workflow.meetings.values():
        if not any(sits_at(meeting, per, scope) for per, scope in seat.scopes or {("", "")}):
            continue
        if meeting.committee == seat.committee:
            yield from _meeting(meeting, [], f"{base}/meeting", seat, voice, voice.said)
        if meeting.slots is None or meeting.open_to == "everyone" or not judged & set(meeting.open_to):
            continue
        yield from _meeting(meeting, [], f"{base}/meeting", seat, voice, voice.said)
        for slot in seat.slots:
            if slot.meeting == meeting.name and slot.number not in seat.conflicts:
                title = voice.say(OF_DOSSIER, what=voice.said(meeting.title), number=slot.number)
                yield _slot(slot, title, f"{base}/slot/{meeting.name}/{slot.number}", seat, voice)


def _meeting(
    meeting: Meeting,
    own: list[Slot],
    base: str,
    of: OwnDossier | Seat,
    voice: Voice,
    named: Callable[[str], str],
) -> Iterator[Happening]:
    """Each time that a meeting is held, or one's own places in its running order where there are any; not what an
    invitation tells of."""
    held = [one for one in of.held if one.name == meeting.name]
    if any((one.name, one.position) in of.asked for one in held) and own:
        return
    for slot in own:
        yield _slot(slot, named(meeting.title), f"{base}/{meeting.name}/slot", of, voice)
    if own:
        return
    for one in held:
        if (one.name, one.position) not in of.asked:
            yield of_held(one, base, named(meeting.title), voice, changed_at=of.changed_at, url=of.url)


def _slot(slot: Slot, title: str, key: str, of: OwnDossier | Seat, voice: Voice) -> Happening:
    place = next((one.place for one in of.held if one.name == slot.meeting and not one.is_cancelled), None)
    return Happening(
        key=key, title=title, when=Hours(slot.starts_at, slot.ends_at), changed_at=of.changed_at, url=of.url,
        busy=True, place=voice.said(place or ""), category=voice.say(MEETING),
    )  # fmt: skip
