"""What stands around every page of one dossier: its name and marks, its tabs, and the dossiers before and after it?"""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from starlette.responses import HTMLResponse

from engine.database.changes import journal_position
from engine.database.pages import filtering
from engine.database.pages.filtering import Filter
from engine.database.pages.one_dossier import conflicts_with, held_back, neighbours
from engine.database.store import standing_verdict, the_id
from engine.rules.budgets import asking
from web import dates
from web.applicant.looking import Seen, see
from web.ask import Ask
from web.committee.seat import called
from web.policy import somebody
from web.staff.console import show
from web.staff.dossier.happened import owed_said

HERE = "/staff/{programme}/{round}/dossiers/{number}"
Chip = tuple[str, str]


def path_of(ask: Ask, tail: str = "") -> str:
    """The address of a page of this dossier, with what it was looked for within."""
    return f"/staff/{ask.place.key}/dossiers/{ask.place.number}{tail}{_query(ask)}"


def page(
    ask: Ask, tab: str, template: str, status: int = 200, *, seen: Seen | None = None, **facts: Any
) -> HTMLResponse:
    """A page of the dossier; `tab` is the end of the address of the tab that it belongs to."""
    found, place = seen or see(ask), ask.place
    with ask.reading() as session:
        before, after = neighbours(
            session, the_id(place.round), place.number, looker=somebody(ask).person_id, within=_within(ask)
        )
        verdict = standing_verdict(session, found.dossier.head.id)
        stepped_back = len(conflicts_with(session, found.dossier.head.id))
        reached = journal_position(session, the_id(place.round))
        waits = [row for row in held_back(session, found.dossier.head.id) if _still_waits(ask, row.transition)]
    state = place.workflow.states[found.dossier.head.state]
    return show(
        ask, f"staff/dossier/{template}", status, seen=found, head=found.dossier.head, here=path_of(ask),
        tabs=_tabs(ask, found, tab), crumbs=_crumbs(ask), state=ask.said(state.title), hue=hue_of(ask, state.phase),
        chips=_chips(ask, found, verdict.transition if verdict else "", stepped_back, len(waits)),
        before=_beside(ask, before), after=_beside(ask, after), asked=_asked(ask, found),
        owed_said=lambda name: owed_said(ask, name), seen_until=reached, **facts,
    )  # fmt: skip


def hue_of(ask: Ask, phase: str | None) -> str:
    """The hue of a phase; grey for what belongs to none."""
    hues = ("blue", "teal", "violet", "amber", "green")
    names = list(ask.place.workflow.phases)
    return hues[names.index(phase) % len(hues)] if phase in names else "grey"


def _filter(ask: Ask) -> Filter:
    """What somebody looked for when they came here: the list's own address says it, and this one still does."""
    return filtering.read(ask.request.query_params.multi_items(), ask.place.workflow).filter


def _query(ask: Ask) -> str:
    pairs = _filter(ask).pairs()
    return f"?{urlencode(pairs)}" if pairs else ""


def _within(ask: Ask) -> list[filtering.Condition]:
    """The conditions of what was looked for; how far marks are apart is asked of lists alone."""
    asked, call = _filter(ask), ask.place.call
    wanted = replace(asked, only=tuple(one for one in asked.only if one != "differ"))
    return filtering.where(wanted, filtering.Rules(ask.place.workflow, call[1] if call else None))


def _still_waits(ask: Ask, transition: str) -> bool:
    known = ask.place.workflow.transitions.get(transition)
    return known is not None and ask.place.its_dossier.state in known.sources


def _crumbs(ask: Ask) -> list[tuple[str, str]]:
    board = f"/staff/{ask.place.key}"
    return [(ask.said(ask.place.round_title), board), (ask.say("Dossiers"), f"{board}/dossiers{_query(ask)}")]


def _beside(ask: Ask, number: str) -> tuple[str, str]:
    """(number, address) of the dossier before or after this one; the address is empty where there is none."""
    if not number:
        return "", ""
    return number, f"/staff/{ask.place.key}/dossiers/{number}{_query(ask)}"


def _tabs(ask: Ask, seen: Seen, here: str) -> list[tuple[str, str, bool]]:
    files = [one for one in ask.place.workflow.questions.values() if one.kind == "file"]
    there = sum(seen.values.get(one.name) is not None for one in files)
    documents = ask.say("Documents %(there)s/%(all)s", there=there, all=len(files)) if files else ask.say("Documents")
    tabs = [
        (ask.say("Overview"), ""),
        (ask.say("Answers"), "/answers"),
        (documents, "/documents"),
        (ask.say("Scores"), "/scores"),
        (ask.say("Letters"), "/letters"),
        (ask.say("Timeline"), "/timeline"),
        (ask.say("Journal"), "/journal"),
    ]
    return [(label, path_of(ask, tail), tail == here) for label, tail in tabs]


def _asked(ask: Ask, seen: Seen) -> str:
    """What is asked for, where the form asks for it."""
    amounts = (seen.values.get(one.name) for one in asking(ask.place.workflow))
    amount = next((one for one in amounts if one is not None), None)
    return "" if amount is None else dates.amount(amount, ask.place.workflow.currency, ask.language)


def _chips(ask: Ask, seen: Seen, verdict: str, stepped_back: int, waits: int) -> list[Chip]:
    """What is out of the ordinary, in a word or two."""
    ngettext, dossier = ask.words.ngettext, seen.dossier
    chips: list[Chip] = []
    overdue = sum(one.state == "overdue" for one in dossier.obligations)
    if overdue and dossier.head.state not in ask.place.workflow.ends_in:
        chips.append(("bad", ngettext("%(n)s overdue", "%(n)s overdue", overdue) % {"n": overdue}))
    if waits:
        chips.append(("bad", ask.say("Held back")))
    if any(one.outcome is None for one in dossier.requests):
        chips.append(("warn", ask.say("Asks for more time")))
    if any(one.own for one in dossier.extensions):
        chips.append(("info", ask.say("More time was given")))
    if verdict:
        chips.append(("info", ask.say("Verdict: %(verdict)s", verdict=called(ask, verdict))))
    if stepped_back:
        conflicts = ngettext("%(n)s conflict", "%(n)s conflicts", stepped_back) % {"n": stepped_back}
        chips.append(("warn", conflicts))
    return chips
