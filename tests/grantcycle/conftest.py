"""Each test has an installation of its own."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from installation import BEFORE_THE_CALL, PEOPLE, ROUND, SHIPPED, STAFF, Installation


@pytest.fixture
def grantcycle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Installation:
    for name in [name for name in os.environ if name.startswith("GRANTCYCLE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    installation = Installation(tmp_path, capsys)
    installation.settings(f'[database]\nurl = "sqlite:///cycle.db"\n\n[workflows]\nfolder = "{SHIPPED.as_posix()}"\n')
    return installation


@pytest.fixture
def opened(grantcycle: Installation) -> Installation:
    """The Cera round, open since before its call, with its staff and jury."""
    grantcycle.done("open", ROUND, "--as", STAFF, at=BEFORE_THE_CALL)
    grantcycle.done("people", "import", grantcycle.write("people.csv", PEOPLE), "--as", STAFF, at=BEFORE_THE_CALL)
    return grantcycle


@pytest.fixture
def started(opened: Installation) -> Callable[[], str]:
    """Starts a dossier of De Brug, and gives its number."""

    def start() -> str:
        return str(
            opened.done(
                "dossiers", "start", ROUND, "--organisation", "De Brug", "--name", "An Jans",
                "--email", "an@brug.example", "--language", "nl", "--as", "an@brug.example", "--json",
            ).json["number"]
        )  # fmt: skip

    return start
