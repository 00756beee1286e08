"""Which tests need not be played on a server in every run, since others have the engine ask the server the same?

Recording in one process what the engine asks of a server in each test, and then writing down those that are left:

    ASKED=asked.json python -m pytest -n 0 -p tests.covering -k postgresql tests/engine tests/notifications
    python tests/covering.py asked.json > tests/left_to_the_long_run.txt

A test that stands in that list is played on SQLite in every run, and on a server in the long one. Every statement
that the engine gives a server in any test, it gives it in one that is not in the list. What a test asks for itself is
not counted, and a test in which several connections work at the same time is never left out.
"""

import json
import os
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

TESTS = Path(__file__).parent
LIST = TESTS / "left_to_the_long_run.txt"
OURS = tuple(f"{TESTS.parent / name}{os.sep}" for name in ("engine", "notifications", "web", "grantcycle"))
SERVER = "postgresql"
ALONE = 2
"""so many connections has one who works alone: one that writes and one that reads"""
ABOUT_SERVERS = ("test_moving.py", "test_postgresql.py", "test_migrating.py", "test_lending.py", "test_invariants.py")
"""files whose tests are about the server itself, and say by themselves which are long"""
_GIVEN = r"\?(?:::[A-Z ]+)?"
_PARAMETER = re.compile(r"%\((\w+)\)s")
_SEVERAL = re.compile(rf"({_GIVEN})(?:, \1)+")
_LIST = re.compile(rf"IN \({_GIVEN}\)")
_EMPTY = re.compile(r"IN \(NULL\) (?:OR \(1 = 1\)|AND \(1 != 1\))")
_NUMBERED = re.compile(rf"({_GIVEN}), \d+\)")
"""a row among several that are written at once ends with its number"""
_ROWS = re.compile(r"(\([^()]*\))(?:, \1)+")
_NAMED = re.compile(r"\b(\w+?)_\d+\b")
"""names that are made up are counted: anon_3, sa_savepoint_2"""
_CASES = re.compile(r"( WHEN \([^()]*\) THEN [^()]*?)\1+")
_PUT = rf'(?:"\w+"|\w+)={_GIVEN}'
_CHANGES = re.compile(rf'(UPDATE (?:"\w+"|\w+) SET )({_PUT}(?:, {_PUT})*)( WHERE .*)', re.DOTALL)


def left_out() -> frozenset[str]:
    """The tests, as file::name, that are played on a server only in the long run."""
    return frozenset(LIST.read_text(encoding="utf-8").splitlines())


class _Recorder:
    """What the engine asks of a server in one test, and of how many connections and threads it does."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        self.asked: set[str] = set()
        self.threads: set[int] = set()
        self.connections: set[int] = set()

    def hear(self, connection: Any, cursor: Any, statement: str, *_: object) -> None:
        if connection.dialect.name != SERVER:
            return
        self.threads.add(threading.get_ident())
        self.connections.add(id(cursor.connection))
        if not _asked_by_a_test():
            self.asked |= shapes(statement)


@cache
def shapes(statement: str) -> frozenset[str]:
    """What a statement asks of the server, whatever its values are, and however many there are of them.

    One that changes several columns of a row asks what those ask that change one each.
    """
    shape = _SEVERAL.sub(r"\1", _PARAMETER.sub("?", statement))
    shape = _ROWS.sub(r"\1", _NUMBERED.sub(r"\1, #)", shape))
    shape = _LIST.sub("IN (?)", _EMPTY.sub("IN (?)", shape))
    shape = _CASES.sub(r"\1", _NAMED.sub(r"\1_#", shape))
    changes = _CHANGES.fullmatch(shape)
    if changes is None:
        return frozenset([shape])
    return frozenset(f"{changes[1]}{put}{changes[3]}" for put in changes[2].split(", "))


def _asked_by_a_test() -> bool:
    """Whether it is a test that asks, and not the engine for it: whose code is the nearest to the question?"""
    frame = sys._getframe(1)
    while frame.f_back:
        frame = frame.f_back
        file = frame.f_code.co_filename
        if file.startswith(OURS):
            return False
        if file.startswith(f"{TESTS}{os.sep}") and file != __file__:
            return True
    return False


_RECORDER = _Recorder()
_FOUND: dict[str, dict[str, Any]] = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    _RECORDER.begin()
    begun = time.process_time()
    result = yield
    _FOUND[item.nodeid] = {
        "asked": sorted(_RECORDER.asked),
        "seconds": time.process_time() - begun,
        "alone": len(_RECORDER.threads) <= 1 and len(_RECORDER.connections) <= ALONE,
    }
    return result


def pytest_sessionstart() -> None:
    event.listen(Engine, "before_cursor_execute", _RECORDER.hear)


def pytest_sessionfinish() -> None:
    Path(os.environ["ASKED"]).write_text(json.dumps(_FOUND), encoding="utf-8")


def chosen(recorded: Mapping[str, Mapping[str, Any]]) -> Sequence[str]:
    """The tests that are left out: the dearest first, as long as another asks all that it asks."""
    asked: dict[str, set[str]] = {}
    seconds: Counter[str] = Counter()
    stays: set[str] = set()
    for case, found in recorded.items():
        test = case.partition("[")[0]
        asked.setdefault(test, set()).update(found["asked"])
        seconds[test] += found["seconds"]
        if SERVER not in case or not found["alone"] or test.partition("::")[0].endswith(ABOUT_SERVERS):
            stays.add(test)
    times = Counter(one for statements in asked.values() for one in statements)
    left = []
    for test, _ in seconds.most_common():
        if test not in stays and all(times[one] > 1 for one in asked[test]):
            times.subtract(asked[test])
            left.append(test)
    return sorted(left)


if __name__ == "__main__":
    every: dict[str, Any] = {}
    for name in sys.argv[1:]:
        every |= json.loads(Path(name).read_text(encoding="utf-8"))
    print("\n".join(chosen(every)))
