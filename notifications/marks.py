"""What stands for a value in the shape of a letter, and where would that change how the letter is read?

Markdown is worked out on the shape, in which one sign stands for each line of each value. That reads the same as the
letter itself only because every value is text whose marks are escaped, and because a sign stands for it that Markdown
treats alike: a value that begins or ends with punctuation has punctuation there in the shape as well. The few places
where the signs inside a value would matter all the same are known below; such a letter is read the plain way.
"""

import re
import unicodedata

from jinja2 import nodes

from notifications.escaping import plain_lines

FIRST, FIRST_DIGITS, LAST = 0xF0000, 0xF8000, 0xFFFFD
"""signs of private use; the second half stands for values of nothing but digits"""
POINT = "\u2e2e"
"""what Markdown sees as punctuation, beside the sign of a value that begins or ends with some"""
_SIGNS = f"{chr(FIRST)}-{chr(LAST)}"
_DIGITS = f"{chr(FIRST_DIGITS)}-{chr(LAST)}"
MARK = re.compile(f"{POINT}?([{_SIGNS}]){POINT}?")
_OURS = re.compile(f"[{_SIGNS}{POINT}]")
_MATTERS = re.compile(
    "`"  # inside code nothing is escaped
    rf"|\\[{_SIGNS}{POINT}]"  # an own backslash would escape the value's
    rf"|&[#\w]*[{_SIGNS}{POINT}]"  # "&{{ x }};" is a sign for some values of x
    rf"|<[^<>\s]*[{_SIGNS}{POINT}]"  # "<{{ x }}@{{ y }}>" is a link for some
    rf"""|\]\((?![^\s()<>"'\\{_SIGNS}{POINT}]*\))"""  # a link whose target is more than an address
    rf"|^[^A-Za-z\n]*[{_DIGITS}]{POINT}?[\d.){_SIGNS}{POINT}]",  # "{{ x }}." begins a list where x is a number
    re.MULTILINE,
)
_PLAIN_NODES = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Assign, nodes.Name, nodes.Getattr,
    nodes.Getitem, nodes.Const, nodes.Tuple, nodes.List, nodes.Dict, nodes.Pair, nodes.Filter, nodes.Test,
    nodes.Compare, nodes.Operand, nodes.CondExpr, nodes.And, nodes.Or, nodes.Not, nodes.BinExpr, nodes.UnaryExpr,
    nodes.Concat, nodes.Slice, nodes.Keyword, nodes.Call,
)  # fmt: skip
"""what a letter may consist of so that nothing in it can look at what it has printed"""


class _NoMark(Exception):
    """A value that no mark stands for."""


def can_be_marked(read: nodes.Template, text: str) -> bool:
    """Whether a letter only prints its values, and never looks at what was printed (as a macro's caller does)."""
    if _OURS.search(text):
        return False
    return all(
        isinstance(node, _PLAIN_NODES) and not (isinstance(node, nodes.For) and node.recursive)
        for node in read.find_all(nodes.Node)
    )


class Marks:
    """The marks of one letter; `values` is what they stand for, line by line, in the order of the marks."""

    def __init__(self) -> None:
        self.values: list[str] = []

    def mark(self, text: str) -> str:
        """What is printed in place of a text: its line breaks are part of the shape, and so is that there is none."""
        lines = plain_lines(text)
        return self._sign(lines[0]) if len(lines) == 1 else "\\\n".join(map(self._sign, lines))

    def _sign(self, line: str) -> str:
        if not line:
            return ""
        place = len(self.values)
        if place >= FIRST_DIGITS - FIRST or line[0].isspace() or line[-1].isspace():
            raise _NoMark
        self.values.append(line)
        if line.isascii() and line.isdigit():
            return chr(FIRST_DIGITS + place)
        before, after = (POINT if _is_punctuation(sign) else "" for sign in (line[0], line[-1]))
        return f"{before}{chr(FIRST + place)}{after}"

    @staticmethod
    def hold(shape: str) -> bool:
        """Whether a shape reads the same whatever its marks stand for."""
        return _MATTERS.search(shape) is None


def place_of(sign: str) -> int:
    """Which value a sign stands for."""
    number = ord(sign)
    return number - (FIRST_DIGITS if number >= FIRST_DIGITS else FIRST)


def _is_punctuation(sign: str) -> bool:
    return not sign.isalnum() and unicodedata.category(sign)[0] in "PS"
