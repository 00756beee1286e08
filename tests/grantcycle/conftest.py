"""Each test has an installation of its own."""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from databases import compiled_once
from installation import BEFORE_THE_CALL, PEOPLE, ROUND, STAFF, Installation, install

from engine import events
from engine.database.connection import open_database
from grantcycle import rehearsing, wiring

# rounds are played as the tests of the cycle play them
sys.path.append(str(Path(__file__).parents[1] / "engine" / "cycle"))


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("GRANTCYCLE_")]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command line opens its database anew; what it asks is compiled once for all of them."""
    for place in (wiring, rehearsing):
        monkeypatch.setattr(place, "open_database", lambda url: compiled_once(open_database(url)))


@pytest.fixture
def grantcycle(tmp_path: Path) -> Installation:
    return install(tmp_path)


@pytest.fixture(scope="session")
def opened_once(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The Cera round as it is opened, with its staff and jury; tests work on copies."""
    first = install(tmp_path_factory.mktemp("opened"))
    first.done("open", ROUND, "--as", STAFF, at=BEFORE_THE_CALL)
    first.done("people", "import", first.write("people.csv", PEOPLE), "--as", STAFF, at=BEFORE_THE_CALL)
    return first


@pytest.fixture
def opened(grantcycle: Installation, opened_once: Installation) -> Installation:
    """The Cera round, open since before its call, with its staff and jury."""
    for name in ("cycle.db", "people.csv"):
        grantcycle.write(name, (opened_once.folder / name).read_bytes())
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


@pytest.fixture
def _nobody_watches() -> Iterator[None]:
    """Whoever watches in a test does so no longer after it."""
    yield
    events.watch()
    structlog.reset_defaults()
    root = logging.getLogger()
    root.handlers[:] = [one for one in root.handlers if not type(one).__module__.startswith("grantcycle")]
