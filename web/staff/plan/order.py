"""Who is heard when? The day as it is planned: to look at, to change, to have an order suggested for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from starlette.responses import Response

from engine.cycle.order_plans import plan_of, suggestion
from engine.database.pages.running_orders import Candidate, Clash, Listener
from engine.errors import Refused
from engine.rules.running_order import Break, Plan, Timed
from engine.rules.suggested_order import Suggested
from web.ask import Ask
from web.keys import nonce
from web.policy import MANAGES
from web.reasons import said_by
from web.routes import Pages
from web.staff.console import show
from web.staff.plan.looking import PATH, Sheet, crumbs_of, look, meeting_of, path_of, scene_in
from web.staff.plan.plans import BREAKS, in_address, plan_given, raised, swapped
from web.staff.plan.saying import also_asked, count_said, role_said, tabs_of, wish_said

pages = Pages()


@dataclass(frozen=True)
class Row:
    """One slot of the grid. `chosen` is who would be heard there, by the plan that is shown."""

    position: int
    hours: Timed
    chosen: Candidate | None
    outside: str
    locked: bool
    hidden: bool
    moved: bool
    """whether somebody else is heard there as it stands"""
    barred: Sequence[Listener] = ()
    wish_met: bool = True
    pause: tuple[Break, Timed] | None = None
    """the break that follows"""


@pages.get(PATH, MANAGES)
def grid(ask: Ask) -> Response:
    """The day, slot by slot; with `suggest` in an order that nobody has kept yet."""
    return _page(ask)


@pages.post(PATH, MANAGES)
def change(ask: Ask) -> Response:
    """Keep what the form says; where people are asked to come already, show first what they would hear."""
    with ask.reading() as session:
        sheet = look(ask, session)
        standing = plan_of(scene_in(ask, session), sheet.order)
    plan = plan_given(ask, standing, sheet.order.day.count, sheet.hidden)
    do = ask.text("do", 200)
    if do == "swap":
        plan = swapped(ask, plan)
    elif do.startswith("up "):
        plan = raised(plan, [one.number for one in sheet.reserve], do[3:])
    seen = ask.text("seen", 64)
    try:
        with ask.reading() as session:
            wanted = look(ask, session, plan)
        if wanted.judged.against:
            raise Refused(wanted.judged.against)
        if wanted.order.published_at is not None and wanted.judged.untold and seen == wanted.order.digest:
            shown = replace(plan, places={at: one for at, one in plan.places.items() if at not in sheet.hidden})
            return ask.go(f"{path_of(ask)}/invitations?{urlencode({'plan': in_address(shown)})}")
        ask.office.cycle.change_order(
            ask.place.key, sheet.meeting.name, plan, by=ask.email, now=ask.now, seen=seen, shown=wanted.judged.digest,
            once=ask.text("once", 200) or None,
        )  # fmt: skip
    except Refused as refused:
        errors = [said_by(ask, reason) for reason in refused.reasons]
        stale = any(reason.code == "changed" for reason in refused.reasons)
        return _page(ask, status=409 if stale else 422, errors=errors, plan=None if stale else plan)
    return ask.go(path_of(ask), ask.say("Saved."))


def _page(ask: Ask, *, status: int = 200, errors: Sequence[str] = (), plan: Plan | None = None) -> Response:
    meeting = meeting_of(ask)
    suggested: Suggested | None = None
    try:
        with ask.reading() as session:
            sheet = look(ask, session)
            standing = sheet.judged.plan
            if plan is None and ask.query.get("suggest"):
                plan, suggested = suggestion(scene_in(ask, session), meeting.name, keep=sheet.hidden)
            if plan is not None:
                sheet = look(ask, session, plan)
    except Refused as refused:
        sentences = [said_by(ask, reason) for reason in refused.reasons]
        return show(ask, "staff/plan/no_day.html", status, meeting=meeting, sentences=sentences, crumbs=crumbs_of(ask))
    rows = rows_of(sheet, standing)
    planned = sheet.judged.plan.breaks
    typed = [*planned, *[None] * max(1, 2 - len(planned))][:BREAKS]  # one more than there are, to be filled in
    return show(
        ask, "staff/plan/order.html", status, sheet=sheet, meeting=meeting, rows=rows, path=path_of(ask),
        crumbs=crumbs_of(ask), tabs=tabs_of(ask, "order"), once=nonce(), errors=list(errors), has_errors=bool(errors),
        breaks=typed, plan=sheet.judged.plan, is_plan=plan is not None, suggested=suggested,
        untold=0 if plan is not None else sheet.judged.untold, unmet=_named(sheet, suggested),
        listeners=[(one, _leaves(sheet, one), _clashing(ask, sheet, one)) for one in sheet.listeners],
        applicants_elsewhere=_applicants_elsewhere(ask, sheet), rooms=sheet.rooms, told=count_said(ask, sheet),
        choices=[one for one in sheet.candidates if not one.hidden],
        wish_said=lambda wish: wish_said(ask, wish), role_said=lambda role: role_said(ask, role),
    )  # fmt: skip


def rows_of(sheet: Sheet, standing: Plan) -> list[Row]:
    """The grid: a row for each slot, with the break after it."""
    judged, pauses = sheet.judged, {one.after: (one, hours) for one, hours in sheet.judged.day.pauses}
    rows = []
    for position in range(1, judged.day.count + 1):
        chosen = sheet.at(position)
        outside = judged.day.outside(position)
        rows.append(
            Row(
                position, judged.day.at(position), chosen, str(outside) if outside else "",
                position in judged.plan.locked, bool(chosen and chosen.hidden),
                judged.plan.places.get(position) != standing.places.get(position),
                sheet.barred(chosen) if chosen else (), chosen is None or sheet.is_met(chosen, position),
                pauses.get(position),
            )
        )  # fmt: skip
    return rows


def _named(sheet: Sheet, suggested: Suggested | None) -> list[Candidate]:
    """The dossiers whose wish an order that is suggested does not meet."""
    found = sheet.by_number
    return [found[number] for number in (suggested.unmet if suggested else ()) if not found[number].hidden]


def _leaves(sheet: Sheet, listener: Listener) -> list[tuple[int, int]]:
    """From when until when a member is out of the room."""
    day = sheet.judged.day
    return [(day.at(one.first).starts_at, day.at(one.last).ends_at) for one in sheet.away(listener)]


def _clashing(ask: Ask, sheet: Sheet, listener: Listener) -> list[str]:
    return [also_asked(ask, one) for one in sheet.clashes if one.person_id == listener.id]


def _applicants_elsewhere(ask: Ask, sheet: Sheet) -> list[tuple[Candidate, list[str]]]:
    """The dossiers of which somebody is asked to be elsewhere during their slot."""
    found = []
    for coming in sheet.judged.found:
        if coming.dossier is None or coming.times is None:
            continue
        candidate = sheet.by_number.get(coming.dossier.number)
        elsewhere: list[Clash] = [
            one for one in sheet.clashes
            if one.person_id == coming.person.id and one.starts_at < coming.times[1] and one.ends_at > coming.times[0]
        ]  # fmt: skip
        if candidate and not candidate.hidden and elsewhere:
            found.append((candidate, [also_asked(ask, one) for one in elsewhere]))
    return found
