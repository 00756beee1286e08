"""On which rules and dates has a round run: all versions, one of them aloud, drawn or as text, two side by side?"""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup
from starlette.responses import Response

from engine.database.pages.versions import Version, versions_of
from engine.database.records import PinnedRow
from engine.files.drawing import draw_svg
from engine.files.prose import read_aloud
from engine.files.reading import Programme
from web.ask import Ask
from web.policy import MANAGES
from web.problems import NotThere
from web.routes import Pages
from web.staff.console import show
from web.staff.rounds.picture import has_changed
from web.staff.rounds.texts import as_html, in_order, text_of
from web.staff.wording.comparing import Pair, in_one, side_by_side

pages = Pages()
VERSIONS = "/staff/{programme}/{round}/versions"
AROUND = 3
"""lines shown beside one another before and after what differs"""


@dataclass(frozen=True, slots=True)
class Compared:
    """Two versions: the files that differ, and the one that is shown."""

    older: Version
    newer: Version
    files: tuple[str, ...]
    file: str
    pairs: tuple[Pair, ...]


@pages.get(VERSIONS, MANAGES)
def versions(ask: Ask) -> Response:
    """All versions, and where a change begins."""
    return listing(ask)


def listing(ask: Ask, status: int = 200, **more: object) -> Response:
    """The same, with what is wrong with a file that was sent."""
    facts = {"errors": {}, "found": None, **more}
    return show(
        ask, "staff/versions/versions.html", status, versions=found(ask), path=path_of(ask), changed=has_changed(ask),
        has_errors=bool(facts["errors"]), **facts,
    )  # fmt: skip


def path_of(ask: Ask) -> str:
    return f"/staff/{ask.place.key}/versions"


def found(ask: Ask) -> list[Version]:
    """All versions of the round, the newest first."""
    with ask.reading() as session:
        return versions_of(session, ask.place.round)


def _numbered(said: str, among: list[Version]) -> Version:
    """The version of that number. Raises NotThere."""
    one = next((version for version in among if str(version.number) == said), None)
    if one is None:
        raise NotThere
    return one


def _text(ask: Ask, one: Version) -> Mapping[str, str]:
    with ask.reading() as session:
        return session.get_one(PinnedRow, one.digest).files


def _programme(ask: Ask, one: Version) -> Programme:
    with ask.reading() as session:
        return ask.office.shelf.read(session, one.digest)


@pages.get(VERSIONS + "/compare", MANAGES)
def compare(ask: Ask) -> Response:
    """What is different between two versions, side by side."""
    among = found(ask)
    newer = _numbered(ask.query.get("now", str(among[0].number)), among)
    older = _numbered(ask.query.get("was", str(max(newer.number - 1, 1))), among)
    was, now = _text(ask, older), _text(ask, newer)
    files = tuple(file for file in in_order({*was, *now}) if was.get(file) != now.get(file))
    file = ask.query.get("file", files[0] if files else "")
    if files and file not in files:
        raise NotThere
    pairs = tuple(_near(side_by_side(was.get(file, ""), now.get(file, "")))) if files else ()
    beside = ask.query.get("way") != "below"
    lines = [] if beside else in_one(was.get(file, ""), now.get(file, ""))
    return show(
        ask, "staff/versions/compare.html", compared=Compared(older, newer, files, file, pairs), versions=among,
        path=path_of(ask), beside=beside, lines=lines, numbers=[(str(one.number),) * 2 for one in among],
    )  # fmt: skip


def _near(pairs: list[Pair]) -> list[Pair]:
    """The pairs that differ with a few around them; what is left out between is an ellipsis."""
    near = {
        place
        for middle, pair in enumerate(pairs) if pair[2] != "same"
        for place in range(middle - AROUND, middle + AROUND + 1)
    }  # fmt: skip
    kept: list[Pair] = []
    for place, pair in enumerate(pairs):
        if place in near:
            kept.append(pair)
        elif kept and kept[-1] != ("…", "…", "left out"):
            kept.append(("…", "…", "left out"))
    return kept


@pages.get(VERSIONS + "/{version}", MANAGES)
def one(ask: Ask) -> Response:
    """One version: read aloud, drawn, or as its text."""
    version = _numbered(ask.params["version"], found(ask))
    way = ask.query.get("as", "words")
    if way not in ("words", "picture", "text"):
        raise NotThere
    programme = _programme(ask, version)
    workflow = programme.workflow
    language = ask.language if ask.language in workflow.languages else workflow.language
    prose = drawn = shown = None
    if way == "words":
        prose = as_html(read_aloud(programme, programme.rounds[ask.place.round.name], language))
    elif way == "picture":
        drawn = Markup(draw_svg(programme, language))
    else:
        shown = text_of(programme.files, ask.query.get("file", "workflow.toml"), ())
    return show(
        ask, "staff/versions/one.html", version=version, way=way, prose=prose, drawn=drawn, shown=shown,
        language=language, path=path_of(ask),
    )  # fmt: skip
