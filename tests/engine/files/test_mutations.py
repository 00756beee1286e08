"""Whatever is changed in a shipped file is refused, warned about, or visible in what is read: never ignored."""

import random
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.files.complaints import Complaint
from engine.files.prose import read_aloud
from engine.files.reading import Programme, examine, read_folder

ROOT = Path(__file__).parents[3]
FOLDERS = [ROOT / "workflows/cera-impuls", ROOT / "tests/refused/base"]
WORD = re.compile(r"[a-z][a-z_]{2,}")
VALUE = re.compile(r"(?<== )(\"[^\"\n]*\"|\d[\d:-]*|true|false|\[[^\]\n]*\])")
OTHERS = [
    *("7", "-1", "0", "10000000000000000", "1.5", "nan", "true", "[]", "{}", "[1, 2]", '""', '"seven"', '"20 %"'),
    *("2019-02-28", "2019-03-31T02:30:00", "2019-03-01T00:00:00Z", "09:00:00", '["draft", "draft"]', '"14 days"'),
    *('{ applicant = "awarded" }', '"call closes"', '"\\u202e"', '"two\\nlines"'),
]
LATER = [
    "after",
    "per",
    "within",
    "seats",
    "sets",
    "pay",
    "roll",
    "erase",
    "quorum",
    "help",
    "tied_to",
    "times",
    "zone",
]

Lines = list[str]


def written(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def a_line(lines: Lines, dice: random.Random, fits: Callable[[str], object] = written) -> int:
    return dice.choice([index for index, line in enumerate(lines) if written(line) and fits(line)])


def delete_line(lines: Lines, dice: random.Random) -> None:
    del lines[a_line(lines, dice)]


def repeat_line(lines: Lines, dice: random.Random) -> None:
    index = a_line(lines, dice)
    lines.insert(index, lines[index])


def move_line(lines: Lines, dice: random.Random) -> None:
    line = lines.pop(a_line(lines, dice))
    lines.insert(a_line(lines, dice), line)


def misspell(lines: Lines, dice: random.Random) -> None:
    index = a_line(lines, dice, WORD.search)
    word = dice.choice(list(WORD.finditer(lines[index].split("#")[0] or lines[index])) or [None])
    if word is None:
        return
    at = dice.randrange(word.start(), word.end())
    new = dice.choice(["", "x", "_", "é", " ", lines[index][at] * 2])
    lines[index] = lines[index][:at] + new + lines[index][at + 1 :]


def borrow_a_word(lines: Lines, dice: random.Random) -> None:
    here, there = (a_line(lines, dice, lambda line: WORD.search(line.split("#")[0])) for _ in range(2))
    old = dice.choice(WORD.findall(lines[here].split("#")[0]))
    lines[here] = lines[here].replace(old, dice.choice(WORD.findall(lines[there].split("#")[0])), 1)


def another_value(lines: Lines, dice: random.Random) -> None:
    index = a_line(lines, dice, VALUE.search)
    match = dice.choice(list(VALUE.finditer(lines[index])))
    lines[index] = lines[index][: match.start()] + dice.choice(OTHERS) + lines[index][match.end() :]


def another_digit(lines: Lines, dice: random.Random) -> None:
    fits = [index for index, line in enumerate(lines) if written(line) and re.search(r"\d", line.split("#")[0])]
    if not fits:
        return
    index = dice.choice(fits)
    match = dice.choice(list(re.finditer(r"\d", lines[index].split("#")[0])))
    lines[index] = lines[index][: match.start()] + dice.choice("0123456789") + lines[index][match.end() :]


def add_a_key(lines: Lines, dice: random.Random) -> None:
    lines.insert(a_line(lines, dice) + 1, f"{dice.choice([*LATER, 'extra', 'Title'])} = {dice.choice(OTHERS)}")


def delete_table(lines: Lines, dice: random.Random) -> None:
    headers = [index for index, line in enumerate(lines) if line.startswith("[")] or [0]
    start = dice.choice(headers)
    end = next((index for index in headers if index > start), len(lines))
    del lines[start:end]


def rename_table(lines: Lines, dice: random.Random) -> None:
    headers = [index for index, line in enumerate(lines) if line.startswith("[")]
    if headers:
        index = dice.choice(headers)
        lines[index] = dice.choice(
            ["[extra]", "[strand]", "[[meeting.pitch]]", "[state]", lines[index].replace("]", "_2]", 1)]
        )


def odd_character(lines: Lines, dice: random.Random) -> None:
    index = a_line(lines, dice)
    at = dice.randrange(len(lines[index]) + 1)
    lines[index] = lines[index][:at] + dice.choice("\"'[]{}=.,#\\\t\0\u2028é") + lines[index][at:]


def cut_off(lines: Lines, dice: random.Random) -> None:
    del lines[dice.randrange(1, len(lines)) :]


MUTATIONS = [delete_line, repeat_line, move_line, misspell, borrow_a_word, another_value, another_digit, add_a_key,
             delete_table, rename_table, odd_character, cut_off]  # fmt: skip

DEFAULTS = {"weight": 1, "required": False, "kind": "text", "times": 1, "pause": 0, "ties": "ask", "release": "auto",
            "frees_place": False}  # fmt: skip


def meaning(data: Any) -> Any:
    """The data without what says nothing: defaults written out, and a list around a single name."""
    if isinstance(data, list) and len(data) == 1:
        return meaning(data[0])
    if isinstance(data, list):
        return [meaning(item) for item in data]
    if isinstance(data, dict):
        title = data.get("title")
        return {
            name: meaning(value)
            for name, value in data.items()
            if (name, value) not in DEFAULTS.items() and not (name in ("shown", "ahead") and value == title)
        }
    return data


def records(programme: Programme, complaints: list[Complaint]) -> tuple[object, ...]:
    """What is read, in its order, and what is warned about."""
    sentences = [(complaint.file, complaint.table, complaint.key, complaint.sentence) for complaint in complaints]
    workflow = programme.workflow
    return workflow, list(workflow.transitions), list(workflow.states), programme.rounds, programme.words, sentences


def prose(programme: Programme) -> list[str]:
    """What people hear when the programme is read aloud."""
    rounds, languages = programme.rounds.values(), programme.workflow.languages
    return [read_aloud(programme, round, language) for round in rounds for language in languages]


def ignored(folder: Path, seeds: range) -> list[str]:
    """The mutations that were accepted and changed nothing, or that ended in a traceback; there should be none."""
    files = read_folder(folder)
    programme, complaints = examine(folder.name, files, "")
    assert programme is not None, [str(complaint) for complaint in complaints]
    before, spoken = records(programme, complaints), prose(programme)
    mutable = sorted(file for file in files if file.endswith(".toml"))
    found = []
    for seed in seeds:
        dice = random.Random(seed)
        file = dice.choices(mutable, weights=[8 if file == "workflow.toml" else 3 for file in mutable])[0]
        lines = files[file].split("\n")
        mutate = dice.choice(MUTATIONS)
        mutate(lines, dice)
        text = "\n".join(lines)
        story = f"seed {seed}: {mutate.__name__} in {file}"
        try:
            changed, complaints = examine(folder.name, {**files, file: text}, "")
            unseen = changed is not None and records(changed, complaints) == before and prose(changed) == spoken
        except Exception as problem:
            found.append(f"{story}: {problem!r}")
            continue
        if changed is None:
            if not any(complaint.level == "error" and complaint.sentence for complaint in complaints):
                found.append(f"{story}: refused without a sentence")
        elif unseen and meaning(tomllib.loads(text)) != meaning(tomllib.loads(files[file])):
            found.append(f"{story}: accepted and not visible")
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_no_change_is_ignored_and_none_ends_in_a_traceback(folder: Path) -> None:
    assert ignored(folder, range(120)) == []


@pytest.mark.slow
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_no_change_is_ignored_in_a_long_sweep(folder: Path) -> None:
    assert ignored(folder, range(120, 2_400)) == []
