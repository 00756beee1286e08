"""Which letters does a round have, when are they told, and in which language is one missing or behind?"""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from engine.database.pages.wording import Changed, changed_files
from engine.database.store import the_id
from engine.files.reading import Programme
from web.ask import Ask
from web.policy import MANAGES
from web.routes import Pages
from web.staff.console import show
from web.staff.wording.moments import LAST, Telling, tellings_of, told_when

pages = Pages()


@dataclass(frozen=True)
class Cell:
    """A letter in one language: `state` is ok, missing, older, edited or ours."""

    language: str
    state: str
    times: int = 0


@dataclass(frozen=True)
class Row:
    """A letter with the moments that tell it, the first of them at an instant (None: whenever it happens)."""

    letter: str
    subject: str
    when: list[str]
    at: int | None
    cells: list[Cell]


@pages.get("/staff/{programme}/{round}/letters", MANAGES)
def letters(ask: Ask) -> Response:
    """Every letter by its moment in the cycle, and each language of it."""
    place = ask.place
    with ask.reading() as session:
        changed = changed_files(session, the_id(place.round))
    tellings = tellings_of(place.workflow, place.calendar)
    untold = sorted({name for written in place.programme.letters.values() for name in written} - tellings.keys())
    rows = [_row(ask, letter, tellings.get(letter, []), changed) for letter in (*tellings, *untold)]
    missing = sum(cell.state == "missing" for row in rows for cell in row.cells)
    older = sum(cell.state == "older" for row in rows for cell in row.cells)
    return show(
        ask, "staff/wording/letters.html", rows=rows, missing=missing, older=older, changed=len(changed),
        words={language: changed.get(f"words.{language}.toml") for language in others(ask)},
    )  # fmt: skip


def others(ask: Ask) -> list[str]:
    """The languages that the programme's rules are not written in."""
    workflow = ask.place.workflow
    return [language for language in workflow.languages if language != workflow.language]


def _row(ask: Ask, letter: str, tellings: list[Telling], changed: Mapping[str, Changed]) -> Row:
    programme, workflow = ask.place.programme, ask.place.workflow
    shown = ask.language if ask.language in workflow.languages else workflow.language
    text = text_of(ask, programme, shown, letter) or text_of(ask, programme, workflow.language, letter) or ""
    first = min((one.at for one in tellings), default=LAST)
    cells = [Cell(language, *state_of(ask, letter, language, changed)) for language in workflow.languages]
    return Row(
        letter, text.partition("\n")[0].strip(), [told_when(ask, one) for one in tellings],
        None if first == LAST else first, cells,
    )  # fmt: skip


def file_of(letter: str, language: str) -> str:
    return f"letters/{language}/{letter}.md"


def text_of(ask: Ask, programme: Programme, language: str, letter: str) -> str | None:
    """A letter's text: the programme's, or grantcycle's own of that name; None where neither is written."""
    written = programme.letters.get(language, {}).get(letter)
    return ask.office.wording.own_text(language, letter) if written is None else written


def state_of(ask: Ask, letter: str, language: str, changed: Mapping[str, Changed]) -> tuple[str, int]:
    """How a letter stands in a language, and how often it was changed."""
    workflow = ask.place.workflow
    here = changed.get(file_of(letter, language))
    first = changed.get(file_of(letter, workflow.language))
    times = here.times if here else 0
    if text_of(ask, ask.place.programme, language, letter) is None:
        return "missing", times
    if first is not None and language != workflow.language and (here is None or here.last < first.last):
        return "older", times
    if here is not None:
        return "edited", times
    return ("ok" if letter in ask.place.programme.letters.get(language, {}) else "ours"), times
