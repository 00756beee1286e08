"""What awaits the review of staff, and what do they say of it?"""

from datetime import date, timedelta
from typing import Any

from starlette.responses import Response

from engine.database.pages import owed
from engine.database.pages.dossiers import Delivery, Obligation
from engine.errors import Refused
from engine.rules.facts import UNFULFILLED
from web import dates
from web.applicant.delivering import deliveries_of
from web.applicant.looking import Seen, see
from web.ask import Ask
from web.committee.mine import asked_page
from web.keys import nonce
from web.policy import MANAGES
from web.problems import NotThere
from web.routes import Pages
from web.staff.bulk.seen import seen_of
from web.staff.console import show
from web.staff.dossier.looking import page
from web.staff.dossier.meanwhile import reasons_said
from web.staff.owed.progress import HERE, crumbs, path_of
from web.staff.owed.saying import asked_of, called

pages = Pages()
ONE = "/staff/{programme}/{round}/dossiers/{number}/review/{delivery}"
A_PAGE = 50
LONGEST = 10_000
AGAIN = timedelta(days=14)
"""for so long a new version is asked for, unless staff say another day"""


@pages.get(HERE + "/review", MANAGES)
def to_review(ask: Ask) -> Response:
    """All that awaits review, the oldest first."""
    of = asked_of(ask)
    with ask.reading() as session:
        count = sum(one.counts.get("handed in", 0) for one in owed.columns(session, of))
        pages_of = max(1, -(-count // A_PAGE))
        number = min(asked_page(ask), pages_of)
        waiting = owed.awaiting(session, of, limit=A_PAGE, offset=(number - 1) * A_PAGE)
    return show(
        ask, "staff/owed/to_review.html", waiting=waiting, count=count, page=number, pages=pages_of, link=path_of(ask),
        crumbs=[*crumbs(ask), (ask.say("Obligations"), path_of(ask))],
        called=lambda one: called(ask, one.name, one.position, 2),
    )  # fmt: skip


@pages.get(ONE, MANAGES)
def one(ask: Ask) -> Response:
    """What was handed in, with what was said of it before, beside the decision."""
    return _page(ask, see(ask))


@pages.post(ONE, MANAGES)
def review(ask: Ask) -> Response:
    """Accepted, or sent back in words."""
    place, seen = ask.place, see(ask)
    delivery, obligation = _find(ask, seen)
    accepted, day, wrong = ask.text("do") == "accept", None, ""
    if not accepted and ask.text("to", 30):
        try:
            day = date.fromisoformat(ask.text("to", 30))
        except ValueError:
            wrong = ask.say("Write the day as 2019-03-01.")
    if not accepted and not wrong and not ask.text("words", LONGEST):
        wrong = ask.say("Say what is to be changed: it is what the applicant reads.")
    if wrong:
        return _page(ask, seen, 422, errors=[wrong], has_errors=True)
    try:
        ask.office.cycle.review(
            place.key, place.number, delivery.id, accepted=accepted, words=ask.text("words", LONGEST), to=day,
            by=ask.email, now=ask.now, once=ask.text("once", 200) or nonce(), seen=seen_of(ask),
        )  # fmt: skip
    except Refused as refused:
        status = 422 if any(one.code in ("reason", "day") for one in refused.reasons) else 409
        return _page(ask, see(ask), status, errors=reasons_said(ask, refused), has_errors=True)
    what = called(ask, obligation.name, obligation.position, 2)
    notice = ask.say("Accepted: %(what)s.", what=what) if accepted else ask.say("Sent back: %(what)s.", what=what)
    return ask.go(_next(ask), notice)


def _next(ask: Ask) -> str:
    """On to what has waited longest, or back to all where nothing waits any more."""
    of = asked_of(ask)
    with ask.reading() as session:
        waiting = owed.awaiting(session, of, limit=1)
    return review_path(ask, waiting[0].number, waiting[0].delivery) if waiting else path_of(ask)


def review_path(ask: Ask, number: str, delivery: int) -> str:
    """Where a version is reviewed."""
    return f"/staff/{ask.place.key}/dossiers/{number}/review/{delivery}"


def _find(ask: Ask, seen: Seen) -> tuple[Delivery, Obligation]:
    """The version of the page, and what it is for. Raises NotThere."""
    wanted = ask.params["delivery"]
    for delivery in seen.dossier.deliveries:
        if str(delivery.id) == wanted and delivery.obligation is not None:
            for obligation in seen.dossier.obligations:
                if (obligation.name, obligation.position) == delivery.obligation:
                    return delivery, obligation
    raise NotThere


def _page(ask: Ask, seen: Seen, status: int = 200, **facts: Any) -> Response:
    delivery, obligation = _find(ask, seen)
    place, today = ask.place, dates.local(ask.now, ask.place.zone).date()
    versions = [one for one in seen.dossier.deliveries if one.obligation == delivery.obligation]
    shown = {row["id"]: row for row in deliveries_of(ask, seen)}
    past = date.fromisoformat(obligation.last_day) < today
    given = {
        "errors": [], "has_errors": False, "typed": ask.text("words", LONGEST),
        "to": ask.text("to", 30) or ((today + AGAIN).isoformat() if past else ""), **facts,
    }  # fmt: skip
    return page(
        ask, "", "review.html", status, seen=seen, version=shown[delivery.id], delivery=delivery,
        obligation=obligation, what=shown[delivery.id]["which"] or called(ask, obligation.name, obligation.position, 1),
        place_of=[one.id for one in versions].index(delivery.id) + 1, versions=len(versions),
        can=obligation.state == "handed in" and delivery.id == versions[-1].id,
        earlier=[shown[one.id] for one in reversed(versions) if one.id != delivery.id],
        is_past=past, day_before=dates.day(date.fromisoformat(obligation.last_day), ask.language),
        at=review_path(ask, place.number, delivery.id), once=ask.text("once", 200) or nonce(),
        excuse=f"/staff/{place.key}/dossiers/{place.number}/excuse/{obligation.name}-{obligation.position}",
        unfulfilled=obligation.state in UNFULFILLED, list=path_of(ask, "/review"), **given,
    )  # fmt: skip
