"""What is to be looked at before a meeting is held then and there?"""

from sqlmodel import Session

from engine.cycle.meetings import Sitting
from engine.database.pages.meetings import in_the_same_room, with_the_same_people
from engine.database.records import MeetingRow, RoundRow
from engine.errors import GrantcycleError
from engine.rules.moments import is_doubled, to_instant
from engine.rules.working_days import day_off, holiday
from web import dates
from web.ask import Ask
from web.when import when_said


def of_day(ask: Ask, sitting: Sitting) -> list[str]:
    """What the calendar says: a weekend, a holiday, an hour that happens twice."""
    found = []
    country, said = ask.place.calendar.round.holidays, dates.day(sitting.day, ask.language)
    if name := holiday(sitting.day, country, ask.language):
        found.append(ask.say("%(day)s is a holiday: %(holiday)s.", day=said, holiday=name))
    elif day_off(sitting.day, country):
        found.append(ask.say("%(day)s is in a weekend.", day=said))
    for hour in (sitting.start, sitting.end):
        if hour is not None and is_doubled(sitting.day, hour, ask.place.zone):
            found.append(ask.say(
                "%(hour)s happens twice on that day, as the clocks go back. The later one is meant.",
                hour=hour.strftime("%H:%M"),
            ))  # fmt: skip
    return found


def of_others(ask: Ask, session: Session, sitting: Sitting, row: MeetingRow | None) -> list[str]:
    """What lies beside it: another meeting in the room, or with the same people."""
    zone = ask.place.zone
    try:
        starts_at, ends_at = (
            to_instant(sitting.day, hour, zone) if hour else None for hour in (sitting.start, sitting.end)
        )
    except GrantcycleError:
        return []  # no such hour: that is refused anyway
    day, found = sitting.day.isoformat(), []
    for beside in in_the_same_room(
        session, day=day, starts_at=starts_at, ends_at=ends_at, place=sitting.place, besides=row.id if row else None
    ):
        found.append(ask.say(
            "%(place)s is taken: %(meeting)s, %(when)s.", place=sitting.place or "", meeting=_titled(ask, session,
            beside.row), when=_when(ask, beside.row),
        ))  # fmt: skip
    for beside in with_the_same_people(session, row.id or 0, day=day, starts_at=starts_at, ends_at=ends_at) \
            if row else []:  # fmt: skip
        names = ", ".join(beside.names) + (" …" if beside.count > len(beside.names) else "")
        said = ask.words.ngettext(
            "%(n)s person is asked to another meeting at that time: %(names)s (%(meeting)s, %(when)s).",
            "%(n)s people are asked to another meeting at that time: %(names)s (%(meeting)s, %(when)s).", beside.count,
        )  # fmt: skip
        facts = {"meeting": _titled(ask, session, beside.row), "when": _when(ask, beside.row)}
        found.append(said % {"n": beside.count, "names": names, **facts})
    return found


def _when(ask: Ask, row: MeetingRow) -> str:
    return when_said(ask, row.day, row.starts_at, row.ends_at, row.zone, with_zone=False)


def _titled(ask: Ask, session: Session, row: MeetingRow) -> str:
    """What a meeting is called, of whichever round."""
    if row.round_id == ask.place.round.id:
        return ask.said(ask.place.workflow.meeting(row.name).title)
    round = session.get_one(RoundRow, row.round_id)
    programme = ask.office.shelf.get(session, round.digest).programme
    title = programme.translate(programme.rules_of(round.name).meeting(row.name).title, ask.language)
    return f"{title}, {programme.translate(programme.rounds[round.name].title, ask.language)}"
