"""How is a file of words written anew, so that whoever wrote it finds it again?"""

import json
import tomllib
from collections.abc import Mapping


def with_words(text: str, changed: Mapping[str, str]) -> str:
    """The file with other translations (empty: taken out), its order and its comments kept; new ones stand at the end.
    """
    written = dict(tomllib.loads(text)) if text else {}
    wanted = {name: said for name, said in {**written, **changed}.items() if said}
    kept = _line_by_line(text, changed)
    missing = [name for name in wanted if name not in _read(kept)]
    added = "\n".join([kept.rstrip("\n"), *(_entry(name, wanted[name]) for name in missing)]).lstrip("\n") + "\n"
    if _read(added) == wanted:
        return added
    # what stands on several lines cannot be changed line by line
    return "\n".join(_entry(name, said) for name, said in wanted.items()) + "\n"


def _line_by_line(text: str, changed: Mapping[str, str]) -> str:
    lines = []
    for line in text.splitlines():
        entry = _read(line) if line.lstrip().startswith(('"', "'")) or "=" in line else {}
        (name,) = entry if len(entry) == 1 else ("",)
        if name and name in changed and changed[name] != entry[name]:
            lines += [_entry(name, changed[name])] if changed[name] else []
        else:
            lines.append(line)
    return "\n".join(lines)


def _read(text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError):
        return {}


def _entry(name: str, said: str) -> str:
    return f"{_quoted(name)} = {_quoted(said)}"


def _quoted(text: str) -> str:
    """A text as TOML writes it: JSON's way is one of its own, but for the sign that deletes."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
