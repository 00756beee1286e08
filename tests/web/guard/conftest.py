"""When the tests of permissions are over, so is their event loop."""

from collections.abc import Iterator

import knocking
import pytest


@pytest.fixture(scope="session", autouse=True)
def _loop() -> Iterator[None]:
    yield
    knocking.close()
