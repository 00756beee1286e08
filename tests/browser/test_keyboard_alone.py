"""Can somebody hand in, and somebody judge, who has no mouse? With Tab, Enter, Space and the arrows alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import Visits
from keyboard import keyboard_faults
from living_site import LivingSite, come_in, living_site
from playwright.sync_api import Page, expect
from visiting import APPLICANT, MEMBER, ROUND, at

from engine.database.pages import dossiers, opinions

COMMITTEE = f"/committee/{ROUND}"
FOCUSED = "what => document.activeElement.matches(what)"


def tab_to(page: Page, what: str) -> None:
    """Press Tab until that has the focus. Raises AssertionError when it never has."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED, what):
            return
    pytest.fail(f"Tab does not lead to {what}")


def enter(page: Page, what: str) -> None:
    """Go to that, and press Enter: a link is followed, a form is sent."""
    tab_to(page, what)
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.fixture
def living(tmp_path: Path) -> Iterator[LivingSite]:
    with living_site(tmp_path, at("2019-02-20 10:00")) as living:
        yield living


def test_a_dossier_is_handed_in_without_a_mouse(living: LivingSite, visit: Visits) -> None:
    number = living.site.draft()
    page = visit(language="en")
    come_in(living, page, APPLICANT)
    page.goto(f"{living.address}/dossiers?lang=en")
    enter(page, f"a[href='/dossier/{ROUND}/{number}']")
    enter(page, "a[href$='/section/project']")
    tab_to(page, "[name='a-title']")
    page.keyboard.press("Control+A")
    page.keyboard.type("Keukenverhalen")
    enter(page, "[name=go][value=back]")
    assert keyboard_faults(page) == []
    enter(page, "a[href$='/check']")
    assert keyboard_faults(page) == []
    tab_to(page, "#declared")
    page.keyboard.press("Space")
    enter(page, "form[action$='/submit'] button")
    expect(page.locator("h1")).to_have_text("Receipt")
    with living.site.database.reading() as session:
        head = dossiers.find(session, ROUND, number)
    assert head is not None
    assert (head.state, head.received_at) == ("submitted", living.site.now)


@pytest.mark.parametrize(
    "javascript",
    [pytest.param(True, id="with a script"), pytest.param(False, id="without", marks=pytest.mark.slow)],
)
def test_a_member_judges_without_a_mouse(living: LivingSite, visit: Visits, javascript: bool) -> None:
    number = living.site.handed_in()
    living.it_is("2019-03-04 10:00")
    page = visit(language="en", javascript=javascript)
    come_in(living, page, MEMBER)
    page.goto(f"{living.address}{COMMITTEE}?lang=en")
    enter(page, "main a.primary")
    enter(page, "main form button.primary")
    if javascript:
        assert keyboard_faults(page) == []
    for name, steps in (("participation", 7), ("artistic", 4), ("learning", 8)):
        tab_to(page, f"[name=mark_{name}]")
        page.keyboard.press("Space")
        for _ in range(steps):
            page.keyboard.press("ArrowRight")
    for name in ("comment", "note", "words"):
        tab_to(page, f"[name={name}]")
        page.keyboard.type(f"My {name}")
    tab_to(page, "[name=advises]")
    page.keyboard.press("Space")
    enter(page, "[name=then][value=next]")
    expect(page.locator("main")).to_contain_text(f"{number} is saved. Nothing else is left for you.")
    with living.site.database.reading() as session:
        head = dossiers.find(session, ROUND, number)
        assert head is not None
        (own,) = opinions.opinions(session, head.id)
    assert (own.marks, own.comment, own.note, own.recommendation, own.advises) == (
        {"participation": 8, "artistic": 5, "learning": 9}, "My comment", "My note", "My words", "shortlist"
    )  # fmt: skip
