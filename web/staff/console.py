"""What stands around the pages of the console: which round this is, and where staff go from here?"""

from dataclasses import dataclass
from typing import Any

from starlette.responses import HTMLResponse

from engine.database.pages.console import held_letters, managed_rounds
from engine.rules.paying import promises_to_pay
from web.ask import Ask
from web.rendering import render
from web.staff.undoable import Banner, banners


@dataclass(frozen=True, slots=True)
class Entry:
    """A place to go to; `count` is what waits there, and `hint` says what the count is of."""

    label: str
    path: str
    icon: str
    here: bool = False
    count: int = 0
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Console:
    """The top bar and the side of a page. `title` and `path` are of the round that the page is about, or empty."""

    title: str
    path: str
    rounds: tuple[tuple[str, str, bool], ...]
    """(title, path, whether it is this one) of every round that the visitor manages"""
    sides: tuple[tuple[str, tuple[Entry, ...]], ...]
    """headed groups of places"""
    undoable: tuple[Banner, ...] = ()
    """the last acts in the round that can still be undone"""


def show(ask: Ask, template: str, status: int = 200, **facts: Any) -> HTMLResponse:
    """A page of the console; the template extends console.html."""
    return render(ask, template, status, console=console(ask), density="console", **facts)


def console(ask: Ask) -> Console:
    """What stands around a page: two questions to the database."""
    assert ask.visitor is not None
    with ask.reading() as session:
        managed = managed_rounds(session, ask.visitor.person_id)
        rules = ask.office.shelf.rules(session)
        titles = {of.key: _title(ask, rules(of.digest), of.name) for of in managed}
        here = ask.place.key if ask.is_placed else ""
        held = held_letters(session, ask.place.round.id or 0) if ask.is_placed else 0
        undoable = tuple(banners(ask, session)) if ask.is_placed else ()
    title, path = (titles.get(here, ""), f"/staff/{here}") if here else ("", "")
    sides = [_everywhere(ask)]
    if here:
        sides = [*_of_round(ask, path, held), *sides]
    rounds = tuple((name, f"/staff/{key}", key == here) for key, name in titles.items())
    return Console(title, path, rounds, tuple(sides), undoable if here else ())


def _title(ask: Ask, programme: Any, name: str) -> str:
    title: str = programme.translate(programme.rounds[name].title, ask.language)
    return title


def _of_round(ask: Ask, path: str, held: int) -> list[tuple[str, tuple[Entry, ...]]]:
    round_places = [
        (ask.say("Board"), "", "board", 0),
        (ask.say("Dossiers"), "/dossiers", "plain", 0),
        (ask.say("Timeline"), "/timeline", "clock", 0),
        (ask.say("Committee"), "/committee", "people", 0),
        (ask.say("Verdicts"), "/verdicts", "check", 0),
        (ask.say("Meetings"), "/meetings", "calendar", 0),
        (ask.say("Obligations"), "/obligations", "half", 0),
        *([(ask.say("Payments"), "/payments", "check", 0)] if promises_to_pay(ask.place.workflow) else []),
        (ask.say("Seats"), "/seats", "open", 0),
        (ask.say("Outbox"), "/outbox", "mail", held),
        (ask.say("Received mail"), "/received", "mail", 0),
        (ask.say("Acts"), "/acts", "back", 0),
    ]
    set_up = [
        (ask.say("Workflow"), "/workflow", "flow", 0),
        (ask.say("Letters and words"), "/letters", "file", 0),
        (ask.say("People"), "/people", "eye", 0),
        (ask.say("Journal"), "/journal", "half", 0),
    ]
    return [
        (heading, tuple(_entry(ask, label, path + tail, icon, count) for label, tail, icon, count in places))
        for heading, places in ((ask.say("Round"), round_places), (ask.say("Set-up"), set_up))
    ]


def _everywhere(ask: Ask) -> tuple[str, tuple[Entry, ...]]:
    places = [
        (ask.say("What needs me today"), "/staff", "good"),
        (ask.say("Rounds"), "/staff/rounds", "calendar"),
        (ask.say("Rehearsals"), "/staff/rehearsals", "open"),
        (ask.say("Everybody"), "/staff/people", "people"),
        (ask.say("Health"), "/staff/health", "info"),
        (ask.say("Settings"), "/staff/settings", "lock"),
    ]
    return ask.say("All rounds"), tuple(_entry(ask, label, path, icon) for label, path, icon in places)


def _entry(ask: Ask, label: str, path: str, icon: str, count: int = 0) -> Entry:
    below = path.count("/") > 3 or (path.startswith("/staff/") and path.count("/") == 2)
    here = ask.path == path or (below and ask.path.startswith(f"{path}/"))
    hint = ask.words.ngettext("%(n)s held", "%(n)s held", count) % {"n": count} if count else ""
    return Entry(label, path, icon, here, count, hint)
