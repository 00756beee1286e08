"""How does staff move a deadline: type it, see who is affected, do it, and take it back?"""

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode

from starlette.responses import Response

from engine.cycle.trying import trying
from engine.database.pages.extensions import Undoable, undoable
from engine.database.records import NotificationRow
from engine.database.store import the_id
from engine.errors import GrantcycleError, Refused
from engine.rules.moments import LostHour
from web import dates
from web.ask import Ask
from web.keys import nonce
from web.policy import MANAGES
from web.problems import NotThere
from web.routes import Pages
from web.staff.console import show
from web.staff.outbox.letter import framed
from web.staff.timeline.extending import Typed, explain, typed
from web.staff.timeline.foreseen import carry_out, foresee
from web.staff.timeline.wording import day_words, position_words
from web.writing import ShownLetter

pages = Pages()
EXTEND = "/staff/{programme}/{round}/extend"
FIELDS = ("moment", "whom", "numbers", "day", "hour", "reason", "request")


@pages.get(EXTEND, MANAGES)
def form(ask: Ask) -> Response:
    """What is to be moved, for whom, to when, and why."""
    with ask.reading() as session:
        found = typed(ask, session)
    return _form(ask, found)


@pages.post(EXTEND, MANAGES)
def send(ask: Ask) -> Response:
    """What it would do first; then, from that page, do it or go back."""
    with ask.reading() as session:
        found = typed(ask, session)
    if ask.text("do") == "back":
        for field in found.form:
            field.errors = ()
        found.errors.clear()
        return _form(ask, found)
    if not found.is_wrong:
        try:
            if ask.text("do") == "extend":
                return _do(ask, found)
            return _preview(ask, found)
        except (Refused, LostHour) as problem:
            explain(ask, found, problem)
    return _form(ask, found, 422)


def _form(ask: Ask, found: Typed, status: int = 200) -> Response:
    return show(
        ask, "staff/timeline/extend.html", status, form=found.form, request_for=found.request, errors=found.errors,
        has_errors=found.is_wrong, movable=found.movable, at=f"/staff/{ask.place.key}",
        called=lambda of: position_words(ask, of),
    )  # fmt: skip


def _preview(ask: Ask, found: Typed) -> Response:
    foreseen = foresee(ask, found)
    kept = {**{name: found.form[name].data or "" for name in FIELDS[:-1]}, "request": ask.text("request", 20)}
    query = urlencode({**kept, "reason": kept["reason"][:500]})
    return show(
        ask, "staff/timeline/extend_preview.html", foreseen=foreseen, kept=kept, request_for=found.request,
        once=nonce(), at=f"/staff/{ask.place.key}", sample=f"/staff/{ask.place.key}/extend/letter?{query}",
        leaves_at=None if found.request else ask.now + ask.office.undo_for, count=len(found.dossiers),
        is_for_all=found.is_for_all,
    )  # fmt: skip


def _do(ask: Ask, found: Typed) -> Response:
    place, cycle = ask.place, ask.office.cycle
    assert found.chosen is not None
    assert found.to is not None
    what = position_words(ask, found.chosen.of, found.chosen.strand)
    if found.request:
        cycle.answer_extension(
            place.key, found.request.id, granted=True, words=found.form.reason.data, by=ask.email, now=ask.now,
            to=found.to,
        )  # fmt: skip
        notice = ask.say("Granted: %(number)s, %(what)s.", number=found.request.number, what=what)
        return ask.go(f"/staff/{place.key}/requests", notice)
    cycle.extend_each(
        place.key, found.chosen.of, found.to, reason=found.form.reason.data, by=ask.email, now=ask.now,
        dossiers=found.numbers, strand=found.chosen.strand, undo_for=ask.office.undo_for,
        once=ask.text("once", 100) or None,
    )  # fmt: skip
    return ask.go(f"/staff/{place.key}/extensions", ask.say("Moved: %(what)s.", what=what))


@pages.get(f"{EXTEND}/letter", MANAGES)
def sample(ask: Ask) -> Response:
    """How the letter would read to one of those who get it, in one of the languages."""
    language = ask.query.get("language", "")
    return show(
        ask, "staff/timeline/letter.html", letter=_written(ask), language=language, at=f"/staff/{ask.place.key}",
        page=f"{ask.path}/page?{ask.request.url.query}",
    )  # fmt: skip


@pages.get(f"{EXTEND}/letter/page", MANAGES)
def sample_page(ask: Ask) -> Response:
    """What its reader's mail program would show, for a frame."""
    return framed(_written(ask).html)


def _written(ask: Ask) -> ShownLetter:
    """The letter, found by doing what the address says and taking that back. Raises NotThere when none would go."""
    with ask.reading() as session:
        found = typed(ask, session, {name: ask.query.get(name, "")[:20_000] for name in FIELDS[:-1]})
    if found.is_wrong:
        raise NotThere
    with trying(ask.office.cycle, ask.place.key, ask.now) as trial:
        try:
            carry_out(trial, ask, found)
        except GrantcycleError as problem:
            raise NotThere from problem
        samples = {language: one for told in trial.consequences().told for language, one in told.samples.items()}
        number = samples.get(ask.query.get("language", ""))
        if number is None:
            raise NotThere
        row = trial.session.get_one(NotificationRow, number)
        return ask.office.previews.show(trial.session, row, ask.now)


@pages.post("/staff/{programme}/{round}/extensions/{extension}/undo", MANAGES)
def undo(ask: Ask) -> Response:
    """Put the dates of a decision back, as long as none of its letters has left."""
    said = ask.params["extension"]
    if not (said.isascii() and said.isdecimal() and len(said) < 18):
        raise NotThere
    back = f"/staff/{ask.place.key}/extensions"
    ask.office.cycle.take_back(ask.place.key, int(said), by=ask.email, now=ask.now)
    return ask.go(back, ask.say("Taken back. The date is where it was, and no letter leaves."))


def banners(ask: Ask, found: Sequence[Undoable]) -> list[tuple[int, str]]:
    """(number, sentence) of each decision that can still be taken back."""
    return [(one.id, _banner(ask, one)) for one in found]


def _banner(ask: Ask, one: Undoable) -> str:
    ngettext, hour = ask.words.ngettext, dates.hour(one.until, ask.place.zone, ask.language)
    whom = (
        ngettext("%(n)s dossier", "%(n)s dossiers", one.dossiers) % {"n": one.dossiers}
        if one.dossiers else ask.say("everybody")
    )  # fmt: skip
    day = day_words(ask, date.fromisoformat(one.new_day))
    what = ask.say("%(what)s moved to %(day)s for %(whom)s.", what=position_words(ask, one.of), day=day, whom=whom)
    waits = ngettext("%(n)s letter leaves at %(hour)s.", "%(n)s letters leave at %(hour)s.", one.letters)
    return f"{what} {waits % {'n': one.letters, 'hour': hour}}"


def undoable_now(ask: Ask) -> list[tuple[int, str]]:
    """The decisions of the round that can be taken back now."""
    with ask.reading() as session:
        return banners(ask, undoable(session, the_id(ask.place.round), ask.now))
