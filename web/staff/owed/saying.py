"""What is something owed called, and how is it said where it stands?"""

from dataclasses import dataclass
from datetime import date

from engine.database.pages.owed import Cell, Column, Of, Told
from engine.database.store import the_id
from engine.rules.moments import day_starts, from_instant
from engine.rules.workflow import title_of
from web import dates
from web.ask import Ask
from web.policy import somebody

ICONS = {
    "open": "open", "handed in": "half", "fulfilled": "good", "excused": "info", "overdue": "bad", "over": "lock",
}  # fmt: skip
"""where something stands -> the sign beside its word"""


@dataclass(frozen=True, slots=True)
class Said:
    """A cell in words: what stands there, with which tone and sign, since or until when, and whether it came late."""

    word: str
    tone: str
    icon: str
    when: str
    iso: str
    late: bool


def asked_of(ask: Ask) -> Of:
    """The round of the page, for whoever looks; this month by the round's own clocks."""
    place = ask.place
    first = dates.local(ask.now, place.zone).date().replace(day=1)
    year, month = divmod(first.year * 12 + first.month, 12)
    following = date(year, month + 1, 1)
    return Of(
        place.workflow, the_id(place.round), somebody(ask).person_id,
        (day_starts(first, place.zone), day_starts(following, place.zone)),
    )  # fmt: skip


def called(ask: Ask, name: str, position: int, times: int) -> str:
    """Something owed by its title, with its number where it is owed several times."""
    workflow = ask.place.workflow
    if name not in workflow.obligations:
        return f"{name} {position}"
    title = ask.said(title_of(workflow, workflow.obligations[name]))
    return f"{title} {position}" if times > 1 else title


def called_in(ask: Ask, columns: list[Column]) -> dict[tuple[str, int], str]:
    """The same for each of several columns."""
    names = [one.name for one in columns]
    return {(one.name, one.position): called(ask, one.name, one.position, names.count(one.name)) for one in columns}


def words(ask: Ask) -> dict[Told, tuple[str, str]]:
    """Where something stands -> the word for it, and its tone."""
    say = ask.say
    return {
        "open": (say("Open"), "neutral"), "handed in": (say("Awaits review"), "info"),
        "fulfilled": (say("Fulfilled"), "good"), "excused": (say("Excused"), "neutral"),
        "overdue": (say("Overdue"), "bad"), "over": (say("Not asked any more"), "neutral"),
    }  # fmt: skip


def said(ask: Ask, cell: Cell | None) -> Said | None:
    """A cell in words; None where the dossier does not owe it."""
    if cell is None:
        return None
    word, tone = words(ask)[cell.told]
    zone = ask.place.zone
    ended = cell.told in ("fulfilled", "excused", "handed in") and cell.ended_at is not None
    day = from_instant(cell.ended_at or 0, zone).date() if ended else date.fromisoformat(cell.last_day)
    return Said(word, tone, ICONS[cell.told], dates.day(day, ask.language, form="d MMM yy"), day.isoformat(), cell.late)
