"""What is a meeting, for whom and when does it take place, said in sentences?"""

from collections.abc import Iterator

from engine.files.prose_words import Voice, sentence
from engine.rules.divided import scopes
from engine.rules.meetings_apart import name_of_part
from engine.rules.numbers import Number, PerStrand
from engine.rules.round import Session
from engine.rules.workflow import EVERYONE, STRAND, Meeting


def told_of_meeting(voice: Voice, meeting: Meeting) -> str:
    """A meeting as the workflow file declares it, and its days where there is a round.

    Where there is one for each strand or answer it is told once, and the days of each below it.
    """
    told = " ".join(_rules(voice, meeting))
    if voice.round is None or meeting.window is None or (
        meeting.book_with and meeting.name not in voice.round.meetings
    ):  # fmt: skip
        return told
    lines = [f"- {line}." for line in _days(voice, meeting)]
    return "\n\n".join([told, "\n".join(lines)]) if lines else f"{told} {voice.say('no session')}"


def _rules(voice: Voice, meeting: Meeting) -> Iterator[str]:
    if meeting.committee:
        people = voice.role(meeting.committee)
    elif meeting.open_to == EVERYONE:
        people = voice.say("everyone")
    else:
        people = voice.say("people in", states=voice.states(meeting.open_to))
    window = voice.window(meeting.window, meeting.within, meeting.own_window)
    yield voice.say("meeting", title=voice.words(meeting.title), name=meeting.name, people=people, window=window)
    if meeting.per:
        yield from _apart(voice, meeting, meeting.per)
    if slots := meeting.slots:
        minutes = voice.count("minutes", slots.minutes)
        if meeting.book_with:
            yield voice.say("book", who=voice.role(meeting.book_with), minutes=minutes)
        elif slots.count is None:
            yield voice.say("slot each", minutes=minutes)
        else:
            key = "slots in each" if meeting.per else "slots"
            yield voice.say(key, turns=voice.count("turns", slots.count), minutes=minutes)
        if slots.pause:
            yield voice.say("pause", minutes=voice.count("minutes", slots.pause))
    if meeting.seats is not None:
        yield _seats(voice, meeting.seats, in_each=meeting.per is not None)
        if meeting.answer_within:
            yield voice.say("answer within", span=voice.span(meeting.answer_within))
        else:
            yield voice.say("seat at once")


def _apart(voice: Voice, meeting: Meeting, per: str) -> Iterator[str]:
    """That there is one for each strand or answer, and who comes to which."""
    if per == STRAND:
        yield voice.say("meeting per strand")
    else:
        yield voice.say("meeting per question", question=voice.title(voice.workflow.questions[per].ask))
    if meeting.committee:
        if voice.workflow.committees[meeting.committee].per == per:
            yield voice.say("each committee to its own")
    elif meeting.open_to != EVERYONE:
        yield voice.say("to that of the strand" if per == STRAND else "to that of the answer")


def _seats(voice: Voice, seats: Number, *, in_each: bool) -> str:
    if isinstance(seats, int | float):
        return voice.count("seats in each" if in_each else "seats", int(seats))
    key = "seats of each" if in_each and not isinstance(seats, PerStrand) else "seats of"
    return voice.say(key, seats=voice.amount(seats, voice.number))


def _days(voice: Voice, meeting: Meeting) -> Iterator[str]:
    """A line for each day that the round has; of each part one at least, where any of them has a day."""
    assert voice.round is not None
    if not meeting.per:
        yield from (sentence(_session(voice, session)) for session in voice.round.meetings.get(meeting.name, ()))
        return
    parts = {
        called: voice.round.meetings.get(name_of_part(meeting.name, scope), ())
        for scope, called in scopes(voice.workflow, meeting.per).items()
    }
    for called, sessions in parts.items() if any(parts.values()) else ():
        for told in [_session(voice, one) for one in sessions] or [voice.say("no day of it")]:
            yield voice.say("for part", part=voice.title(called), told=told)


def _session(voice: Voice, session: Session) -> str:
    parts = [voice.day(session.day)]
    if session.start and session.end:
        parts.append(voice.say("session hours", start=voice.clock(session.start), end=voice.clock(session.end)))
    elif session.start:
        parts.append(voice.say("session start", start=voice.clock(session.start)))
    if session.place or not session.online:
        parts.append(voice.words(session.place) if session.place else voice.say("no place"))
    if session.online:
        parts.append(f"{voice.say('and')} {voice.say('online')}" if session.place else voice.say("online"))
    return ", ".join(parts)
