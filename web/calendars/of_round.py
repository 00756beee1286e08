"""What does anybody's calendar hear of a round?

Only what is said to everybody: the phases, the last day to hand in, and the meetings that are open to everyone. Nothing
here is read from a dossier, so nothing of a verdict can show.
"""

from collections.abc import Callable, Iterable

from engine.files.reading import Programme
from engine.rules.moments import Calendar
from engine.rules.round import BY_APPLICANT
from engine.rules.times import Moment
from engine.rules.workflow import APPLICANT, EVERYONE
from web.calendars.feed import Days, Happening
from web.calendars.held import Held, of_held
from web.calendars.wording import DEADLINE, PHASE, Voice, last_day, of_strand


def of_round(
    programme: Programme,
    calendar: Calendar,
    language: str,
    translate: Callable[[str], str],
    *,
    changed_at: int,
    held: Iterable[Held] = (),
    url: str = "",
) -> tuple[Happening, ...]:
    """The public events of a round, with the extensions that hold for all in `calendar`, and the meetings as `held`.

    `changed_at` is the instant at which the round was opened, or its dates last changed; `url` its public page.
    """
    voice = Voice(programme, language, translate)
    workflow, round = programme.rules_of(calendar.round.name), calendar.round
    title = voice.said(round.title)
    found = []
    parts = ((name, one) for name in workflow.phases for one in calendar.parts(name, workflow.strands))
    for phase, one in parts:
        opens = one.edge(phase, "opens").day
        # what lasts until further notice stands on the day on which it begins
        last = opens if one.never_closes(phase) else last_day(one, Moment(phase, "closes"))[0]
        days, name = Days(opens, last), voice.phase(phase, one.strand)
        found.append(
            Happening(
                key=f"{round.key}/phase/{phase}{of_strand(one)}", title=f"{name}: {title}", when=days,
                changed_at=changed_at, url=url, category=voice.say(PHASE),
            )
        )  # fmt: skip
    for transition in workflow.transitions.values():
        if transition.by != APPLICANT or transition.window is None or workflow.begins_in not in transition.sources:
            continue
        for one in calendar.parts(transition.window.end.phase, workflow.strands):
            if one.never_ends(transition.window):
                continue
            day, hour = last_day(one, transition.window.end)
            what = f"{voice.phase(transition.window.end.phase, one.strand)}: {title}"
            found.append(
                Happening(
                    key=f"{round.key}/deadline/{transition.name}{of_strand(one)}",
                    title=voice.last_day(what, hour, _zone(one, transition.window.end.phase)), when=Days(day, day),
                    changed_at=changed_at,
                    url=url, category=voice.say(DEADLINE),
                )
            )  # fmt: skip
    for session in held:
        meeting = workflow.meeting(session.name)
        if meeting.open_to == EVERYONE:
            named = f"{voice.said(meeting.title)}: {title}"
            found.append(of_held(session, f"{round.key}/meeting", named, voice, changed_at=changed_at, url=url))
    return tuple(found)


def _zone(calendar: Calendar, phase: str) -> str:
    """By whose clocks an hour of the public calendar is told."""
    return BY_APPLICANT if phase in calendar.round.by_applicant else calendar.zone
