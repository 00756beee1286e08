"""docs/formats.md shows what programs read and write, exactly as it is."""

import json
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest
from installation import BEFORE_THE_CALL, ROUND, SHIPPED, STAFF, Installation

PAGE = Path(__file__).parents[2] / "docs" / "formats.md"
SAMPLE = re.compile(r"^```(?P<kind>json|csv) (?P<name>[^\n]+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def samples(kind: str) -> dict[str, str]:
    """name or command line -> the sample of it, in the order of the page."""
    return {
        match["name"]: match["text"]
        for match in SAMPLE.finditer(PAGE.read_text(encoding="utf-8"))
        if match["kind"] == kind
    }


@pytest.fixture
def sampled(grantcycle: Installation) -> Installation:
    """The Cera round with the people of the page; what follows is done by the page's own command lines, in order."""
    grantcycle.done("open", ROUND, "--as", STAFF, at=BEFORE_THE_CALL)
    for name, text in samples("csv").items():
        grantcycle.write(name, text)
    changed = grantcycle.folder / "changed" / "cera-impuls"
    shutil.copytree(SHIPPED / "cera-impuls", changed)
    round = changed / "rounds" / "2019.toml"
    round.write_text(round.read_text(encoding="utf-8").replace("17, to = 2019-03-01", "17, to = 2019-03-05"), "utf-8")
    for name in ("new", "cur", "tmp"):
        (grantcycle.folder / "box" / name).mkdir(parents=True)
    grantcycle.write("box/new/1", b"From: an@brug.example\r\nAuto-Submitted: auto-replied\r\n\r\nAway\r\n")
    settings = (grantcycle.folder / "config.toml").read_text()
    grantcycle.write("config.toml", f'{settings}\n[mail]\ninbox = "maildir:box"\n')
    return grantcycle


def compared(answer: Any, workflows: Path = SHIPPED) -> Any:
    """An answer without `run`, which differs each time; paths begin at the workflows folder."""
    if isinstance(answer, dict):
        return {name: compared(value) for name, value in answer.items() if name != "run"}
    if isinstance(answer, list):
        return [compared(value) for value in answer]
    return answer.replace(f"{workflows.as_posix()}/", "workflows/") if isinstance(answer, str) else answer


def shape(answer: Any) -> Any:
    """The names and types of an answer: of a list, those of its first entry that has all of them."""
    if isinstance(answer, dict):
        return {name: shape(value) for name, value in answer.items()}
    if isinstance(answer, list):
        return [shape(answer[0])] if answer else []
    return type(answer).__name__


def test_every_sample_is_what_its_command_line_answers(sampled: Installation) -> None:
    shown = {line: text for line, text in samples("json").items() if not line.startswith("grantcycle rehearse")}
    assert {
        line: compared(sampled(*shlex.split(line)[1:]).json) for line in shown
    } == {line: json.loads(text) for line, text in shown.items()}  # fmt: skip


def test_every_command_with_json_has_its_sample() -> None:
    shown = {
        " ".join(re.findall(r"^grantcycle ([a-z]+)(?: ([a-z]+)(?= |$))?", line)[0]).strip() for line in samples("json")
    }
    assert shown == {
        "people import", "dossiers import", "dossiers start", "dossiers list", "dossiers show", "act", "status",
        "agenda", "journal", "doctor", "outbox list", "outbox preview", "outbox send", "inbox", "advance", "check",
        "rehearse", "database move", "plan", "versions", "payments list",
    }  # fmt: skip


def test_the_shape_of_a_rehearsal_is_the_one_shown(grantcycle: Installation) -> None:
    (sample,) = (text for line, text in samples("json").items() if line.startswith("grantcycle rehearse"))
    answer = grantcycle.done("rehearse", ROUND, "--dossiers", "3", "--seed", "1", "--json").json
    shown = json.loads(sample)
    assert list(shown) == list(answer)
    for name in ("figures", "dossiers", "calendar", "outbox"):
        assert shape(shown[name]) == shape(answer[name])
