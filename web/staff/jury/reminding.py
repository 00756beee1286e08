"""Who in a committee is late, and is written to now? Shown first; nobody is written to twice on a day."""

from collections.abc import Mapping, Sequence
from datetime import time, timedelta
from typing import Any

from sqlmodel import Session
from starlette.responses import HTMLResponse, Response

from engine.cycle.reminding import late_among, waits_for
from engine.cycle.scene import Scene
from engine.database.pages import matrix
from engine.database.pages.assignments import reminded
from engine.database.pages.awaited import Waiting
from engine.database.pages.matrix import Member
from engine.database.records import PersonRow
from engine.database.store import find_person, the_id
from engine.errors import Refused
from engine.rules.moments import from_instant
from web.ask import Ask
from web.dates import local
from web.mailbox import LETTER_POLICY
from web.policy import MANAGES, somebody
from web.problems import NotThere
from web.reasons import said_by
from web.routes import Pages
from web.staff.console import show
from web.staff.jury.desk import Desk, desk_of, must_desk
from web.staff.jury.progress import LETTER

pages = Pages()
AT = "/staff/{programme}/{round}/committee/remind"


def facts_for(ask: Ask, desk: Desk, person: PersonRow, waits: Waiting) -> dict[str, Any]:
    """What the letter to a member says."""
    workflow = ask.place.workflow
    language = person.language if person.language in workflow.languages else workflow.language
    more = waits.count - len(waits.first)
    return {
        "committee": ask.place.said(desk.committee.title, language),
        "count": waits.count,
        "dossiers": [
            {"number": one.number, "title": one.title, "organisation": one.organisation} for one in waits.first
        ],
        "link": f"{ask.office.base_url}{ask.place.committee_path}",
        **({"more": more} if more > 0 else {}),
        **({"until": _until(desk)} if desk.term.closes is not None else {}),
    }


def _until(desk: Desk) -> dict[str, Any]:
    """The last day, or the hour, until which something can be said."""
    assert desk.term.closes is not None
    closes = from_instant(desk.term.closes, desk.calendar.zone)
    if closes.time() == time():
        return {"day": (closes.date() - timedelta(days=1)).isoformat(), "hour": None, "edge": "closes"}
    return {"day": closes.date().isoformat(), "hour": closes.time().isoformat(), "edge": "closes"}


def today(ask: Ask) -> str:
    """The day on the clocks of the round: so often somebody may be reminded."""
    return local(ask.now, ask.place.zone).date().isoformat()


def was_today(ask: Ask, at: int | None) -> bool:
    return at is not None and local(at, ask.place.zone).date().isoformat() == today(ask)


@pages.get(AT, MANAGES)
def late(ask: Ask) -> Response:
    """The members of whom something is wanted, what each letter would list, and who was told when."""
    return _page(ask, ask.query.get("state", ""))


@pages.post(AT, MANAGES)
def remind(ask: Ask) -> Response:
    """Write to those who are ticked, each once."""
    state = ask.text("state", 200)
    emails = [value for value in ask.form.getlist("member") if isinstance(value, str)]
    if not emails:
        return _page(ask, state, 422, [ask.say("Choose to whom it goes.")])
    with ask.reading() as session:
        desk = must_desk(ask, session, state)
    letters, key = ask.office.letters, f"{desk.committee.name} {today(ask)}"

    def tell(session: Session, person: PersonRow, waits: Waiting) -> bool:
        return letters.queue(
            session, letter=LETTER, key=f"{key} | person {the_id(person)}",
            facts=facts_for(ask, desk, person, waits), now=ask.now, person=person, valid_until=desk.term.closes,
            round_id=the_id(ask.place.round),
        )  # fmt: skip

    try:
        told = ask.office.cycle.remind_members(
            ask.place.key, desk.state, emails, tell=tell, by=ask.email, now=ask.now
        )
    except Refused as refused:
        return _page(ask, state, 409, [said_by(ask, reason) for reason in refused.reasons])
    said = ask.words.ngettext("%(n)s letter leaves now.", "%(n)s letters leave now.", len(told)) % {"n": len(told)}
    return ask.go(desk.link("/remind"), said)


@pages.get(f"{AT}/letter", MANAGES)
def letter(ask: Ask) -> Response:
    """The letter as one of them would get it, for a frame."""
    answer = HTMLResponse(_letter(ask, ask.query.get("member", ""))[1])
    answer.headers["Content-Security-Policy"] = LETTER_POLICY
    return answer


def _letter(ask: Ask, email: str) -> tuple[str, str]:
    """Subject and HTML. Raises NotThere for whom nothing is wanted of."""
    with ask.reading() as session:
        desk = must_desk(ask, session)
        person = find_person(session, email[:320])
        waits = _waits(ask, session, desk, [the_id(person)]) if person else {}
        if person is None or not waits:
            raise NotThere
        (its,) = waits.values()
        facts = facts_for(ask, desk, person, its)
        written = ask.office.samples.of_ours(session, ask.place.round, person, letter=LETTER, facts=facts)
    return written.subject, written.html


def _waits(ask: Ask, session: Session, desk: Desk, ids: Sequence[int]) -> Mapping[int, Waiting]:
    return waits_for(_scene(ask, session), desk.state, ids, looker=somebody(ask).person_id)


def _scene(ask: Ask, session: Session) -> Scene:
    return ask.office.cycle.look(session, ask.place.key, ask.now)


def _page(ask: Ask, state: str, status: int = 200, errors: Sequence[str] = ()) -> Response:
    with ask.reading() as session:
        desk = desk_of(ask, session, state)
        if desk is None:
            return show(ask, "staff/jury/nobody.html", desk=None)
        members: Sequence[Member] = matrix.members(session, desk.table)
        waits = _waits(ask, session, desk, [one.id for one in members])
        late = late_among(_scene(ask, session), desk.state, list(waits), looker=somebody(ask).person_id)
        told = reminded(session, the_id(ask.place.round), LETTER)
    rows = [(one, waits.get(one.id), told.get(one.id), was_today(ask, told.get(one.id))) for one in members]
    sent = {value for value in ask.form.getlist("member") if isinstance(value, str)}
    first = next((one.email for one, its, _, again in rows if its and not again), "")
    return show(
        ask, "staff/jury/remind.html", status, desk=desk, rows=rows, errors=list(errors), has_errors=bool(errors),
        ticked=lambda member: member.email in sent if sent else member.id in late, first=first, term=desk.term,
    )  # fmt: skip
