"""How do an applicant and the staff agree on when a meeting takes place, or book an hour for it?

Both sides have the same page, each under an address of its own: what is booked, what waits for an answer, which times
could be proposed, and which hours are free.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from engine.cycle.meetings import Sitting
from engine.cycle.own_windows import window_of_meeting
from engine.database.looking import contacts_of
from engine.database.pages import bookings
from engine.database.pages.bookings import Agreement, Hour, Proposed
from engine.database.records import MeetingRow, ObligationRow
from engine.database.sitting import sitting_elsewhere
from engine.database.store import state_of, the_id
from engine.errors import GrantcycleError, Refused
from engine.rules.facts import AWAITED
from engine.rules.moments import to_instant
from engine.rules.workflow import Meeting
from web import dates
from web.applicant.looking import crumbs, see
from web.applicant.owing import title_of_obligation
from web.ask import Ask
from web.keys import nonce
from web.place import scene_of
from web.policy import CONTACT, somebody
from web.problems import NotThere
from web.reasons import said_by
from web.rendering import render
from web.routes import Pages

pages = Pages()
AGREE = "/dossier/{programme}/{round}/{number}/meeting/{of}"
TIMES = 3
LONGEST = 2_000
FIELDS = ("day", "from", "to")


@dataclass(frozen=True, slots=True)
class Agreed:
    """What both sides see of one meeting that is owed."""

    obligation: ObligationRow
    meeting: Meeting
    agreement: Agreement
    hours: tuple[Hour, ...]
    title: str

    @property
    def name(self) -> str:
        """As the engine calls it: `coaching 4`."""
        return f"{self.obligation.name} {self.obligation.position}"


def found(ask: Ask) -> Agreed:
    """What the address names. Raises NotThere for what the dossier does not owe, or what is no meeting."""
    name, _, position = ask.params["of"].rpartition("-")
    workflow = ask.place.workflow
    rule = workflow.obligations.get(name)
    if rule is None or not rule.attend or not position.isdecimal() or len(position) > 6:
        raise NotThere
    meeting = workflow.meeting(rule.attend)
    with ask.reading() as session:
        known = bookings.agreement(session, the_id(ask.place.its_dossier), name, int(position))
        if known is None:
            raise NotThere
        free: Sequence[Hour] = ()
        if meeting.book_with:
            others = sitting_elsewhere(session, workflow, the_id(ask.place.its_dossier), meeting.book_with)
            free = bookings.hours(
                session, the_id(ask.place.round), meeting.name, since=ask.now, only_free=True, besides=others
            )
        if free and meeting.window is None:
            free = _in_its_window(ask, session, meeting, free)
    title = ask.said(title_of_obligation(workflow, name))
    return Agreed(known[0], meeting, known[1], tuple(free), f"{title} {position}")


def _in_its_window(ask: Ask, session: Session, meeting: Meeting, free: Sequence[Hour]) -> Sequence[Hour]:
    """The hours within the days that the dossier has of its own for a meeting."""
    scene = scene_of(ask.office.cycle, session, ask.place.key, ask.now)
    opens, closes = window_of_meeting(scene, ask.place.its_dossier, meeting)
    return [
        one for one in free
        if opens is not None and opens <= one.starts_at and (closes is None or one.ends_at <= closes)
    ]  # fmt: skip


def can_agree(ask: Ask, agreed: Agreed) -> bool:
    """Whether a time can still be agreed on: it is owed, and the round's own calendar has no day for it."""
    place = ask.place
    return (
        state_of(agreed.obligation) in AWAITED
        and place.its_dossier.state not in place.workflow.ends_in
        and not place.calendar.round.meetings.get(agreed.meeting.name)
        and not _has_begun(agreed.agreement.booked, ask.now)
    )


def _has_begun(booked: MeetingRow | None, now: int) -> bool:
    return booked is not None and booked.starts_at is not None and booked.starts_at <= now


def facts_of(ask: Ask, agreed: Agreed, side: str, **facts: Any) -> dict[str, Any]:
    """What the page of either side shows."""
    waiting = agreed.agreement.waiting
    typed = {
        f"{name}-{number}": ask.text(f"{name}-{number}", 20) for number in range(1, TIMES + 1) for name in FIELDS
    }  # fmt: skip
    return {
        "agreed": agreed, "side": side, "can": can_agree(ask, agreed), "waiting": waiting,
        "ours": waiting is not None and waiting.side == side, "typed": typed, "place_typed": ask.text("place", 200),
        "online_typed": ask.text("online", 500), "words": ask.text("words", LONGEST), "numbers": range(1, TIMES + 1),
        "warnings": _warnings(ask, agreed), "once": ask.text("once", 200) or nonce(), "errors": [],
        "has_errors": False, "day": lambda written: dates.day(date.fromisoformat(written), ask.language),
        "past": agreed.agreement.proposals[1 if waiting else 0 :], **facts,
    }  # fmt: skip


def _warnings(ask: Ask, agreed: Agreed) -> Mapping[int, list[str]]:
    """time -> what those concerned are asked to then already: warned of, and no reason to refuse it."""
    waiting: Proposed | None = agreed.agreement.waiting
    told: dict[int, list[str]] = {}
    if waiting is None:
        return told
    zone, booked = ask.place.zone, agreed.agreement.booked
    with ask.reading() as session:
        people = [the_id(one) for one in contacts_of(session, the_id(ask.place.its_dossier))]
        people.append(somebody(ask).person_id)
        for one in waiting.times:
            day = date.fromisoformat(one.day)
            try:
                span = [to_instant(day, time.fromisoformat(hour), zone) for hour in (one.start, one.end)]
            except GrantcycleError:
                continue
            for who, name, at in bookings.elsewhere(session, people, *span, besides=booked.id if booked else None):
                meeting = ask.place.workflow.find_meeting(name)
                told.setdefault(one.position, []).append(ask.say(
                    "%(who)s is asked to “%(what)s” at %(hour)s that day.", who=who,
                    what=ask.said(meeting.title) if meeting else name, hour=dates.hour(at, zone, ask.language),
                ))  # fmt: skip
    return told


def read_times(ask: Ask) -> tuple[list[Sitting], list[str]]:
    """The times of the form, and what is wrong with how they are written."""
    times, wrong = [], []
    place, online = ask.text("place", 200) or None, ask.text("online", 500) or None
    for number in range(1, TIMES + 1):
        day, start, end = (ask.text(f"{name}-{number}", 20) for name in FIELDS)
        if not (day or start or end):
            continue
        try:
            hours = time.fromisoformat(start), time.fromisoformat(end)
            times.append(Sitting(date.fromisoformat(day), *hours, place, online))
        except ValueError:
            wrong.append(ask.say("Time %(number)s: give a day, and from when until when.", number=number))
    if online and not online.startswith("https://"):
        wrong.append(ask.say("An address on line begins with https://."))
    return times, wrong


def act(ask: Ask, agreed: Agreed) -> tuple[str, list[str]]:
    """Do what the form says: (what was done, in words, or empty; what is against it)."""
    do, cycle, place = ask.text("do", 30), ask.office.cycle, ask.place
    once = ask.text("once", 200) or nonce()
    number = int(ask.text("proposal", 18)) if ask.text("proposal", 18).isdecimal() else 0
    hour = int(ask.text("hour", 18)) if ask.text("hour", 18).isdecimal() else 0
    given: dict[str, Any] = {"by": ask.email, "now": ask.now}
    try:
        if do == "propose":
            times, wrong = read_times(ask)
            if wrong:
                return "", wrong
            cycle.propose_times(
                place.key, place.number, agreed.name, times, words=ask.text("words", LONGEST), once=once, **given
            )
            return ask.say("Proposed. The other side hears of it now."), []
        if do == "accept":
            position = int(ask.text("time", 3)) if ask.text("time", 3).isdecimal() else 0
            if not position:
                return "", [ask.say("Choose one of the times.")]
            cycle.accept_time(place.key, place.number, number, position, **given)
            return ask.say("Booked. Everybody concerned has it in their calendar by mail."), []
        if do in ("decline", "withdraw"):
            cycle.decline_times(place.key, place.number, number, words=ask.text("answer", LONGEST), **given)
            return (ask.say("Declined.") if do == "decline" else ask.say("Taken back.")), []
        if do == "book":
            cycle.book_hour(place.key, place.number, hour, of=agreed.name, once=once, **given)
            return ask.say("Booked. Everybody concerned has it in their calendar by mail."), []
        if do == "give back":
            cycle.give_hour_back(place.key, place.number, hour, reason=ask.text("answer", LONGEST), **given)
            return ask.say("Given back. Others can book this hour now."), []
    except Refused as refused:
        return "", list(dict.fromkeys(said_by(ask, one) for one in refused.reasons))
    raise NotThere


@pages.get(AGREE, CONTACT)
def agree(ask: Ask) -> Response:
    """What is booked, what was proposed, and what can be proposed or booked."""
    return _page(ask, found(ask))


@pages.post(AGREE, CONTACT)
def answer(ask: Ask) -> Response:
    """Propose, accept, decline; book an hour, or give it back."""
    agreed = found(ask)
    done, wrong = act(ask, agreed)
    if wrong:
        return _page(ask, found(ask), 422, errors=wrong, has_errors=True)
    return ask.go(f"{ask.place.path}/meeting/{ask.params['of']}", done)


def _page(ask: Ask, agreed: Agreed, status: int = 200, **facts: Any) -> Response:
    seen = see(ask)
    return render(
        ask, "applicant/agree.html", status, seen=seen, crumbs=crumbs(ask, seen),
        at=f"{ask.place.path}/meeting/{ask.params['of']}", **facts_of(ask, agreed, "applicant", **facts),
    )  # fmt: skip
