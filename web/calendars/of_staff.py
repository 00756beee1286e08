"""What does the calendar of those who run a round hear: its phases, every last day, its promises and its meetings?

Nothing here is read from a dossier: a feed is kept by whoever runs the reader's calendar.
"""

from collections.abc import Callable, Iterable

from engine.files.reading import Programme
from engine.rules.moments import Calendar, from_instant
from engine.rules.times import Moment
from web.calendars.feed import Days, Happening
from web.calendars.held import Held, of_held
from web.calendars.wording import DEADLINE, PHASE, PROMISE, Voice, last_day, of_strand


def of_staff(
    programme: Programme,
    calendar: Calendar,
    language: str,
    translate: Callable[[str], str],
    *,
    changed_at: int,
    held: Iterable[Held] = (),
    url: str = "",
) -> tuple[Happening, ...]:
    """The events of a round for its staff, with the extensions that hold for all in `calendar`, the meetings as `held`.

    `changed_at` is the instant at which its dates last changed; `url` the round's timeline in the console.
    """
    voice = Voice(programme, language, translate)
    workflow, round = programme.rules_of(calendar.round.name), calendar.round
    base, title = f"{round.key}/staff", voice.said(round.title)
    found = []
    parts = ((name, one) for name in workflow.phases for one in calendar.parts(name, workflow.strands))
    for phase, one in parts:
        first, (day, hour) = one.edge(phase, "opens").day, last_day(one, Moment(phase, "closes"))
        endless = one.never_closes(phase)
        what = f"{voice.phase(phase, one.strand)}: {title}"
        found.append(
            Happening(
                key=f"{base}/phase/{phase}{of_strand(one)}", title=what, when=Days(first, first if endless else day),
                changed_at=changed_at, url=url, category=voice.say(PHASE),
            )
        )  # fmt: skip
        if endless:
            continue
        found.append(
            Happening(
                key=f"{base}/deadline/{phase}{of_strand(one)}", title=voice.last_day(what, hour, calendar.zone),
                when=Days(day, day),
                changed_at=changed_at, url=url, category=voice.say(DEADLINE),
            )
        )  # fmt: skip
    promised = ((promise, promise.before, one) for promise in workflow.promises.values()
                if promise.before is not None  # else each dossier has a day of its own
                for one in calendar.parts(promise.before.phase, workflow.strands))  # fmt: skip
    for promise, before, one in promised:
        day = from_instant(one.instant(before) - 1, calendar.zone).date()
        found.append(
            Happening(
                key=f"{base}/promise/{promise.name}{of_strand(one)}",
                title=f"{voice.say(PROMISE, promise=voice.said(promise.title))} ({title})", when=Days(day, day),
                changed_at=changed_at, url=url, category=voice.say(DEADLINE),
            )
        )  # fmt: skip
    for session in held:
        named = f"{voice.said(workflow.meeting(session.name).title)}: {title}"
        found.append(of_held(session, f"{base}/meeting", named, voice, changed_at=changed_at, url=url))
    return tuple(found)
