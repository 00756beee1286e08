"""How is a letter read: its subject, its body, and the names put into them?

A letter is Markdown with Jinja2, written by the programme's people. It runs in a sandbox, a name it is not given is an
error, and whatever it prints is text (see escaping).
"""

import re
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import Any, Protocol

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, Undefined, pass_context
from jinja2.ext import Extension
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from engine.errors import GrantcycleError
from engine.files.wording import OURS
from notifications.escaping import Prose, literal, one_line, unlinked, without_addresses
from notifications.facts import Amount
from notifications.marks import Marks, can_be_marked

OWN_LETTERS = OURS
"""the letters that no programme needs to write; one that does wins"""
READ = 1_000
"""letters that are remembered as they were read, more than a few programmes have in all their languages"""


class CannotRender(GrantcycleError):
    """A letter that cannot be put into words: in which file, on which line if that is known, and why."""

    def __init__(self, file: str, line: int | None, sentence: str) -> None:
        super().__init__(f"{file}:{line}: {sentence}" if line else f"{file}: {sentence}")
        self.line, self.sentence = line, sentence


class _NothingToSay(Exception):
    """A value that cannot be printed; the message says why."""


_MADE_LINK = re.compile(r"\]\((?!\{\{ (?:invitation|seat)\.url \}\}\))[^)\n]*\{\{|<[a-z]+:[^>\s]*\{\{")
"""a link made of values; only the page of an invitation or a seat may be one, for nobody can write down its address"""


def _said(value: object) -> str:
    """What a letter prints for a value. What is not there is never printed as "None"."""
    if isinstance(value, Undefined):
        return str(value)  # raises, with the name
    if value is None:
        raise _NothingToSay("it prints a value that is not there here; ask first: {% if ... %}")
    return str(value)


def _body_text(value: object) -> str:
    said = _said(value)
    # only what came from outside can be somebody else's link
    return unlinked(said) if type(value) is str else said


def _in_body(value: object) -> str:
    return value if isinstance(value, Prose) else literal(_body_text(value))


@pass_context
def _marked(context: Context, value: object) -> str:
    if isinstance(value, Prose):
        return value  # its marks are the letter's: it belongs to the shape
    marks: Marks = context.parent[MARKS]
    return marks.mark(_body_text(value))


def _in_subject(value: object) -> str:
    return without_addresses(_said(value))


def _money(value: object) -> Amount:
    if not isinstance(value, Amount):
        raise _NothingToSay('"money" is for amounts such as dossier.amount; ask first whether there is one')
    return value


_TAGS = re.compile(r"{%.*?%}|{#.*?#}")
_AT_THE_END = re.compile(r"{%(?:(?!%}).)*(?<![-+])%}$")


class WholeLines(Extension):
    """A line that says something ends where it ends, also where its last word is that of a condition.

    Only a line that holds nothing but conditions and loops leaves none behind.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002  Jinja gives
        return "\n".join(_whole(line) for line in source.split("\n"))


def _whole(line: str) -> str:
    return f"{line[:-2]}+%}}" if _AT_THE_END.search(line) and _TAGS.sub("", line).strip() else line


def _environment(finalize: Callable[..., str]) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, finalize=finalize, trim_blocks=True, lstrip_blocks=True, autoescape=False,
        extensions=[WholeLines],
    )  # fmt: skip
    environment.filters["money"] = _money
    return environment


MARKS = " marks"
"""the name under which the marks are handed to a template: one that no letter can write"""
BODY = _environment(_in_body)
MARKED_BODY = _environment(_marked)
SUBJECT = _environment(_in_subject)


@dataclass(frozen=True, slots=True)
class Source:
    """A letter as it is written: `file` is how people find it; the body keeps the line numbers of the file."""

    file: str
    subject: str
    body: str


def split(file: str, text: str) -> Source:
    """A letter's first line is its subject, then follow an empty line and the body.

    Raises CannotRender when it has no such shape.
    """
    subject, _, rest = text.partition("\n")
    blank, _, body = rest.partition("\n")
    if not subject.strip():
        raise CannotRender(file, 1, "the first line of a letter is its subject, and it is empty")
    if blank.strip():
        raise CannotRender(file, 2, "an empty line comes between the subject and the body")
    if not body.strip():
        raise CannotRender(file, 3, "the letter says nothing below its subject")
    return Source(file, subject.strip(), f"\n\n{body}")


@cache
def own_letter(language: str, name: str) -> str | None:
    """The text of a letter that comes with grantcycle, or None."""
    path = files("notifications").joinpath("templates", "letters", language, f"{name}.md")
    return path.read_text(encoding="utf-8") if path.is_file() else None


class Texts(Protocol):
    """Where letters stand: a programme, or the letters that come with grantcycle."""

    @property
    def digest(self) -> str: ...

    @property
    def letters(self) -> Mapping[str, Mapping[str, str]]:
        """language -> letter -> Markdown"""
        ...


def find(texts: Texts, language: str, name: str) -> Source:
    """A programme's letter, else grantcycle's own of that name. Raises CannotRender when neither is written."""
    file = f"letters/{language}/{name}.md"
    text = texts.letters.get(language, {}).get(name)
    if text is None:
        text = own_letter(language, name)
    if text is None:
        raise CannotRender(file, 1, "this letter is not written")
    return split(file, text)


@dataclass(frozen=True)
class Compiled:
    """A letter ready to be filled in, any number of times."""

    source: Source
    subject: Template
    body: Template

    @cached_property
    def marked(self) -> Template | None:
        """The body with marks in place of the values; None where it looks at what it prints."""
        text = self.source.body
        return MARKED_BODY.from_string(text) if can_be_marked(BODY.parse(text), text) else None


@lru_cache(maxsize=READ)
def compile_letter(source: Source, *, is_own: bool = False) -> Compiled:
    """Read once, as long as it is asked for: whoever checks a programme, opens it and writes its letters shares it.

    Raises CannotRender with the file and the line of what Jinja does not understand, or of a link made of values.

    A letter that `is_own` comes with grantcycle: its links may be made of the addresses of our own pages.
    """
    if not is_own and (made := _MADE_LINK.search(source.body)):
        line = source.body.count("\n", 0, made.start()) + 1
        raise CannotRender(source.file, line, "a link must be written out in the letter, without names to fill in")
    parts = []
    for environment, text in ((SUBJECT, source.subject), (BODY, source.body)):
        try:
            parts.append(environment.from_string(text))
        except TemplateSyntaxError as problem:
            raise CannotRender(source.file, problem.lineno, str(problem.message)) from problem
    return Compiled(source, *parts)


@dataclass(frozen=True, slots=True)
class Shaped:
    """A letter filled in with marks: its subject as it is, the shape of its body, and what each mark stands for."""

    subject: str
    shape: str
    values: list[str]


def shape(letter: Compiled, names: Mapping[str, Any]) -> Shaped | None:
    """The letter's shape for these names; None where it has none, or where filling it in fails."""
    if letter.marked is None:
        return None
    marks = Marks()
    try:
        subject, body = one_line(letter.subject.render(names)), letter.marked.render(names, **{MARKS: marks})
    except Exception:  # filling it in the plain way says what is wrong
        return None
    return Shaped(subject, body, marks.values) if marks.hold(body) else None


def _line_of(problem: Exception) -> int | None:
    """The line of the letter on which it failed: Jinja puts it into the traceback."""
    lines = [at.lineno for at in traceback.extract_tb(problem.__traceback__) if at.filename == "<template>"]
    return lines[-1] if lines else None


def fill_in(letter: Compiled, names: Mapping[str, Any]) -> tuple[str, str]:
    """The subject on one line, and the body as Markdown. Raises CannotRender with the reason."""
    try:
        return one_line(letter.subject.render(names)), letter.body.render(names)
    except Exception as problem:  # a letter is a small program of somebody else's: it can fail in any way
        sentence = str(problem).replace("'types.SimpleNamespace object' has no attribute", "there is no")
        raise CannotRender(letter.source.file, _line_of(problem), sentence) from problem
