"""Whom would a running order ask to come, and when? Nobody hears anything but from this page."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from starlette.responses import Response

from engine.cycle.order_invitations import Coming, Kind
from engine.errors import Refused
from engine.rules.running_order import Plan
from web.ask import Ask
from web.keys import nonce
from web.policy import MANAGES
from web.reasons import said_by
from web.routes import Pages
from web.staff.console import show
from web.staff.plan.looking import PATH, Sheet, crumbs_of, look, meeting_of, path_of
from web.staff.plan.plans import from_address, in_address
from web.staff.plan.saying import count_said, role_said, tabs_of

pages = Pages()
ORDER: tuple[Kind, ...] = ("new", "changed", "cancelled", "unchanged")


@dataclass(frozen=True)
class Line:
    """One invitation; of a dossier that the visitor may not know of it says only that there is one."""

    kind: Kind
    who: str
    email: str
    role: str
    number: str
    times: tuple[int, int] | None
    was: tuple[int, int] | None
    hidden: bool


@pages.get(f"{PATH}/invitations", MANAGES)
def invitations(ask: Ask) -> Response:
    """Every invitation, as the order stands or as a plan would have it."""
    return _page(ask, _plan(ask, ask.query.get("plan", "")))


@pages.post(f"{PATH}/invitations", MANAGES)
def publish(ask: Ask) -> Response:
    """Ask those to come who were shown; of a plan, keep it as well."""
    meeting, plan = meeting_of(ask), _plan(ask, ask.text("plan", 20_000))
    cycle, shown, once = ask.office.cycle, ask.text("shown", 64), ask.text("once", 200) or None
    try:
        if plan is None:
            told = cycle.publish_order(ask.place.key, meeting.name, by=ask.email, now=ask.now, shown=shown, once=once)
        else:
            told = cycle.change_order(
                ask.place.key, meeting.name, plan, by=ask.email, now=ask.now, shown=shown, once=once
            )
    except Refused as refused:
        return _page(ask, plan, status=409, errors=[said_by(ask, reason) for reason in refused.reasons])
    heard = told["new"] + told["changed"] + told["cancelled"]
    said = ask.words.ngettext("%(n)s letter leaves now.", "%(n)s letters leave now.", heard) % {"n": heard}
    return ask.go(path_of(ask), said)


def _plan(ask: Ask, text: str) -> Plan | None:
    """The plan of an address, with those in their places whom it does not name: the visitor may not know of them."""
    plan = from_address(text)
    if plan is None:
        return None
    with ask.reading() as session:
        sheet = look(ask, session)
    kept = {at: one for at, one in sheet.judged.plan.places.items() if at in sheet.hidden}
    return replace(plan, places=dict(sorted({**plan.places, **kept}.items())))


def _page(ask: Ask, plan: Plan | None, *, status: int = 200, errors: Sequence[str] = ()) -> Response:
    meeting = meeting_of(ask)
    try:
        with ask.reading() as session:
            sheet = look(ask, session, plan)
    except Refused as refused:
        sentences = [said_by(ask, reason) for reason in refused.reasons]
        return show(ask, "staff/plan/no_day.html", status, meeting=meeting, sentences=sentences, crumbs=crumbs_of(ask))
    groups = {kind: [_line(ask, sheet, one) for one in sheet.judged.found if one.kind == kind] for kind in ORDER}
    against = [said_by(ask, reason) for reason in sheet.judged.against]
    carried = "" if plan is None else in_address(replace(plan, places=_unhidden(sheet)))
    silent = [
        one for position in sheet.judged.places
        if (one := sheet.at(position)) is not None and not one.hidden and not one.reachable
    ]  # fmt: skip
    return show(
        ask, "staff/plan/invitations.html", status, sheet=sheet, meeting=meeting, groups=groups, path=path_of(ask),
        crumbs=[*crumbs_of(ask), (ask.said(meeting.title), path_of(ask))], tabs=tabs_of(ask, "invitations"),
        once=nonce(), errors=[*errors, *against], has_errors=bool(errors or against), carried=carried,
        told=count_said(ask, sheet), may=not against and bool(sheet.judged.untold), silent=silent,
    )  # fmt: skip


def _unhidden(sheet: Sheet) -> dict[int, str]:
    return {at: one for at, one in sheet.judged.plan.places.items() if at not in sheet.hidden}


def _line(ask: Ask, sheet: Sheet, one: Coming) -> Line:
    candidate = sheet.by_number.get(one.dossier.number) if one.dossier else None
    hidden = candidate is not None and candidate.hidden
    return Line(
        one.kind, "" if hidden else one.person.name or one.person.email, "" if hidden else one.person.email,
        role_said(ask, one.role), one.dossier.number if one.dossier and not hidden else "", one.times, one.was, hidden,
    )  # fmt: skip
