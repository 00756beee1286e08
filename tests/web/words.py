"""Which sentences do the pages say, and which of them wait for a translation?

Run as a program it writes the sentences that are new, without a translation, into the files of their area.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from web.calendars import wording
from web.routes import EXPIRED
from web.signing_in.link import NOT_GOOD
from web.uploads import sentences

WEB = Path(__file__).parents[2] / "web"
LANGUAGES = ("nl", "fr")
KEYWORDS = {"say": None, "_": None, "gettext": None, "ngettext": (1, 2), "TooMany": None, "Problem": None,
            "NotThere": None, "Forbidden": None, "Conflict": None, "N_": None}  # fmt: skip
AREAS = ("applicant", "committee", "public", "signing_in", "mailbox", "account", "uploads", "calendars", "reasons",
         "console", "today", "board", "bulk", "dossier", "timeline", "jury", "outbox", "mail", "wording", "rounds",
         "rehearsals", "meet", "invitations", "owed", "versions", "plan", "seats", "pay")  # fmt: skip


@dataclass(frozen=True)
class Said:
    """A sentence of ours, and where it stands."""

    id: str | tuple[str, str]
    file: str
    line: int

    @property
    def key(self) -> str:
        return self.id if isinstance(self.id, str) else self.id[0]

    @property
    def area(self) -> str:
        """The file of translations that it belongs to."""
        parts = Path(self.file).with_suffix("").parts
        return next((part for part in parts if part in AREAS), "shared")


@cache
def said() -> tuple[Said, ...]:
    """Every sentence that stands in the pages' code and templates, which are read once."""
    return tuple(_said())


def _said() -> Iterator[Said]:
    for file in sorted(WEB.rglob("*")):
        method = {".py": "python", ".html": "jinja2"}.get(file.suffix)
        if method is None:
            continue
        options = {"trimmed": "true", "newstyle_gettext": "true", "extensions": "jinja2.ext.do"}
        for line, message, _, _ in extract_from_file(method, file, keywords=KEYWORDS, options=options):
            id = message if isinstance(message, str) else (message[0], message[1])
            if id and id != "":
                yield Said(id, file.relative_to(WEB).as_posix(), line)
    for sentence, file in constants():
        yield Said(sentence, file, 1)


def constants() -> Iterator[tuple[str, str]]:
    """The sentences that stand as constants, and are said elsewhere."""
    for sentence in sentences.MSGIDS:
        yield sentence, "uploads/sentences.py"
    for sentence in wording.MSGIDS:
        yield sentence, "calendars/wording.py"
    yield EXPIRED, "routes.py"
    yield NOT_GOOD, "signing_in/link.py"


def written(language: str) -> dict[str, tuple[str | tuple[str, ...], str]]:
    """key -> (translation, file) of one language."""
    found = {}
    for file in sorted((WEB / "locales" / language).glob("*.po")):
        with file.open("rb") as source:
            for message in read_po(source, locale=language):
                if message.id:
                    key = message.id if isinstance(message.id, str) else message.id[0]
                    string = message.string if isinstance(message.string, str) else tuple(message.string)
                    found[key] = (string, file.name)
    return found


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def main() -> None:
    """Write what is new, and say what nothing says any more."""
    every = {one.key: one for one in said()}
    for language in LANGUAGES:
        known = written(language)
        for key, one in every.items():
            if key not in known:
                file = WEB / "locales" / language / f"{one.area}.po"
                file.parent.mkdir(parents=True, exist_ok=True)
                lines = [f"#: {one.file}", f"msgid {quoted(key)}"]
                if isinstance(one.id, tuple):
                    lines += [f"msgid_plural {quoted(one.id[1])}", 'msgstr[0] ""', 'msgstr[1] ""']
                else:
                    lines.append('msgstr ""')
                with file.open("a", encoding="utf-8") as target:
                    target.write("\n" + "\n".join(lines) + "\n")
        for key in known.keys() - every.keys():
            print(f"{language}/{known[key][1]}: nothing says {key!r} any more")


if __name__ == "__main__":
    main()
