"""What is said to somebody whose file, or whose form, is not taken?

Every sentence stands here once, in English, with its facts as `%(name)s`: the msgids that are translated.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Union

from babel.numbers import format_decimal

UNITS = {"fr": ("octets", "ko", "Mo")}
"""language -> how sizes are called, where it is not in bytes"""


class Size(int):
    """A number of bytes, said as people say it: `1.5 MB`."""

    def said(self, language: str) -> str:
        one, thousand, million = UNITS.get(language, ("bytes", "kB", "MB"))
        if self < 1000:
            return f"{int(self)} {one}"
        value, unit = (self / 1_000_000, million) if self >= 1_000_000 else (self / 1000, thousand)
        return f"{format_decimal(value, format='#,##0.#', locale=language)} {unit}"


Fact = Union[str, int, Size, "Sentence", tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A msgid and the facts in it; a fact may be a sentence itself, or a list of words."""

    msgid: str
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def said(self, translate: Callable[[str], str], language: str) -> str:
        """The sentence in the reader's language; `translate` is gettext. Plain text, to be escaped by the page."""
        said = {name: _said(fact, translate, language) for name, fact in self.facts.items()}
        return translate(self.msgid) % said if said else translate(self.msgid)

    def __str__(self) -> str:
        return self.said(lambda msgid: msgid, "en")


def _said(fact: Fact, translate: Callable[[str], str], language: str) -> str:
    if isinstance(fact, Sentence):
        return fact.said(translate, language)
    if isinstance(fact, Size):
        return fact.said(language)
    return ", ".join(fact) if isinstance(fact, tuple) else str(fact)


# ── The request as a whole ──────────────────────────────────────────────────

REQUEST_TOO_LARGE = (
    "Together, what you sent is larger than %(limit)s. Nothing was kept of the files: send them one at a time, "
    "or make them smaller."
)
FIELD_TOO_LARGE = "One of the texts is longer than %(limit)s. Shorten it, or hand the long part in as a file."
TOO_MANY_FILES = "More than %(limit)s files came at once. Send them in several turns."
TOO_MANY_FIELDS = "This form holds more fields than it can have. Open the page again and send it from there."
NO_FORM = "What came in is not a form. Open the page again and send it from there."
INCOMPLETE = "Only a part of the form came in: the connection broke. Nothing was kept; send it again."
NO_FIELD_NAME = "A part of the form has no name. Open the page again and send it from there."
NO_FILE_NAME = "A file came without a name. Give it a name and choose it again."

# ── One file ────────────────────────────────────────────────────────────────

TOO_LARGE = (
    "This file is larger than %(limit)s. Make it smaller, for example by saving it with smaller pictures, "
    "and choose it again."
)
EMPTY = "This file is empty. Open it on your computer to see whether it was saved, and choose it again."
WRONG_ENDING = 'The name of this file ends in "%(ending)s". What is asked here: %(accepted)s. Save it so and choose it.'
NO_ENDING = "The name of this file says nothing about its kind. What is asked here: %(accepted)s."
DANGEROUS = 'Files that end in "%(ending)s" can run as a program and are not taken. Save what it says as a PDF.'
WRONG_CONTENT = (
    'This looks like %(looks)s, and its name says "%(ending)s". Open it in the program you made it with, '
    'save it as "%(ending)s", and choose it again.'
)
BROKEN = (
    'This "%(ending)s" is damaged or not complete. Open it on your computer; if it opens, save it again under '
    "another name and choose that."
)
ENCRYPTED = "This file is locked with a password, so nobody could read it. Save it without one and choose it again."
MACROS = "This file holds macros, small programs that could harm its readers. Save it without macros, or as a PDF."
PROGRAM_INSIDE = (
    'There is something inside this file that can run as a program ("%(inside)s"). Take it out and choose it again.'
)
LAUNCHES = "This PDF starts another program when it is opened. Print it to a new PDF and choose that."
ATTACHMENTS = (
    "Other files are attached inside this PDF, and readers would not see them. Print it to a new PDF, "
    "and send what was attached as files of their own."
)
TWO_KINDS = (
    "This file is %(kind)s and %(also)s at once, as no program saves it. Print or export it anew and choose that."
)
BOMB = "What is packed in this file would unpack to more than %(limit)s. Make it smaller, or save it as a PDF."
PARTS = "This file is packed in more than %(limit)s parts. Save it as a PDF and choose that."
NESTED = "There are archives within archives in this file. Unpack them and send the documents themselves."
PICTURE_TOO_LARGE = "This picture has more than %(limit)s million points. Save it smaller and choose it again."
INFECTED = "This file looks infected: it holds the mark of a virus. Scan your computer, and send a clean copy."

# ── Said beside a file that is taken ────────────────────────────────────────

SCRIPTED = (
    "This PDF holds scripts. It is taken, but your readers' programs will not run them: see whether it reads well "
    "as a printed page."
)

# ── What a file looks like ──────────────────────────────────────────────────

LOOKS: Mapping[str, str] = {
    "pdf": "a PDF",
    "docx": "a Word document",
    "xlsx": "an Excel workbook",
    "pptx": "a PowerPoint presentation",
    "odt": "an OpenDocument text",
    "ods": "an OpenDocument spreadsheet",
    "odp": "an OpenDocument presentation",
    "ole": "a document of an older Office",
    "zip": "a ZIP archive",
    "archive": "an archive",
    "picture": "a picture",
    "program": "a program",
    "html": "a web page",
    "rtf": "an RTF document",
    "text": "plain text",
    "sound": "sound or film",
    "other": "a file of another kind",
}


def looks(kind: str) -> Sentence:
    """How a kind of file is called: `a ZIP archive`."""
    return Sentence(LOOKS[kind])


MSGIDS = (*(text for name, text in list(globals().items()) if name.isupper() and type(text) is str), *LOOKS.values())
"""All that translators are asked for."""
