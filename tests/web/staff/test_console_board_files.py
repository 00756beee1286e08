"""A list leaves as a file with what is seen, all pages of it, and nothing in it is taken for a formula."""

import csv
import io
import re
import zipfile
from datetime import datetime, timedelta
from html import unescape
from xml.etree import ElementTree as Xml

import pytest
from full_round import HERE, READING, put_dossier
from starlette.requests import ClientDisconnect
from visiting import CALL, ROUND, STAFF, Site

from engine.database.pages.lists import Looking
from web.staff.board import exports
from web.staff.board.exports import cell

TABLE = f"{HERE}/dossiers"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
COLUMNS = "columns=title,organisation,state,amount,mean,members,received,contact,missing"
EVIL = ("=1+1", "+32 470", "-2+3", "@SUM(A1)", "=HYPERLINK(\"http://evil.example\")", "\t=1", "http://evil.example")
"""what applicants may write, and a spreadsheet would run"""


def csv_of(site: Site, query: str = "") -> list[list[str]]:
    answer = site.visit(STAFF).get(f"{HERE}/dossiers.csv?{query}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="cera-impuls-2019-2019-03-09.csv"'
    assert answer.content.startswith("\ufeff".encode())
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def sheet_of(site: Site, query: str = "") -> tuple[list[list[str | float | None]], dict[str, bytes]]:
    """The cells of the sheet, numbers as numbers, and the parts of the file."""
    answer = site.visit(STAFF).get(f"{HERE}/dossiers.xlsx?{query}")
    assert answer.status_code == 200
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    parts = {name: archive.read(name) for name in archive.namelist()}
    rows: list[list[str | float | None]] = []
    for row in Xml.fromstring(parts["xl/worksheets/sheet1.xml"]).iter(f"{SHEET}row"):
        cells: list[str | float | None] = []
        for one in row:
            place = ord(one.attrib["r"][0]) - ord("A")
            cells += [None] * (place - len(cells))
            value = one.find(f"{SHEET}v")
            text = "".join(part.text or "" for part in one.iter(f"{SHEET}t"))
            number = None if value is None else float(value.text or "")
            cells.append(text if one.attrib.get("t") == "inlineStr" else number)
        rows.append(cells)
    return rows, parts


def as_in_csv(value: str | float | None, column: str) -> str:
    """A cell of the sheet as the CSV file writes it."""
    if value is None:
        return ""
    if column == "Received":
        assert isinstance(value, float)
        return (datetime(1899, 12, 30) + timedelta(days=value) + timedelta(seconds=1)).strftime("%Y-%m-%d %H:%M")
    return cell(value)


def seen(site: Site, query: str) -> list[str]:
    """The numbers of every page of the table."""
    found: list[str] = []
    for page in range(1, 9):
        text = site.visit(STAFF).get(f"{TABLE}?{query}&page={page}").text
        some = re.findall(r'name="number" value="(CI19-\d+)"', text)
        found += some if some != found[-len(some) :] else []
    return found


@pytest.mark.parametrize(
    "query", ["sort=-mean", "state=declined&state=draft&sort=-number", "q=huis.example&sort=organisation",
              "only=late", "sort=colour&state=nowhere"],
)  # fmt: skip
def test_the_files_are_what_is_seen_in_the_same_order(full: Site, query: str) -> None:
    for place in range(200, 240):
        put_dossier(full, place, state="in_rollout")
    rows = csv_of(full, f"{query}&{COLUMNS}")
    assert [row[0] for row in rows[1:]] == seen(full, query)
    assert rows[0] == ["Number", "Title", "Organisation", "State", "Asked", "Mean", "Scores in", "Received", "Contact",
                       "Answers missing"]  # fmt: skip
    sheet, _ = sheet_of(full, f"{query}&{COLUMNS}")
    wide = [[*row, *[None] * (len(rows[0]) - len(row))] for row in sheet]
    assert [
        [as_in_csv(value, column) if place else str(value) for value, column in zip(row, rows[0], strict=True)]
        for place, row in enumerate(wide)
        if place
    ] == rows[1:]


def test_a_cell_of_the_table_is_the_cell_of_the_file(full: Site) -> None:
    (head, row) = csv_of(full, f"q=CI19-003&{COLUMNS}")
    assert dict(zip(head, row, strict=True)) == {
        "Number": "CI19-003", "Title": "Lees mee! Een taalbuddy voor nieuwkomers", "Organisation": "Taalhuis De Brug",
        "State": "In preselection", "Asked": "14500", "Mean": "6", "Scores in": "3", "Received": "2019-01-15 10:00",
        "Contact": "indiener2@huis.example", "Answers missing": "0",
    }  # fmt: skip
    shown = full.visit(STAFF).get(f"{TABLE}?q=CI19-003&{COLUMNS}").text
    for words in (row[1], "€14,500", "6.0", "3 of 3", "15 Jan 2019, 10:00"):
        assert words in unescape(shown)


@pytest.mark.parametrize("text", EVIL)
def test_nothing_that_an_applicant_writes_is_run_by_a_spreadsheet(full: Site, text: str) -> None:
    full.clock.instant = CALL
    number = put_dossier(full, 300, complete=False)
    full.cycle.answer(ROUND, number, {"title": text}, by="indiener300@huis.example", now=full.now)
    whose = f"{text} vzw"
    full.cycle.introduce(ROUND, number, organisation=whose, name=None, by="indiener300@huis.example", now=full.now)
    full.clock.instant = READING
    row = csv_of(full, "q=indiener300@&columns=title,organisation")[1]
    assert not any(one.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for one in row)
    assert row[1].removeprefix("'") == text
    sheet, parts = sheet_of(full, "q=indiener300@&columns=title,organisation")
    assert sheet[1][1] == text
    written = b"".join(parts.values())
    assert b"<f>" not in written
    assert b"<f " not in written
    assert b"<hyperlink " not in written
    assert not any("rels" in name and b"evil" in content for name, content in parts.items())


def test_a_number_is_written_plain_and_a_text_that_steers_begins_with_an_apostrophe() -> None:
    assert [cell(one) for one in (None, 0, 1250, 1250.0, 12.5, -3.25, "", "De Brug", "=1", "'quoted")] == [
        "", "0", "1250", "1250", "12.5", "-3.25", "", "De Brug", "'=1", "'quoted",
    ]  # fmt: skip
    assert cell(datetime(2019, 3, 1, 23, 59)) == "2019-03-01 23:59"


def test_a_file_is_written_some_dossiers_at_a_time(full: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 4)
    asked: list[int] = []
    usual = Looking.cards

    def cards(looking: Looking, ids: list[int], **how: bool) -> object:
        asked.append(len(ids))
        return usual(looking, ids, **how)

    monkeypatch.setattr(Looking, "cards", cards)
    assert len(csv_of(full)) == 27
    assert asked == [4] * 6 + [2]
    assert len(full.office.kept._answers) < 20  # what is on its way out is not kept


async def test_whoever_goes_away_in_the_middle_leaves_nothing_open() -> None:
    closed: list[bool] = []
    answer = exports._Handed(iter([b"one", b"two"]), lambda: closed.append(True), "text/csv", {})

    async def receive() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def send(_message: object) -> None:
        raise OSError("nobody is there any more")

    with pytest.raises(ClientDisconnect):
        await answer({"type": "http", "method": "GET", "asgi": {"spec_version": "2.4"}}, receive, send)
    assert closed == [True]
