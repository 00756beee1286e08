"""In which ways can a new round be begun, and how is one taken from the programmes' folder?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from engine.database.looking import open_rounds
from engine.database.preparing import drafts
from engine.errors import GrantcycleError
from engine.files.complaints import Complaints
from engine.files.reading import read_folder
from web.ask import Ask
from web.policy import STAFFS, somebody
from web.problems import NotThere
from web.routes import Pages
from web.staff.console import show
from web.staff.rounds.programmes import folders, rounds_in

pages = Pages()
START = "/staff/rounds/new/start"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A round whose file stands in a programme's folder and which is not open."""

    programme: str
    name: str

    @property
    def key(self) -> str:
        return f"{self.programme}/{self.name}"


def draft_path(id: int) -> str:
    return f"/staff/rounds/draft/{id}"


@pages.get(START, STAFFS)
def start(ask: Ask) -> Response:
    """The three ways: copy a round, take one from the folder, or send a file."""
    return start_page(ask)


def start_page(ask: Ask, status: int = 200, errors: Mapping[str, str] | None = None) -> Response:
    """The same, with what is wrong beside its field."""
    with ask.reading() as session:
        opened = [(row.key, row.programme) for row in open_rounds(session)]
    known = {key for key, _ in opened}
    on_disk = folders(ask.office)
    every = [Waiting(one.name, name) for one in on_disk for name in rounds_in(one)]
    waiting = [one for one in every if one.key not in known]
    programmes = sorted({programme for _, programme in opened} | {one.name for one in on_disk})
    return show(
        ask, "staff/rounds/start.html", status, opened=sorted((key for key, _ in opened), reverse=True),
        waiting=waiting, errors=errors or {}, has_errors=bool(errors),
        programmes=[("", ask.say("as in the ZIP")), *((one, one) for one in programmes)],
        has_folder=ask.office.workshop.workflows is not None, typed=_typed(ask),
    )  # fmt: skip


def _typed(ask: Ask) -> Mapping[str, str]:
    return {name: ask.text(name, 100) for name in ("programme", "name")}


@pages.post("/staff/rounds/new/folder", STAFFS)
def from_folder(ask: Ask) -> Response:
    """Begin with a round whose file stands in the programmes' folder."""
    programme, name = ask.text("programme", 100), ask.text("round", 100)
    folder = next((one for one in folders(ask.office) if one.name == programme), None)
    if folder is None or name not in rounds_in(folder):
        raise NotThere
    try:
        files = read_folder(folder)
    except Complaints as wrong:
        return start_page(ask, 422, {"folder": _told(wrong)})
    except (GrantcycleError, OSError) as problem:
        return start_page(ask, 422, {"folder": str(problem)})
    return begin(ask, programme, name, "folder", files)


def _told(wrong: Complaints) -> str:
    lines: Sequence[str] = [str(one) for one in wrong.complaints[:5]]
    return "; ".join(lines)


def begin(ask: Ask, programme: str, name: str, source: str, files: Mapping[str, str]) -> Response:
    """Keep the round in the making, and on to its page."""
    with ask.office.database.transaction() as session:
        id = drafts.make(
            session, programme=programme, name=name, source=source, files=files, by=somebody(ask).person_id, now=ask.now
        )  # fmt: skip
    return ask.go(draft_path(id))
