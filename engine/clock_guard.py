"""Has somebody set the clock?

A clock that is set shows it against the time that passes by itself. A machine that slept is no such case: its sleep
is counted on both sides.
"""

from engine.clock import Look

MOST = 120_000_000
"""by how much the clock may move between two looks (microseconds): more than any correction made in passing"""


def moved(before: Look, after: Look) -> int:
    """By how many microseconds the clock moved against the time that passed; negative for backward.

    Across a start of the machine only a clock that stands before what it has shown already can be told.
    """
    if before.boot and before.boot == after.boot:
        return (after.now - before.now) - (after.passed - before.passed)
    return min(after.now - before.now, 0)


def is_jump(by: int) -> bool:
    """Whether a clock that moved by so much is not to be believed before somebody has looked at it."""
    return abs(by) > MOST


def has_come_back(trusted: Look, by: int, now: Look) -> bool:
    """Whether a clock that had jumped `by` since `trusted` shows again what it should.

    One that went forward before the machine was started anew does not tell: somebody must say so.
    """
    if is_jump(moved(trusted, now)):
        return False
    return by < 0 or (bool(trusted.boot) and trusted.boot == now.boot)
