"""What does a programme's folder say, and what is wrong with it?"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from engine.errors import GrantcycleError, nearest
from engine.files.building import build_workflow
from engine.files.complaints import Complaint, Complaints
from engine.files.dating import judge_round
from engine.files.giving import judge_given
from engine.files.judging import judge_stranding, judge_workflow
from engine.files.rounds import build_round
from engine.files.several import rounds_of
from engine.files.source import Source, Spot
from engine.files.wording import (
    LETTER_FILE,
    WORDS_FILE,
    judge_letters,
    judge_words,
    read_letters_of,
    read_words,
    titles_of_parts,
)
from engine.rules.giving import rules_for, rules_in
from engine.rules.round import Round
from engine.rules.workflow import Workflow

WORKFLOW_FILE = "workflow.toml"
ROUND_FILE = re.compile(r"rounds/([^/]+)\.toml")
ROUND_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
READ = ("workflow.toml", "words.*.toml", "rounds/*.toml", "letters/*/*.md")


@dataclass(frozen=True)
class Programme:
    """All that a programme's folder says: its rules, its rounds, and the words and letters of each language."""

    name: str
    workflow: Workflow
    rounds: Mapping[str, Round]
    words: Mapping[str, Mapping[str, str]]
    """language -> original text -> translation"""
    letters: Mapping[str, Mapping[str, str]]
    """language -> letter -> Markdown"""
    digest: str
    files: Mapping[str, str]

    @cached_property
    def _rules(self) -> Mapping[tuple[str, str | None], Workflow]:
        found: dict[tuple[str, str | None], Workflow] = {}
        for name, round in self.rounds.items():
            found[name, None] = rules = rules_in(self.workflow, round.given)
            for strand in rules.strands:
                found[name, strand] = rules_for(rules, strand)
        return found

    def rules_of(self, round: str, strand: str | None = None) -> Workflow:
        """The workflow as it holds in the round of that name: what the rules call by name filled in.

        For a dossier of one strand with the limits of its questions there.
        """
        return self._rules[round, strand]

    def translate(self, text: str, language: str) -> str:
        """The text in that language; the original where it is not translated."""
        return self.words.get(language, {}).get(text, text)


def read_folder(path: Path) -> dict[str, str]:
    """The texts of a programme's folder by relative path; files of other kinds are left out.

    Raises GrantcycleError when there is no such folder, Complaints when a file is not UTF-8 text.
    """
    if not (path / WORKFLOW_FILE).is_file():
        raise GrantcycleError(f"there is no programme in {path}: it has no {WORKFLOW_FILE}")
    files, complaints = {}, []
    for file in sorted(file for pattern in READ for file in path.glob(pattern) if file.is_file()):
        content = file.read_bytes()
        try:
            files[file.relative_to(path).as_posix()] = content.decode("utf-8-sig")
        except UnicodeDecodeError as problem:
            line = content.count(b"\n", 0, problem.start) + 1
            complaints.append(Complaint(file.as_posix(), line, None, None, "this is not UTF-8 text; save it as UTF-8"))
    if complaints:
        raise Complaints(complaints)
    return files


def folder_digest(files: Mapping[str, str]) -> str:
    """SHA-256 over the sorted paths and texts, as hexadecimal digits; a running round pins it."""
    digest = hashlib.sha256()
    for path in sorted(files):
        for part in (path, files[path]):
            data = part.encode()
            digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


def load(path: Path) -> Programme:
    """The programme in that folder, named after it. Raises Complaints with everything that is wrong."""
    return read_programme(path.resolve().name, read_folder(path), path.as_posix())


def read_programme(name: str, files: Mapping[str, str], where: str) -> Programme:
    """The programme that these texts describe; `where` is the folder that complaints name before each file.

    Raises Complaints with everything that is wrong, warnings included.
    """
    programme, complaints = examine(name, files, where)
    if programme is None:
        raise Complaints(complaints)
    return programme


def examine(name: str, files: Mapping[str, str], where: str) -> tuple[Programme | None, list[Complaint]]:
    """The programme, or None where there is an error, and all complaints in the order of the files."""
    prefix = f"{where.rstrip('/')}/" if where else ""
    if WORKFLOW_FILE not in files:
        missing = f"a programme is a folder with a {WORKFLOW_FILE}, and this one has none"
        return None, [Complaint(prefix + WORKFLOW_FILE, 1, None, None, missing)]
    main = Source(prefix + WORKFLOW_FILE, files[WORKFLOW_FILE])
    sources = {WORKFLOW_FILE: main}
    workflow = None
    if main.data is not None:
        workflow = build_workflow(name, main)
        if workflow is not None:
            judge_workflow(workflow, main)
    rounds = _read_rounds(name, files, prefix, sources, workflow)
    words: dict[str, dict[str, str]] = {}
    for file in files:
        match = WORDS_FILE.fullmatch(file)
        if match:
            sources[file] = Source(prefix + file, files[file])
            words[match.group(1)] = read_words(sources[file])
    letters = read_letters_of(files)
    if workflow is not None:
        judge_words(workflow, rounds, sources, words)
        judge_letters(workflow, main, letters, prefix, rounds, sources)
    _check_files(files, main, prefix)
    complaints = _in_order(sources)
    if workflow is None or any(complaint.level == "error" for complaint in complaints):
        return None, complaints
    titles = {language: titles_of_parts(workflow, rounds.values(), known) for language, known in words.items()}
    words = {language: {**titles[language], **known} for language, known in words.items()}
    return Programme(name, workflow, rounds, words, letters, folder_digest(files), dict(files)), complaints


def _read_rounds(
    programme: str, files: Mapping[str, str], prefix: str, sources: dict[str, Source], workflow: Workflow | None
) -> dict[str, Round]:
    rounds: dict[str, Round] = {}
    read: dict[str, tuple[Round, Source]] = {}
    main = sources[WORKFLOW_FILE]
    for file in sorted(files):
        match = ROUND_FILE.fullmatch(file)
        if match is None:
            continue
        source = sources[file] = Source(prefix + file, files[file], main.names)
        if not ROUND_NAME.fullmatch(match.group(1)):
            Spot(source, ()).complain(f'"{match.group(1)}" cannot name a round: use letters, digits, - and _')
        if source.data is None or main.data is None:
            continue  # without the workflow's names every name here would seem unknown
        for name, part in rounds_of(match.group(1), source):
            round = build_round(programme, name, part, file)
            if round is None:
                continue
            _check_alone(round, rounds, Spot(part, ("round",)))
            if workflow is not None and "phase" not in main.broken:
                judge_given(workflow, round.given, part)
                judge_round(workflow, round, part)
            rounds[name] = round
            read[name] = round, part
    if workflow is not None:
        judge_stranding(workflow, main, read)
    return rounds


def _check_alone(round: Round, others: Mapping[str, Round], spot: Spot) -> None:
    """A round has a name and a number of its own; one that shares its file has a title of its own as well."""
    if round.name in others:
        spot.complain(f'"{round.name}" is the name of a round of {others[round.name].file} already')
    for other in others.values():
        beside = other.file == round.file
        if other.number == round.number:
            of = other.name if beside else other.file
            spot.at("number").complain(
                f'"{round.number}" is the number of {of} already; dossiers would share their numbers'
            )
        if beside and other.title == round.title:
            spot.at("title").complain(f'"{round.title}" is the title of {other.name} too; who could tell them apart?')


def _check_files(files: Mapping[str, str], main: Source, prefix: str) -> None:
    known = ("workflow.toml", "words.fr.toml", "rounds/2019.toml", "letters/fr/awarded.md")
    for file in files:
        if file == WORKFLOW_FILE or any(pattern.fullmatch(file) for pattern in (ROUND_FILE, WORDS_FILE, LETTER_FILE)):
            continue
        hint = f'; a programme has files such as "{nearest(file, known) or known[0]}"'
        main.complaints.append(Complaint(prefix + file, 1, None, None, f"nothing reads this file{hint}", "warning"))


def _in_order(sources: Mapping[str, Source]) -> list[Complaint]:
    found = [complaint for source in sources.values() for complaint in source.complaints]
    files = {source.file: place for place, source in enumerate(sources.values())}
    return sorted(found, key=lambda complaint: (files.get(complaint.file, len(files)), complaint.file, complaint.line))
