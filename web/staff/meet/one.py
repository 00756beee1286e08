"""Who is asked to a meeting, what did they answer, and what do staff do about it?"""

from dataclasses import replace

from starlette.responses import Response

from engine.cycle.meetings import as_sitting
from engine.database.pages import invitations, meetings
from engine.database.pages.admitted import groups_of
from engine.database.pages.presence import A_PAGE, expected
from engine.database.store import has_conflict, the_id
from engine.errors import Refused
from web.ask import Ask
from web.committee.mine import asked_page
from web.policy import MANAGES, somebody
from web.problems import NotThere
from web.reasons import said_by
from web.routes import Pages
from web.staff.console import show
from web.staff.meet.listing import open_to, window_said
from web.staff.meet.looking import HERE, Shown, crumbs, is_mandatory, tabs, the_meeting
from web.staff.meet.warnings import of_day, of_others

pages = Pages()
FILTERS = ("accepted", "tentative", "declined", "none")
ANSWERS = ("accepted", "tentative", "declined")


@pages.get(HERE, MANAGES)
def one(ask: Ask) -> Response:
    """A meeting with everybody who is asked to it."""
    return one_page(ask)


@pages.post(f"{HERE}/invitations/{{uid}}/answer", MANAGES)
def answer(ask: Ask) -> Response:
    """Staff write down what somebody answered by telephone."""
    meeting, uid, given = the_meeting(ask), _uid(ask), ask.text("answer", 20)
    if given not in ANSWERS:
        return one_page(ask, 422, [ask.say("Choose an answer.")])
    try:
        ask.office.cycle.answer_invitation(
            ask.place.key, uid, given, via="staff", by=ask.email, now=ask.now, words=ask.text("words", 2_000) or None
        )
    except Refused as refused:
        return one_page(ask, 409, [said_by(ask, reason) for reason in refused.reasons])
    return ask.go(meeting.path, ask.say("The answer is kept."))


@pages.post(f"{HERE}/invitations/{{uid}}/withdraw", MANAGES)
def withdraw(ask: Ask) -> Response:
    """One person need not come after all, and is told so."""
    meeting, uid = the_meeting(ask), _uid(ask)
    try:
        ask.office.cycle.withdraw_invitation(
            ask.place.key, uid, reason=ask.text("words", 2_000) or None, by=ask.email, now=ask.now
        )
    except Refused as refused:
        return one_page(ask, 409, [said_by(ask, reason) for reason in refused.reasons])
    return ask.go(meeting.path, ask.say("They are told not to come, and it leaves their calendar."))


def _uid(ask: Ask) -> str:
    """The invitation in the path. Raises NotThere for none to this meeting, and where the visitor has a conflict."""
    with ask.reading() as session:
        found = invitations.by_uid(session, ask.params["uid"][:200])
        tied = found and found.row.dossier_id and has_conflict(session, found.row.dossier_id, somebody(ask).person_id)
    if found is None or tied or str(found.meeting.id) != ask.params["meeting"]:
        raise NotThere
    return found.row.uid


def one_page(ask: Ask, status: int = 200, errors: list[str] | None = None) -> Response:
    """The page of a meeting, perhaps with what was refused."""
    meeting, page = the_meeting(ask), asked_page(ask)
    only, wanted = ask.query.get("only", ""), ask.query.get("find", "").strip()[:200]
    number = the_id(meeting.row)
    with ask.reading() as session:
        counted = meetings.counts(session, [number]).get(number, meetings.Counts())
        people, total = expected(
            session, ask.place.workflow, meeting.row, looker=somebody(ask).person_id, wanted=wanted,
            only=only if only in FILTERS else "asked", offset=(page - 1) * A_PAGE,
        )  # fmt: skip
        ahead = not meeting.is_over(ask.now) and meeting.row.cancelled_at is None
        sitting = as_sitting(meeting.row)
        odd = [*of_day(ask, sitting), *of_others(ask, session, sitting, meeting.row)] if ahead else []
    meeting = replace(meeting, counts=counted)
    return show(
        ask, "staff/meet/one.html", status, meeting=meeting, tabs=tabs(ask, meeting), people=people, total=total,
        page=page, pages=max(1, -(-total // A_PAGE)), only=only if only in FILTERS else "", find=wanted, odd=odd,
        crumbs=crumbs(ask), window=window_said(ask, meeting.declared), open_to=open_to(ask, meeting.declared),
        is_mandatory=is_mandatory(ask, meeting.row.name), errors=errors or [], has_errors=bool(errors),
        filters=_filters(ask, meeting, only), may_change=ahead and not meeting.has_begun(ask.now),
        can_ask=bool(groups_of(ask.place.workflow, meeting.row)),
    )  # fmt: skip


def _filters(ask: Ask, meeting: Shown, only: str) -> list[tuple[str, str, bool]]:
    counts = meeting.counts
    shown = [
        ("", ask.say("All"), counts.asked), ("accepted", ask.say("Accepted"), counts.accepted),
        ("tentative", ask.say("Perhaps"), counts.tentative), ("declined", ask.say("Declined"), counts.declined),
        ("none", ask.say("No answer"), counts.silent),
    ]  # fmt: skip
    return [
        (f"{label} {count}", f"{meeting.path}?only={name}" if name else meeting.path, (only or "") == name)
        for name, label, count in shown
    ]
