"""Which part of docs/workflow-format.md is made from the vocabulary?

Every table of keys stands between `<!-- begin: WHAT -->` and `<!-- end -->`.
`python -m engine.files.documenting docs/workflow-format.md` writes them anew; a test holds them to the vocabulary.
"""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from engine.files.schema import TABLES
from engine.files.vocabulary import GUARDS, KINDS, QUESTION, Key

PART = re.compile(r"(<!-- begin: ([a-z ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def document(page: str) -> str:
    """The page with every generated part written anew."""
    return PART.sub(lambda match: f"{match[1]}{part(match[2])}{match[3]}", page)


def part(name: str) -> str:
    """One generated part: "workflow transition", "round phase", "question", "guards", "later"."""
    if name == "question":
        return _keys(QUESTION)
    if name == "guards":
        return _keys(GUARDS, title="guard", defaults=False)
    if name == "later":
        return _later()
    kind, _, table_name = name.partition(" ")
    table = next(table for table in TABLES["round" if kind == "round" else "workflow"] if table.name == table_name)
    keys = _keys(table.keys) if any(key.status == "now" for key in table.keys) else ""
    return f"`{table.written}`: {table.says}\n\n{keys}"


def _keys(keys: Sequence[Key], title: str = "key", *, defaults: bool = True) -> str:
    head = [title, "value", "meaning", *(["left out"] if defaults else [])]
    rows = [
        [f"`{key.name}`", KINDS[key.kind].says, key.says, *([_default(key)] if defaults else [])]
        for key in keys
        if key.status == "now"
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, ["---"] * len(head), *rows))


def _default(key: Key) -> str:
    return "**required**" if key.required else key.default


def _later() -> str:
    lines = []
    for kind, tables in TABLES.items():
        for table in tables:
            if table.status == "later":
                lines.append(f"* {kind} file, the whole of `{table.written}`: {table.says}\n")
            elif words := [key for key in table.keys if key.status == "later"]:
                lines.append(f"* {kind} file, `{table.written}`: {_words(words)}\n")
    if guards := [key for key in GUARDS if key.status == "later"]:
        lines.append(f"* a guard: {_words(guards)}\n")
    lines += [
        f"* {kind.name}: {', '.join(f'`{word}`' for word in kind.later)}\n" for kind in KINDS.values() if kind.later
    ]
    return "".join(lines)


def _words(keys: Sequence[Key]) -> str:
    return "; ".join(f"`{key.name}` ({key.says})" for key in keys)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.write_text(document(target.read_text(encoding="utf-8")), encoding="utf-8")
