"""How does a notification become a letter?

A letter is rendered once, from what was pinned when the notification was written, and never again (see postman). Most
are written from a frame, which was worked out when the second letter of its shape was; the others the plain way. Both
ways give the same letter.
"""

from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from email.headerregistry import Address
from typing import Any

from babel.numbers import format_decimal
from markdown_it.token import Token

from engine.errors import GrantcycleError
from engine.files.reading import Programme
from notifications.account_facts import account_names, kind_of, links_in
from notifications.edited import THIS_LETTER, Edited
from notifications.escaping import unlinked
from notifications.facts import CLOCKS, INVITATION, SEAT, STOP, Facts, Reader, own_names, shared_names
from notifications.frames import Frame, build
from notifications.languages import COMMITTEE, CONCERNED, INVITED, SIGNED_UP, words_of
from notifications.letters import CannotRender, Compiled, Texts, compile_letter, fill_in, find, shape
from notifications.markdown import SCHEMES, as_html, links_of, read
from notifications.message import Letter
from notifications.paper import Around, Paper
from notifications.plain_text import as_text, paragraphs, preview, wrapped
from notifications.shipped import Shipped

KEPT = 512
"""shapes whose frames are remembered, and states of a round whose names are"""
ONCE, UNFIT = "was written once", "reads differently in a frame"
TEST = "test"
"""the fact of a letter that somebody has sent to themselves: for whom the real one is"""
Names = Mapping[str, Any]


class Renderer:
    """Writes letters; `contact` is the person with a name whom people answer to, `site` where our pages are (empty:
    a letter leads to none). `frames`: whether any are used."""

    def __init__(self, contact: Address, *, frames: bool = True, site: str = "") -> None:
        self.contact = contact
        self.site = site
        self._compiled: dict[tuple[str, str, str], Compiled] = {}
        self._paper = Paper()
        self._uses_frames = frames
        self._frames: dict[tuple[object, ...], Frame | str] = {}
        self._shared: dict[tuple[str, str], tuple[tuple[Facts, Facts, bool], dict[str, Any]]] = {}

    def render(
        self,
        programme: Programme,
        *,
        letter: str,
        language: str,
        role: str,
        shared: Facts,
        facts: Facts,
        edited: Edited | None = None,
    ) -> Letter:
        """The letter of that name for one person.

        `shared` is what its cause pinned, `facts` what is this person's; `edited` is a text that was written by hand
        in place of the programme's. Raises CannotRender with the reason.
        """
        reader, names = self._names(programme, language, shared, facts)
        around = self._around(reader, role, names, facts)
        if edited is not None or TEST in facts:
            return self._write_one(programme, letter, language, names, around, facts, edited)
        compiled = self._find(programme, language, letter)
        links = self._links(names, compiled.source.file)
        shaped = shape(compiled, names) if self._uses_frames else None
        if shaped is None:
            return self._write(compiled, language, names, around, links)
        key = (programme.digest, language, letter, shaped.shape, bool(shaped.subject))
        known = self._frames.get(key)
        if isinstance(known, Frame):
            heading = unlinked(shaped.subject) if known.has_heading else ""
            return known.fill(shaped.values, shaped.subject, heading, around)
        written = self._write(compiled, language, names, around, links)
        if known == UNFIT:
            return written
        if known is None:
            _remember(self._frames, key, ONCE)
            return written
        frame = self._frame(compiled, language, shaped.shape, shaped.subject, links)
        heading = unlinked(shaped.subject) if frame and frame.has_heading else ""
        fits = frame is not None and frame.fill(shaped.values, shaped.subject, heading, around) == written
        self._frames[key] = frame if frame and fits else UNFIT
        return written

    def filled_in(
        self, programme: Programme, *, letter: str, language: str, shared: Facts, facts: Facts
    ) -> tuple[str, str]:
        """The subject and the Markdown of a letter, with everything in it. Raises CannotRender with the reason."""
        compiled = self._find(programme, language, letter)
        return fill_in(compiled, self._names(programme, language, shared, facts)[1])

    def names_of(self, programme: Programme, language: str, shared: Facts, facts: Facts) -> Names:
        """Everything that a letter may name, with what it says in that language."""
        return self._names(programme, language, shared, facts)[1]

    def _names(self, programme: Programme, language: str, shared: Facts, facts: Facts) -> tuple[Reader, Names]:
        edges = {phase: facts["closes"] for phase, facts in shared.get("phases", {}).items()}
        zones = {phase: edge["zone"] for phase, edge in edges.items() if edge.get("zone")}
        timezone = shared["round"]["timezone"]
        clocks = facts.get(CLOCKS, timezone) if "dossier" in facts else None
        reader = Reader(programme, language, timezone, self.site, zones, clocks)
        message = {"message": shared["message"]} if "message" in shared else {}
        own = {name: facts[name] for name in ("phases", "meetings") if facts.get(name)}
        of_all = self._shared_names(reader, shared, own)
        return reader, of_all | own_names(reader, {**facts, **message})

    def _write_one(
        self,
        programme: Programme,
        letter: str,
        language: str,
        names: Names,
        around: Around,
        facts: Facts,
        edited: Edited | None,
    ) -> Letter:
        """A letter that no other is like: with a text of its own, or one that is only tried out."""
        if edited is None:
            compiled = self._find(programme, language, letter)
            (subject, body), written, file = fill_in(compiled, names), compiled.source.body, compiled.source.file
        else:
            subject, body, written, file = edited.subject, edited.body, edited.body, THIS_LETTER
        if test := facts.get(TEST):
            words = words_of(language)
            subject = f"{words.test_mark} {subject}"
            around = Around(around.about, words.test.format(address=test["for"]))
        links = self._links(names, file)
        return self._lay_out(language, subject, self._read(body, written, file, links), around, links)

    def render_account(
        self, texts: Shipped, *, letter: str, language: str, shared: Facts, facts: Facts, secrets: Mapping[str, str]
    ) -> Letter:
        """A letter that comes with grantcycle, about an account; `secrets` are what its nonce stands for.

        Raises CannotRender with the reason.
        """
        compiled = self._find(texts, language, letter, is_own=True)
        names = account_names(letter, language, shared, facts, self.contact, secrets)
        words, dossier = words_of(language), names.get("dossier")
        number = dossier.number if dossier else ""
        what = words.dossier.format(number=number) if dossier else shared.get("round", {}).get("title")
        why = words.why[kind_of(letter).why].format(
            number=number, programme=names["programme"], committee=names.get("committee")
        )
        around = Around(", ".join(filter(None, (names["programme"], what))), why)
        return self._write(compiled, language, names, around, links_in(names))

    def has_read(self, texts: Texts, language: str, letter: str) -> bool:
        """Whether that letter was written before: the first time takes as long as hundreds of others."""
        return (texts.digest, language, letter) in self._compiled

    def _shared_names(self, reader: Reader, shared: Facts, own: Facts) -> dict[str, Any]:
        """What all letters of one state of a round may name: made once, until the facts are others."""
        key = reader.programme.digest, reader.language
        # a dossier with clocks of its own has its phases beside it, so that these clocks need not be compared
        told = (shared, own, reader.clocks is None)
        if key not in self._shared or self._shared[key][0] != told:
            made = shared_names(reader, shared, own, self.contact)
            _remember(self._shared, key, (deepcopy(told), made))
        return self._shared[key][1]

    def _find(self, texts: Texts, language: str, letter: str, *, is_own: bool = False) -> Compiled:
        key = (texts.digest, language, letter)
        if key not in self._compiled:
            self._compiled[key] = compile_letter(find(texts, language, letter), is_own=is_own)
        return self._compiled[key]

    def _around(self, reader: Reader, role: str, names: Names, facts: Facts) -> Around:
        """What stands above and below every letter."""
        words = words_of(reader.language)
        committee = reader.programme.workflow.committees.get(role)
        dossier = names.get("dossier")
        what = words.dossier.format(number=dossier.number) if dossier else names["round"].title
        special = ((SEAT, SIGNED_UP), (INVITATION, INVITED), (CONCERNED, CONCERNED))
        ours = next((because for name, because in special if name in names), None)
        because = ours or (COMMITTEE if committee else role)
        why = words.why[because].format(
            number=dossier.number if dossier else "",
            programme=names["programme"],
            committee=reader.text(committee.title) if committee else "",
        )
        if more := names.get("more"):
            shown = format_decimal(int(more), locale=words.locale)
            why = f"{words.more.format(more=shown)} {why}"
        if self.site and STOP in facts:
            why = f"{why} {words.stop.format(url=self.site + facts[STOP])}"
        return Around(f"{names['programme']}, {what}", why)

    def _write(
        self, compiled: Compiled, language: str, names: Names, around: Around, links: Collection[str] = ()
    ) -> Letter:
        """A letter the plain way: its Markdown read, laid out as a page and as text; `links` lead to our own pages."""
        subject, body = fill_in(compiled, names)
        tokens = self._read(body, compiled.source.body, compiled.source.file, links)
        return self._lay_out(language, subject, tokens, around, links)

    def _lay_out(
        self, language: str, subject: str, tokens: Sequence[Token], around: Around, links: Collection[str] = ()
    ) -> Letter:
        heading = "" if _has_heading(tokens) else unlinked(subject)
        # on a machine that is only tried out our own pages have no certificate
        html = as_html(tokens, (*SCHEMES, "http") if links else SCHEMES)
        page = self._paper.page(language, subject, heading, preview(paragraphs(tokens)), around, html)
        folded = Around(*("\n".join(wrapped(said)) for said in (around.about, around.why)))
        return Letter(subject, self._paper.text(heading, "=" * len(heading), folded, as_text(tokens)), page)

    def _links(self, names: Names, file: str) -> list[str]:
        """Where the links lead that staff wrote into this very letter, or that is the page on which to answer it."""
        message = names.get("message")
        pages = [str(names[name].url) for name in (INVITATION, SEAT) if name in names and names[name].url]
        try:
            written = links_of(message.text) if message else []
        except GrantcycleError as problem:
            raise CannotRender(file, None, str(problem)) from problem
        return [*written, *pages]

    def _read(self, body: str, written: str, file: str, links: Collection[str] = ()) -> list[Token]:
        try:
            tokens = read(body, written, links)
        except GrantcycleError as problem:
            raise CannotRender(file, None, str(problem)) from problem
        if not tokens:
            raise CannotRender(file, None, "the letter says nothing below its subject")
        return tokens

    def _frame(
        self, compiled: Compiled, language: str, shape: str, subject: str, links: Collection[str]
    ) -> Frame | None:
        """The frame of a shape; None where it cannot be read as letters of it are."""
        try:
            tokens = self._read(shape, compiled.source.body, compiled.source.file, links)
        except CannotRender:
            return None

        def page(subject_mark: str, heading: str, shown: str, around: Around) -> str:
            return self._paper.page(language, subject_mark if subject else "", heading, shown, around, as_html(tokens))

        return build(tokens, bool(subject) and not _has_heading(tokens), page, self._paper.text)


def _has_heading(tokens: Sequence[Token]) -> bool:
    return any(token.type == "heading_open" and token.tag == "h1" for token in tokens)


def _remember(kept: dict[Any, Any], key: object, value: object) -> None:
    """Keep a value, and forget the oldest when there are too many."""
    kept.pop(key, None)
    while len(kept) >= KEPT:
        del kept[next(iter(kept))]
    kept[key] = value
