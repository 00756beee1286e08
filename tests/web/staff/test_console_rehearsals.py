"""A rehearsal is asked for on a page, played apart, followed, ended, killed, approved, and held beside another."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select
from visiting import APPLICANT, STAFF, Site, Visit, cera
from workshop_site import equip, folder

from engine.database.preparing import rehearsals
from engine.database.preparing.rehearsals import SILENT, Wanted
from engine.database.records import RehearsalRow, RoundRow
from engine.database.store import find_person, the_id
from engine.files.reading import Programme, read_programme
from grantcycle import rehearsal_stage
from grantcycle.rehearsal_process import GIVE_WAY
from grantcycle.rehearsal_stage import COMMAND, Stage

PAGE = "/staff/rehearsals"
ASKED = {"round": "folder cera-impuls/2019", "dossiers": "1", "seed": "7", "late": "1", "conflicts": "2"}


@pytest.fixture
def stage(site: Site, tmp_path: Path) -> Iterator[Stage]:
    """The real stage, on this site."""
    made = Stage(lambda: site.database, site.clock)
    equip(site, folder(tmp_path / "workflows"), made)
    yield made
    made.close()


@pytest.fixture
def staff(site: Site, stage: Stage) -> Visit:  # noqa: ARG001  the site has its stage
    return site.visit(STAFF)


def ask(visit: Visit, **changes: str) -> str:
    """The path of a rehearsal that was asked for."""
    answer = visit.post(PAGE, {**ASKED, **changes}, on=PAGE)
    assert answer.status_code == 303, re.findall(r'<p class="error".*?</p>', answer.text)
    path: str = answer.headers["location"]
    return path


def row(site: Site, id: int = 1) -> RehearsalRow:
    with site.database.reading() as session:
        found = rehearsals.find(session, id)
        session.expunge_all()
    return found


def until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


def children() -> dict[int, str]:
    """The processes that this one has started and that live -> their command."""
    found = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = file.read_text().rpartition(")")[2].split()[1]
            if int(parent) == os.getpid():
                found[int(file.parent.name)] = (file.parent / "cmdline").read_text()
        except (OSError, ValueError, IndexError):
            continue
    return found


def playing() -> list[int]:
    return [pid for pid, command in children().items() if "rehearsal_process" in command]


def test_a_rehearsal_asked_for_on_the_page_is_played_apart_and_its_report_kept(
    site: Site, stage: Stage, staff: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    # beside other tests a process that gives way would hardly ever have its turn
    hurried = "from grantcycle import rehearsal_process as one; one.GIVE_WAY = 0; one.main()"
    monkeypatch.setattr(rehearsal_stage, "COMMAND", (sys.executable, "-c", hurried, "rehearsal_process"))
    rounds = dict.fromkeys(table(site, RoundRow))
    path = ask(staff)
    going = staff.get(path)
    assert (going.headers["refresh"], "<progress" in going.text) == ("2", True)
    assert "refresh" not in staff.get(f"{path}?still").headers
    until(lambda: bool(playing()))
    second = staff.post(PAGE, ASKED, on=PAGE)
    assert (second.status_code, "Another rehearsal is being played" in second.text) == (409, True)
    assert stage.wait(1, 240)
    done = row(site)
    assert (done.ending, done.figures["handed_in"], done.problem) == ("played", 1, None)
    page = staff.get(path)
    assert "refresh" not in page.headers
    assert f'src="{path}/report/page"' in page.text
    assert "<iframe class=\"frame report\" sandbox " in page.text
    report = staff.get(f"{path}/report/page")
    assert report.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert "Cera Impulsprogramma 2019-2022" in report.text
    assert playing() == []
    assert dict.fromkeys(table(site, RoundRow)) == rounds  # no live round was touched
    approved = staff.post(f"{path}/approve", on=path)
    assert (approved.status_code, row(site).approved_by, row(site).digest) == (303, done.asked_by, cera().digest)
    assert "Approved by Els Peeters" in staff.get(path).text


def table(site: Site, kind: Any) -> list[str]:
    with site.database.reading() as session:
        return [repr(one) for one in session.exec(select(kind)).all()]


def test_a_process_that_is_killed_in_the_middle_was_interrupted(site: Site, stage: Stage, staff: Visit) -> None:
    path = ask(staff)
    until(lambda: bool(playing()))
    os.kill(playing()[0], signal.SIGKILL)
    assert stage.wait(1, 30)
    assert (row(site).ending, playing()) == ("interrupted", [])
    page = staff.get(path).text
    assert ("Interrupted" in page, "<progress" in page) == (True, False)


def test_whoever_ends_it_stops_the_process_within_seconds(site: Site, stage: Stage, staff: Visit) -> None:
    path = ask(staff, dossiers="200")
    until(lambda: bool(playing()))
    (pid,) = playing()
    until(lambda: os.getpriority(os.PRIO_PROCESS, pid) == GIVE_WAY)  # to every live round
    assert staff.post(f"{path}/cancel", on=path).status_code == 303
    assert "It is being ended" in staff.get(path).text
    assert stage.wait(1, 30)
    assert (row(site).ending, playing()) == ("cancelled", [])
    assert "Cancelled" in staff.get(path).text
    assert staff.post(f"{path}/approve", on=PAGE).status_code == 409


def test_a_server_that_stops_ends_what_it_plays(site: Site, stage: Stage, staff: Visit) -> None:
    ask(staff, dossiers="200")
    until(lambda: bool(playing()))
    stage.close()
    assert (row(site).ending, playing()) == ("interrupted", [])


def test_the_process_ends_with_whoever_has_started_it() -> None:
    process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    asked = {"programme": "cera-impuls", "files": dict(cera().files), "round": "2019", "dossiers": 500, "seed": 7}
    process.stdin.write(json.dumps({**asked, "late": 0, "conflicts": 1}) + "\n")
    process.stdin.close()
    assert (process.wait(timeout=30), process.stdout.read()) == (1, "")
    process.stdout.close()


def fake(site: Site, programme: Programme, *, outcome: dict[str, Any] | None = None) -> int:
    """A rehearsal that was asked for, and played if it has an outcome, without playing it."""
    with site.database.transaction() as session:
        person = find_person(session, STAFF)
        assert person is not None
        id = rehearsals.ask(session, programme, "2019", Wanted(3, 7), by=the_id(person), now=site.now)
        if outcome is not None:
            counted = dict.fromkeys(("handed_in", "letters", "deadlines", "refused", "warnings", "days"), 1)
            rehearsals.put_outcome(session, id, site.now, figures=counted, outcome=outcome, report=b"")
    return id


def test_a_rehearsal_that_is_not_heard_of_any_more_was_interrupted_and_blocks_nobody(site: Site, staff: Visit) -> None:
    id = fake(site, cera())  # as after a crash of the server: its process is gone, the row is open
    assert "<progress" in staff.get(f"{PAGE}/one/{id}").text
    site.clock.instant += SILENT + 1
    assert "Interrupted" in staff.get(f"{PAGE}/one/{id}").text
    with site.database.reading() as session:
        assert rehearsals.find(session, id).ended_at is None  # looking changes nothing
    assert fake(site, cera(), outcome={}) == id + 1
    assert row(site, id).ending == "interrupted"


def test_two_rehearsals_are_told_apart_by_dates_letters_and_lines(site: Site, staff: Visit) -> None:
    changed = {**cera().files, "rounds/2019.toml": cera().files["rounds/2019.toml"].replace("2019-05-09", "2019-05-08")}
    moved = read_programme("cera-impuls", changed, "")
    same = {"key": "edge call opens", "local": "2018-12-17T00:00:00"}
    first = fake(site, cera(), outcome={
        "letters": [["2019-05-06", "pitch-day", "nl", 2], ["2019-03-31", "invited", "nl", 2]],
        "deadlines": [same, {"key": "edge pitch opens", "local": "2019-05-09T00:00:00"}], "warnings": [],
    })  # fmt: skip
    second = fake(site, moved, outcome={
        "letters": [["2019-05-05", "pitch-day", "nl", 3], ["2019-03-31", "invited", "nl", 2]],
        "deadlines": [same, {"key": "edge pitch opens", "local": "2019-05-08T00:00:00"}], "warnings": [],
    })  # fmt: skip
    chosen = staff.get(f"{PAGE}/one/{first}/beside?other={second}")
    assert chosen.headers["location"] == f"{PAGE}/one/{first}/beside/{second}"
    page = staff.get(chosen.headers["location"]).text
    assert "Thu 9 May 2019, 00:00" in page
    assert "Wed 8 May 2019, 00:00" in page
    assert "1 other lies where it lay" in page
    assert (">pitch-day<" in page, ">invited<" in page) == (True, False)
    assert "<ins>pitch           = { on = 2019-05-08 }</ins>" in page
    alike = staff.get(f"{PAGE}/one/{first}/beside/{first}").text
    assert ("Every deadline lies where it lay" in alike, "The same letters leave" in alike) == (True, True)


def test_the_round_that_a_page_leads_from_is_chosen_already(site: Site, staff: Visit) -> None:
    page = staff.get(f"{PAGE}?round=open%20cera-impuls%2F2019").text
    assert page.count(" selected>") == 1
    assert '<option value="open cera-impuls/2019" selected>' in page
    fake(site, cera())
    assert "A rehearsal is being played" in staff.get(PAGE).text


def test_wrong_figures_and_unknown_rounds_start_nothing(site: Site, staff: Visit) -> None:
    for changes, sentence in (
        ({"dossiers": "0"}, "Write a whole number from 1 to 500"),
        ({"dossiers": "9" * 30}, "Write a whole number from 1 to 500"),
        ({"late": "-1"}, "Write a whole number from 0 to 4"),
        ({"round": "folder ../2019"}, "Choose a round"),
        ({"round": "open zuid-impuls/2019"}, "Choose a round"),
    ):
        answer = staff.post(PAGE, {**ASKED, **changes}, on=PAGE)
        assert (changes, answer.status_code, sentence in answer.text) == (changes, 422, True)
    assert table(site, RehearsalRow) == []


def test_nobody_but_staff_sees_or_asks(site: Site, staff: Visit) -> None:
    id = fake(site, cera(), outcome={"letters": [], "deadlines": [], "warnings": []})
    site.draft()
    other = site.visit(APPLICANT)
    paths = (PAGE, f"{PAGE}/one/{id}", f"{PAGE}/one/{id}/report/page", f"{PAGE}/one/{id}/beside/{id}")
    assert [other.get(path).status_code for path in paths] == [404] * 4
    assert other.post(PAGE, ASKED, on="/account").status_code == 404
    assert [staff.get(f"{PAGE}/one/{id}").status_code, staff.get(f"{PAGE}/one/99").status_code] == [200, 404]


def test_the_process_takes_no_setting_or_secret_of_the_installation_along(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}

    def started(*_: Any, **kept: Any) -> Any:
        seen.update(kept)
        raise OSError("far enough")

    monkeypatch.setenv("GRANTCYCLE_WEB__KEY", "a secret of this installation")
    monkeypatch.setattr(subprocess, "Popen", started)
    with pytest.raises(OSError, match="far enough"), rehearsal_stage._process():
        pass
    assert "a secret of this installation" not in seen["env"].values()
    assert sys.executable == COMMAND[0]
