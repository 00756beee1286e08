"""How do all tests run? Without a stopwatch, for a slow machine is not a wrong one; and on one PostgreSQL server."""

import os

import pytest
from databases import start_server, stop_server
from hypothesis import settings
from servers import PostgresServer

os.environ["GRANTCYCLE_WEB__PORT"] = "0"  # tests run side by side, and each installation wants a port of its own
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
SHARED = pytest.StashKey[PostgresServer]()


def pytest_configure(config: pytest.Config) -> None:
    # a run of several processes shares one server; in a single process one starts when it is first asked for
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        config.stash[SHARED] = start_server()


def pytest_unconfigure(config: pytest.Config) -> None:
    if SHARED in config.stash:
        stop_server(config.stash[SHARED])
