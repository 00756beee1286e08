"""A browser, an app under a real server and tests with loops of their own live in one process, and leave nothing."""

import asyncio
import shutil
import threading
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from chromium import Chromium, Visits
from served import serving
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from tools import REQUIRED, tool

PATIENCE = 60
"""seconds"""


def app(said: list[str]) -> Starlette:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        said.append("up")
        yield
        said.append("down")

    # not `async`, so that it is answered in a thread
    def answer(_request: Request) -> PlainTextResponse:
        return PlainTextResponse(threading.current_thread().name)

    return Starlette(routes=[Route("/", answer)], lifespan=lifespan)


def test_an_app_is_served_from_its_start_to_its_end_and_no_thread_is_left() -> None:
    said: list[str] = []
    before = set(threading.enumerate())
    with serving(app(said)) as address:
        assert urllib.request.urlopen(address).status == 200
        assert said == ["up"]
    for thread in set(threading.enumerate()) - before:
        thread.join(PATIENCE)  # a thread that answered has been told to end, and nobody has waited for it
    assert (said, set(threading.enumerate()) - before) == (["up", "down"], set())


async def test_a_test_with_a_loop_of_its_own_runs_once_the_browser_has_started(chromium: Chromium) -> None:
    assert asyncio.get_running_loop() is not chromium.loop
    await asyncio.sleep(0)


@pytest.mark.parametrize("_turn", range(2))
def test_a_page_is_visited(visit: Visits, _turn: int) -> None:
    with serving(app([])) as address:
        assert "thread" in visit(address).locator("body").inner_text()


# it must run after a visit and before another
async def test_it_runs_between_two_visits(chromium: Chromium) -> None:
    assert asyncio.get_running_loop() is not chromium.loop
    assert chromium.browser.is_connected()
    await asyncio.sleep(0)


def test_the_browser_is_there_after_it(visit: Visits) -> None:
    assert visit("data:text/plain,after").locator("body").inner_text() == "after"


def test_a_tool_that_is_missing_skips_its_test_and_fails_it_where_it_is_required(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _program: None)
    monkeypatch.delenv(REQUIRED, raising=False)
    with pytest.raises(pytest.skip.Exception, match="needs java: install the package default-jre-headless"):
        tool("java", "default-jre-headless")
    monkeypatch.setenv(REQUIRED, "required")
    with pytest.raises(pytest.fail.Exception, match="needs java: install the package default-jre-headless"):
        tool("java", "default-jre-headless")
