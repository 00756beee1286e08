"""Every table and key of a TOML text is found on the line where it stands."""

import re
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.files.locating import Path, locate

TEXT = """\
# a comment with [brackets] and key = "value"
title = "one"   # [not.a.table]
"quoted key" = 'two'

[state]
draft = { title = "Ontwerp", phase = "call" }

[transition.submit]
from = [
  "draft",      # with ] a bracket
  "submitted",
]
only_if.form = "complete"
help = \"\"\"
[not.a.table]
x = 1 \\\"\"\" still
\"\"\"

[[meeting.pitch]]
on = 2019-05-09
[[meeting.pitch]]
on = 2019-05-10
[meeting.pitch.place]
name = "Brussel"
"""


def test_each_path_stands_on_its_line() -> None:
    assert locate(TEXT) == {
        ("title",): 2,
        ("quoted key",): 3,
        ("state",): 5,
        ("state", "draft"): 6,
        ("state", "draft", "title"): 6,
        ("state", "draft", "phase"): 6,
        ("transition",): 8,
        ("transition", "submit"): 8,
        ("transition", "submit", "from"): 9,
        ("transition", "submit", "from", 0): 10,
        ("transition", "submit", "from", 1): 11,
        ("transition", "submit", "only_if"): 13,
        ("transition", "submit", "only_if", "form"): 13,
        ("transition", "submit", "help"): 14,
        ("meeting",): 19,
        ("meeting", "pitch"): 19,
        ("meeting", "pitch", 0): 19,
        ("meeting", "pitch", 0, "on"): 20,
        ("meeting", "pitch", 1): 21,
        ("meeting", "pitch", 1, "on"): 22,
        ("meeting", "pitch", 1, "place"): 23,
        ("meeting", "pitch", 1, "place", "name"): 24,
    }


def test_a_table_written_after_its_sub_table_stands_on_its_own_line() -> None:
    assert locate("[a.b]\nx = 1\n[a]\ny = 2\n")[("a",)] == 3


def test_windows_line_ends_count_once() -> None:
    assert locate("a = 1\r\n\r\n[b]\r\nc = 2\r\n") == {("a",): 1, ("b",): 3, ("b", "c"): 4}


def paths(value: Any, so_far: Path = ()) -> set[Path]:
    """Every path in what tomllib read."""
    found = {so_far} if so_far else set()
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in items:
        found |= paths(inner, (*so_far, name))
    return found


NAMES = st.one_of(
    st.from_regex(r"[a-z0-9_-]{1,4}", fullmatch=True),
    st.sampled_from(['"a b"', '"x.y"', "'q#'", '"\\u00e9"', '"\\""', '""']),
)
SCALARS = st.sampled_from(
    [
        "1", "-0.5", "true", "2019-03-01", "2019-03-01 17:00:00", "09:00:00", "inf",
        '"a # b"', '"\\"]"', "'it]'", "'''\n[x]\ny = '1'\n'''", '"""\nk = [\\"""\n"""', '""""quoted""""', "''''x''''",
    ]
)  # fmt: skip
BREAKS = st.sampled_from(["", " ", "\n", " # ], }\n", "\r\n\t"])


@st.composite
def lists(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    items = draw(st.lists(inner, max_size=3))
    return "[" + ",".join(draw(BREAKS) + item + draw(BREAKS) for item in items) + draw(BREAKS) + "]"


@st.composite
def inline_tables(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    pairs = draw(st.lists(st.tuples(NAMES, inner), max_size=3))
    return "{" + ", ".join(f"{name} = {value}" for name, value in pairs) + "}"


VALUES = st.recursive(SCALARS, lambda inner: st.one_of(lists(inner), inline_tables(inner)), max_leaves=6)
KEYS = st.lists(NAMES, min_size=1, max_size=3).flatmap(
    lambda names: st.sampled_from([".".join(names), " . ".join(names)])
)
LINES = st.one_of(
    st.builds("{} = {}".format, KEYS, VALUES),
    st.builds("[{}]".format, KEYS),
    st.builds("[[ {} ]] # [x]".format, KEYS),
    st.just("# x = [1"),
    st.just(""),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, max_size=9))
def test_the_paths_are_those_that_tomllib_reads(lines: list[str]) -> None:
    are_those_that_tomllib_reads(lines)


@pytest.mark.slow
@settings(max_examples=5_000, deadline=None)
@given(st.lists(LINES, max_size=9))
def test_the_paths_of_very_many_texts_are_those_that_tomllib_reads(lines: list[str]) -> None:
    are_those_that_tomllib_reads(lines)


def are_those_that_tomllib_reads(lines: list[str]) -> None:
    kept: list[str] = []
    for line in lines:  # what tomllib refuses (a key twice) is left out line by line
        try:
            tomllib.loads("\n".join([*kept, line]))
        except tomllib.TOMLDecodeError:
            continue
        kept.append(line)
    text = "\n".join(kept)
    read = tomllib.loads(text)
    found = locate(text)
    assert set(found) == paths(read)
    written = text.split("\n")
    for path, line in found.items():
        if re.fullmatch(r"[a-z0-9_-]+", str(path[-1])) and isinstance(path[-1], str):
            assert path[-1] in written[line - 1]
