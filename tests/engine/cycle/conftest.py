"""Which databases do the tests of the cycle run on? Each on SQLite and on PostgreSQL."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import pytest
from databases import BOTH, fresh, fresh_on
from stage import GATE, GATE_2030, PLAYED, Stage, ask_what_must_hold, programme
from steps import WATCHED
from stopped import POINTS, stopped_once_at

from engine.database.connection import Database

ASKED = {"sqlite": 3, "postgresql": 4}
"""after one in so many tests on a database it is asked in every run what must hold"""
SEVERAL = 3
"""from so many cases of one test on, the first says on a server what all of them say on SQLite"""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the other cases of a test on a server to the long run: who may do what is no matter of the database.

    A file may say by itself which of its cases are left to it.
    """
    seen: Counter[str] = Counter()
    on_server = [one for one in items if _is_of_the_cycle(one) and _params(one).get("database") == "postgresql"]
    cases = Counter(one.nodeid.partition("[")[0] for one in on_server)
    for one in filter(_is_of_the_cycle, items):
        left = getattr(one.module, "left_to_the_long_run", None)
        if left and left(_params(one)):
            one.add_marker(pytest.mark.slow)
    for one in on_server:
        test = one.nodeid.partition("[")[0]
        seen[test] += 1
        if cases[test] >= SEVERAL and seen[test] > 1:
            one.add_marker(pytest.mark.slow)


def _is_of_the_cycle(item: pytest.Item) -> bool:
    return item.nodeid.startswith("tests/engine/cycle/")


def _params(item: pytest.Item) -> dict[str, object]:
    callspec = getattr(item, "callspec", None)
    return callspec.params if callspec else {}


@pytest.fixture(autouse=True)
def _what_must_hold(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test does, what must hold in a database holds after it."""
    PLAYED.clear()
    WATCHED.clear()
    WATCHED.update({"monkeypatch"}.intersection(request.fixturenames))
    yield
    _ask(request)


@pytest.fixture(scope="module")
def _passed(request: pytest.FixtureRequest) -> Iterator[set[str]]:
    """The points at which an act of this file was stopped; all that are to be, where the whole file has run."""
    passed: set[str] = set()
    yield passed
    whole = not request.config.getoption("keyword") and not any("::" in one for one in request.config.args)
    if whole and not request.session.testsfailed:
        assert passed == POINTS.get(request.path.stem, set())


@pytest.fixture(autouse=True)
def _stopped(request: pytest.FixtureRequest, _passed: set[str]) -> Iterator[None]:
    """Whoever passes a point that no story of deaths passes is stopped there once."""
    points = POINTS.get(request.path.stem)
    if points is None or "as_many_statements" in request.node.name:  # who counts them counts those of one time
        yield
        return
    with stopped_once_at(points, _passed):
        yield


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    with fresh_on(request.param) as opened:
        yield opened
        _ask(request)


def _ask(request: pytest.FixtureRequest) -> None:
    """Ask what must hold where the test has played: after each in the long run, after some of them in every other."""
    in_short = request.config.getoption("markexpr") == "not slow"
    kind = "postgresql" if "postgresql" in _params(request.node).values() else "sqlite"
    if in_short and crc32(request.node.nodeid.encode()) % ASKED[kind]:
        PLAYED.clear()
    ask_what_must_hold()


@pytest.fixture
def stage(database: Database) -> Stage:
    """The small round, opened before its call."""
    return Stage(database).open()


@pytest.fixture
def gate(database: Database) -> Stage:
    """The round with a cohort under a cap."""
    return Stage(database, programme(GATE, GATE_2030, name="gate")).open()


@pytest.fixture(params=["memory", "file"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    """The small round, once in memory and once in a file."""
    database = fresh("sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path / 'round.db'}")
    yield Stage(database).open()
    _ask(request)
    database.close()
