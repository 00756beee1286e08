"""What do staff record about a dossier: who came, what was excused, what arrived on paper?"""

from collections.abc import Callable
from urllib.parse import quote

from starlette.responses import Response

from engine.database.store import been_in
from engine.errors import Refused
from engine.rules.workflow import Deliverable
from web.applicant.delivering import filled_deliverable, form_questions
from web.applicant.drafts import (
    BY_ITSELF,
    FORGET,
    KEEP,
    forget_typed,
    keep_by_itself,
    kept_or_forgotten,
    typed_before,
)
from web.applicant.filling import form_of, read
from web.applicant.held import hold
from web.applicant.looking import Seen, see
from web.applicant.owing import to_deliver
from web.applicant.schedules import MORE
from web.applicant.unasked import may_be_sent, newest_answers
from web.ask import Ask
from web.keys import nonce
from web.policy import MANAGES
from web.problems import NotThere
from web.reasons import said_by
from web.routes import Pages
from web.staff.bulk.seen import seen_of
from web.staff.dossier.happened import owed_said
from web.staff.dossier.looking import HERE, page, path_of
from web.staff.dossier.meanwhile import reasons_said

pages = Pages()
LONGEST = 2_000
"""characters of a reason"""


def recordable(ask: Ask, seen: Seen) -> list[tuple[str, str]]:
    """(meeting, address) of each meeting to which somebody may have come for this dossier."""
    place = ask.place
    if seen.dossier.head.state in place.workflow.ends_in:
        return []
    with ask.reading() as session:
        return [
            (ask.said(one.title), path_of(ask, f"/attend/{quote(one.name)}"))
            for one in place.workflow.meetings.values()
            if one.open_to != "everyone" and been_in(session, place.its_dossier, one.open_to)
        ]


def sendable(ask: Ask, seen: Seen) -> list[tuple[str, str]]:
    """(deliverable, address) of what may be handed in unasked now: what staff hand in, and what came by post."""
    workflow = ask.place.workflow
    return [
        (ask.said(one.title), path_of(ask, f"/deliver/{one.name}"))
        for one in workflow.deliverables.values()
        if may_be_sent(ask, one, seen)
    ]


@pages.get(HERE + "/attend/{meeting}", MANAGES)
def attendance(ask: Ask) -> Response:
    """That somebody came, before it is noted."""
    return _confirm(ask, _meeting(ask))


@pages.post(HERE + "/attend/{meeting}", MANAGES)
def attend(ask: Ask) -> Response:
    """Somebody came to a meeting."""
    place, title = ask.place, _meeting(ask)
    meeting = ask.params["meeting"]
    if ask.text("do") == "excuse":
        return _excuse(ask, meeting, title)
    return _done(
        ask, title, ask.say("Noted: somebody came to “%(what)s”.", what=title),
        lambda: ask.office.cycle.attend(
            place.key, place.number, meeting, by=ask.email, now=ask.now, seen=seen_of(ask)
        ),
    )  # fmt: skip


@pages.get(HERE + "/excuse/{of}", MANAGES)
def excuse_page(ask: Ask) -> Response:
    """What is excused, before it is."""
    return _confirm(ask, _of(ask))


@pages.post(HERE + "/excuse/{of}", MANAGES)
def excuse(ask: Ask) -> Response:
    """Something that is owed need not be done any more, for a reason."""
    return _excuse(ask, _owed(ask), _of(ask))


def _excuse(ask: Ask, of: str, title: str) -> Response:
    place, reason = ask.place, ask.text("reason", LONGEST)
    return _done(
        ask, title, ask.say("Excused: %(what)s.", what=title),
        lambda: ask.office.cycle.excuse(
            place.key, place.number, of, reason=reason, by=ask.email, now=ask.now, seen=seen_of(ask)
        ),
    )  # fmt: skip


@pages.get(HERE + "/deliver/{deliverable}", MANAGES)
def deliverable(ask: Ask) -> Response:
    """The form of what is owed, filled in by staff for who sent it by post; what they typed before stands in it."""
    what, seen, before = _deliverable(ask), see(ask), typed_before(ask)
    known = newest_answers(seen, what) if may_be_sent(ask, what, seen) else {}
    form = form_of(ask, form_questions(ask, what, seen), known, before=before[1] if before else None)
    return _form(ask, what, seen, form, typed_at=before[0] if before else "")


@pages.post(HERE + "/deliver/{deliverable}", MANAGES)
def deliver(ask: Ask) -> Response:
    """Handed in, by staff for the applicant."""
    place, what, seen = ask.place, _deliverable(ask), see(ask)
    form = form_of(ask, form_questions(ask, what, seen), {}, typed=True)
    if ask.text("go", 80) in (KEEP, FORGET):
        return kept_or_forgotten(ask, path_of(ask))
    if ask.text("go", 80).startswith(MORE):
        return _form(ask, what, seen, form, carried=hold(ask, read(ask, form_questions(ask, what, seen), form).files))
    filled = filled_deliverable(ask, what, form, seen)
    if filled.errors:
        return _form(ask, what, seen, form, 422, carried=hold(ask, filled.files), has_errors=True)
    answers = {name: value for name, value in filled.answers.items() if value is not None}
    try:
        ask.office.cycle.deliver(
            place.key, place.number, what.name, answers, by=ask.email, now=ask.now, files=filled.files,
            once=ask.text("once", 200) or nonce(),
        )  # fmt: skip
    except Refused as refused:
        reasons = [said_by(ask, one) for one in refused.reasons]
        return _form(ask, what, see(ask), form, 409, errors=reasons, has_errors=True)
    forget_typed(ask)
    return ask.go(path_of(ask), ask.say("Received: %(what)s.", what=ask.said(what.title)))


@pages.post(HERE + "/deliver/{deliverable}" + BY_ITSELF, MANAGES)
def deliver_later(ask: Ask) -> Response:
    """What the page sends while somebody types."""
    _deliverable(ask)
    return keep_by_itself(ask)


def _meeting(ask: Ask) -> str:
    found = ask.place.workflow.meetings.get(ask.params["meeting"])
    if found is None:
        raise NotThere
    return ask.said(found.title)


def _owed(ask: Ask) -> str:
    """What the path names, as the engine calls it: `coaching 4` is `coaching-4` there. Raises NotThere."""
    of = ask.params["of"]
    name, _, position = of.rpartition("-")
    workflow = ask.place.workflow
    known = {*workflow.obligations, *workflow.meetings, *workflow.meetings_apart}
    if name in known and position.isdecimal() and len(position) < 9:
        return f"{name} {position}"
    if of not in known:
        raise NotThere
    return of


def _of(ask: Ask) -> str:
    return owed_said(ask, _owed(ask))


def _deliverable(ask: Ask) -> Deliverable:
    found = ask.place.workflow.deliverables.get(ask.params["deliverable"])
    if found is None:
        raise NotThere
    return found


def _done(ask: Ask, title: str, notice: str, act: Callable[[], None]) -> Response:
    try:
        act()
    except Refused as refused:
        lacks_reason = any(one.code == "reason" for one in refused.reasons)
        return _confirm(ask, title, 422 if lacks_reason else 409, reasons_said(ask, refused))
    return ask.go(path_of(ask), notice)


def _confirm(ask: Ask, title: str, status: int = 200, errors: list[str] | None = None) -> Response:
    return page(
        ask, "", "record.html", status, title=title, errors=errors or [], has_errors=bool(errors),
        reason=ask.text("reason", LONGEST), attends="meeting" in ask.params,
    )  # fmt: skip


def _form(ask: Ask, what: Deliverable, seen: Seen, form: object, status: int = 200, **facts: object) -> Response:
    owed = to_deliver(ask.place.workflow, seen.dossier, what.name, ask.now)
    given: dict[str, object] = {"questions": form_questions(ask, what, seen), "unasked": may_be_sent(ask, what, seen)}
    given |= {"carried": {}, "errors": [], "has_errors": False, "typed_at": "", **facts}
    return page(
        ask, "", "deliver.html", status, seen=seen, what=what, form=form, owed=owed,
        once=ask.text("once", 200) or nonce(), **given,
    )  # fmt: skip
