"""Who came to a meeting? Noted at the door with one button each, or from a list afterwards."""

from collections.abc import Callable
from dataclasses import replace

from email_validator import EmailNotValidError, validate_email
from starlette.responses import Response

from engine.cycle.presence import UNDO
from engine.database.pages import meetings
from engine.database.pages.presence import A_PAGE, Expected, expected
from engine.database.store import the_id
from engine.errors import Refused, Unknown
from web.applicant.filling import clean
from web.ask import Ask
from web.committee.mine import asked_page
from web.policy import MANAGES, somebody
from web.problems import NotThere
from web.reasons import said_by
from web.routes import Pages
from web.staff.console import show
from web.staff.meet.looking import HERE, Shown, crumbs, is_mandatory, tabs, the_meeting

pages = Pages()
FILTERS = ("missing", "came", "excused")
LONGEST = 2_000
AT = f"{HERE}/attendance"
LISTED = 500
"""people on the list of all"""


@pages.get(AT, MANAGES)
def door(ask: Ask) -> Response:
    """Everybody who is expected, with a button each."""
    return _page(ask)


@pages.post(AT, MANAGES)
def note(ask: Ask) -> Response:
    """Somebody came, or is excused."""
    email, _, number = ask.text("who", 400).partition("|")
    excused = ask.text("do") == "excuse"
    return _done(
        ask, the_meeting(ask),
        lambda meeting: ask.office.cycle.record_presence(
            ask.place.key, the_id(meeting.row), email, number=number or None, came=not excused,
            reason=ask.text("reason", LONGEST) or None, by=ask.email, now=ask.now,
        ),
        ask.say("Excused: %(who)s.", who=ask.text("called", 200) or email) if excused
        else ask.say("Noted: %(who)s came.", who=ask.text("called", 200) or email),
    )  # fmt: skip


@pages.post(f"{AT}/list", MANAGES)
def note_all(ask: Ask) -> Response:
    """All who are ticked came."""
    came = [value.partition("|") for value in ask.form.getlist("came") if isinstance(value, str)]
    meeting = the_meeting(ask)
    try:
        fresh = ask.office.cycle.record_presences(
            ask.place.key, the_id(meeting.row), [(email, number or None) for email, _, number in came], by=ask.email,
            now=ask.now,
        )  # fmt: skip
    except Unknown as unknown:
        raise NotThere from unknown
    except Refused as refused:
        return _page(ask, 409, [said_by(ask, one) for one in refused.reasons])
    said = ask.words.ngettext("Noted: %(n)s person came.", "Noted: %(n)s people came.", fresh)
    return ask.go(f"{meeting.path}/attendance", said % {"n": fresh})


@pages.post(f"{AT}/walk-in", MANAGES)
def walk_in(ask: Ask) -> Response:
    """Somebody came who was not expected."""
    typed = {"email": ask.text("email", 320), "name": clean(ask.text("name", 200)), "number": ask.text("number", 60)}
    errors = [] if typed["name"] else [ask.say("Write down the name, for the certificate.")]
    try:
        email = validate_email(typed["email"], check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        email = ""
        errors.append(ask.say("Enter an email address in the right form, like name@example.com"))
    if errors:
        return _page(ask, 422, errors)
    return _done(
        ask, the_meeting(ask),
        lambda meeting: ask.office.cycle.walk_in(
            ask.place.key, the_id(meeting.row), email=email, name=typed["name"], language=ask.letter_language,
            number=typed["number"] or None, by=ask.email, now=ask.now,
        ),
        ask.say("Noted: %(who)s came.", who=typed["name"]),
    )  # fmt: skip


@pages.post(f"{AT}/correct", MANAGES)
def correct(ask: Ask) -> Response:
    """What was noted was a mistake."""
    number = ask.text("presence", 20)
    if not (number.isascii() and number.isdecimal() and len(number) < 18):
        raise NotThere
    return _done(
        ask, the_meeting(ask),
        lambda _meeting: ask.office.cycle.correct_presence(
            ask.place.key, int(number), reason=ask.text("reason", LONGEST) or None, by=ask.email, now=ask.now
        ),
        ask.say("Taken back: %(who)s.", who=ask.text("called", 200)),
    )  # fmt: skip


def _done(ask: Ask, meeting: Shown, act: Callable[[Shown], object], said: str) -> Response:
    try:
        act(meeting)
    except Unknown as unknown:
        if unknown.kind.startswith("dossier"):
            return _page(ask, 422, [ask.say("There is no dossier %(number)s here.", number=ask.text("number", 60))])
        raise NotThere from unknown
    except Refused as refused:
        lacks_reason = any(one.code == "reason" for one in refused.reasons)
        return _page(ask, 422 if lacks_reason else 409, [said_by(ask, one) for one in refused.reasons])
    return ask.go(f"{meeting.path}/attendance{_back(ask)}", said)


def _back(ask: Ask) -> str:
    """The same search and filter as before."""
    only = ask.text("only", 20)
    return f"?only={only}" if only in FILTERS else ""


def is_fresh(ask: Ask, one: Expected) -> bool:
    """Whether what is noted can be undone without a reason."""
    return one.recorded_at is not None and ask.now - one.recorded_at <= UNDO


def _page(ask: Ask, status: int = 200, errors: list[str] | None = None) -> Response:
    meeting, page, as_list = the_meeting(ask), asked_page(ask), ask.query.get("as") == "list"
    only, wanted = ask.query.get("only", ""), ask.query.get("find", "").strip()[:200]
    number, limit = the_id(meeting.row), LISTED if as_list else A_PAGE
    with ask.reading() as session:
        counted = meetings.counts(session, [number]).get(number, meetings.Counts())
        people, total = expected(
            session, ask.place.workflow, meeting.row, looker=somebody(ask).person_id, wanted=wanted,
            only=only if only in FILTERS else "", limit=limit, offset=(page - 1) * limit,
        )  # fmt: skip
    meeting = replace(meeting, counts=counted)
    typed = {name: ask.text(name, 320) for name in ("email", "name", "number")}
    return show(
        ask, "staff/meet/attendance.html", status, meeting=meeting, tabs=tabs(ask, meeting), people=people,
        total=total, page=page, pages=max(1, -(-total // limit)), only=only if only in FILTERS else "", find=wanted,
        as_list=as_list, crumbs=crumbs(ask), errors=errors or [], has_errors=bool(errors), typed=typed,
        may_note=meeting.is_today(ask.now) and meeting.row.cancelled_at is None, fresh=lambda one: is_fresh(ask, one),
        is_mandatory=is_mandatory(ask, meeting.row.name), filters=_filters(ask, meeting, only, as_list),
    )  # fmt: skip


def _filters(ask: Ask, meeting: Shown, only: str, as_list: bool) -> list[tuple[str, str, bool]]:
    at, end = f"{meeting.path}/attendance", "&as=list" if as_list else ""
    shown = [
        ("", ask.say("All")), ("missing", ask.say("Not noted yet")), ("came", ask.say("Came")),
        ("excused", ask.say("Excused")),
    ]  # fmt: skip
    return [(label, f"{at}?only={name}{end}", only == name) for name, label in shown]
