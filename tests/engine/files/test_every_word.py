"""Is each word of the format used by a programme on disk, refused at least once, told in prose, and judged alike?"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import test_answers_in_sql
import test_cohort_in_sql
import test_earlier_dossiers
from every_word import Use, Word, as_toml, uses, without, words
from on_disk import ROOT, completed, folders, programme_in

from engine.files.prose import read_aloud
from engine.files.reading import Programme, examine, read_folder
from engine.files.schema import FileKind
from engine.files.vocabulary import GUARDS
from engine.rules.conditions import Guard

WORDS = tuple(words())
LANGUAGES = ("nl", "fr", "en")
SHOWN_ELSEWHERE = {
    Word("workflow", "workflow", "format"): "says how the file is read, and nothing of the programme",
}
"""words that are not told aloud, and why"""


def data_of(folder: Path) -> Iterator[tuple[FileKind, str, dict[str, object]]]:
    """What the files of a programme hold: of which kind each is, its name, and its tables."""
    for file, text in read_folder(folder).items():
        if file.endswith(".toml") and not file.startswith("words."):
            yield "round" if file.startswith("rounds/") else "workflow", file, tomllib.loads(text)


@cache
def used() -> Mapping[Word, Sequence[tuple[Path, str, Use]]]:
    """Where each word is used: small programmes first."""
    found = defaultdict(list)
    for folder in sorted(folders(), key=lambda folder: (folder / "workflow.toml").stat().st_size):
        for kind, file, data in data_of(folder):
            for use in uses(kind, data):
                found[use.word].append((folder, file, use))
    return found


def test_each_word_is_used_by_a_programme_on_disk() -> None:
    assert [str(word) for word in WORDS if word not in used()] == []


# ── refused ──

REFUSAL = re.compile(r"# expect: (?P<file>[^:]+):\d+: (?:\[+(?P<table>[^\]]+)\]+ ?)?(?P<key>[a-z_.0-9]*): ")


def refused() -> set[Word]:
    """The words that a refusal is about: those that its place names."""
    found = set()
    for path in (ROOT / "tests/refused").glob("*.patch"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if place := REFUSAL.match(line):
                kind: FileKind = "round" if place["file"].startswith("rounds/") else "workflow"
                steps = [*(place["table"] or "").split("."), *place["key"].split(".")]
                found |= {word for word in WORDS if not word.value and _is_about(word, kind, steps)}
    return found


def _is_about(word: Word, kind: FileKind, steps: Sequence[str]) -> bool:
    inner = steps[1:] if steps[0] else steps
    if word.table == "only_if":
        return kind == "workflow" and "only_if" in inner and word.key in inner[inner.index("only_if") :]
    of = "question" if "question" in steps[:-1] else next((step for step in steps if step), "")
    return (kind, of) == (word.kind, word.table) and (word.key in inner if word.key else len(inner) > 0)


def test_each_word_is_refused_at_least_once() -> None:
    told = refused()
    assert [str(word) for word in WORDS if not word.value and word not in told] == []


# ── judged alike ──


def judged_by_the_calendar(programme: Programme) -> Iterator[Guard]:
    """The guards that a whole cohort is judged by at once: no person acts there."""
    workflow = programme.workflow
    for transition in workflow.transitions.values():
        if transition.by is None or transition.takes_effect:
            yield from transition.guards
    for told in (*workflow.reminders.values(), *workflow.obligations.values()):
        yield from told.guards


def test_each_guard_is_drawn_where_python_and_sql_are_compared() -> None:
    played = {guard.word for read in test_cohort_in_sql.PLAYED.values() for guard in judged_by_the_calendar(read())}
    written = (*test_answers_in_sql.GUARDS, test_answers_in_sql.REASON, *test_answers_in_sql.OWED)
    drawn = played | {guard.word for guard in written} | set(test_earlier_dossiers.EACH)
    assert [guard.name for guard in GUARDS if guard.status == "now" and guard.name not in drawn] == []


# ── told ──


def aloud(programme: Programme, language: str) -> list[str]:
    """The rules, and those of each round, without the list of letters: what a rule tells is told by the rule."""
    quiet = replace(programme, letters={})
    return [read_aloud(quiet, round, language) for round in quiet.rounds.values()]


@cache
def _aloud_on_disk(folder: Path) -> tuple[list[str], ...]:
    return tuple(aloud(programme_in(folder), language) for language in LANGUAGES)


def is_told(folder: Path, file: str, use: Use) -> bool:
    """Whether the prose changes in each language once the word is taken out, or stands otherwise."""
    files = read_folder(folder)
    for data in without(use, tomllib.loads(files[file])):
        changed, _ = examine(folder.name, completed(folder.name, {**files, file: as_toml(data)}), "")
        if changed is None:
            continue
        now = tuple(aloud(changed, language) for language in LANGUAGES)
        return all(one != other for one, other in zip(now, _aloud_on_disk(folder), strict=True))
    return False


@pytest.mark.parametrize("word", [word for word in WORDS if word not in SHOWN_ELSEWHERE], ids=str)
def test_the_prose_changes_in_each_language_when_the_word_is_taken_out(word: Word) -> None:
    assert any(is_told(*use) for use in used()[word])


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: folder.name)
def test_the_end_that_is_named_first_is_the_one_that_applicants_hope_for(folder: Path) -> None:
    """It is what they see ahead and what reports count: no end is further from where a dossier begins."""
    workflow = programme_in(folder).workflow
    steps, here = {workflow.begins_in: 0}, [workflow.begins_in]
    for state in here:
        for move in workflow.transitions.values():
            if state in move.sources and move.target not in steps:
                steps[move.target] = steps[state] + 1
                here.append(move.target)
    assert steps[workflow.ends_in[0]] == max(steps.get(end, 0) for end in workflow.ends_in)
