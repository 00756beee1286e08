"""Who is to be asked to a meeting? Every invitation is listed first, and then they all leave together."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from engine.cycle import invitations
from engine.cycle.admitting import Asked
from engine.database.pages.admitted import Admitted, admitted, groups_of
from engine.database.pages.presence import expected
from engine.database.records import InvitationRow, MeetingRow, PersonRow
from engine.database.store import the_id
from engine.errors import Refused
from engine.rules.roles import observer_of
from engine.rules.workflow import APPLICANT, STAFF
from web import dates
from web.ask import Ask
from web.keys import nonce
from web.policy import MANAGES, somebody
from web.reasons import said_by
from web.routes import Pages
from web.staff.console import show
from web.staff.meet.looking import HERE, Shown, crumbs, the_meeting

pages = Pages()
LISTED = 500
"""invitations that the list names one by one"""
LETTER = "answer-wanted"


@pages.get(f"{HERE}/invite", MANAGES)
def choose(ask: Ask) -> Response:
    """The groups of people who may come, with how many of each are not asked yet."""
    return _page(ask, the_meeting(ask), ask.request.query_params.getlist("role"))


@pages.post(f"{HERE}/invite", MANAGES)
def invite(ask: Ask) -> Response:
    """The list of every invitation, and once it is confirmed, all of them."""
    meeting = the_meeting(ask)
    roles = [value for value in ask.form.getlist("role") if isinstance(value, str)]
    if not roles:
        return _page(ask, meeting, [], 422, [ask.say("Choose who is asked.")])
    if ask.text("do") != "send":
        return _page(ask, meeting, roles)
    going, shown = _going(ask, meeting, roles), ask.text("shown", 10)
    if shown != str(len(going)):
        return _page(ask, meeting, roles, 409, [ask.say("Who may come has changed meanwhile. Look at the list again.")])
    ticked = {value for value in ask.form.getlist("person") if isinstance(value, str)}
    asked = [
        Asked(one.email, one.role, one.number or None)
        for place, one in enumerate(going)
        if place >= LISTED or _key(one) in ticked
    ]
    if not asked:
        return _page(ask, meeting, roles, 422, [ask.say("Choose at least one person.")])
    try:
        told = ask.office.cycle.invite(
            ask.place.key, the_id(meeting.row), asked, by=ask.email, now=ask.now,
            once=ask.text("once", 200) or nonce(),
        )  # fmt: skip
    except Refused as refused:
        return _page(ask, meeting, roles, 409, [said_by(ask, one) for one in refused.reasons])
    said = ask.words.ngettext("%(n)s invitation leaves now.", "%(n)s invitations leave now.", told)
    return ask.go(meeting.path, said % {"n": told})


def _key(one: Admitted) -> str:
    return f"{one.email}|{one.role}|{one.number}"


def _every(ask: Ask, meeting: Shown) -> Sequence[Admitted]:
    with ask.reading() as session:
        groups = groups_of(ask.place.workflow, meeting.row)
        return admitted(session, ask.place.workflow, meeting.row, groups, looker=somebody(ask).person_id)


def _going(ask: Ask, meeting: Shown, roles: Sequence[str]) -> list[Admitted]:
    """Those of some roles who are not asked yet."""
    return [one for one in _every(ask, meeting) if one.role in roles and not one.is_asked]


def role_said(ask: Ask, role: str) -> str:
    """What people of a role are called, as several."""
    for name, committee in ask.place.workflow.committees.items():
        title = ask.said(committee.title)
        if role == name:
            return title
        if role == observer_of(name):
            return ask.say("%(committee)s, observers", committee=title)
    return {APPLICANT: ask.say("Applicants"), STAFF: ask.say("Staff")}.get(role, role)


def _page(
    ask: Ask, meeting: Shown, roles: Sequence[str], status: int = 200, errors: Sequence[str] = ()
) -> Response:
    groups = groups_of(ask.place.workflow, meeting.row)
    every = _every(ask, meeting)
    waiting = Counter(one.role for one in every if not one.is_asked)
    asked = Counter(one.role for one in every if one.is_asked)
    chosen = [role for role in groups if role in roles]
    going: list[Admitted] = [one for one in every if one.role in chosen and not one.is_asked]
    languages = Counter(_written(ask, one.language) for one in going)
    return show(
        ask, "staff/meet/invite.html", status, meeting=meeting, crumbs=crumbs(ask, meeting), errors=list(errors),
        has_errors=bool(errors), chosen=chosen, going=going[:LISTED], count=len(going), languages=languages,
        groups=[(role, role_said(ask, role), waiting[role], asked[role]) for role in groups], once=nonce(),
        said_role={role: role_said(ask, role) for role in groups}, has_begun=meeting.has_begun(ask.now),
        more=max(len(going) - LISTED, 0), key=_key,
    )  # fmt: skip


def _written(ask: Ask, language: str) -> str:
    """The language in which somebody is written to."""
    workflow = ask.place.workflow
    return language if language in workflow.languages else workflow.language


# ── Those who have not answered ──────────────────────────────────────────────


@pages.get(f"{HERE}/remind", MANAGES)
def silent(ask: Ask) -> Response:
    """Who has not answered, before they are written to."""
    return _silent(ask, the_meeting(ask))


@pages.post(f"{HERE}/remind", MANAGES)
def remind(ask: Ask) -> Response:
    """Written to, each once a day."""
    meeting = the_meeting(ask)
    today = dates.local(ask.now, ask.place.zone).date().isoformat()

    def tell(session: Session, person: PersonRow, row: InvitationRow, held: MeetingRow) -> bool:
        return ask.office.letters.queue(
            session, letter=LETTER, key=f"{row.uid} {today}", facts=facts_for(ask, person, row, held), now=ask.now,
            person=person, valid_until=meeting.begins, round_id=the_id(ask.place.round),
        )  # fmt: skip

    try:
        told = ask.office.cycle.remind_invited(
            ask.place.key, the_id(meeting.row), tell=tell, by=ask.email, now=ask.now
        )
    except Refused as refused:
        return _silent(ask, meeting, 409, [said_by(ask, one) for one in refused.reasons])
    said = ask.words.ngettext("%(n)s letter leaves now.", "%(n)s letters leave now.", told)
    return ask.go(meeting.path, said % {"n": told})


def facts_for(ask: Ask, person: PersonRow, row: InvitationRow, held: MeetingRow) -> Mapping[str, Any]:
    """What the letter to somebody who has not answered says."""
    title = ask.place.workflow.meeting(held.name).title
    hour = held.start if row.starts_at == held.starts_at else None
    return {
        "meeting": ask.place.said(title, _written(ask, person.language)),
        "opens": {"day": row.day, "hour": hour, "edge": "opens"},
        "link": f"{ask.office.base_url}/invitations/{row.uid}",
    }


def _silent(ask: Ask, meeting: Shown, status: int = 200, errors: Sequence[str] = ()) -> Response:
    with ask.reading() as session:
        scene = ask.office.cycle.look(session, ask.place.key, ask.now)
        count = len(invitations.unanswered(scene, meeting.row))
        people, _ = expected(
            session, ask.place.workflow, meeting.row, looker=somebody(ask).person_id, only="none", limit=LISTED
        )
    return show(
        ask, "staff/meet/remind.html", status, meeting=meeting, crumbs=crumbs(ask, meeting), errors=list(errors),
        has_errors=bool(errors), people=[one.called for one in people], count=count,
        has_begun=meeting.has_begun(ask.now),
    )  # fmt: skip
