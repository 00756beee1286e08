"""The versions of a round in the browser: read, drawn and compared, a change planned, mapped and done."""

import html
import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select
from visiting import MEMBER, ROUND, STAFF, Site, Visit, cera, prepared
from workshop_site import equip, folder

from engine.database.invariants import INVARIANTS, check
from engine.database.records import DossierRow, RoundRow, VersionRow

HERE = f"/staff/{ROUND}/versions"
LATER = {"rounds/2019.toml": cera().files["rounds/2019.toml"].replace("17, to = 2019-03-01", "17, to = 2019-03-05")}
DRAFTED = cera().files["workflow.toml"].replace('"draft"', '"drafted"').replace("\ndraft  ", "\ndrafted")
RENAMED = {"workflow.toml": DRAFTED}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """One dossier in the making, and a folder in which the call closes four days later."""
    made = equip(Site(prepared("sqlite://")), folder(tmp_path, LATER))
    made.draft()
    return made


def words_in(page: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def send(visit: Visit, name: str, content: bytes) -> Any:
    return visit.client.post(
        f"{HERE}/propose", data={"csrf": visit.csrf(HERE)}, files={"file": (name, content)},
        headers={"sec-fetch-site": "same-origin"}, follow_redirects=False,
    )  # fmt: skip


def zipped(changes: Mapping[str, str], name: str = "cera-impuls") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for file, text in {**cera().files, **changes}.items():
            archive.writestr(f"{name}/{file}", text)
    return packed.getvalue()


def kept(site: Site, row: type[Any]) -> list[Any]:
    with site.database.reading() as session:
        return list(session.exec(select(row)).all())


def hidden(page: Any) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(text|opened|map\.[a-z_]+)" value="([^"]*)"', page.text))


def test_the_folder_is_planned_and_the_round_goes_on_with_it(site: Site) -> None:
    visit = site.visit(STAFF)
    first = words_in(visit.get(HERE))
    assert "Version 1" in first
    assert "The folder on this machine says something else by now." in first
    sent = visit.post(f"{HERE}/propose", {"from": "folder"}, on=HERE)
    page = visit.get(sent.headers["location"])
    assert page.status_code == 200
    said = words_in(page)
    for words in (
        "nothing has happened yet", "“Call” closes from 1 Mar 2019, 24:00", "(1 dossier)",
        "“unfinished-draft” (the applicant)",
    ):
        assert words in said, said
    assert kept(site, VersionRow) == []
    form = hidden(page)
    assert visit.post(f"{HERE}/replace", {**form, "reason": ""}, on=HERE).status_code == 422
    done = visit.post(f"{HERE}/replace", {**form, "reason": "The board met later"}, on=HERE)
    assert (done.status_code, done.headers["location"]) == (303, HERE)
    [version] = kept(site, VersionRow)
    assert (version.position, version.reason) == (2, "The board met later")
    said = words_in(visit.get(HERE))
    assert ("The board met later" in said, "says something else by now" in said) == (True, False)
    again = visit.post(f"{HERE}/replace", {**form, "reason": "twice"}, on=HERE)
    assert (again.status_code, len(kept(site, VersionRow))) == (303, 1)


def test_dossiers_of_a_state_that_goes_are_led_where_staff_say(site: Site) -> None:
    visit = site.visit(STAFF)
    sent = send(visit, "cera-impuls.zip", zipped(RENAMED))
    page = visit.get(sent.headers["location"])
    said = words_in(page)
    assert "It would be refused" in said
    assert "The new rules have no state “draft”, in which dossiers stand (1). Say where they go." in said
    assert '<option value="drafted" selected>' in page.text
    assert "Let the round go on with it" not in said
    page = visit.get(f"{sent.headers['location']}&map.draft=drafted")
    done = visit.post(f"{HERE}/replace", {**hidden(page), "reason": "A better word"}, on=HERE)
    assert done.status_code == 303
    assert [row.state for row in kept(site, DossierRow)] == ["drafted"]
    for path in ("", "/dossiers", "/dossiers/CI19-001", "/journal", "/workflow", "/workflow/words", "/timeline"):
        assert visit.get(f"/staff/{ROUND}{path}").status_code == 200, path
    assert "goes on with version 2" in words_in(visit.get(f"/staff/{ROUND}/journal"))
    with site.database.reading() as session:
        found = check(session, site.now, session.exec(select(RoundRow)).all(), invariants=INVARIANTS)
        assert [(one.invariant.name, one.offending) for one in found if one.offending] == []


def test_each_version_is_read_drawn_and_compared_in_every_language(site: Site) -> None:
    visit = site.visit(STAFF)
    sent = visit.post(f"{HERE}/propose", {"from": "folder"}, on=HERE)
    form = hidden(visit.get(sent.headers["location"]))
    visit.post(f"{HERE}/replace", {**form, "reason": "Later"}, on=HERE)
    for language in ("nl", "fr", "en"):
        there = site.visit(STAFF, language)
        for path in ("", "/1", "/2?as=picture", "/2?as=text&file=rounds/2019.toml", "/compare?was=1&now=2",
                     "/compare?was=1&now=2&way=below", "/compare?was=2&now=2"):  # fmt: skip
            assert there.get(HERE + path).status_code == 200, (language, path)
    beside = visit.get(f"{HERE}/compare?was=1&now=2").text
    assert "<del>- call            = { from = 2018-12-17, to = 2019-03-01 }</del>" in beside
    assert "<ins>+ call            = { from = 2018-12-17, to = 2019-03-05 }</ins>" in beside
    assert ("1 March 2019" in words_in(visit.get(f"{HERE}/1")), "5 March 2019" in words_in(visit.get(f"{HERE}/2"))) == (
        True, True,
    )  # fmt: skip
    for path in ("/3", "/1?as=nothing", "/compare?was=7", "/compare?was=1&now=2&file=workflow.toml", "/plan?text=x"):
        assert visit.get(HERE + path).status_code == 404, path


def test_what_is_wrong_with_the_files_is_said_with_its_place(site: Site) -> None:
    visit = site.visit(STAFF)
    wrong = cera().files["rounds/2019.toml"].replace("2019-03-31 }", "2019-02-31 }", 1).encode()
    answer = send(visit, "2019.toml", wrong)
    assert answer.status_code == 422
    assert "rounds/2019.toml:" in words_in(answer)
    missing = zipped({"words.fr.toml": cera().files["words.fr.toml"].replace('"Oproep"', '"Oproepen"')})
    answer = send(visit, "cera-impuls.zip", missing)
    assert '"Oproep" has no translation' in words_in(answer)
    answer = send(visit, "other.zip", zipped({}, "other"))
    assert "This is the folder of other, and the round is of cera-impuls." in words_in(answer)
    assert visit.post(f"{HERE}/propose", {}, on=HERE).status_code == 422


def test_who_does_not_run_the_round_sees_nothing_of_it(site: Site) -> None:
    assert [site.visit(MEMBER).get(HERE + path).status_code for path in ("", "/1", "/plan?text=x")] == [404] * 3
