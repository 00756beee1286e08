"""What does somebody on staff need to know of a dossier first, and what may be done with it now?"""

from functools import partial
from urllib.parse import quote

from starlette.responses import Response

from engine.database.pages.dossiers import Obligation
from engine.database.pages.notes import notes
from engine.database.pages.one_dossier import came
from engine.rules.facts import UNFULFILLED
from web.applicant.looking import Seen, see, unanswered
from web.applicant.owing import day_owed, title_of_obligation
from web.ask import Ask
from web.keys import nonce
from web.policy import MANAGES
from web.routes import Pages
from web.staff.dossier.ahead import ahead_of, possible
from web.staff.dossier.looking import HERE, page, path_of
from web.staff.dossier.paid import payment_facts, sums_of
from web.staff.dossier.recording import recordable, sendable

pages = Pages()
SHORT = 3
"""answers in the summary"""


@pages.get(HERE, MANAGES)
def overview(ask: Ask) -> Response:
    """The dossier at a glance."""
    return overview_page(ask)


def overview_page(ask: Ask, status: int = 200, **facts: object) -> Response:
    """The same, perhaps with what was wrong with a note or a contact."""
    seen, place = see(ask), ask.place
    with ask.reading() as session:
        written = notes(session, seen.dossier.head.id)
        known = came(session, seen.dossier.head.id)
    ahead = ahead_of(ask)
    may, may_not = possible(ask)
    given = {
        "note_error": "", "note_typed": "", "contact_error": "", "typed": {"email": "", "name": ""},
        "has_errors": False, **facts,
    }  # fmt: skip
    return page(
        ask, "", "overview.html", status, seen=seen, ahead=ahead, first=next((one for one in ahead if one.moves), None),
        may=may, may_not=may_not, missing=unanswered(ask, seen.values), owed=_owed(ask, seen),
        notes=[one for one in written if one.removed is None], gone=[one for one in written if one.removed],
        came=known, recordable=recordable(ask, seen), sendable=sendable(ask, seen),
        summary=_summary(ask, seen), once=nonce(), day_owed=partial(day_owed, ask), sums=sums_of(ask),
        **payment_facts(ask),
        spoken=place.workflow.languages, more_time=f"/staff/{place.key}/extend?dossier={place.number}",
        message=f"/staff/{place.key}/message?number={place.number}", contacts_at=path_of(ask, "/people"),
        notes_at=path_of(ask, "/notes"), **given,
    )  # fmt: skip


def _summary(ask: Ask, seen: Seen) -> list[tuple[str, str]]:
    """The first answers in words, as the form asks them."""
    asked = [one for one in ask.place.workflow.questions.values() if one.kind in ("text", "long_text")]
    return [
        (ask.said(one.ask), str(seen.values[one.name])) for one in asked if seen.values.get(one.name)
    ][:SHORT]  # fmt: skip


def _owed(ask: Ask, seen: Seen) -> list[dict[str, object]]:
    """What is owed and what was, with what may be recorded about it."""
    workflow = ask.place.workflow
    found = []
    for one in seen.dossier.obligations:
        rule = workflow.obligations[one.name]
        times = sum(other.name == one.name for other in seen.dossier.obligations)
        title = ask.said(title_of_obligation(workflow, one.name))
        found.append({
            "title": f"{title} {one.position}" if times > 1 else title, "row": one,
            "open": one.state in UNFULFILLED and seen.dossier.head.state not in workflow.ends_in,
            "excuse": path_of(ask, f"/excuse/{one.name}-{one.position}"),
            "deliver": path_of(ask, f"/deliver/{rule.deliver}") if rule.deliver else "",
            "attend": path_of(ask, f"/attend/{quote(rule.attend)}") if rule.attend else "",
            "begun": one.opens_at <= ask.now,
            "agree": path_of(ask, f"/meeting/{one.name}-{one.position}")
            if rule.attend and not ask.place.calendar.round.meetings.get(rule.attend) else "",
            "review": path_of(ask, f"/review/{_newest(seen, one)}") if one.state == "handed in" else "",
        })  # fmt: skip
    return found


def _newest(seen: Seen, owed: Obligation) -> int:
    """The version of something owed that was handed in last."""
    return max(one.id for one in seen.dossier.deliveries if one.obligation == (owed.name, owed.position))
