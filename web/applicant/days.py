"""Which days matter to the people behind a dossier?"""

from datetime import date

from engine.cycle.timers import promised_days
from engine.rules.moments import is_never
from engine.rules.timers import promised_on_own_days
from engine.rules.workflow import Promise
from web import dates
from web.applicant.looking import Seen
from web.applicant.owing import title_of_obligation
from web.ask import Ask
from web.place import scene_of

PAST, AHEAD = 2, 8
"""how many dates are shown of those that are over, and of those to come"""


def promised_to(ask: Ask) -> list[tuple[Promise, date]]:
    """What the visitor's dossier is promised by a day of its own, with that day."""
    place = ask.place
    if not promised_on_own_days(place.workflow):
        return []
    with ask.reading() as session:
        scene = scene_of(ask.office.cycle, session, place.key, ask.now)
        return promised_days(scene, scene.dossier(place.number))


def days_of(ask: Ask, seen: Seen) -> list[dict[str, object]]:
    """What a dossier's list of dates shows, in order: the close, meetings, what is owed, and when people hear."""
    place = ask.place
    workflow, calendar, state = place.workflow, place.calendar, seen.dossier.head.state
    found: list[tuple[date, str]] = []
    if state == workflow.begins_in and place.call and not is_never(place.call[1]):
        found.append((dates.last_day(place.call[1], place.zone), ask.say("The call closes")))
    if state not in workflow.ends_in:
        slotted = {slot.meeting for slot in seen.dossier.slots}
        wanted = {workflow.obligations[one.name].attend for one in seen.dossier.obligations}
        for meeting in workflow.meetings.values():
            ours = meeting.name in wanted or (meeting.open_to != "everyone" and state in meeting.open_to)
            if ours and meeting.name not in slotted:
                sessions = calendar.round.meetings.get(meeting.name, ())
                found += [(session.day, ask.said(meeting.title)) for session in sessions]
        found += [
            (calendar.day(one.before), ask.said(one.title))
            for one in workflow.promises.values() if one.before and not one.pay and state in one.about
        ]  # fmt: skip
        found += [(day, ask.said(one.title)) for one, day in promised_to(ask)]
    for slot in seen.dossier.slots:
        hour = dates.hour(slot.starts_at, place.zone, ask.language)
        day = dates.local(slot.starts_at, place.zone).date()
        found.append((day, f"{ask.said(workflow.meeting(slot.meeting).title)}, {hour}"))
    for one in seen.dossier.obligations:
        if not (workflow.obligations[one.name].attend and state in workflow.ends_in):
            found.append((date.fromisoformat(one.last_day), ask.said(title_of_obligation(workflow, one.name))))
    today = dates.local(ask.now, place.zone).date()
    ordered = sorted(dict.fromkeys(found))
    past, ahead = [one for one in ordered if one[0] < today], [one for one in ordered if one[0] >= today]
    return [
        {
            "date": dates.day(day, ask.language, form="d MMM" if day.year == today.year else "d MMM y"),
            "text": text, "iso": day.isoformat(), "past": day < today,
        }
        for day, text in (*past[-PAST:], *ahead[:AHEAD])
    ]  # fmt: skip
