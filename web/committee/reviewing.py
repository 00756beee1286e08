"""How does a committee read what it is to accept, and how does its chair accept it or ask for changes?"""

from datetime import date, timedelta

from starlette.responses import Response

from engine.database.pages.dossiers import Delivery, Obligation
from engine.errors import Refused
from engine.rules.workflow import STAFF
from web import dates
from web.applicant.delivering import deliveries_of
from web.applicant.looking import Seen, see
from web.applicant.owing import title_of_obligation
from web.ask import Ask
from web.keys import nonce
from web.policy import READS_TO_JUDGE
from web.problems import NotThere
from web.reasons import said_by
from web.rendering import render
from web.routes import Pages

pages = Pages()
HERE = "/committee/{programme}/{round}/{number}/review/{delivery}"
LONGEST = 10_000
AGAIN = timedelta(days=14)
"""for so long a new version is asked for, unless the chair says another day"""


@pages.get(HERE, READS_TO_JUDGE)
def one(ask: Ask) -> Response:
    """What was handed in, with the versions before it; the chair decides beside it."""
    return _page(ask, see(ask))


@pages.post(HERE, READS_TO_JUDGE)
def review(ask: Ask) -> Response:
    """Accepted, or sent back in words."""
    place, seen = ask.place, see(ask)
    delivery, obligation, _committee = _find(ask, seen)
    accepted, day = ask.text("do") == "accept", None
    try:
        day = date.fromisoformat(ask.text("to", 30)) if ask.text("to", 30) and not accepted else None
    except ValueError:
        return _page(ask, seen, 422, [ask.say("Write the day as 2019-03-01.")])
    try:
        ask.office.cycle.review(
            place.key, place.number, delivery.id, accepted=accepted, words=ask.text("words", LONGEST), to=day,
            by=ask.email, now=ask.now, once=ask.text("once", 200) or nonce(),
        )  # fmt: skip
    except Refused as refused:
        status = 422 if any(one.code in ("reason", "day") for one in refused.reasons) else 409
        return _page(ask, see(ask), status, [said_by(ask, reason) for reason in refused.reasons])
    what = ask.said(title_of_obligation(place.workflow, obligation.name))
    notice = ask.say("Accepted: %(what)s.", what=what) if accepted else ask.say("Sent back: %(what)s.", what=what)
    return ask.go(f"{place.committee_path}/{place.number}", notice)


def _find(ask: Ask, seen: Seen) -> tuple[Delivery, Obligation, str]:
    """The version of the page, what it is for, and the committee of the visitor's that accepts it. Raises NotThere."""
    for delivery in seen.dossier.deliveries:
        if str(delivery.id) == ask.params["delivery"] and delivery.obligation is not None:
            committee = ask.place.workflow.obligations[delivery.obligation[0]].accepted_by
            owed = {(one.name, one.position): one for one in seen.dossier.obligations}[delivery.obligation]
            if committee is not None and committee != STAFF and committee in ask.place.standing.roles:
                return delivery, owed, committee
    raise NotThere


def to_review(ask: Ask, seen: Seen) -> dict[int, str]:
    """delivery -> where it is read and accepted, of what the visitor's committee accepts."""
    place = ask.place
    ours = place.standing.roles & set(place.workflow.committees)
    found = {}
    for one in seen.dossier.deliveries:
        rule = place.workflow.obligations[one.obligation[0]] if one.obligation else None
        if rule is not None and rule.accepted_by in ours:
            found[one.id] = f"{place.committee_path}/{place.number}/review/{one.id}"
    return found


def _page(ask: Ask, seen: Seen, status: int = 200, errors: list[str] | None = None) -> Response:
    delivery, obligation, committee = _find(ask, seen)
    place, today = ask.place, dates.local(ask.now, ask.place.zone).date()
    shown = {row["id"]: row for row in deliveries_of(ask, seen)}
    versions = [one.id for one in seen.dossier.deliveries if one.obligation == delivery.obligation]
    past = date.fromisoformat(obligation.last_day) < today
    waits = obligation.state == "handed in" and delivery.id == versions[-1]
    return render(
        ask, "committee/review.html", status, seen=seen, title=seen.title, version=shown[delivery.id], waits=waits,
        what=shown[delivery.id]["which"] or ask.said(title_of_obligation(place.workflow, obligation.name)),
        errors=errors or [],
        has_errors=bool(errors), leads=committee in place.standing.chairs,
        earlier=[shown[number] for number in reversed(versions) if number != delivery.id],
        here=f"{place.committee_path}/{place.number}", typed=ask.text("words", LONGEST),
        to=ask.text("to", 30) or ((today + AGAIN).isoformat() if past else ""), is_past=past,
        day_before=dates.day(date.fromisoformat(obligation.last_day), ask.language),
        once=ask.text("once", 200) or nonce(),
    )  # fmt: skip
