"""What do staff write down about a dossier for each other, and what if two change it at once?"""

from starlette.responses import Response

from engine.cycle.notes import LONGEST
from engine.database.pages.notes import Note, notes
from engine.errors import Refused
from web.ask import Ask
from web.keys import nonce
from web.policy import MANAGES
from web.problems import NotThere
from web.reasons import said_by
from web.routes import Pages
from web.staff.dossier.looking import HERE, page, path_of
from web.staff.dossier.overview import overview_page

pages = Pages()
NOTE = HERE + "/notes/{id}"


@pages.post(HERE + "/notes", MANAGES)
def write(ask: Ask) -> Response:
    """A new note, once."""
    place, words = ask.place, ask.text("words", LONGEST + 1)
    try:
        ask.office.cycle.write_note(
            place.key, place.number, words, by=ask.email, now=ask.now, once=ask.text("once", 200) or nonce()
        )
    except Refused as refused:
        error = " ".join(said_by(ask, one) for one in refused.reasons)
        return overview_page(ask, 422, note_error=error, note_typed=words, has_errors=True)
    return ask.go(path_of(ask) + "#notes", ask.say("The note is kept. Only the staff read it."))


@pages.get(NOTE, MANAGES)
def note(ask: Ask) -> Response:
    """A note, to be changed or removed, with what it said before."""
    found = _note(ask)
    return _page(ask, found, found.now.words)


@pages.post(NOTE, MANAGES)
def change(ask: Ask) -> Response:
    """Other words, or none: whoever comes second is told what stands there, and nothing typed is lost."""
    place, words = ask.place, ask.text("words", LONGEST + 1)
    number = _number(ask)
    try:
        if ask.text("do") == "remove":
            ask.office.cycle.remove_note(place.key, place.number, number, by=ask.email, now=ask.now)
            return ask.go(path_of(ask) + "#notes", ask.say("The note is removed. The journal says so."))
        ask.office.cycle.replace_note(place.key, place.number, number, words, by=ask.email, now=ask.now)
    except Refused as refused:
        status = 409 if any(one.code == "changed" for one in refused.reasons) else 422
        return _page(ask, _standing(ask, number), words, status, [said_by(ask, one) for one in refused.reasons])
    return ask.go(path_of(ask) + "#notes", ask.say("The note is changed."))


def _number(ask: Ask) -> int:
    text = ask.params["id"]
    if not text.isdecimal() or len(text) >= 18:
        raise NotThere
    number = int(text)
    if not any(number in (one.now.id, *(before.id for before in one.before)) for one in _all(ask)):
        raise NotThere
    return number


def _all(ask: Ask) -> list[Note]:
    with ask.reading() as session:
        return list(notes(session, ask.place.its_dossier.id or 0))


def _note(ask: Ask) -> Note:
    """The note that this number names now: where it was changed meanwhile, as it was changed."""
    return _standing(ask, _number(ask))


def _standing(ask: Ask, number: int) -> Note:
    return next(one for one in _all(ask) if number in (one.now.id, *(before.id for before in one.before)))


def _page(ask: Ask, found: Note, words: str, status: int = 200, errors: list[str] | None = None) -> Response:
    return page(
        ask, "", "note.html", status, note=found, words=words, errors=errors or [], has_errors=bool(errors),
        action=path_of(ask, f"/notes/{found.now.id}"),
    )  # fmt: skip
