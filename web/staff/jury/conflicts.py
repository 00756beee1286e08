"""Who has stepped back from which dossier, what follows from it, and who has not said yet whether she must?"""

from starlette.responses import Response

from engine.database.pages import conflicts, matrix
from engine.database.pages.awaited import unanswered
from engine.database.store import the_id
from engine.errors import Refused, Unknown
from web.ask import Ask
from web.committee.mine import asked_page
from web.policy import MANAGES, somebody
from web.reasons import said_by
from web.routes import Pages
from web.staff.console import show
from web.staff.jury.desk import desk_of, must_desk

pages = Pages()
AT = "/staff/{programme}/{round}/committee/conflicts"
A_PAGE = 50
LONGEST_REASON = 2_000


@pages.get(AT, MANAGES)
def declared(ask: Ask) -> Response:
    """Every conflict that was declared, and every answer that is wanting."""
    return _page(ask, ask.query.get("state", ""))


@pages.post(AT, MANAGES)
def declare(ask: Ask) -> Response:
    """Write down for a member that she has a conflict, or that she has none."""
    place = ask.place
    state, number, member = ask.text("state", 200), ask.text("number", 60), ask.text("member", 320)
    answer, reason = ask.text("answer", 10), ask.text("reason", LONGEST_REASON) or None
    with ask.reading() as session:
        desk = must_desk(ask, session, state)
        members = {one.email: one for one in matrix.members(session, desk.table)}
        known = matrix.has(session, desk.table, number)
    wrong = []
    if not known:
        wrong.append(ask.say("There is no dossier %(number)s here.", number=number or "?"))
    if member not in members:
        wrong.append(ask.say("Choose a member of the committee."))
    if answer not in ("yes", "no"):
        wrong.append(ask.say("Say whether there is a conflict."))
    if wrong:
        return _page(ask, state, 422, wrong)
    cycle, called = ask.office.cycle, members[member].called
    try:
        if answer == "no":
            cycle.declare_clear(place.key, number, by=ask.email, of=member, now=ask.now)
            said = ask.say("Noted: %(member)s has no conflict with %(number)s.", member=called, number=number)
        else:
            cycle.declare_conflict(place.key, number, by=ask.email, of=member, reason=reason, now=ask.now)
            said = ask.say(
                "Noted: %(member)s has a conflict with %(number)s. It is closed to her now.",
                member=called, number=number,
            )  # fmt: skip
    except Refused as refused:
        return _page(ask, state, 409, [said_by(ask, one) for one in refused.reasons])
    except Unknown:
        return _page(ask, state, 422, [ask.say("There is no dossier %(number)s here.", number=number)])
    return ask.go(desk.link("/conflicts"), said)


def _page(ask: Ask, state: str, status: int = 200, errors: list[str] | None = None) -> Response:
    with ask.reading() as session:
        desk = desk_of(ask, session, state)
        if desk is None:
            return show(ask, "staff/jury/nobody.html", desk=None)
        found = conflicts.declared(
            session, desk.workflow, the_id(ask.place.round), desk.committee.name, somebody(ask).person_id,
            desk.table.before,
        )
        page = asked_page(ask)
        progressed = matrix.progressed(session, desk.table)
        wanting = sum(one.unanswered for one in progressed.members)
        open_questions = unanswered(session, desk.table, limit=A_PAGE, offset=(page - 1) * A_PAGE)
    return show(
        ask, "staff/jury/conflicts.html", status, desk=desk, members=progressed.members, declared=found,
        wanting=wanting, unanswered=open_questions, page=page, pages=max(1, -(-wanting // A_PAGE)), errors=errors or [],
        has_errors=bool(errors), quorum=desk.committee.quorum or 0,
        given={name: ask.text(name, LONGEST_REASON) for name in ("number", "member", "answer", "reason")},
    )  # fmt: skip
