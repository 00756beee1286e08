"""Where does each table, key and value of a TOML text stand?

`tomllib` reads values and forgets where they stood. This walks the same text once more and notes lines. It expects
text that tomllib has accepted, so it judges nothing; a property test holds it to the same paths as tomllib.
"""

import re
import tomllib
from collections.abc import Iterator

Path = tuple[str | int, ...]
"""The way to a value: names of tables and keys, and indices where there is a list."""

BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\])*"'
    r"|'[^']*'",
    re.DOTALL,
)
SCALAR = re.compile(r"[^,\]}#\n]+")


def locate(text: str) -> dict[Path, int]:
    """The line (from 1) of every path in `text`, which tomllib must have accepted."""
    return _Walk(text).run()


def values_in(text: str) -> dict[Path, tuple[int, int]]:
    """Where each value that is no list or table begins and ends, so that another can be put in its place."""
    walk = _Walk(text)
    walk.run()
    return walk.values


class _Walk:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line, self.counted = 1, 0
        self.lines: dict[Path, int] = {}
        self.values: dict[Path, tuple[int, int]] = {}
        self.lists: dict[Path, int] = {}
        """how many tables each `[[list]]` has so far"""

    def run(self) -> dict[Path, int]:
        table: Path = ()
        while self._blank():
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._assignment(table)
        return self.lines

    def _blank(self) -> bool:
        """Skip spaces, line ends and comments; False at the end of the text."""
        match = BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at < len(self.text)

    def _here(self) -> int:
        self.line += self.text.count("\n", self.counted, self.at)
        self.counted = self.at
        return self.line

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:
            raise ValueError(f"not TOML at {self.text[self.at : self.at + 20]!r}")
        self.at = match.end()
        return match.group()

    def _names(self) -> Iterator[str]:
        """The parts of a key or a header: `a.b."c d"`."""
        while True:
            self._blank()
            if self.text[self.at] in "\"'":
                quoted = self._take(STRING)
                yield str(tomllib.loads(f"x = {quoted}")["x"])
            else:
                yield self._take(BARE_KEY)
            self._blank()
            if self.text[self.at] != ".":
                return
            self.at += 1

    def _header(self) -> Path:
        line = self._here()
        listed = self.text.startswith("[[", self.at)
        self.at += 2 if listed else 1
        path: Path = ()
        for name in self._names():
            # A name that a list of tables bears means the last table of that list.
            path = self._last(path)
            path = (*path, name)
            self.lines.setdefault(path, line)
        self.at += 2 if listed else 1
        if listed:
            self.lists[path] = self.lists.get(path, 0) + 1
            path = self._last(path)
        self.lines[path] = line
        return path

    def _last(self, path: Path) -> Path:
        return (*path, self.lists[path] - 1) if path in self.lists else path

    def _assignment(self, table: Path) -> None:
        line = self._here()
        path = table
        for name in self._names():
            path = (*path, name)
            self.lines.setdefault(path, line)
        self.at += 1  # the equals sign
        self._value(path)

    def _value(self, path: Path) -> None:
        self._blank()
        first = self.text[self.at]
        if first == "[":
            self._list(path)
        elif first == "{":
            self._inline(path)
        else:
            start = self.at
            taken = self._take(STRING if first in "\"'" else SCALAR)
            self.values[path] = (start, start + len(taken.rstrip()))

    def _list(self, path: Path) -> None:
        self.at += 1
        index = 0
        while self._blank() and self.text[self.at] != "]":
            self.lines[(*path, index)] = self._here()
            self._value((*path, index))
            index += 1
            self._comma()
        self.at += 1

    def _inline(self, path: Path) -> None:
        self.at += 1
        while self._blank() and self.text[self.at] != "}":
            self._assignment(path)
            self._comma()
        self.at += 1

    def _comma(self) -> None:
        self._blank()
        if self.text[self.at] == ",":
            self.at += 1
