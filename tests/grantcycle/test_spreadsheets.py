"""A spreadsheet comes in whole, or not at all with every row that is wrong."""

from typing import Any

import pytest
from installation import ROUND, STAFF, Answer, Installation

HEADER = "organisation,name,email,language,number,state,received,title,amount"
ROW = "De Brug,An Jans,an@brug.example,nl,CI19-007,submitted,2019-01-10T10:00,De overkant,45.000"
DRAFT = "Het Huis,Jo Smet,jo@huis.example,fr,,,,Huiswerk,"


def sheet(*rows: str, header: str = HEADER, delimiter: str = ",") -> str:
    return "\n".join((header, *rows, "")).replace(",", delimiter)


def bring_in(opened: Installation, content: str | bytes, *options: str) -> Answer:
    return opened("dossiers", "import", ROUND, opened.write("in.csv", content), "--as", STAFF, *options)


def dossiers(opened: Installation) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = opened.done("dossiers", "list", ROUND, "--json").json["dossiers"]
    return found


@pytest.mark.parametrize(
    "content",
    [
        sheet(ROW, DRAFT).encode(),
        sheet(ROW, DRAFT).encode("utf-8-sig"),
        sheet(ROW, DRAFT, delimiter=";").encode(),
        sheet(ROW, "", DRAFT).replace("\n", "\r\n").encode(),
    ],
    ids=["as programs write it", "with a byte order mark", "with semicolons", "with blank rows and Windows line ends"],
)
def test_a_spreadsheet_brings_in_its_dossiers_with_their_numbers_states_and_answers(
    opened: Installation, content: bytes
) -> None:
    answer = bring_in(opened, content)
    assert (answer.code, answer.out, answer.err) == (0, "2 dossiers brought in: CI19-007 to CI19-008.\n", "")
    found = [(one["number"], one["organisation"], one["state"], one["received_at_local"]) for one in dossiers(opened)]
    assert found == [
        ("CI19-007", "De Brug", "submitted", "2019-01-10T10:00:00"),
        ("CI19-008", "Het Huis", "draft", None),
    ]
    shown = opened.done("dossiers", "show", ROUND, "CI19-007", "--json").json
    assert shown["answers"] == {"title": "De overkant", "amount": 45000}
    assert shown["contacts"] == [{"name": "An Jans", "email": "an@brug.example", "language": "nl"}]


def test_a_dry_run_says_what_would_come_in_and_changes_nothing(opened: Installation) -> None:
    answer = bring_in(opened, sheet(ROW, DRAFT), "--dry-run")
    assert (answer.code, answer.out) == (0, "2 dossiers can be brought in; nothing was changed.\n")
    assert dossiers(opened) == []


def row(**changed: str) -> str:
    cells = dict(zip(HEADER.split(","), ROW.split(","), strict=True)) | changed
    return ",".join(cells.values())


WRONG = {
    "an unknown column": (
        sheet(ROW, header=HEADER.replace("language", "langage")),
        [
            'in.csv:1: [langage]: there is no column "langage"; did you mean "language"?',
            "in.csv:1: [language]: this column is missing",
        ],
    ),
    "a doubled column": (
        sheet(ROW + ",x", header=HEADER + ",title"), ["in.csv:1: [title]: two columns have this name"],
    ),
    "a column without a name": (sheet(ROW + ",x", header=HEADER + ","), ["in.csv:1: column 10 has no name"]),
    "a ragged row": (sheet("De Brug,An", DRAFT), ["in.csv:2: the row has 2 cells, and there are 9 columns"]),
    "two rows of one number": (sheet(ROW, DRAFT, ROW), ["in.csv:4: [number]: CI19-007 also stands on line 2"]),
    "an empty cell": (sheet(row(name="")), ["in.csv:2: [name]: this cell is empty"]),
    "an address with a comma": (
        sheet(row(email='"an@brug.example,jo@brug.example"')),
        ['in.csv:2: [email]: "an@brug.example,jo@brug.example" is not one address'],
    ),
    "an address with a line break, and the row after it": (
        sheet(row(email='"an@brug.example\nBcc: x@y.example"'), row(number="", email="nobody")),
        [
            'in.csv:2: [email]: "an@brug.example\\nBcc: x@y.example" is not an address: '
            "it holds a line break or a control character",
            'in.csv:4: [email]: "nobody" is not an address: An email address must have an @-sign',
        ],
    ),
    "a name with a line break": (
        sheet(row(name='"An\nJans"')),
        ['in.csv:2: [name]: "An\\nJans" is not a name: it holds a line break or a control character'],
    ),
    "a language that nobody is written to in": (
        sheet(row(language="de")), ['in.csv:2: [language]: there is no language "de"; known: en, fr, nl'],
    ),
    "an unknown state": (
        sheet(row(state="submited")), ['in.csv:2: [state]: there is no state "submited"; did you mean "submitted"?'],
    ),
    "amounts that are none, or too much": (
        sheet(row(amount="many"), row(number="", amount="45001")),
        [
            'in.csv:2: [amount]: "many" is not an amount; write for example 45000 or 45000.50',
            'in.csv:3: [amount]: "amount" is 45,001, and at most 45,000 may be asked',
        ],
    ),
    "an hour that does not exist": (
        sheet(row(received="2019-03-31T02:30")),
        ["in.csv:2: [received]: 2019-03-31 02:30:00 does not exist in Europe/Brussels: the clocks go forward over it; "
         "write 01:30 or 03:30"],
    ),
    "a quotation mark that is never closed": (
        sheet('"De Brug,An'), ["in.csv:2: the row is not CSV (unexpected end of data): is a quotation mark missing?"],
    ),
    "no row at all": (HEADER + "\n", ["in.csv:1: there is no row below the names of the columns"]),
    "an empty file": ("", ["in.csv:1: the first line must name the columns: organisation, name, email, language"]),
    "another encoding": (
        sheet(row(name="Zoë")).encode("latin-1"),
        ['in.csv:2: this is not UTF-8 text; in a spreadsheet program, save it as "CSV UTF-8"'],
    ),
    "a workbook": (
        "PK\x03\x04\x00\x00", ["in.csv: this is not a CSV file; save the spreadsheet as CSV (UTF-8)"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("content", "sentences"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_row_by_row_and_nothing_comes_in(
    opened: Installation, content: str | bytes, sentences: list[str]
) -> None:
    before = opened.done("journal", ROUND, "--json").json
    answer = bring_in(opened, content)
    assert (answer.code, answer.out, answer.err.splitlines()) == (1, "", sentences)
    assert opened.done("journal", ROUND, "--json").json == before


def test_a_number_that_the_round_already_has_is_refused(opened: Installation) -> None:
    assert bring_in(opened, sheet(ROW)).code == 0
    answer = bring_in(opened, sheet(DRAFT, ROW))
    assert (answer.code, answer.err) == (1, "in.csv:3: [number]: there already is a dossier CI19-007 in this round\n")
    assert len(dossiers(opened)) == 1


def test_only_staff_bring_dossiers_in(opened: Installation) -> None:
    name = opened.write("in.csv", sheet(ROW))
    assert opened("dossiers", "import", ROUND, name, "--as", "bo@jury.example").code == 3
    assert dossiers(opened) == []


PEOPLE_WRONG = {
    "an unknown round": (
        "cera-impuls/2018,Bo,bo@jury.example,nl,jury,",
        'in.csv:2: [round]: there is no round "cera-impuls/2018"; did you mean "cera-impuls/2019"?',
    ),
    "an unknown role": (
        f"{ROUND},Bo,bo@jury.example,nl,jurry,", 'in.csv:2: [role]: there is no role "jurry"; did you mean "jury"?',
    ),
    "a chair of nothing": (
        f"{ROUND},Bo,bo@jury.example,nl,staff,yes",
        'in.csv:2: [chair]: only a committee has a chair, and "staff" is none',
    ),
    "a chair by halves": (f"{ROUND},Bo,bo@jury.example,nl,jury,x", 'in.csv:2: [chair]: "x" is neither yes nor no'),
    "one person twice": (
        f"{ROUND},Bo,bo@jury.example,nl,jury,no\n{ROUND},Bo,bo@jury.example,nl,jury,no",
        "in.csv:3: [email]: bo@jury.example also stands on line 2 as jury",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "sentence"), PEOPLE_WRONG.values(), ids=PEOPLE_WRONG)
def test_people_who_cannot_come_in_are_told_by_row(opened: Installation, rows: str, sentence: str) -> None:
    name = opened.write("in.csv", f"round,name,email,language,role,chair\n{rows}\n")
    before = opened.done("journal", ROUND, "--json").json
    answer = opened("people", "import", name, "--as", STAFF)
    assert (answer.code, answer.out, answer.err) == (1, "", f"{sentence}\n")
    assert opened.done("journal", ROUND, "--json").json == before


def test_people_who_are_brought_in_again_keep_the_part_they_have(opened: Installation) -> None:
    answer = opened.done("people", "import", "people.csv", "--as", STAFF, "--json")
    assert answer.json == {"people": 6, "imported": True}
    entries = opened.done("journal", ROUND, "--json").json["journal"]
    assert sum(entry["what"] == "role given" for entry in entries) == 6
