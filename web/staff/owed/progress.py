"""How far are all dossiers with what they owe, and has the funder kept its own promises?"""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from engine.database.pages import bookings, owed
from engine.database.pages.owed import FILTERS, Column, Filter, Of, Promised, Told
from engine.rules.workflow import Promise
from web import dates
from web.ask import Ask
from web.committee.hours import meetings_of
from web.committee.mine import asked_page
from web.policy import MANAGES
from web.routes import Pages
from web.staff.console import show
from web.staff.owed.saying import ICONS, asked_of, called, called_in, said, words

pages = Pages()
A_PAGE = 50
HERE = "/staff/{programme}/{round}/obligations"
SHORT = 5
"""of what awaits review, on the page of all"""


def path_of(ask: Ask, tail: str = "") -> str:
    """The address of a page of what is owed in this round."""
    return f"/staff/{ask.place.key}/obligations{tail}"


def asked_filter(ask: Ask) -> Filter:
    """What the list is narrowed to; everything where the address says something unknown."""
    return next((one for one in FILTERS if one == ask.query.get("show", "")), "")


@pages.get(HERE, MANAGES)
def progress(ask: Ask) -> Response:
    """Dossiers beside what they owe, in the order of time; what awaits review, and the funder's promises."""
    of, shown = asked_of(ask), asked_filter(ask)
    with ask.reading() as session:
        columns = list(owed.columns(session, of))
        counts = owed.counts(session, of)
        pages_of = max(1, -(-counts[shown] // A_PAGE))
        page = min(asked_page(ask), pages_of)
        lines = owed.page(session, of, shown, limit=A_PAGE, offset=(page - 1) * A_PAGE)
        waiting = owed.awaiting(session, of, limit=SHORT)
        kept = owed.promises(session, of)
        proposed = bookings.waiting(session, of)
    totals = _totals(columns)
    return show(
        ask, "staff/owed/progress.html", columns=columns, headings=called_in(ask, columns), lines=lines, shown=shown,
        page=page, pages=pages_of, counts=counts, totals=totals, all=sum(totals.values()),
        filters=_filters(ask, shown, counts), waiting=waiting, link=path_of(ask), words=words(ask), icons=ICONS,
        cell=lambda line, column: said(ask, line.cells.get((column.name, column.position))),
        promises=_promises(ask, of, kept), crumbs=crumbs(ask),
        proposed=proposed, gives=meetings_of(ask), hours=f"/staff/{ask.place.key}/hours",
        day=lambda written: dates.day(dates.from_iso(written), ask.language),
        called=lambda one: called(ask, one.name, one.position, 2),
    )  # fmt: skip


def crumbs(ask: Ask) -> list[tuple[str, str]]:
    """The way to these pages."""
    return [(ask.said(ask.place.round_title), f"/staff/{ask.place.key}")]


def _totals(columns: Sequence[Column]) -> dict[Told, int]:
    """How much of all that is owed stands where."""
    found: dict[Told, int] = {}
    for column in columns:
        for told, count in column.counts.items():
            found[told] = found.get(told, 0) + count
    return found


def _filters(ask: Ask, shown: Filter, counts: Mapping[Filter, int]) -> list[tuple[str, str, bool]]:
    """What the dossiers can be narrowed to, each with how many it shows."""
    called: dict[Filter, str] = {
        "": ask.say("All"), "overdue": ask.say("Overdue"), "review": ask.say("Awaits review"),
        "month": ask.say("Due this month"),
    }  # fmt: skip
    return [
        (f"{label} {counts[name]}", path_of(ask, f"?show={name}" if name else ""), name == shown)
        for name, label in called.items()
    ]


def _of_each(ask: Ask, one: Promise, became: Promised) -> dict[str, Any]:
    """A promise by a day that each dossier has for itself: for which it was not kept last."""
    day = dates.local(became.at, ask.place.zone).date()
    return {
        "title": ask.said(one.title), "iso": day.isoformat(), "day": dates.day(day, ask.language), "tone": "bad",
        "word": ask.say("Not kept in time"), "numbers": became.broken, "order": day,
    }  # fmt: skip


def _promises(ask: Ask, of: Of, kept: Mapping[str, Promised]) -> list[dict[str, Any]]:
    """What the funder has promised: by when, and what became of it."""
    place, found = ask.place, []
    for one in of.workflow.promises.values():
        became = kept.get(one.name)
        if one.before is None and one.pay:
            continue  # each dossier has a day of its own: the list of payments tells them
        if one.before is None:
            # each has a day of its own, and the newest that was not kept is told
            if became is not None:
                found.append(_of_each(ask, one, became))
            continue
        day = place.calendar.day(one.before)
        if became is None:
            tone, word = "neutral", ask.say("Still ahead")
        elif became.kept:
            tone, word = "good", ask.say("Kept")
        else:
            tone, word = "bad", ask.say("Not kept in time")
        found.append({
            "title": ask.said(one.title), "iso": day.isoformat(), "day": dates.day(day, ask.language), "tone": tone,
            "word": word, "numbers": became.broken if became else (), "order": day,
        })  # fmt: skip
    return sorted(found, key=lambda one: one["order"])
