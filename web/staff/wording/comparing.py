"""What is different between two texts?"""

from collections.abc import Sequence
from difflib import SequenceMatcher

Line = tuple[str, str]
"""a sign (added `+`, taken away `-`, the same ` `), and the line"""
Pair = tuple[str, str, str]
"""a line as it was, as it is, and whether that is the `same`, `changed`, `added` or `gone`"""


def in_one(before: str, after: str) -> list[Line]:
    """The lines of both, one below the other."""
    lines: list[Line] = []
    for was, now, kind in side_by_side(before, after):
        if kind == "same":
            lines.append((" ", now))
            continue
        lines += [("-", was)] if kind != "added" else []
        lines += [("+", now)] if kind != "gone" else []
    return lines


def side_by_side(before: str, after: str) -> list[Pair]:
    """The lines of both beside one another; one that is missing is empty."""
    was, now = before.splitlines(), after.splitlines()
    pairs: list[Pair] = []
    for kind, start, end, first, last in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if kind == "equal":
            pairs += [(line, line, "same") for line in was[start:end]]
        else:
            pairs += _changed(was[start:end], now[first:last])
    return pairs


def _changed(was: Sequence[str], now: Sequence[str]) -> list[Pair]:
    both = min(len(was), len(now))
    return [
        *((was[place], now[place], "changed") for place in range(both)),
        *((line, "", "gone") for line in was[both:]),
        *(("", line, "added") for line in now[both:]),
    ]

