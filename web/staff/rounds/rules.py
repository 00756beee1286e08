"""What do the rules and dates of a round say: aloud, as they are written, with what is wrong, and changed since?"""

from starlette.responses import Response

from engine.files.prose import read_aloud
from web.ask import Ask
from web.policy import MANAGES
from web.routes import Pages
from web.staff.console import show
from web.staff.rounds.picture import WORKFLOW, as_written, has_changed, pinned
from web.staff.rounds.programmes import texts_on_disk
from web.staff.rounds.texts import as_html, differences, text_of

pages = Pages()


@pages.get(WORKFLOW + "/words", MANAGES)
def words(ask: Ask) -> Response:
    """The rules and the dates, read aloud in the reader's language."""
    place = ask.place
    languages = place.workflow.languages
    language = ask.language if ask.language in languages else place.workflow.language
    prose = as_html(read_aloud(as_written(ask), place.calendar.round, language))
    return show(ask, "staff/rounds/words.html", prose=prose, language=language, changed=has_changed(ask))


@pages.get(WORKFLOW + "/text", MANAGES)
def text(ask: Ask) -> Response:
    """One of the files, line by line."""
    found = pinned(ask)
    shown = text_of(ask.place.programme.files, ask.query.get("file", "workflow.toml"), found.complaints)
    return show(ask, "staff/rounds/text.html", shown=shown, found=found, changed=has_changed(ask))


@pages.get(WORKFLOW + "/check", MANAGES)
def check(ask: Ask) -> Response:
    """All that `grantcycle check` says of them, each with its place."""
    return show(ask, "staff/rounds/check.html", found=pinned(ask), changed=has_changed(ask))


@pages.get(WORKFLOW + "/difference", MANAGES)
def difference(ask: Ask) -> Response:
    """What the folder says by now, beside what the round runs on."""
    on_disk = texts_on_disk(ask.office, ask.place.programme.name)
    found = differences(ask.place.programme.files, on_disk) if on_disk is not None else None
    return show(ask, "staff/rounds/difference.html", differences=found, changed=has_changed(ask))
