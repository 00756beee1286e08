"""How does somebody begin a dossier, and which ones are theirs?"""

from collections.abc import Sequence
from datetime import date

from limits import RateLimitItemPerMinute
from starlette.responses import Response

from engine.database.calendars import extended
from engine.database.pages import people
from engine.database.pages.people import OwnDossier
from engine.database.pages.portal import extensions_of_dossiers
from engine.errors import Refused
from engine.files.reading import Programme
from engine.rules.moments import Calendar, is_never
from engine.rules.strands import strand_refusal
from web import dates
from web.applicant.clocks import zones_by_continent
from web.applicant.in_the_way import before_starting
from web.applicant.owing import title_of_obligation
from web.ask import Ask
from web.invitations.asked import still_ahead
from web.keys import nonce
from web.place import handing_in
from web.policy import ROUND_SIGNED_IN, SIGNED_IN, somebody
from web.problems import NotThere, TooMany
from web.public.rounds import Call, call_of
from web.reasons import said_by
from web.rendering import render
from web.routes import Pages

pages = Pages()
A_PAGE = 30
STARTS = RateLimitItemPerMinute(20, 60)
"""dossiers that one person may start"""


@pages.get("/call/{programme}/{round}/start", ROUND_SIGNED_IN)
def start(ask: Ask) -> Response:
    """What happens next, and one button."""
    return _start_page(ask, _call(ask))


@pages.post("/call/{programme}/{round}/start", ROUND_SIGNED_IN)
def begin(ask: Ask) -> Response:
    """A dossier with nothing but an address; sent again it is the same one."""
    place, visitor, call = ask.place, somebody(ask), _call(ask)
    if call.state != "open":
        return _start_page(ask, call, 409)
    if not ask.office.throttle.count(f"dossiers of {visitor.email}", STARTS):
        raise TooMany("You have started many dossiers in the last hour. Go on with one of them, or wait a bit.", 3600)
    strand = ask.text("strand", 200) or None
    if strand_refusal(place.workflow, strand):
        return _start_page(ask, call, 422, error=ask.say("Choose one of these."))
    zone = ask.text("clocks", 100) or None
    try:
        number = ask.office.cycle.start_dossier(
            place.key, organisation="", email=visitor.email, name=visitor.name, language=ask.letter_language,
            by=visitor.email, now=ask.now, strand=strand, clocks=zone if place.by_applicant else None,
            once=ask.text("once", 200) or nonce(),
        )  # fmt: skip
    except Refused as refused:
        if not place.by_applicant:
            raise
        return _start_page(ask, call, 422, clocks_error=" ".join(said_by(ask, one) for one in refused.reasons))
    return ask.go(f"/dossier/{place.key}/{number}")


@pages.get("/dossiers", SIGNED_IN)
def mine(ask: Ask) -> Response:
    """The dossiers that the visitor speaks for, the last started first."""
    before = ask.query.get("before", "")
    with ask.reading() as session:
        rules = ask.office.shelf.rules(session)
        found = people.dossiers_of(
            session, somebody(ask).person_id, rules, limit=A_PAGE + 1,
            before=int(before) if before.isdecimal() and len(before) < 18 else None,
        )  # fmt: skip
        shown, more = found[:A_PAGE], len(found) > A_PAGE
        extensions = extensions_of_dossiers(session, [one.id for one in shown])
        programmes = {one.digest: rules(one.digest) for one in shown}
    lines = []
    for one in shown:
        programme = programmes[one.digest]
        round = programme.rounds[one.round.partition("/")[2]]
        calendar = extended(round, extensions[one.id], one.id, strand=one.strand, clocks=one.clocks)
        lines.append(_line(ask, one, programme, calendar))
    return render(
        ask, "applicant/dossiers.html", lines=lines, older=shown[-1].id if more else None, paged=bool(before),
        invitations=still_ahead(ask),
    )  # fmt: skip


def _call(ask: Ask) -> Call:
    call = call_of(ask.place, ask.now)
    if call is None:
        raise NotThere
    return call


def _start_page(
    ask: Ask, call: Call, status: int = 200, error: str = "", clocks_error: str = ""
) -> Response:
    place = ask.place
    with ask.reading() as session:
        rules = ask.office.shelf.rules(session)
        own: Sequence[OwnDossier] = people.dossiers_of(session, somebody(ask).person_id, rules)
    here = [one for one in own if one.round == place.key and one.state == place.workflow.begins_in]
    strands = [(name, ask.said(title)) for name, title in place.workflow.strands.items()]
    return render(
        ask, "applicant/start.html", status, call=call, drafts=here, once=nonce(), blocks=before_starting(ask),
        strands=strands, strand_error=error, clocks=zones_by_continent() if place.by_applicant else (),
        chosen=ask.text("clocks", 100) or next((one.clocks for one in own if one.clocks), place.zone),
        clocks_error=clocks_error,
    )  # fmt: skip


def _line(ask: Ask, one: OwnDossier, programme: Programme, calendar: Calendar) -> dict[str, object]:
    """A dossier in the list: what it is called, where it is, and what is needed."""
    workflow, language = programme.workflow, ask.language
    transition = handing_in(workflow)
    needed = ask.say("Nothing to do now")
    urgent = False
    if one.state == workflow.begins_in:
        needed = ask.say("Not handed in")
        if transition and transition.window:
            opens, closes = calendar.window(transition.window)
            if opens <= ask.now < closes + calendar.grace(transition.window.end):
                until = dates.last_moment(closes, calendar.zone, language)
                needed, urgent = ask.say("Hand it in by %(until)s", until=until), True
                if is_never(closes):
                    needed = ask.say("Not handed in")
    elif one.owes_next and one.state not in workflow.ends_in:
        what = programme.translate(title_of_obligation(workflow, one.owes_next.name), language)
        day = dates.short_day(date.fromisoformat(one.owes_next.last_day), language)
        late = one.owes_next.state == "overdue"
        needed = ask.say("%(what)s: was due by %(day)s", what=what, day=day) if late else ask.say(
            "%(what)s: by %(day)s", what=what, day=day
        )
        urgent = late
    return {
        "title": one.title if one.title != one.number else ask.say("Dossier %(number)s", number=one.number),
        "href": f"/dossier/{one.round}/{one.number}",
        "why": needed,
        "about": f"{one.number}, {programme.translate(calendar.round.title, language)}",
        "chip": ("warn" if urgent else "neutral", programme.translate(workflow.states[one.state].shown, language)),
    }
