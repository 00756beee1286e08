"""How does a notification become a letter?

A letter is rendered once, from what was pinned when the notification was written, and never again (see postman).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from importlib.resources import files
from itertools import pairwise
from typing import Any

from css_inline import CSSInliner
from jinja2 import Environment, PackageLoader, StrictUndefined
from markdown_it.token import Token
from markupsafe import Markup

from engine.errors import GrantcycleError
from engine.files.reading import Programme
from notifications.escaping import unlinked
from notifications.facts import Facts, Reader, own_names, shared_names
from notifications.languages import COMMITTEE, words_of
from notifications.letters import CannotRender, Compiled, compile_letter, fill_in, find
from notifications.markdown import as_html, read
from notifications.plain_text import as_text, wrapped

PREVIEW = 140
"""characters that a mailbox shows beside the subject"""


@dataclass(frozen=True, slots=True)
class Letter:
    """What one person reads."""

    subject: str
    text: str
    html: str


class Renderer:
    """Writes letters; `contact` is the person with a name whom people answer to."""

    def __init__(self, contact: Address) -> None:
        self.contact = contact
        self._compiled: dict[tuple[str, str, str], Compiled] = {}
        self._frames = Environment(
            loader=PackageLoader("notifications"),
            undefined=StrictUndefined,
            autoescape=lambda name: name is not None and name.endswith(".html"),
            trim_blocks=True,
        )
        self._css = files("notifications").joinpath("templates", "mail.css").read_text(encoding="utf-8")
        self._inliner = CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)

    def render(
        self, programme: Programme, *, letter: str, language: str, role: str, shared: Facts, facts: Facts
    ) -> Letter:
        """The letter of that name for one person.

        `shared` is what its cause pinned, `facts` what is this person's. Raises CannotRender with the reason.
        """
        compiled = self._find(programme, language, letter)
        reader = Reader(programme, language, shared["round"]["timezone"])
        names = shared_names(reader, shared, facts.get("phases", {}), self.contact) | own_names(reader, facts)
        subject, body = fill_in(compiled, names)
        try:
            tokens = read(body, compiled.source.body)
        except GrantcycleError as problem:
            raise CannotRender(compiled.source.file, None, str(problem)) from problem
        if not tokens:
            raise CannotRender(compiled.source.file, None, "the letter says nothing below its subject")
        return self._frame(language, subject, tokens, self._around(reader, role, names))

    def _find(self, programme: Programme, language: str, letter: str) -> Compiled:
        key = (programme.digest, language, letter)
        if key not in self._compiled:
            self._compiled[key] = compile_letter(find(programme, language, letter))
        return self._compiled[key]

    def _around(self, reader: Reader, role: str, names: Mapping[str, Any]) -> dict[str, str]:
        """What stands above and below every letter."""
        words = words_of(reader.language)
        committee = reader.programme.workflow.committees.get(role)
        dossier = names.get("dossier")
        what = words.dossier.format(number=dossier.number) if dossier else names["round"].title
        return {
            "about": f"{names['programme']}, {what}",
            "why": words.why[COMMITTEE if committee else role].format(
                number=dossier.number if dossier else "",
                programme=names["programme"],
                committee=reader.text(committee.title) if committee else "",
            ),
        }

    def _frame(self, language: str, subject: str, tokens: Sequence[Token], around: Mapping[str, str]) -> Letter:
        own_heading = any(token.type == "heading_open" and token.tag == "h1" for token in tokens)
        shown = {
            **around,
            "language": language,
            "subject": subject,
            "heading": "" if own_heading else unlinked(subject),
        }
        html = self._frames.get_template("frame.html").render(
            shown, body=Markup(as_html(tokens)), css=Markup(self._css), preview=preview(tokens)
        )
        folded = {name: "\n".join(wrapped(shown[name])) for name in ("about", "why")}
        text = self._frames.get_template("frame.txt").render(shown | folded, body=as_text(tokens))
        return Letter(subject, f"{text}\n", self._inliner.inline(html))


def preview(tokens: Sequence[Token]) -> str:
    """What a mailbox shows beside the subject: the first paragraph that is not the greeting."""
    said = _paragraphs(tokens)
    if len(said) > 1 and said[0].endswith(","):
        said = said[1:]
    first = said[0] if said else ""
    return first if len(first) <= PREVIEW else f"{first[:PREVIEW].rsplit(' ', 1)[0]} …"


def _paragraphs(tokens: Sequence[Token]) -> list[str]:
    """The words of each paragraph, without their marks."""
    return [
        "".join(child.content or " " * child.type.endswith("break") for child in token.children or ())
        for before, token in pairwise(tokens)
        if before.type == "paragraph_open" and token.type == "inline"
    ]
