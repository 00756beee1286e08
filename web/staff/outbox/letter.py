"""How does one letter read for whoever gets it, and why is it written?"""

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.responses import HTMLResponse, Response

from engine.database.pages.outbox import Found, Line, acts_of, cause_of, letter
from engine.database.pages.received import mail_about_letter, replacement_of
from engine.database.records import NotificationRow
from engine.database.store import the_id
from engine.errors import GrantcycleError
from engine.files.reading import Programme
from web.ask import Ask
from web.calendars.card import card
from web.keys import nonce
from web.mailbox import LETTER_POLICY
from web.policy import MANAGES, somebody
from web.problems import NotThere
from web.routes import Pages
from web.staff.console import show
from web.staff.outbox.failures import Failure, failure
from web.staff.outbox.looking_for import cause_query, path_of, query_of, wanted_by
from web.staff.outbox.naming import cause_title, rule_of
from web.staff.outbox.saying import status_of
from web.writing import ShownLetter

pages = Pages()
LETTER = "/staff/{programme}/{round}/outbox/{id}"
DARK, NEVER = "@media (prefers-color-scheme: dark)", "@media not all"


@dataclass(frozen=True)
class Seen:
    """A letter that somebody looks at; without `shown`, `problem` says why it cannot be written."""

    found: Found
    shown: ShownLetter | None
    problem: str


def find(ask: Ask) -> Found:
    """The letter in the path. Raises NotThere when there is none that the visitor may see."""
    said = ask.params["id"]
    if not (said.isascii() and said.isdecimal() and len(said) < 18):
        raise NotThere
    with ask.reading() as session:
        found = letter(
            session, the_id(ask.place.round), int(said), somebody(ask).person_id, acts_of(ask.place.workflow),
            wanted_by(ask),
        )  # fmt: skip
    if found is None:
        raise NotThere
    return found


def see(ask: Ask, found: Found) -> Seen:
    """The letter in words."""
    with ask.reading() as session:
        try:
            return Seen(found, ask.office.previews.show(session, found.row, ask.now), "")
        except GrantcycleError as problem:
            return Seen(found, None, str(problem))


@pages.get(LETTER, MANAGES)
def one(ask: Ask) -> Response:
    """One letter as its reader gets it."""
    return page_of(ask)


def page_of(ask: Ask, status: int = 200, errors: list[str] | None = None) -> Response:
    """The page of a letter, with what kept an act on it from being done."""
    place, wanted = ask.place, wanted_by(ask)
    seen = see(ask, find(ask))
    found, row = seen.found, seen.found.row
    of = cause_of(found.cause, row.letter, acts_of(place.workflow))
    view = ask.query.get("view", "")
    with ask.reading() as session:
        programme = ask.office.shelf.get(session, found.cause.digest).programme if row.role in _told(ask) else None
        mail = mail_about_letter(session, found.line.id) if found.line.bounced_at is not None else None
        replaced = replacement_of(session, found.line.id)
    rule = rule_of(programme.workflow, programme.files, found.cause.name, row.letter, row.role) if programme else None
    query = query_of(wanted)
    parts = seen.shown.read if seen.shown else None
    back = f"{path_of(ask)}/cause{query_of(wanted, **cause_query(of))}"
    return show(
        ask, "staff/outbox/letter.html", status, seen=seen, line=found.line, row=row, view=view, query=query,
        here=path_of(ask), back=back, status_words=status_of(ask, found.line), cause=cause_title(ask, of.name),
        rule=rule, version=found.cause.digest[:12], is_current=_text(programme, row) == _text(place.programme, row),
        parts=parts, entry=card(ask, parts.files) if parts else [], errors=errors or [], has_errors=bool(errors),
        failure=_failure(ask, found.line), once=nonce(), came_back=found.line.bounced_at is not None,
        replaced_by=replaced, mail=f"/staff/{place.key}/received/{mail}" if mail else "",
        correcting=f"/staff/{place.key}/address?{urlencode({'of': row.address})}" if row.person_id is not None else "",
        crumbs=[(ask.say("Outbox"), path_of(ask) + query), (cause_title(ask, of.name), back)],
        other=lambda number: f"{path_of(ask)}/{number}{query_of(wanted, view=view)}",
        as_view=lambda name: f"{path_of(ask)}/{row.id}{query_of(wanted, view=name)}",
        written_by_us=programme is not None,
    )  # fmt: skip


def _failure(ask: Ask, line: Line) -> Failure | None:
    if line.bounced_at is not None:
        return failure(ask, line.bounce)
    return failure(ask, line.last_reply) if line.status == "failed" else None


def _text(programme: Programme | None, row: NotificationRow) -> str | None:
    return programme.letters.get(row.language, {}).get(row.letter) if programme else None


def _told(ask: Ask) -> tuple[str, ...]:
    """The roles that a programme tells; the letters that come with grantcycle go to another."""
    return tuple(ask.place.workflow.roles)


@pages.get(LETTER + "/page", MANAGES)
def page(ask: Ask) -> Response:
    """The letter's HTML, for a frame that can do nothing."""
    seen = see(ask, find(ask))
    if seen.shown is None:
        raise NotThere
    return framed(seen.shown.html, dark=ask.query.get("view") == "dark")


def framed(html: str, *, dark: bool = False) -> Response:
    """A letter for a frame, as a mail program shows it that is light, or dark."""
    answer = HTMLResponse(html.replace(DARK, "@media all" if dark else NEVER))
    answer.headers["Content-Security-Policy"] = LETTER_POLICY
    return answer


@pages.get(LETTER + "/original", MANAGES)
def original(ask: Ask) -> Response:
    """What the letter would say if nobody had written it by hand, for a frame."""
    found = find(ask)
    with ask.reading() as session:
        try:
            return framed(ask.office.previews.show_original(session, found.row, ask.now).html)
        except GrantcycleError as problem:
            raise NotThere from problem


@pages.get(LETTER + "/raw", MANAGES)
def raw(ask: Ask) -> Response:
    """Exactly what is sent."""
    seen = see(ask, find(ask))
    if seen.shown is None:
        raise NotThere
    name = f"letter-{seen.found.line.id}.eml"
    return Response(
        seen.shown.raw, media_type="message/rfc822", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
