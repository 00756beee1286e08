"""Reader, JSON Schema, documentation and shipped files know the same words."""

import re
import tomllib
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from engine.files.complaints import Complaint
from engine.files.documenting import document
from engine.files.reading import examine
from engine.files.schema import FILES, TABLES, FileKind, json_schema, text_of
from engine.files.source import Names, Source, Spot
from engine.files.tables import read_table
from engine.files.values import READERS
from engine.files.vocabulary import GUARDS, KINDS, QUESTION, Key
from engine.files.wording import tellings
from engine.rules.guards import GUARDS as JUDGES

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/workflow-format.md").read_text(encoding="utf-8")
SO_FAR = " is not supported yet"
KINDS_OF_FILE: tuple[FileKind, ...] = ("workflow", "round")


def key_lists() -> list[tuple[str, tuple[Key, ...]]]:
    """Every list of keys of the format."""
    tables = [(f"{kind} {table.name}", table.keys) for kind in KINDS_OF_FILE for table in TABLES[kind] if table.keys]
    return [*tables, ("question", QUESTION), ("guards", GUARDS)]


def now(keys: tuple[Key, ...]) -> list[str]:
    return [key.name for key in keys if key.status == "now"]


def test_every_kind_of_value_has_a_reader() -> None:
    assert {*READERS, "guards", "questions", "later"} == set(KINDS)


def test_every_key_is_of_a_known_kind_and_no_kind_is_left_over() -> None:
    used = {key.kind for _, keys in key_lists() for key in keys}
    assert used == set(KINDS)


def test_no_key_stands_twice_in_a_table() -> None:
    assert [name for name, keys in key_lists() if len({key.name for key in keys}) < len(keys)] == []


def test_the_guards_that_may_be_written_are_those_that_are_judged() -> None:
    assert now(GUARDS) == list(JUDGES)


@pytest.mark.parametrize(("name", "keys"), key_lists(), ids=lambda value: value if isinstance(value, str) else "")
def test_the_reader_refuses_every_word_that_is_not_supported_yet(name: str, keys: tuple[Key, ...]) -> None:
    source = Source("file", "", Names())
    for key in keys:
        if key.status == "later":
            read_table(keys, {key.name: 1}, Spot(source, (name,)))
    told = [complaint.sentence for complaint in source.complaints]
    assert told == [f'"{key.name}" is not supported yet' for key in keys if key.status == "later"]


def objects(schema: dict[str, Any], kind: FileKind) -> dict[str, list[str]]:
    """The keys of each table, as a schema has them."""
    found = {}
    for name, table in schema["properties"].items():
        inner = table if "properties" in table else table.get("additionalProperties") or table
        found[f"{kind} {name}"] = list(inner.get("items", inner).get("properties", {}))
    for name, inner in schema.get("$defs", {}).items():
        inner = inner.get("additionalProperties") or inner
        found[{"questions": "question"}.get(name, name)] = list(inner["properties"])
    return found


def test_the_schemas_have_the_keys_of_the_vocabulary() -> None:
    found = objects(json_schema("workflow"), "workflow") | objects(json_schema("round"), "round")
    whole, *others = (table for table in TABLES["round"] if table.status == "now")
    assert found.pop("inside") == [*now(list(whole.keys)), *(table.name for table in others)]
    texts_and_later = {name for name, keys in found.items() if not keys}
    assert texts_and_later == {"workflow phase", "workflow strand", "round given"}
    assert {name: keys for name, keys in found.items() if keys} == {
        name: now(keys) for name, keys in key_lists() if now(keys)
    }


@pytest.mark.parametrize("kind", KINDS_OF_FILE)
def test_the_shipped_schema_is_the_one_made_from_the_vocabulary(kind: FileKind) -> None:
    assert FILES[kind].read_text(encoding="utf-8") == text_of(kind), "run: python -m engine.files.schema"
    Draft202012Validator.check_schema(json_schema(kind))


def as_json(value: Any) -> Any:
    """What tomllib read, as an editor hands it to a schema: dates and hours are texts there."""
    if isinstance(value, dict):
        return {name: as_json(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [as_json(inner) for inner in value]
    return value.isoformat() if isinstance(value, date | time) else value


def shipped() -> Iterator[tuple[FileKind, Path]]:
    for folder in (*(ROOT / "workflows").iterdir(), ROOT / "tests/refused/base"):
        if (folder / "workflow.toml").is_file():
            yield "workflow", folder / "workflow.toml"
            for path in sorted((folder / "rounds").glob("*.toml")):
                yield "round", path


@pytest.mark.parametrize(
    ("kind", "path"), list(shipped()), ids=lambda value: value.name if isinstance(value, Path) else ""
)
def test_the_shipped_files_are_valid_by_the_schema(kind: FileKind, path: Path) -> None:
    data = as_json(tomllib.loads(path.read_text(encoding="utf-8")))
    assert [error.message for error in Draft202012Validator(json_schema(kind)).iter_errors(data)] == []


def test_the_schema_refuses_an_unknown_key() -> None:
    data = as_json(tomllib.loads((ROOT / "tests/refused/base/workflow.toml").read_text(encoding="utf-8")))
    data["transition"]["submit"]["onli_if"] = 1
    errors = [error.message for error in Draft202012Validator(json_schema("workflow")).iter_errors(data)]
    assert errors == ["Additional properties are not allowed ('onli_if' was unexpected)"]


DAY = {"on": "2030-04-02"}


@pytest.mark.parametrize(
    ("days", "errors"),
    [
        ([DAY], []),
        ({"school": [DAY], "town": [DAY, DAY]}, []),
        ([{**DAY, "colour": "red"}], ["Additional properties are not allowed ('colour' was unexpected)"]),
        ({"school": [{**DAY, "colour": "red"}]}, ["Additional properties are not allowed ('colour' was unexpected)"]),
        ({"school": [{"place": "Ghent"}]}, ["'on' is a required property"]),
        ({"school": DAY}, ["{'on': '2030-04-02'} is not of type 'array'"]),
        ([], ["[] should be non-empty"]),
        ({}, ["{} should be non-empty"]),
    ],
)  # fmt: skip
def test_the_schema_has_days_for_all_and_for_each_strand_or_answer(days: Any, errors: list[str]) -> None:
    rows = json_schema("round")["properties"]["meeting"]
    assert [error.message for error in Draft202012Validator(rows).iter_errors({"hearing": days})] == errors


def test_the_tables_of_the_page_are_made_from_the_vocabulary() -> None:
    assert document(PAGE) == PAGE, "run: python -m engine.files.documenting docs/workflow-format.md"


def test_the_page_has_a_table_for_everything_that_can_be_written() -> None:
    parts = set(re.findall(r"<!-- begin: ([a-z ]+) -->", PAGE))
    tables = {f"{kind} {table.name}" for kind in KINDS_OF_FILE for table in TABLES[kind] if table.status == "now"}
    assert parts == tables - {"workflow question"} | {"question", "guards", "later"}


def test_what_the_page_says_is_not_supported_yet_is_refused_so_and_nothing_else_is() -> None:
    refused = {path.stem for path in (ROOT / "tests/refused").glob("*.patch") if SO_FAR in path.read_text("utf-8")}
    said = re.findall(r"<!-- ([a-z-]+) -->", PAGE.partition("## Not yet")[2])
    assert sorted({*said, "later-key"} - {"end"}) == sorted(refused)  # keys are listed by the vocabulary


def page_programme() -> dict[str, str]:
    """The examples of the page put together: the first line of each says to which file it belongs."""
    files: dict[str, str] = {}
    for block in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL):
        file = re.match(r"# (\S+\.toml)\n", block)
        assert file, f"an example does not say which file it is part of:\n{block}"
        files[file[1]] = files.get(file[1], "") + block
    return files


def complaints_of_the_page() -> tuple[list[Complaint], list[str]]:
    files = page_programme()
    programme, _ = examine("small-grants", files, "")
    assert programme is None  # the letters are missing still
    letters = re.findall(r'= "([a-z-]+)"', " ".join(re.findall(r"(?:tell|if_not) .*", "\n".join(files.values()))))
    for language in ("en", "nl"):
        files |= {f"letters/{language}/{letter}.md": "Subject\n" for letter in letters}
    programme, complaints = examine("small-grants", files, "")
    return complaints, [] if programme is None else [name for _, tell in tellings(programme.workflow) for name in tell]


def test_the_examples_of_the_page_are_a_programme_that_loads_without_a_complaint() -> None:
    complaints, told = complaints_of_the_page()
    assert complaints == []
    assert set(told) == {"applicant", "staff", "board", "everyone"}
