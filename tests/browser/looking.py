"""Is a page fit to be seen and used? Axe finds what breaks WCAG 2.2 AA, the width what makes it scroll sideways."""

import os
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

SHOTS = "SHOTS_OF_THE_TESTS"
"""the folder for pictures of the pages; none are taken without it"""
OPTIONS: dict[str, Any] = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "rules": {"target-size": {"enabled": True}},  # of WCAG 2.2, and off unless it is asked for
    "preload": False,  # no rule of these reads the style sheets themselves
}
# what is sound too would be brought over otherwise, which takes a tenth of the time
FOUND = """options => axe.run(options).then(found => found.violations.flatMap(violation => violation.nodes.map(
  node => `${violation.id}: ${node.target.join(" ")}: ${node.html.slice(0, 120)}`)))"""
BEYOND = """() => {
  const page = document.documentElement, width = window.innerWidth;
  if (page.scrollWidth <= width && document.body.scrollWidth <= width) return [];
  const beyond = [...document.body.querySelectorAll("*")].filter(one => {
    const box = one.getBoundingClientRect();
    return box.width > 0 && box.right + window.scrollX > width + 0.5;
  });
  const innermost = beyond.filter(one => !beyond.some(other => other !== one && one.contains(other)));
  return [`${Math.max(page.scrollWidth, document.body.scrollWidth) - width} pixels too wide`].concat(innermost.map(
    one => `<${one.localName}> ${one.textContent.trim().slice(0, 40)}`));
}"""


def axe(page: Page, *, contrast: bool = True) -> list[str]:
    """What axe finds against WCAG 2.2 AA and good practice: `rule: place: snippet`, a line for each place.

    Whether letters stand out from their ground takes more time than all other rules, and can be left out.
    Raises AssertionError in a profile without scripts, where axe would wait for ever.
    """
    assert not page.evaluate("matchMedia('(scripting: none)').matches"), "axe is a script: visit with javascript=True"
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(AXE_SCRIPT)
    rules = {**OPTIONS["rules"], "color-contrast": {"enabled": contrast}}
    found: list[str] = page.evaluate(FOUND, {**OPTIONS, "rules": rules})
    return found


def sideways(page: Page) -> list[str]:
    """By how much the page is wider than its window, and what is; empty if it does not scroll sideways."""
    found: list[str] = page.evaluate(BEYOND)
    return found


def shot(page: Page, name: str) -> None:
    """A picture of the whole page as `name.png` in the folder that the environment names; nothing without one."""
    if folder := os.environ.get(SHOTS):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
