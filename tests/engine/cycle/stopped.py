"""Does an act that is stopped at a point do the same when it is done again?

The story that the sweep of deaths plays passes most points; what it does not pass is passed by the tests of these
files. In them every such point stops whoever passes it first, once; the act is then done again, and the test goes on.
"""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from engine.cycle import Cycle
from engine.faults import arm

POINTS = {
    "test_timers": {
        "cohort timers", "own reminder judged", "own time extended", "own time put back", "timers ended",
        "timers forgotten", "timers of another stay gone",
    },
    "test_applicants_across_rounds": {
        "guard lifted", "guard put back", "kept away", "names joined", "names parted", "programme locked",
    },
    "test_subscriptions": {"subscribed", "unsubscribed", "unsubscribed by a letter"},
    "test_strands": {"strand changed"},
    "test_clocks": {"clocks changed"},
    "test_setting_aside": {"marks set aside", "marks count again"},
    "test_new_values": {"new value given"},
    "test_own_windows": {"own windows followed"},
    "test_payments": {
        "found unpaid", "old deadlines of promises gone", "payment taken back", "payment written", "promises written",
    },
    "test_gates": {"placement replaced", "placement written", "ranks kept"},
}  # fmt: skip
"""test file -> the points that stop its acts"""


class Stopped(BaseException):
    """Nothing of ours catches it, as nothing would catch the end of the process."""


@contextmanager
def stopped_once_at(points: set[str], passed: set[str]) -> Iterator[None]:
    """Every act of people and of the calendar is stopped at each of the points that was not `passed` before, once."""

    def stops(point: str) -> None:
        if point in points and point not in passed:
            passed.add(point)
            raise Stopped(point)

    acts = {name: act for name in dir(Cycle) if not name.startswith("_") and callable(act := getattr(Cycle, name))}
    arm(stops)
    try:
        for name, act in acts.items():
            setattr(Cycle, name, _done_again(act))
        yield
    finally:
        arm(None)
        for name, act in acts.items():
            if name in vars(Cycle) and getattr(act, "__qualname__", "").startswith("Cycle."):
                setattr(Cycle, name, act)
            else:
                delattr(Cycle, name)


def _done_again(act: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(act)
    def again(*given: Any, **named: Any) -> Any:
        while True:
            try:
                return act(*given, **named)
            except Stopped:
                continue

    return again
