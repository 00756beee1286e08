"""Each check finds the fault that is planted for it, and none on the page without."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import NARROW, WIDE, Chromium, Faults, Visits
from crawling import crawl, dead, pages
from faulty_site import faulty_site
from keyboard import TabStop, keyboard_faults, tab_stops
from looking import SHOTS, axe, shot, sideways
from served import serving
from starlette.testclient import TestClient
from valid_html import validate


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serving(faulty_site()) as address:
        yield address


def test_a_sound_page_has_no_fault(visit: Visits, site: str) -> None:
    page = visit(f"{site}/sound", width=NARROW)
    assert (axe(page), sideways(page), keyboard_faults(page)) == ([], [], [])


@pytest.mark.slow
def test_a_page_without_scripts_can_be_looked_at_but_for_axe(visit: Visits, site: str) -> None:
    page = visit(f"{site}/wide", javascript=False)
    assert (len(sideways(page)), keyboard_faults(page)) == (2, [])
    assert [stop.name for stop in tab_stops(visit(f"{site}/call/2019", javascript=False))] == ["Back"]
    with pytest.raises(AssertionError, match="axe is a script"):
        axe(page)


def test_axe_finds_a_picture_without_words_and_a_target_that_is_too_small(visit: Visits, site: str) -> None:
    page = visit(f"{site}/no-alt")
    assert axe(page) == ['image-alt: img: <img src="/pixel.svg">']
    page.goto(f"{site}/small")
    assert {fault.partition(":")[0] for fault in axe(page)} == {"target-size"}


def test_a_page_that_is_too_wide_is_found(visit: Visits, site: str) -> None:
    for width in (NARROW, WIDE):
        assert sideways(visit(f"{site}/wide", width=width)) == [f"{2000 - width} pixels too wide", "<p> wide"]


@pytest.mark.slow
def test_tab_stops_are_told_in_their_order(visit: Visits, site: str) -> None:
    stops = tab_stops(visit(f"{site}/sound"))
    assert stops[0] == TabStop("<a>", "link", "The call of 2019", shown=True, covered=False)
    assert [stop.name for stop in stops[1:]] == ["mail", "Elsewhere", "For", "In", "up", "Search", "Spend"]


def test_what_stops_the_keyboard_is_found(visit: Visits, site: str) -> None:
    page = visit()
    told = {}
    for path in ("/trap", "/jump", "/no-focus", "/own-focus", "/beside-focus", "/no-name", "/covered"):
        page.goto(f"{site}{path}")
        told[path] = keyboard_faults(page)
    passed = """['<a href="/sound" id="passed">Two</a>']"""
    assert told == {
        "/trap": ["Tab comes back to <input text> '' and gets no further"],
        "/jump": [f"Tab passes by {passed}"],
        "/no-focus": ["<a> 'Plain' does not show that it has the focus"],
        "/own-focus": [],
        "/beside-focus": [],
        "/no-name": ["<button submit> '' has no name"],
        "/covered": ["<a> 'Under' is covered when it has the focus"],
    }


@pytest.mark.parametrize("javascript", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_what_goes_wrong_on_a_page_is_noted(visit: Visits, site: str, faults: Faults, javascript: bool) -> None:
    page = visit(javascript=javascript)
    noted = {}
    for path in ("/sound", "/shouting", "/throwing", "/inline", "/fails", "/no-picture"):
        page.goto(f"{site}{path}")
        page.evaluate("0")
        noted[path] = [re.sub(r":[0-9]+|(?<=Policy).*", "", fault, flags=re.DOTALL) for fault in faults.taken()]
    inline = ["error in the console: Applying inline style violates the following Content Security Policy"]
    scripts = {
        "/shouting": ["error in the console: something is wrong"],
        "/throwing": ["exception in a script: missing is not defined"],
    }
    assert noted == {
        "/sound": [], "/shouting": [], "/throwing": [], "/inline": inline,
        "/fails": ["answer 500: GET http://127.0.0.1/fails"],
        "/no-picture": ["answer 404: GET http://127.0.0.1/gone.svg"],
    } | (scripts if javascript else {})  # fmt: skip


def test_a_request_to_another_machine_is_noted_and_goes_nowhere(visit: Visits, faults: Faults) -> None:
    with serving(faulty_site(policy="default-src *")) as site:
        visit(f"{site}/outside").evaluate("0")
        faults.taken("Failed to load resource: net::ERR_NAME_NOT_RESOLVED")
        assert faults.taken() == ["request to another machine: http://elsewhere.example/pixel.png"]


@pytest.mark.slow
def test_a_page_that_is_not_there_is_no_fault_of_its_own(visit: Visits, site: str) -> None:
    assert visit(f"{site}/gone").locator("main p").inner_text() == "There is no such page."


def test_a_fault_that_nobody_takes_fails_the_test(chromium: Chromium, site: str) -> None:
    with (
        pytest.raises(AssertionError, match="error in the console: something is wrong"),
        Visits.paid(chromium, Faults()) as visit,
    ):
        visit(f"{site}/shouting")


@pytest.mark.slow
def test_whoever_visits_is_somebody_new_with_a_window_and_a_language(visit: Visits, site: str) -> None:
    first = visit(f"{site}/sound", width=NARROW, dark=True, language="fr")
    first.context.add_cookies([{"name": "session", "value": "1", "url": site}])
    other = visit(f"{site}/sound")
    assert (len(first.context.cookies()), len(other.context.cookies())) == (1, 0)
    dark = "() => [innerWidth, navigator.language, matchMedia('(prefers-color-scheme: dark)').matches]"
    assert (first.evaluate(dark), other.evaluate(dark)) == ([NARROW, "fr-BE", True], [WIDE, "nl-BE", False])


def test_invalid_html_is_found_by_the_name_of_its_page() -> None:
    client = TestClient(faulty_site())
    html = {path: client.get(path).text for path in ("/sound", "/invalid")}
    faults = validate(html)
    assert {fault.partition(":")[0] for fault in faults} == {"/invalid"}
    assert "/invalid:13: Unclosed element “b”.: s</h1>\n<p><b>open</" in faults


@pytest.mark.slow
def test_a_crawl_finds_what_a_page_leads_to(visit: Visits, site: str) -> None:
    client = TestClient(faulty_site())
    by_client = crawl(client, "/sound")
    assert list(by_client) == [
        "/sound", "/style.css", "/call/2019?as=text", "/search?for=x+y&in=fr", "/search?for=x+y&in=nl",
        "/search?for=x+y&in=fr&order=up", "/search?for=x+y&in=fr&order=down",
    ]  # fmt: skip
    assert crawl(visit(), f"{site}/sound") == by_client
    assert (dead(by_client), list(pages(by_client))) == ([], [path for path in by_client if path != "/style.css"])
    found = crawl(client, "/broken")
    assert dead(found) == ["500 /fails from /broken", "404 /gone from /broken"]
    assert (found["/moved"].status, found["/call/2019"].came_from) == (307, "/moved")
    with pytest.raises(AssertionError, match="more than 3 addresses, the last of them /search"):
        crawl(client, "/sound", most=3)


@pytest.mark.slow
def test_pictures_are_taken_where_the_environment_says_so(
    visit: Visits, site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = visit(f"{site}/sound")
    monkeypatch.delenv(SHOTS, raising=False)
    shot(page, "not-taken")
    monkeypatch.setenv(SHOTS, str(tmp_path))
    shot(page, "taken")
    assert [path.name for path in tmp_path.iterdir()] == ["taken.png"]
