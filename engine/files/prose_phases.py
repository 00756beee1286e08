"""What happens in a phase, said in sentences?"""

from collections.abc import Iterable, Iterator
from datetime import date

from engine.files.prose_guards import conditions, is_falling
from engine.files.prose_meetings import told_of_meeting
from engine.files.prose_words import Voice, sentence
from engine.rules.agenda import obligation_windows, reminders_after, reminders_before, zone_of_owed
from engine.rules.marks import falls
from engine.rules.meetings_apart import declared
from engine.rules.paying import waits_by_row
from engine.rules.ranking import BATCH, order_of
from engine.rules.workflow import STRAND, Announcement, Meeting, Obligation, Promise, Reminder, Transition


def happenings(voice: Voice, phase: str | None) -> Iterator[str]:
    """Paragraphs about that phase; without one, about what belongs to no phase."""
    workflow = voice.workflow
    yield from (_announcement(voice, it) for it in workflow.announcements.values() if it.when.phase == phase)
    yield from (told_of_meeting(voice, it) for it in declared(workflow) if _phase_of_meeting(voice, it) == phase)
    yield from (_transition(voice, it) for it in workflow.transitions.values() if _phase_of(voice, it) == phase)
    yield from (_reminder(voice, it) for it in workflow.reminders.values() if _phase_of_reminder(voice, it) == phase)
    yield from (_obligation(voice, it) for it in workflow.obligations.values() if _phase_of_owed(voice, it) == phase)
    yield from (_promise(voice, it) for it in workflow.promises.values() if _phase_of_promise(voice, it) == phase)


def _phase_of(voice: Voice, transition: Transition) -> str | None:
    """Under which phase a transition is told: its own moment's, else the one that all its states belong to."""
    if transition.moment:
        return transition.moment.phase
    if transition.window:
        return transition.window.start.phase
    return _phase_of_states(voice, transition.sources)


def _phase_of_meeting(voice: Voice, meeting: Meeting) -> str | None:
    return meeting.window.start.phase if meeting.window else _phase_of_states(voice, meeting.open_to)


def _phase_of_reminder(voice: Voice, reminder: Reminder) -> str | None:
    return reminder.when[0].phase if reminder.when else _phase_of_states(voice, reminder.about)


def _phase_of_owed(voice: Voice, obligation: Obligation) -> str | None:
    return obligation.window.start.phase if obligation.window else _phase_of_states(voice, obligation.owed_by)


def _phase_of_promise(voice: Voice, promise: Promise) -> str | None:
    return promise.before.phase if promise.before else _phase_of_states(voice, promise.about[:1])


def _phase_of_states(voice: Voice, states: Iterable[str]) -> str | None:
    """The one phase that states belong to; None for states of several."""
    phases = {voice.workflow.states[state].phase for state in states}
    return phases.pop() if len(phases) == 1 else None


def _transition(voice: Voice, transition: Transition) -> str:
    key = "move nowhere" if transition.sources == (transition.target,) else "move"
    sources, target = voice.states(transition.sources), voice.states([transition.target])
    head = voice.say(key, name=transition.name, sources=sources, target=target)
    return " ".join([f"**{head}**", *_rules(voice, transition)])


def _rules(voice: Voice, transition: Transition) -> Iterator[str]:
    if transition.moment:
        yield voice.say("happens", moment=voice.at(transition.moment))
    elif transition.frees:
        window = f", {voice.window(transition.window)}" if transition.window else ""
        yield voice.say("place frees", window=window)
    elif transition.own:
        yield voice.say("happens", moment=voice.own(transition.own))
    elif transition.after:
        yield voice.say("stays", span=voice.span(transition.after))
    elif transition.by:
        act = "judges" if transition.takes_effect else "does"
        window = voice.window(transition.window, transition.within, transition.own_window)
        yield sentence(voice.say(act, who=voice.role(transition.by), window=window))
    if transition.guards:
        key = "only if" if transition.by else "happens only if"
        yield voice.say(key, guards=conditions(voice, transition.guards, transition.sources, transition.target))
    is_ranked = transition.guard("rank_at_most") is not None
    if is_ranked or transition.order or transition.ties != "ask":
        order = order_of(transition) if is_ranked else transition.order
        names = [_precedence(voice, name, transition.sources) for name in order]
        if names:
            yield voice.say("ranking" if is_ranked else "order", order=voice.say("then").join(names))
        yield voice.say(f"ties {transition.ties}")
    if transition.per == STRAND:
        yield voice.say("per strand")
    elif transition.per == BATCH:
        yield voice.say("per batch")
    elif transition.per:
        yield voice.say("per question", question=voice.title(voice.workflow.questions[transition.per].ask))
    if transition.effect:
        yield voice.say("takes effect", moment=voice.at(transition.effect, heard=True))
    elif transition.own_effect:
        yield voice.say("takes effect", moment=voice.own(transition.own_effect))
    if transition.sets:
        asked = voice.workflow.questions.get(transition.sets)
        what = voice.title(asked.ask) if asked and transition.sets != STRAND else voice.say("the strand")
        yield voice.say("sets", what=what)
    if transition.release != "auto":
        yield voice.say(transition.release)
    yield from _told(voice, transition)
    if isinstance(transition.if_not, str):
        yield voice.count("if not then", len(transition.guards), transition=transition.if_not)
    elif transition.if_not and transition.frees:
        yield voice.say("if not place", letters=voice.letters(transition.if_not))
    elif transition.if_not:
        yield voice.count("if not", len(transition.guards), letters=voice.letters(transition.if_not))


def _told(voice: Voice, transition: Transition) -> Iterator[str]:
    """Who hears of the move, and when; before what is said of those that do not move."""
    if transition.tell:
        yield sentence(voice.letters(transition.tell)) + "."
        if transition.moment and voice.calendar and transition.moment.phase != voice.calendar.cut:
            instant = voice.calendar.instant(transition.moment)
            leaves = voice.calendar.leaves_at(instant)
            if leaves != instant:
                yield voice.say("leaves", stamp=voice.on(leaves))
        if (transition.after or transition.own) and voice.round:
            yield voice.say("leaves next morning", hour=voice.clock(voice.round.mails_at))


def _precedence(voice: Voice, name: str, states: Iterable[str]) -> str:
    if name in ("score", "received", "committee"):
        return voice.say("by lowest score" if name == "score" and is_falling(voice, states) else f"by {name}")
    criterion = voice.workflow.criteria[name]
    return voice.say("by lowest mark" if falls(criterion) else "by criterion", criterion=voice.title(criterion.title))


def _reminder(voice: Voice, reminder: Reminder) -> str:
    moments = voice.both(
        [
            *(voice.at(moment, heard=True) for moment in reminder.when),
            *(voice.own(moment) for moment in reminder.own),
        ]
    )
    if reminder.after:
        moments = voice.say("stays so long", spans=voice.both([voice.span(span) for span in reminder.after]))
    held = conditions(voice, reminder.guards, reminder.about)
    guards = voice.say("and only", guards=held) if reminder.guards else ""
    states, letters = voice.states(reminder.about), voice.letters(reminder.tell)
    return voice.say(
        "reminder", name=reminder.name, moments=moments, states=states, guards=guards, letters=letters
    )  # fmt: skip


def _obligation(voice: Voice, obligation: Obligation) -> str:
    workflow = voice.workflow
    if obligation.attend:
        act, what = "attend", voice.title(workflow.meeting(obligation.attend).title)
    else:
        act, what = "deliver", voice.title(workflow.deliverables[obligation.deliver or ""].title)
    often = _often(voice, obligation)
    states = voice.states(obligation.owed_by)
    window = voice.window(obligation.window, own=obligation.own_window)
    if obligation.within:
        window = voice.say("owed within", span=voice.span(obligation.within))
    if obligation.each:
        window = voice.say("each row", question=voice.title(workflow.questions[obligation.each].ask))
    told = [voice.say(act, name=obligation.name, states=states, often=often, what=what, window=window)]
    if obligation.guards:
        told.append(voice.say("owed only", guards=conditions(voice, obligation.guards, obligation.owed_by)))
    if obligation.remind:
        spans = voice.both([voice.span(span) for span in obligation.remind])
        told.append(voice.say("remind", spans=spans))
    if obligation.remind_after:
        spans = voice.both([voice.span(span) for span in obligation.remind_after], "or")
        told.append(voice.say("remind after", spans=spans))
    if obligation.accepted_by:
        told.append(sentence(voice.say("accepted by", who=voice.role(obligation.accepted_by))))
    if obligation.if_not:
        told.append(voice.say("overdue", letters=voice.letters(obligation.if_not)))
    if voice.calendar is None:
        return " ".join(told)
    last_days = dict.fromkeys(laid.last_day for laid in obligation_windows(obligation, voice.calendar))
    if not last_days:
        return " ".join(told)
    lines = [f"- {_last_day(voice, obligation, day)}." for day in last_days]
    return "\n\n".join([" ".join(told), "\n".join(lines)])


def _often(voice: Voice, obligation: Obligation) -> str:
    every = voice.say(f"every {obligation.every}") if obligation.every else ""
    times = voice.count("times", obligation.times) if obligation.times != 1 else ""
    often = voice.say("every times", every=every, times=times) if every and times else every or times
    return f" {often}" if often else ""


def _last_day(voice: Voice, obligation: Obligation, day: date) -> str:
    assert voice.calendar is not None
    before = reminders_before(day, obligation.remind, voice.calendar)
    stamps = [voice.on(at) for at in (*before, *reminders_after(day, obligation.remind_after, voice.calendar))]
    reminded = voice.say("reminded", stamps=voice.both(stamps)) if stamps else ""
    said, zone = voice.say("on", day=voice.day(day)), zone_of_owed(obligation, voice.calendar)
    if zone != voice.calendar.zone:
        said = voice.say("by clocks", dates=said, city=voice.city(zone), zone=zone)
    return sentence(voice.say("at the latest", day=said)) + reminded


def _promise(voice: Voice, promise: Promise) -> str:
    named: dict[str, str] = {
        "title": voice.words(promise.title), "name": promise.name, "states": voice.states(promise.about),
        "letters": voice.letters(promise.tell), "moment": _by_when(voice, promise),
    }  # fmt: skip
    if promise.pay is None:
        told = voice.say("promise", **named)
    else:
        question = voice.workflow.questions[promise.pay]
        what = voice.say("paid rows" if question.kind == "schedule" else "paid", question=voice.title(question.ask))
        told = voice.say("promise to pay", what=what, **named)
        if waits_by_row(voice.workflow, promise):
            told += f" {voice.say('paid row by row')}"
    if promise.before is None or voice.calendar is None or promise.before.phase == voice.calendar.cut:
        return told
    return f"{told} {voice.say('leaves', stamp=voice.on(voice.calendar.hearing(promise.before)))}"


def _by_when(voice: Voice, promise: Promise) -> str:
    if promise.before is not None:
        return voice.at(promise.before)
    return voice.own(promise.own) if promise.own else voice.say("day of the row")


def _announcement(voice: Voice, announcement: Announcement) -> str:
    letters = voice.letters(announcement.tell)
    if announcement.moment is None:
        moment = voice.say("moves", phase=voice.title(voice.workflow.phases[announcement.when.phase]))
    else:
        moment = voice.at(announcement.moment, heard=True)
    told = voice.say("announcement", name=announcement.name, moment=moment, letters=sentence(letters))
    if not announcement.about:
        return told
    return f"{told} {voice.say('concerned', states=voice.states(announcement.about))}"
