"""How do all tests run? Without a stopwatch, for a slow machine is not a wrong one; and on one PostgreSQL server.

Several processes share them out by file, those that take longest first, so that none is left over at the end.
"""

import gc
import os
import sys
from collections.abc import Iterator
from importlib import import_module

import pytest
from covering import SERVER as ON_A_SERVER
from covering import left_out
from databases import SERVER, start_server, stop_server
from hypothesis import settings
from jinja2 import FileSystemBytecodeCache
from servers import PostgresServer
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

os.environ["GRANTCYCLE_WEB__PORT"] = "0"  # tests run side by side, and each installation wants a port of its own
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
SHARED = pytest.StashKey[PostgresServer]()
TOGETHER = {
    "tests/grantcycle/test_rehearsing.py": "the round of 62",
    "tests/grantcycle/test_report.py": "the round of 62",
    "tests/story/test_impuls_2019.py": "the round of 62",
    "tests/story/test_moving_over.py": "the round of 62",
    "tests/web/guard/test_embargo.py": "two worlds",
    "tests/web/guard/test_methods.py": "two worlds",
    "tests/web/guard/test_naughty_texts.py": "two worlds",
    "tests/web/guard/test_permissions.py": "two worlds",
    "tests/web/guard/test_revocation.py": "two worlds",
    "tests/web/guard/test_timing.py": "two worlds",
    "tests/web/guard/test_twin_worlds.py": "two worlds",
}
"""files that look at something which one process makes once"""
APART = ("tests/nodes/test_several_nodes.py", "tests/story/test_live.py", "tests/story/test_sleep.py",
         "tests/faults/test_silent_death.py", "tests/engine/cycle/test_cohort_in_sql.py",
         "tests/sabotage/")  # fmt: skip
"""files and folders whose tests are long and share nothing"""
FIRST = ("two worlds", "the round of 62", "tests/story/", "tests/simulation/", "tests/browser/test_every_page.py",
         "tests/test_documentation.py", "tests/nodes/test_several_nodes.py", "tests/engine/cycle/test_invariants.py",
         "tests/faults/", "tests/fuzz/", "tests/browser/", "tests/web/test_look_in_a_browser.py")  # fmt: skip
"""what begins first, for it takes longest"""


def _shared_by(test: str) -> str:
    """What the tests that belong in one process with this one have in common: a file, or what TOGETHER says."""
    file = test.partition("::")[0]
    if test.startswith(APART):
        return test
    return TOGETHER.get(file, file)


class _Sharing(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return _shared_by(nodeid)


@pytest.fixture(scope="module", autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    """What is forked in another file has one thread."""
    yield
    if visiting := sys.modules.get("visiting"):
        visiting.hang_up()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling | None:
    return _Sharing(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    left = left_out()
    for item in items:
        params = item.callspec.params.values() if isinstance(item, pytest.Function) and "[" in item.nodeid else ()
        if item.nodeid.partition("[")[0] in left and ON_A_SERVER in params:
            item.add_marker(pytest.mark.slow)

    def place(item: pytest.Item) -> int:
        shared = _shared_by(item.nodeid)
        return next((place for place, first in enumerate(FIRST) if shared.startswith(first)), len(FIRST))

    items.sort(key=place)


def pytest_configure(config: pytest.Config) -> None:
    # what a test makes is small and gone soon: looking for cycles at the usual rate costs a twentieth of all time
    gc.set_threshold(100_000, 50, 50)
    if SERVER in os.environ:
        # what one process of a run has compiled of the pages, the others take over
        import_module("web.rendering")._COMPILED = FileSystemBytecodeCache(os.environ[SERVER], "%s.page")
    # a run of several processes shares one server; in a single process one starts when it is first asked for
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        config.stash[SHARED] = start_server()


def pytest_unconfigure(config: pytest.Config) -> None:
    if SHARED in config.stash:
        stop_server(config.stash[SHARED])
