"""A round is copied, taken from the folder or from a file, checked, and opened; what is wrong opens nothing."""

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select
from visiting import APPLICANT, CHAIR, OBSERVER, ROUND, STAFF, Site, Visit, cera
from workshop_site import equip, folder, round_file

from engine.database import journal
from engine.database.invariants import INVARIANTS, check
from engine.database.pages.parts import members
from engine.database.records import DraftRow, PinnedRow, RoundRow
from engine.database.store import find_round, the_id
from engine.files.reading import folder_digest, read_programme

START, COPY = "/staff/rounds/new/start", f"/staff/rounds/new/copy?round={ROUND}"
WANTED = {
    "round": ROUND, "name": "2020", "number": "CI20", "title": "Cera 2020-2023", "title-fr": "Cera 2020 (fr)",
    "title-en": "Cera 2020 (en)", "by": "years", "years": "1", "keep": "weekday", "rules": "folder",
}  # fmt: skip
SEEN = re.compile(r'name="seen" value="(\d+)"')


@pytest.fixture
def staff(site: Site, tmp_path: Path) -> Visit:
    """Els, before an installation that has the shipped programme in its folder."""
    return equip(site, folder(tmp_path / "workflows")).visit(STAFF)


def copied(visit: Visit, **changes: str) -> str:
    """The path of a copy that was made."""
    answer = visit.post("/staff/rounds/new/copy", {**WANTED, **changes}, on=COPY)
    assert answer.status_code == 303, answer.text
    path: str = answer.headers["location"]
    return path


def rows(site: Site, table: Any) -> list[Any]:
    with site.database.reading() as session:
        found = session.exec(select(table)).all()
        session.expunge_all()
    return list(found)


def dates_of(text: str) -> dict[str, str]:
    """field -> the date in it, as the page shows it."""
    return dict(re.findall(r'<input type="date" id="(d\d+)" name="d\d+" value="([^"]+)"', text))


def test_a_copy_keeps_the_weekdays_and_says_each_date_beside_the_old_one(site: Site, staff: Visit) -> None:
    path = copied(staff)
    (draft,) = rows(site, DraftRow)
    written = draft.files["rounds/2020.toml"]
    assert 'title    = "Cera 2020-2023"\nnumber   = "CI20" ' in written
    assert "call            = { from = 2019-12-16, to = 2020-02-28 }" in written
    assert '"Cera 2020-2023" = "Cera 2020 (fr)"' in draft.files["words.fr.toml"]
    page = staff.get(path).text
    assert dates_of(page)["d0"] == "2019-12-16"
    assert "Mon 17 Dec 2018" in page
    assert "Nothing is wrong" in page or "Warning" in page
    assert "stand in the way" not in page


def test_with_the_date_kept_the_weekday_is_another(site: Site, staff: Visit) -> None:
    copied(staff, keep="date")
    (draft,) = rows(site, DraftRow)
    assert "call            = { from = 2019-12-17, to = 2020-03-01 }" in draft.files["rounds/2020.toml"]


def test_what_cannot_be_copied_says_why_and_makes_nothing(site: Site, staff: Visit) -> None:
    wrong = [
        ({"years": "0"}, "Write by how many weeks"),
        ({"by": "weeks", "weeks": "x"}, "Write by how many weeks"),
        ({"name": "../2020"}, "Use letters, digits"),
        ({"name": "2019"}, "has a round of that name already"),
        ({"title": ""}, "This may not be empty"),
    ]
    for changes, sentence in wrong:
        answer = staff.post("/staff/rounds/new/copy", {**WANTED, **changes}, on=COPY)
        assert (changes, answer.status_code, sentence in answer.text) == (changes, 422, True)
        assert 'value="CI20"' in answer.text  # nothing typed is lost
    assert rows(site, DraftRow) == []


def test_any_date_is_changed_in_the_form_and_a_wrong_one_changes_nothing(site: Site, staff: Visit) -> None:
    path = copied(staff)
    page = staff.get(path).text
    seen = SEEN.findall(page)[0]
    fields = {**dates_of(page), "seen": seen}
    wrong = staff.post(f"{path}/dates", {**fields, "d0": "2020-13-45"}, on=path)
    assert (wrong.status_code, rows(site, DraftRow)[0].changed_at) == (422, int(seen))
    assert "2020-13-45" in wrong.text
    good = staff.post(f"{path}/dates", {**fields, "d0": "2019-12-02"}, on=path)
    assert good.status_code == 303
    assert "from = 2019-12-02, to = 2020-02-28" in rows(site, DraftRow)[0].files["rounds/2020.toml"]


def test_who_looked_at_what_another_has_changed_since_is_told_and_overwrites_nothing(site: Site, staff: Visit) -> None:
    path = copied(staff)
    page = staff.get(path).text
    fields = {**dates_of(page), "seen": SEEN.findall(page)[0]}
    staff.post(f"{path}/dates", {**fields, "d0": "2019-12-02"}, on=path)
    before = rows(site, DraftRow)[0].files
    late = staff.post(f"{path}/dates", {**fields, "d0": "2019-12-03"}, on=path)
    opening = staff.post(f"{path}/open", {"seen": fields["seen"]}, on=path)
    assert (late.status_code, opening.status_code, rows(site, DraftRow)[0].files) == (409, 409, before)
    assert [row.key for row in rows(site, RoundRow)] == [ROUND]


def test_a_copy_is_opened_with_its_people_and_whoever_opens_it_is_staff(site: Site, staff: Visit) -> None:
    path = copied(staff)
    page = staff.get(path).text
    answer = staff.post(f"{path}/open", {"seen": SEEN.findall(page)[0], "people": ROUND}, on=path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/cera-impuls/2020/people")
    with site.database.reading() as session:
        row = find_round(session, "cera-impuls/2020")
        parts = {(one.email, one.role, one.chair) for one in members(session, the_id(row))}
        kept = session.get_one(PinnedRow, row.digest)
        assert folder_digest(kept.files) == row.digest
        assert {(STAFF, "staff", False), (CHAIR, "jury", True), (OBSERVER, "jury observer", False)} <= parts
        assert journal.broken_links(session, the_id(row)) == ()
        red = [one for one in check(session, site.now, [row], invariants=INVARIANTS) if one.offending]
        assert red == []
    (draft,) = rows(site, DraftRow)
    assert draft.ending == "opened"
    assert staff.get(path).status_code == 404
    assert "cera-impuls/2020" in staff.get("/staff/rounds").text


def test_people_are_not_taken_from_a_round_that_one_does_not_run(site: Site, staff: Visit) -> None:
    south = read_programme("zuid-impuls", cera().files, "")
    site.cycle.open_round(south, "2019", by="flo@zuid.example", now=site.now, as_of=site.now)
    path = copied(staff)
    seen = SEEN.findall(staff.get(path).text)[0]
    answer = staff.post(f"{path}/open", {"seen": seen, "people": "zuid-impuls/2019"}, on=path)
    assert answer.status_code == 409
    assert "cera-impuls/2020" not in {row.key for row in rows(site, RoundRow)}


def test_a_round_whose_file_stands_in_the_folder_is_opened(site: Site, tmp_path: Path) -> None:
    words = {
        f"words.{one}.toml": cera().files[f"words.{one}.toml"] + '"Cera Impulsprogramma 2030-2033" = "Cera 2030"\n'
        for one in ("fr", "en")
    }
    root = folder(tmp_path / "workflows", {"rounds/2030.toml": round_file(), **words})
    visit = equip(site, root).visit(STAFF)
    begun = visit.post("/staff/rounds/new/folder", {"programme": "cera-impuls", "round": "2030"}, on=START)
    path = begun.headers["location"]
    opened = visit.post(f"{path}/open", {"seen": SEEN.findall(visit.get(path).text)[0]}, on=path)
    assert opened.status_code == 303
    assert {row.key for row in rows(site, RoundRow)} == {ROUND, "cera-impuls/2030"}
    assert "cera-impuls/2030" not in visit.get(START).text.partition('id="folder"')[2].partition("</section>")[0]


def test_a_letter_that_cannot_be_written_stands_in_the_way(site: Site, tmp_path: Path) -> None:
    letter = "letters/nl/awarded.md"
    root = folder(tmp_path / "workflows", {letter: "Toegekend\n\nBeste {{ nobody }},\n"})
    visit = equip(site, root, letters_tried=True).visit(STAFF)
    path = copied(visit)
    page = visit.get(path).text
    assert f"{letter}:3" in page
    assert visit.post(f"{path}/open", {"seen": str(rows(site, DraftRow)[0].changed_at)}, on=path).status_code == 409


def packed(files: Mapping[str, str | bytes], home: str = "klein/") -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(home + path, content)
    return kept.getvalue()


def test_a_whole_programme_comes_in_as_a_zip_and_is_opened(site: Site, staff: Visit) -> None:
    files = {path: text for path, text in cera().files.items() if not path.startswith("rounds/")}
    files["rounds/2030.toml"] = round_file()
    for language in ("fr", "en"):
        files[f"words.{language}.toml"] = files[f"words.{language}.toml"].replace("2019-2022", "2030-2033")
    answer = send(staff, "klein.zip", packed(files))
    assert answer.status_code == 303, answer.text
    path = answer.headers["location"]
    page = staff.get(path).text
    assert "Cera Impuls Programme 2030-2033" in page
    opened = staff.post(f"{path}/open", {"seen": SEEN.findall(page)[0]}, on=path)
    assert opened.headers["location"] == "/staff/klein/2030/people"
    assert {row.key for row in rows(site, RoundRow)} == {ROUND, "klein/2030"}


def send(visit: Visit, name: str, content: bytes, **fields: str) -> Any:
    given = {"csrf": visit.csrf(START), "programme": "cera-impuls", "name": "", **fields}
    return visit.client.post(
        "/staff/rounds/new/upload", data=given, files={"file": (name, content)},
        headers={"sec-fetch-site": "same-origin"},
    )  # fmt: skip


def no_rounds() -> list[tuple[str, bytes, str]]:
    """File, content, and what is said of it; made when they are wanted, for one is a bomb."""
    return [
        ("2030.toml", b"\x7fELF\x02\x01\x01" + b"\0" * 60, ""),
        ("2030.toml", b"title = \xff\xfe", "line 1: this is not UTF-8 text"),
        ("2030.toml", b"", ""),
        ("2030.exe", b"MZ", ""),
        ("a b.toml", b"x = 1", "cannot name a round"),
        ("2019.toml", b"x = 1", "is open already"),
        ("klein.zip", b"PK\x03\x04 no archive", ""),
        ("klein.zip", packed({"workflow.toml": b"#" * 130_000_000}), ""),
        ("klein.zip", packed({"README.md": "hello"}), "There is no workflow.toml in this ZIP"),
        ("klein.zip", packed({"workflow.toml": "", "../workflow.toml": ""}, ""), "lies outside its folder"),
        ("klein.zip", packed({"a/workflow.toml": "", "b/workflow.toml": ""}, ""), "more than one workflow.toml"),
        ("klein.zip", packed({"workflow.toml": "", "rounds/2030.toml": "", "rounds/2031.toml": ""}), "2030, 2031"),
        ("klein.zip", packed({"workflow.toml": b"\xff\xfe"}), "this is not UTF-8 text"),
        ("large.toml", b"# " + b"x" * 5_100_000, ""),
    ]


def test_what_is_no_round_is_refused_with_a_sentence_and_nothing_is_kept(site: Site, staff: Visit) -> None:
    for name, content, sentence in no_rounds():
        answer = send(staff, name, content)
        assert (name, answer.status_code, sentence in answer.text, 'href="#file"' in answer.text) == (
            name, 422, True, True,
        ), content[:40]  # fmt: skip
    assert (rows(site, DraftRow), len(rows(site, RoundRow))) == ([], 1)


BROKEN = [
    ("[round]\ntitle = 2030\n[round]\n", "rounds/2030.toml:3", "[round] stands here twice"),
    (round_file() + "\n[phase.pitsh]\non = 2030-05-09\n", "rounds/2030.toml", "pitsh"),
    (round_file(pitch="{ on = 2030-02-30 }"), "rounds/2030.toml:18", "this date or hour does not exist"),
]
"""what stands in the file, where it is wrong, and what is said of it"""


def test_a_file_with_errors_is_shown_with_its_places_and_is_not_opened(site: Site, staff: Visit) -> None:
    for text, place, sentence in BROKEN:
        path = send(staff, "2030.toml", text.encode()).headers["location"]
        page = staff.get(path).text
        assert (place in page, sentence in page) == (True, True), place
        assert 'class="marked"' in staff.get(f"{path}/text").text
        opened = staff.post(f"{path}/open", {"seen": str(rows(site, DraftRow)[-1].changed_at)}, on=path)
        assert (opened.status_code, len(rows(site, RoundRow))) == (409, 1)
        thrown = staff.post(f"{path}/discard", on=path)
        assert (thrown.status_code, rows(site, DraftRow)[-1].ending) == (303, "thrown away")


def test_a_round_whose_moments_are_past_is_not_opened_and_the_command_is_said(site: Site, staff: Visit) -> None:
    path = copied(staff)
    site.clock.instant += 2 * 365 * 86_400_000_000
    visit = site.visit(STAFF)
    page = visit.get(path).text
    assert "grantcycle open cera-impuls/2020 --as els@impuls.example --as-of" in page
    seen = str(rows(site, DraftRow)[0].changed_at)
    assert visit.post(f"{path}/open", {"seen": seen}, on=path).status_code == 409
    assert len(rows(site, RoundRow)) == 1


def test_the_files_of_a_round_in_the_making_can_be_taken_along(site: Site, staff: Visit) -> None:
    path = copied(staff)
    (draft,) = rows(site, DraftRow)
    file = staff.get(f"{path}/file")
    assert (file.text, file.headers["content-disposition"]) == (
        draft.files["rounds/2020.toml"], 'attachment; filename="2020.toml"',
    )  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(staff.get(f"{path}/zip").content)) as archive:
        assert {one: archive.read(f"cera-impuls/{one}").decode() for one in draft.files} == draft.files


def test_nobody_but_staff_prepares_a_round(site: Site, staff: Visit) -> None:
    path = copied(staff)
    site.draft()
    for email in (APPLICANT, CHAIR):
        visit = site.visit(email)
        assert [visit.get(one).status_code for one in (path, START, COPY, f"{path}/zip")] == [404] * 4
        assert visit.post(f"{path}/discard", on="/account").status_code == 404
    assert rows(site, DraftRow)[0].ending is None
