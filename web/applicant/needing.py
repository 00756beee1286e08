"""What do we need from an applicant now, and until when?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from engine.cycle.own_time import own_times
from engine.database.pages.in_line import number_in_line, ways_to_a_place
from engine.rules.moments import day_starts, to_instant
from engine.rules.roles import decisions_from, reading_committee
from engine.rules.round import Session
from engine.rules.timers import over_at
from engine.rules.workflow import APPLICANT, Deliverable
from web import dates
from web.applicant.days import promised_to
from web.applicant.delivering import which
from web.applicant.journey import expected_day
from web.applicant.leaving import is_way_on, offered
from web.applicant.looking import Seen
from web.applicant.owing import Owed, asked_again, day_owed, open_obligations
from web.applicant.unasked import closes, open_for
from web.ask import Ask
from web.place import scene_of


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that is asked of an applicant, or that nothing is."""

    heading: str
    sentences: tuple[str, ...] = ()
    tone: str = "neutral"
    deadline: str = ""
    day: date | None = None
    """of a date leaf"""
    big: str = ""
    action: tuple[str, str] | None = None
    choices: tuple[tuple[str, str], ...] = ()
    """what may be answered instead, and where"""


def needs_of(ask: Ask, seen: Seen, *, written: bool = False) -> list[Need]:
    """What is needed, the most urgent first; one that says what happens meanwhile where nothing is.

    `written` says whether the page shows words of a committee.
    """
    workflow, state = ask.place.workflow, seen.dossier.head.state
    if state in workflow.ends_in:
        return [_end(ask, seen, written=written)]
    owed = open_obligations(workflow, seen.dossier)
    sessions = ask.place.calendar.round.meetings
    now = [one for one in owed if one.row.opens_at <= ask.now or sessions.get(one.attend or "")]
    found = [_owed(ask, seen, alike) for alike in _alike(now)]
    attended = {one.attend for one in owed}
    found += [
        need
        for meeting in workflow.meetings.values()
        if meeting.name not in attended and meeting.open_to != "everyone" and state in meeting.open_to
        and meeting.slots is not None
        for need in _meeting(ask, seen, meeting.name)
    ]  # fmt: skip
    found += _own_time(ask, seen)
    found += [_unasked(ask, seen, one) for one in open_for(ask, seen, APPLICANT) if not _sent(seen, one)]
    # what is late comes first, then what is soon, and of one day what can be done here
    return sorted(found, key=lambda one: (one.tone != "bad", one.day or date.max, one.action is None)) or [
        _nothing(ask, seen)
    ]


def _own_time(ask: Ask, seen: Seen) -> Iterator[Need]:
    """Until when the applicant can still say something, where the days are counted from when the dossier came there."""
    place, workflow = ask.place, ask.place.workflow
    mine = [one for one in workflow.transitions.values() if one.by == APPLICANT]
    with ask.reading() as session:
        scene = scene_of(ask.office.cycle, session, place.key, ask.now)
        own = own_times(scene, scene.dossier(place.number))
    state = seen.dossier.head.state
    ends = [one.last_day for one in own if one.is_for_applicant and one.is_move]
    if not ends or not any(state in one.sources for one in mine):
        return
    day = min(ends)
    if over_at(day, place.zone) > ask.now:
        yield Need(
            ask.said(workflow.states[state].shown),
            (ask.say("You can answer until the end of %(day)s.", day=dates.day(day, ask.language)),),
            "warn", _left(ask, over_at(day, place.zone)), day, dates.day(day, ask.language), *_answers(ask, state),
        )  # fmt: skip


def _answers(ask: Ask, state: str) -> tuple[tuple[str, str] | None, tuple[tuple[str, str], ...]]:
    """What can be answered: the one that leads on, and the others."""
    found = offered(ask, state)
    on = [one for one in found if is_way_on(ask, ask.place.workflow.transitions[one[1].rpartition("/")[2]])]
    first = on[0] if on else None
    return first, tuple(one for one in found if one != first)


def _alike(owed: list[Owed]) -> list[list[Owed]]:
    """What is owed several times until the same day is said once."""
    groups: dict[tuple[str, str], list[Owed]] = {}
    for one in owed:
        groups.setdefault((one.row.name, one.row.last_day), []).append(one)
    return list(groups.values())


def _owed(ask: Ask, seen: Seen, alike: list[Owed]) -> Need:
    place, one = ask.place, alike[0]
    title = which(ask, seen, (one.row.name, one.row.position)) or ask.said(one.title)
    if len(alike) > 1:
        title = ask.said(one.title)
        title = ask.say("%(what)s, %(times)s times", what=title, times=len(alike))
    if one.attend:
        (*_, last) = [None, *_meeting(ask, seen, one.attend)]
        if last:
            return last
    day = date.fromisoformat(one.row.last_day)
    late = ask.now >= one.row.due_at
    again = asked_again(seen.dossier, one.row)
    said = day_owed(ask, one.row.name, one.row.last_day)
    sentences = [ask.say("The last day is %(day)s.", day=said)]
    if late:
        sentences = [ask.say("It was due by %(day)s. It is still taken, and marked as late.", day=said)]
    if again:
        sentences.insert(0, ask.say("We ask you to change something, and to hand in a new version."))
    label = ask.say("Hand in a new version") if again else ask.say("Hand it in")
    action = (label, f"{place.path}/deliver/{one.deliver}") if one.deliver else None
    if not action and late:
        sentences = [ask.say("It was due by %(day)s. Write to us if you came, or could not come.", day=said)]
    return Need(
        title, tuple(sentences), "bad" if late else "warn",
        ask.say("Overdue") if late else _left(ask, one.row.due_at), None if late else day, said, action,
    )  # fmt: skip


def _unasked(ask: Ask, seen: Seen, what: Deliverable) -> Need:
    """What may be handed in, and until when."""
    until = closes(ask, seen, what)
    day = dates.last_day(until, ask.place.zone) if until else None
    last = dates.last_moment(until, ask.place.zone, ask.language) if until else ""
    said = ask.say("You may hand this in now.")
    return Need(
        ask.said(what.title),
        (said, ask.say("Possible until %(until)s.", until=last)) if day else (said,), "info",
        _left(ask, until) if until else "", day, dates.day(day, ask.language) if day else "",
        (ask.say("Hand it in"), f"{ask.place.path}/deliver/{what.name}"),
    )  # fmt: skip


def _sent(seen: Seen, what: Deliverable) -> bool:
    """Whether it was handed in since the dossier came into its state."""
    since = seen.dossier.head.entered_at
    return any(one.deliverable == what.name and one.received_at >= since for one in seen.dossier.deliveries)


def _meeting(ask: Ask, seen: Seen, name: str) -> Iterator[Need]:
    """Where to be and when: one's own place in the running order, or the first session still to come."""
    place = ask.place
    title = ask.said(place.workflow.meeting(name).title)
    sessions = place.calendar.round.meetings.get(name, ())
    venue = (ask.said(sessions[0].place),) if sessions and sessions[0].place else ()
    own = next((slot for slot in seen.dossier.slots if slot.meeting == name), None)
    if own:
        if own.ends_at > ask.now:
            day = dates.local(own.starts_at, place.zone).date()
            hours = ask.say(
                "%(day)s, %(start)s to %(end)s", day=dates.day(day, ask.language),
                start=dates.hour(own.starts_at, place.zone, ask.language),
                end=dates.hour(own.ends_at, place.zone, ask.language),
            )  # fmt: skip
            slot = f"{place.path}/slot/{quote(name)}"
            action = (ask.say("Confirm, or ask for another slot"), slot) if own.asked else None
            yield Need(title, (*venue, _clock(ask)), "info", _left(ask, own.starts_at), day, hours, action)
        return
    for session in sessions:
        starts = _starts(session, place.zone)
        if starts + 86_400_000_000 > ask.now:
            hours = dates.day(session.day, ask.language)
            if session.start:
                hours += f", {session.start:%H:%M}" + (f"-{session.end:%H:%M}" if session.end else "")
            where = (ask.said(session.place),) if session.place else ()
            yield Need(title, where, "info", _left(ask, starts), session.day, hours)
            return


def _starts(session: Session, zone: str) -> int:
    return to_instant(session.day, session.start, zone) if session.start else day_starts(session.day, zone)


def _clock(ask: Ask) -> str:
    return ask.say("By the clocks of %(city)s.", city=dates.zone_name(ask.place.zone, ask.language))


def _left(ask: Ask, instant: int) -> str:
    days = (instant - ask.now) // 86_400_000_000
    if days < 1:
        return ask.say("Today or tomorrow")
    return ask.words.ngettext("In %(n)s day", "In %(n)s days", days) % {"n": days}


def _nothing(ask: Ask, seen: Seen) -> Need:
    """What happens meanwhile, and by when people hear."""
    place, state = ask.place, seen.dossier.head.state
    workflow, calendar, language = place.workflow, place.calendar, ask.language
    said = []
    committee = reading_committee(workflow, state)
    decisions = decisions_from(workflow, state)
    if committee and decisions:
        title = ask.said(workflow.committees[committee].title)
        said.append(ask.say("Your dossier is with: %(committee)s.", committee=title))
    said += _in_line(ask, seen)
    hears = [
        calendar.day(one.before)
        for one in workflow.promises.values() if one.before and not one.pay and state in one.about
    ] + [day for _, day in promised_to(ask)]  # fmt: skip
    if not hears:
        ways = [one for one in workflow.transitions.values() if state in one.sources and (one.when or one.takes_effect)]
        moments = [at for one in ways if (at := expected_day(workflow, calendar, one)) is not None]
        hears = [dates.local(at, place.zone).date() for at in moments]
    hears = [day for day in hears if day >= dates.local(ask.now, place.zone).date()]
    if hears:
        said.append(ask.say("You hear from us by %(day)s.", day=dates.day(min(hears), language)))
    else:
        said.append(ask.say("You hear from us as soon as there is news."))
    return Need(ask.say("Nothing to do now"), tuple(said))


def _in_line(ask: Ask, seen: Seen) -> Iterator[str]:
    """That it waits for a place, and where on the waiting list it stands."""
    ways = ways_to_a_place(ask.place.workflow, seen.dossier.head.state)
    if not ways:
        return
    with ask.reading() as session:
        number = number_in_line(session, seen.dossier.head.id, ways)
    if number is None:
        yield ask.say("You wait for a place, and hear at once when you have one.")
    else:
        yield ask.say("You wait for a place, and are number %(n)s on the waiting list.", n=number)


def _end(ask: Ask, seen: Seen, *, written: bool) -> Need:
    """The last word: kind where the committee could not choose it; `written` where it wrote words for the applicant."""
    workflow, head = ask.place.workflow, seen.dossier.head
    heading = ask.said(workflow.states[head.state].shown)
    last = workflow.transitions.get(seen.dossier.moves[-1].name) if seen.dossier.moves else None
    if last and last.by in workflow.committees:
        return Need(heading, (
            ask.say("Thank you for the work that you and everybody with you put into this dossier."),
            ask.say("What the committee wrote for you stands below. We are glad to explain it: write or call us.")
            if written
            else ask.say("We are glad to explain the decision: write or call us."),
        ))  # fmt: skip
    if head.received_at is None:
        return Need(heading, (ask.say("This dossier was not handed in. What you wrote can still be read."),))
    return Need(heading, (ask.say("This dossier is closed: nothing more is asked of you."),))
