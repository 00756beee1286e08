"""What may a letter of a programme name, how would it read, and what is wrong with it, before it is kept?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from email.headerregistry import Address
from hashlib import sha256
from typing import Any

from engine.cycle.scene import Scene
from engine.cycle.telling import applicant_facts, shared_facts
from engine.errors import Unknown
from engine.files.complaints import Complaint
from engine.files.reading import Programme
from engine.rules.workflow import APPLICANT
from notifications.languages import words_of
from notifications.letters import OWN_LETTERS, CannotRender, compile_letter, own_letter, split
from notifications.linting import lint
from notifications.message import Letter
from notifications.naming import misnamed
from notifications.recipients import contacts_of
from notifications.rendering import Renderer
from notifications.sampling import sample_facts
from notifications.shapes import Each, Shape, Whole, names, occasions

LONGEST_EXAMPLE = 60
"""characters of what a name says that are shown beside it"""


@dataclass(frozen=True, slots=True)
class Named:
    """A name that a letter may use, as it is written in it, and what it says in this letter; `each` are the names of
    every member, where it is a list."""

    name: str
    example: str
    each: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """`dates` for those of the round, which are many, and `about` for all others."""
        return "dates" if self.name.startswith(("phase.", "meeting.")) else "about"


@dataclass(frozen=True, slots=True)
class Tried:
    """How a letter that is not kept yet would read; without one, `complaints` say why."""

    letter: Letter | None
    complaints: tuple[Complaint, ...]


class Wording:
    """Reads letters for those who write them; `contact` is the person with a name whom people answer to, `site` where
    our pages are."""

    def __init__(self, contact: Address, site: str = "") -> None:
        self.contact = contact
        self.site = site

    def judge(self, programme: Programme, files: Sequence[str]) -> list[Complaint]:
        """What is wrong with the letters in these files of a programme, as `check` says it."""
        found = lint(programme, "", files)
        told = {complaint.file for complaint in found}
        for file in files:
            folder, _, rest = file.partition("/")
            if folder != "letters" or file in told:
                continue
            language, _, name = rest.removesuffix(".md").partition("/")
            text = programme.letters.get(language, {}).get(name)
            try:  # one that no rule tells is read all the same
                if text is not None:
                    compile_letter(split(file, text))
            except CannotRender as problem:
                found.append(Complaint(file, problem.line or 1, None, None, problem.sentence))
        return found

    def own_text(self, language: str, name: str) -> str | None:
        """The text of a letter that no programme needs to write, or None."""
        return own_letter(language, name) if name in OWN_LETTERS else None

    def names_of(self, scene: Scene, letter: str, language: str, number: str | None = None) -> list[Named]:
        """What a letter may name, with what it says: of the dossier of that `number`, or of an invented one."""
        told = _tellings(scene.programme, letter)
        if not told:
            return []
        role, extra = told[0]
        given = names(scene.programme, role, extra)
        for other in told[1:]:
            more = names(scene.programme, *other)
            given = {name: shape for name, shape in given.items() if name in more}
        said = self._renderer().names_of(
            scene.programme, language, shared_facts(scene.workflow, scene.calendar),
            _facts(scene, role, extra, number),
        )  # fmt: skip
        return [named for name, shape in given.items() for named in _walk(name, shape, said.get(name))]

    def try_out(self, scene: Scene, letter: str, language: str, text: str, number: str | None = None) -> Tried:
        """How a letter would read with another text, to the contact of a dossier or to somebody invented."""
        file = f"letters/{language}/{letter}.md"
        told = _tellings(scene.programme, letter)
        try:
            words_of(language)
            source = split(file, text)
            compile_letter(source)
        except CannotRender as problem:
            return Tried(None, (Complaint(file, problem.line or 1, None, None, problem.sentence),))
        except Unknown as problem:
            return Tried(None, (Complaint(file, 1, None, None, str(problem)),))
        if not told:
            return Tried(None, (Complaint(file, 1, None, None, "no rule tells this letter", "warning"),))
        role, extra = told[0]
        wrong = tuple(
            Complaint(file, misname.line, None, None, misname.sentence)
            for one in told for misname in misnamed(source.subject + source.body, names(scene.programme, *one))
        )  # fmt: skip
        if wrong:
            return Tried(None, tuple(dict.fromkeys(wrong)))
        programme = with_letter(scene.programme, language, letter, text)
        try:
            rendered = self._renderer().render(
                programme, letter=letter, language=language, role=role,
                shared=shared_facts(scene.workflow, scene.calendar), facts=_facts(scene, role, extra, number),
            )  # fmt: skip
        except CannotRender as problem:
            return Tried(None, (Complaint(file, problem.line or 1, None, None, problem.sentence),))
        return Tried(rendered, tuple(self.judge(programme, [file])))

    def _renderer(self) -> Renderer:
        """A reader of its own: it remembers what it has read, and what is typed here is read once."""
        return Renderer(self.contact, frames=False, site=self.site)


def with_letter(programme: Programme, language: str, letter: str, text: str) -> Programme:
    """The programme with another text of one letter."""
    letters = {**programme.letters, language: {**programme.letters.get(language, {}), letter: text}}
    digest = sha256(f"{programme.digest} {language} {letter} {text}".encode()).hexdigest()
    return replace(programme, letters=letters, digest=digest)


def _tellings(programme: Programme, letter: str) -> list[tuple[str, str | None]]:
    """(role, the extra name that it is given or None) of everything that tells a letter."""
    told = [(role, extra) for name, role, extra in occasions(programme.workflow) if name == letter]
    return list(dict.fromkeys(told))


def _facts(scene: Scene, role: str, extra: str | None, number: str | None) -> dict[str, Any]:
    """What a letter would be given now: of a dossier that there is, where it goes to applicants."""
    invented = sample_facts(scene.programme, scene.calendar.round, role, extra)
    if number is None or role != APPLICANT:
        return invented
    dossier = scene.dossier(number)
    own = scene.calendar_of(dossier)
    told = applicant_facts(scene.session, scene.workflow, own, dossier, None)
    people = contacts_of(scene.session, [dossier.id or 0]).get(dossier.id or 0, ())
    # what has not happened to it yet is invented, so that the letter has something to say
    real = {name: value for name, value in told.items() if value not in (None, [], "")}
    person = {"name": people[0].name or people[0].email} if people else invented["person"]
    return {**invented, **real, "person": person}


def _walk(name: str, shape: Shape, value: object) -> Iterator[Named]:
    if isinstance(shape, Whole):
        yield Named(name, _shown(value))
    elif isinstance(shape, Each):
        members = value if isinstance(value, list) else []
        first = _shown(members[0]) if members and isinstance(shape.member, Whole) else f"{len(members)}"
        yield Named(name, first, tuple(_members(shape.member)))
    else:
        if _is_said(value):
            yield Named(name, _shown(value))
        for part, inner in shape.items():
            yield from _walk(f"{name}.{part}", inner, getattr(value, part, None))


def _members(shape: Shape, before: str = "") -> Iterator[str]:
    if isinstance(shape, Mapping):
        for name, inner in shape.items():
            yield from _members(inner, f"{before}{name}") if isinstance(inner, Whole) else (f"{before}{name}",)
    elif before:
        yield before


def _is_said(value: object) -> bool:
    """Whether a name with parts says something by itself, as a day does."""
    return value is not None and type(value).__str__ is not object.__str__ and type(value).__name__ != "SimpleNamespace"


def _shown(value: object) -> str:
    said = "" if value is None else " ".join(str(value).split())
    return said if len(said) <= LONGEST_EXAMPLE else f"{said[: LONGEST_EXAMPLE - 1]}…"
