"""Does the code know no programme? Whatever one funder's rules need stands in its files, or in the demonstration's."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("engine", "notifications", "web", "grantcycle")
KINDS = {".py", ".html", ".js", ".css", ".po", ".md", ".json", ".toml", ".txt"}
FUNDERS = ("Cera", "Meridian", "NLnet", "NGI", "Innovate UK")
"""whose programmes are shipped, or are told in the tests"""
CHOSEN = ROOT / "grantcycle/demo/demo.toml"
"""which of the shipped programmes the demonstration plays: configuration"""


def names() -> Iterator[str]:
    """What the programmes are called that are shipped or told as stories, in their folders and in their titles."""
    yield from FUNDERS
    for file in (*ROOT.glob("workflows/*/workflow.toml"), *ROOT.glob("tests/story/programmes/*/workflow.toml")):
        yield file.parent.name
        yield str(tomllib.loads(file.read_text(encoding="utf-8"))["workflow"]["title"])


def named_in(text: str) -> list[str]:
    """The programmes that a text names, whatever the capitals."""
    return [name for name in sorted(set(names())) if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE)]


@pytest.mark.parametrize("package", PACKAGES)
def test_no_file_of_the_code_names_a_programme(package: str) -> None:
    files = [file for file in (ROOT / package).rglob("*") if file.suffix in KINDS and file != CHOSEN]
    assert len(files) > 10
    assert {str(file.relative_to(ROOT)): found for file in files if (found := named_in(file.read_text("utf-8")))} == {}


def test_a_programme_that_is_named_is_found() -> None:
    assert named_in("open cera-impuls/2019 for NLnet") == ["Cera", "NLnet", "cera-impuls"]
    assert "Cera" in named_in(CHOSEN.read_text("utf-8"))
