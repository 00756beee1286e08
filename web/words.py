"""How is a page said in its reader's language?

The English sentence is the key of its translations, which stand in `locales/LANGUAGE/*.po`, one file an area of pages.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from gettext import NullTranslations
from importlib.resources import files
from io import BytesIO

from babel.messages.pofile import read_po

LOCALES = {"nl": "nl_BE", "fr": "fr_BE", "en": "en_GB"}
"""language -> how its days and numbers are written"""
DEFAULT = "en"
Entry = str | tuple[str, ...]


class Translations(NullTranslations):
    """The sentences of one language; what is not translated stays English."""

    def __init__(self, language: str, entries: Mapping[str, Entry]) -> None:
        super().__init__()
        self.language = language
        self._entries = entries

    def gettext(self, message: str) -> str:
        found = self._entries.get(message)
        return found if isinstance(found, str) else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        found = self._entries.get(msgid1)
        if isinstance(found, tuple):
            # in French none and one are both singular
            single = n in (0, 1) if self.language == "fr" else n == 1
            return found[0] if single else found[1]
        return msgid1 if n == 1 else msgid2


@cache
def translations(language: str) -> Translations:
    """The translations of one language."""
    entries: dict[str, Entry] = {}
    folder = files("web") / "locales" / language
    for file in sorted(folder.iterdir(), key=lambda file: file.name) if folder.is_dir() else []:
        if file.name.endswith(".po"):
            for message in read_po(BytesIO(file.read_bytes()), locale=language):
                if message.id and message.string:
                    key = message.id if isinstance(message.id, str) else message.id[0]
                    entries[key] = message.string if isinstance(message.string, str) else tuple(message.string)
    return Translations(language, entries)


def best_language(offered: Sequence[str], accepted: str) -> str:
    """The first language offered that a browser's Accept-Language prefers most; English when it prefers none."""
    wanted = []
    for place, part in enumerate(accepted[:500].split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            continue
        wanted.append((-quality, place, tag.split("-")[0].lower()))
    for _, _, language in sorted(wanted):
        if language in offered:
            return language
    return DEFAULT if DEFAULT in offered else offered[0]
