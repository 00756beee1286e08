"""Is every page sound for everybody who may open it, in every language, width and theme?

The quick run looks at each page in one of its states, and at what comes of every form that people send, in
combinations that come round in turn; four in five of the console, which are made of the same parts, it only reads, and
it looks at the colours of one page in four: those of all pages are in one style sheet. The slow one looks at each in
all of them (what comes of a form that is sent in one language), and `make shots` keeps its pictures.
"""

import itertools
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from chromium import HEIGHTS, NARROW, WIDE, Chromium, Faults, Visits
from every_state import SCENES
from living_site import LivingSite, come_in, living_site
from look import Look
from looking import axe, shot, sideways
from playwright.sync_api import Page, Response
from starlette.routing import Route
from valid_html import validate
from visiting import BEFORE

LANGUAGES = ("nl", "fr", "en")
COMBINATIONS = list(itertools.product(LANGUAGES, (False, True), (NARROW, WIDE)))
"""(language, dark, width)"""
NO_PAGES = {
    "/staff/{programme}/{round}/journal.csv", "/staff/{programme}/{round}/journal.jsonl",
    "/staff/rounds/draft/{draft}/file", "/staff/rounds/draft/{draft}/zip",
    "/staff/rehearsals/one/{rehearsal}/report/page", "/staff/rehearsals/one/{rehearsal}/beside",
    "/staff/{programme}/{round}/dossiers.csv", "/staff/{programme}/{round}/dossiers.xlsx",
    "/staff/{programme}/{round}/seats/{meeting}/list.csv", "/staff/{programme}/{round}/obligations.csv",
    "/staff/{programme}/{round}/payments.csv",
    "/staff/{programme}/{round}/received/{mail}/raw",
    "/invitations/{uid}.ics", "/call/{programme}/{round}/calendar.ics", "/feed/{nonce}/{token}.ics",
    "/dossier/{programme}/{round}/{number}/received.json",
    "/dossier/{programme}/{round}/{number}/file/{question}/{version}",
    "/dossier/{programme}/{round}/{number}/delivered/{delivery}/{question}",
    "/dossier/{programme}/{round}/{number}/message/{id}/page", "/mailbox/{id}/page", "/mailbox/{id}/raw",
    "/staff/{programme}/{round}/act/letter/page", "/staff/{programme}/{round}/dossiers/{number}/letters/{id}/page",
    *(f"/staff/{{programme}}/{{round}}/outbox/{{id}}/{part}" for part in ("page", "original", "raw")),
    "/staff/{programme}/{round}/outbox/batch/page", "/staff/{programme}/{round}/letters/{letter}/preview",
    "/staff/{programme}/{round}/letters/{letter}/file", "/staff/{programme}/{round}/words/file",
    "/staff/{programme}/{round}/extend/letter/page", "/staff/{programme}/{round}/extensions.csv",
    "/staff/{programme}/{round}/committee.csv", "/staff/{programme}/{round}/committee/ranking.csv",
    "/staff/{programme}/{round}/committee/remind/letter", "/staff/{programme}/{round}/verdicts/{batch}/letter/page",
}  # fmt: skip
"""what is answered with a file, or with a letter in a frame"""
OF_NO_MEETING_HERE = {"/staff/{programme}/{round}/hours/{meeting}", "/committee/{programme}/{round}/hours/{meeting}"}
"""where free hours are given: no shipped meeting has `book_with` (tests/web/staff/test_console_agreeing.py)"""
TITLE, HEADING = re.compile(r"<title>(.*?)</title>", re.DOTALL), re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
BETWEEN = re.compile(r"<[^>]*>")
FAILED = 500
EXPECTED = r"answer 422: POST .*/section/documents$"
"""a file that is refused is sent by the script, and answered with the page again"""
CONSOLE = "/staff"
OPENED = 5
"""the quick run opens one page of the console in so many in the browser"""
COLOURS = 4
"""the quick run looks at the colours of one page in so many"""


@dataclass
class Found:
    """What was found wrong, by what was looked for; each line begins with the name of the page."""

    axe: list[str] = field(default_factory=list)
    sideways: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    html: dict[str, str] = field(default_factory=dict)
    """the source of each page, as the server sent it"""
    routes: set[str] = field(default_factory=set)
    looked_at: set[str | None] = field(default_factory=set)
    """the routes that were looked at before anything was done there"""
    document: Response | None = None
    """the newest page that was answered"""


def look_at_everything(chromium: Chromium, folder: Path, *, everything: bool) -> Found:
    """Play the round, and look at every page: once each, or in all combinations."""
    found, faults, turn = Found(), Faults(), itertools.count()
    with living_site(folder, BEFORE) as living, Visits.paid(chromium, faults) as visits:
        page = visits()
        page.on("response", lambda response: _note(living, found, response))
        for scene in SCENES:
            living.it_is(scene.day)
            scene.play(living)
            for look in scene.looks(living):
                if not everything and _is_another_state(living, look, found):
                    continue
                number = next(turn)
                if not (everything or look.does) and look.path.startswith(CONSOLE) and number % OPENED:
                    _read(living, page, look, LANGUAGES[number // OPENED % len(LANGUAGES)], found)
                    continue
                # neighbours differ in everything, and twelve pages later all have been
                chosen = COMBINATIONS if everything else [COMBINATIONS[number * 7 % len(COMBINATIONS)]]
                if look.does:  # which may be possible once: then the page is looked at as it stands, in one language
                    chosen = [one for one in chosen if one[0] == chosen[0][0]]
                contrast = everything or number // OPENED % COLOURS == 0
                for place, combination in enumerate(chosen):
                    _look(living, page, look, combination, found, again=place > 0, contrast=contrast)
                found.faults += [f"{look.name}: {one}" for one in faults.taken() if not _is_expected(one)]
    return found


def _look(
    living: LivingSite, page: Page, look: Look, combination: tuple[str, bool, int], found: Found, *, again: bool,
    contrast: bool,
) -> None:  # fmt: skip
    language, dark, width = combination
    name = f"{look.name}-{language}-{'dark' if dark else 'light'}-{width}"
    page.set_viewport_size({"width": width, "height": HEIGHTS.get(width, 900)})
    page.emulate_media(color_scheme="dark" if dark else "light")
    if not (again and look.does):
        _come_in(living, page, look, language)
        page.goto(living.address + look.path)
        if look.does:
            look.does(page)
    found.axe += [f"{name}: {one}" for one in axe(page, contrast=contrast)]
    found.sideways += [f"{name}: {one}" for one in sideways(page)]
    _note_heads(found, name, page.title(), page.locator("h1").all_inner_texts())
    if not again:
        assert found.document is not None
        found.html[name] = found.document.text()
    shot(page, name)


def _read(living: LivingSite, page: Page, look: Look, language: str, found: Found) -> None:
    """Ask for a page without opening it: what is wrong with its source is found all the same."""
    name = f"{look.name}-{language}"
    _come_in(living, page, look, language)
    answer = page.context.request.get(living.address + look.path)
    source = answer.text()
    if answer.status >= FAILED:
        found.faults.append(f"{name}: answer {answer.status}")
    _note_heads(found, name, "".join(TITLE.findall(source)), [BETWEEN.sub("", one) for one in HEADING.findall(source)])
    found.html[name] = source
    for url in (look.path, answer.url):
        _note_route(living, found, url)


def _come_in(living: LivingSite, page: Page, look: Look, language: str) -> None:
    page.context.add_cookies([{"name": "grantcycle-language", "value": language, "url": living.address}])
    come_in(living, page, look.email, proved=look.proved)


def _note_heads(found: Found, name: str, title: str, headings: list[str]) -> None:
    if len(headings) != 1 or not headings[0].strip() or not title.strip():
        found.heads.append(f"{name}: titled {title!r}, with the headings {headings}")


def _is_another_state(living: LivingSite, look: Look, found: Found) -> bool:
    """Whether a page was looked at already, in another state: the long run looks at each."""
    path = look.path.partition("?")[0]
    route = _route_at(living, path)
    if path.startswith(CONSOLE):
        return route in found.routes
    if look.does:
        return False
    was_looked_at = route in found.looked_at
    found.looked_at.add(route)
    return was_looked_at


def _route_at(living: LivingSite, path: str) -> str | None:
    """The route that answers there, which is the first that fits."""
    for route in living.site.app.routes:
        if isinstance(route, Route) and "GET" in (route.methods or ()) and route.path_regex.match(path):
            return route.path
    return None


def _note(living: LivingSite, found: Found, response: Response) -> None:
    """Which page was answered, and which route that was; what is in a frame of a page is none."""
    request = response.request
    is_page = request.is_navigation_request() and request.frame.parent_frame is None
    if is_page and response.status not in range(300, 400):
        found.document = response
    _note_route(living, found, response.url)


def _note_route(living: LivingSite, found: Found, url: str) -> None:
    if route := _route_at(living, url.removeprefix(living.address).partition("?")[0]):
        found.routes.add(route)


def _is_expected(fault: str) -> bool:
    return re.search(EXPECTED, fault) is not None


@pytest.mark.slow
def test_every_page_is_sound_in_every_combination(chromium: Chromium, tmp_path: Path) -> None:
    found = look_at_everything(chromium, tmp_path, everything=True)
    assert (found.axe, found.sideways, found.heads, found.faults) == ([], [], [], [])


@pytest.fixture(scope="module")
def found(chromium: Chromium, tmp_path_factory: pytest.TempPathFactory) -> Found:
    return look_at_everything(chromium, tmp_path_factory.mktemp("every-page"), everything=False)


def test_axe_finds_nothing_on_any_page(found: Found) -> None:
    assert found.axe == []


def test_no_page_scrolls_sideways(found: Found) -> None:
    assert found.sideways == []


def test_every_page_has_a_title_and_one_heading_of_the_first_rank(found: Found) -> None:
    assert found.heads == []


def test_no_page_asks_elsewhere_fails_or_complains_in_the_console(found: Found) -> None:
    assert found.faults == []


def test_every_page_is_valid_html(found: Found) -> None:
    assert validate(found.html) == []


def test_every_page_that_there_is_was_looked_at(found: Found, tmp_path: Path) -> None:
    with living_site(tmp_path, BEFORE) as living:
        routes = {route.path for route in living.site.app.routes if isinstance(route, Route)
                  and "GET" in (route.methods or ())}  # fmt: skip
    assert sorted(routes - found.routes - NO_PAGES - OF_NO_MEETING_HERE) == []
