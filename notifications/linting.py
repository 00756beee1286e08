"""Will every letter be readable, in every language, before anybody waits for it?"""

from collections.abc import Collection, Iterator
from email.headerregistry import Address

from engine.errors import Unknown
from engine.files.complaints import Complaint
from engine.files.reading import Programme
from engine.rules.round import Round
from notifications.languages import words_of
from notifications.letters import CannotRender, compile_letter, find
from notifications.naming import misnamed
from notifications.rendering import Renderer
from notifications.sampling import sample_facts, sample_shared
from notifications.shapes import names, occasions, of_this_round

LONGEST_SUBJECT = 78
SITE = "https://grantcycle.example"
CONTACT = Address("Els Example", addr_spec="els@grantcycle.example")


def lint(programme: Programme, where: str, only: Collection[str] | None = None) -> list[Complaint]:
    """What is wrong with a programme's letters; `where` is the folder that complaints name before each file.

    With `only` no more is looked at than these files of the folder (`letters/fr/awarded.md`).
    """
    prefix = f"{where.rstrip('/')}/" if where else ""
    renderer = Renderer(CONTACT, site=SITE)
    complaints: dict[tuple[str, int, str], Complaint] = {}
    notices = {one for round in programme.rounds.values() for one in of_this_round(round)}
    told = sorted({*occasions(programme.workflow), *notices}, key=str)
    for language in programme.workflow.languages:
        try:
            words_of(language)
        except Unknown as problem:
            complaint = Complaint(f"{prefix}workflow.toml", 1, "workflow", "languages", str(problem))
            complaints[complaint.file, 1, complaint.sentence] = complaint
            continue
        for letter, role, extra in told:
            if only is not None and f"letters/{language}/{letter}.md" not in only:
                continue
            for line, sentence in _examine(renderer, programme, language, letter, role, extra):
                file = f"{prefix}letters/{language}/{letter}.md"
                complaints.setdefault((file, line, sentence), Complaint(file, line, None, None, sentence))
    return sorted(complaints.values(), key=lambda complaint: (complaint.file, complaint.line))


def _examine(
    renderer: Renderer, programme: Programme, language: str, letter: str, role: str, extra: str | None
) -> Iterator[tuple[int, str]]:
    """(line, sentence) for what is wrong with one letter as it is told to one role."""
    try:
        source = find(programme, language, letter)
        compile_letter(source)
    except CannotRender as problem:
        yield problem.line or 1, problem.sentence
        return
    wrong = misnamed(source.subject + source.body, names(programme, role, extra))
    yield from ((misname.line, f"{misname.sentence} (as told to {role})") for misname in wrong)
    if not wrong and programme.rounds:
        yield from _try(renderer, programme, [*programme.rounds.values()][-1], language, letter, role, extra)


def _try(
    renderer: Renderer,
    programme: Programme,
    round: Round,
    language: str,
    letter: str,
    role: str,
    extra: str | None,
) -> Iterator[tuple[int, str]]:
    try:
        rendered = renderer.render(
            programme,
            letter=letter,
            language=language,
            role=role,
            shared=sample_shared(programme, round),
            facts=sample_facts(programme, round, role, extra),
        )
    except CannotRender as problem:
        yield problem.line or 1, problem.sentence
        return
    length = len(rendered.subject)
    if length > LONGEST_SUBJECT:
        yield 1, f'the subject has {length} characters, and at most {LONGEST_SUBJECT} are shown: "{rendered.subject}"'
