"""Does the command line say by whose clocks something comes next?"""

from pathlib import Path

import pytest
from installation import BEFORE_THE_CALL, ROUND, STAFF, Installation, install
from two_lists import SHIPPED

from engine.files.reading import read_folder

CALL = "call            = { from = 2018-12-17, to = 2019-03-01 }"


def by_clocks(folder: Path) -> Installation:
    """The shipped round, whose call closes by the clocks of each applicant."""
    grantcycle = install(folder)
    for name, text in read_folder(SHIPPED).items():
        path = grantcycle.folder / "workflows" / "cera-impuls" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace(CALL, CALL.replace(" }", ', zone = "applicant" }')), encoding="utf-8")
    grantcycle.write("config.toml", '[database]\nurl = "sqlite:///cycle.db"\n\n[workflows]\nfolder = "workflows"\n')
    grantcycle.done("open", ROUND, "--as", STAFF, at=BEFORE_THE_CALL)
    return grantcycle


@pytest.mark.slow
def test_the_next_deadlines_of_other_clocks_say_so(tmp_path: Path) -> None:
    grantcycle = by_clocks(tmp_path)
    grantcycle.done(
        "dossiers", "start", ROUND, "--organisation", "De Brug", "--name", "An Jans", "--email", "an@brug.example",
        "--language", "nl", "--clocks", "Pacific/Auckland", "--as", "an@brug.example", at="2019-02-28T10:00",
    )  # fmt: skip
    told = grantcycle.done("status", ROUND, "--json", at="2019-02-28T11:00").json
    coming = [(one["name"], one.get("clocks")) for one in told["rounds"][0]["next"] if one["kind"] == "edge"]
    assert [one for one in coming if one[0] == "call closes"][:1] == [("call closes", "Pacific/Auckland")]
    shown = grantcycle.done("status", ROUND, at="2019-02-28T11:00")
    (line,) = [one for one in (shown.out + shown.err).splitlines() if "call closes" in one and "Auckland" in one]
    assert line.split()[:2] == ["2019-03-01", "12:00:00"]
