"""Where the database may only be read, does looking work, is an act refused in a sentence, and does the alarm hold?"""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from forked import grantcycle
from small_disks import read_only

sys.path.insert(0, str(Path(__file__).parents[1] / "grantcycle"))
from installation import BEFORE_THE_CALL, PEOPLE, ROUND, STAFF, Answer, Installation, install

from engine.database import looking
from engine.database.connection import open_database

START = (
    "dossiers", "start", ROUND, "--organisation", "De Brug", "--name", "An Jans", "--email", "an@brug.example",
    "--language", "nl", "--as", "an@brug.example",
)  # fmt: skip


@pytest.fixture(scope="module", params=["closed in good order", "left behind by a process that was killed"])
def closed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation whose database may only be read; there is a dossier in it."""
    tmp_path = tmp_path_factory.mktemp("read_only")
    (tmp_path / "kept").mkdir()
    installation = install(tmp_path)
    config = (tmp_path / "config.toml").read_text().replace("cycle.db", "kept/cycle.db")
    installation.write("config.toml", f"{config}\n[engine]\nsweep = 0.5\n")
    installation.done("open", ROUND, "--as", STAFF, at=BEFORE_THE_CALL)
    installation.done("people", "import", installation.write("p.csv", PEOPLE), "--as", STAFF, at=BEFORE_THE_CALL)
    path = tmp_path / "kept" / "cycle.db"
    if "killed" in request.param:
        database = open_database(f"sqlite:///{path}")
        with database.reading() as session:
            assert looking.open_rounds(session)  # while somebody has it open, the files beside it stay
            installation.done(*START)
            for name in ("cycle.db", "cycle.db-wal", "cycle.db-shm"):
                shutil.copyfile(path.with_name(name), tmp_path / name)
        database.close()
        for name in ("cycle.db", "cycle.db-wal", "cycle.db-shm"):
            (tmp_path / name).replace(path.with_name(name))
    else:
        installation.done(*START)
    assert path.with_name("cycle.db-wal").exists() == ("killed" in request.param)
    with read_only(path.parent):
        yield installation


def told(installation: Installation) -> str:
    return (
        f"{installation.folder}/kept/cycle.db may only be read, and nothing was changed: looking goes on; for anything "
        "else, let the file and its folder be written\n"
    )


def test_looking_goes_on_and_says_what_is_late(closed: Installation) -> None:
    assert "CI19-001" in closed.done("dossiers", "list", ROUND).out
    assert closed.done("journal", ROUND).out
    assert closed.done("agenda", ROUND).out
    status = closed.done("status", ROUND, at="2019-03-03T10:00").out
    assert "The oldest deadline is late by" in status


@pytest.mark.parametrize(
    "act",
    [
        START,
        ("act", ROUND, "CI19-001", "withdraw", "--as", "an@brug.example"),
        ("extend", ROUND, "call closes", "--to", "2019-04-01", "--reason", "flood", "--as", STAFF),
        ("advance",),
        ("outbox", "send"),
    ],
    ids=lambda act: act[0],
)
def test_whatever_would_change_something_is_refused_in_a_sentence(closed: Installation, act: tuple[str, ...]) -> None:
    assert closed(*act) == Answer(1, "", told(closed))


def test_serve_does_not_start_and_says_why(closed: Installation) -> None:
    """All of the round is overdue by today: nothing fires, nothing is a traceback."""
    served = grantcycle(["serve"], closed.folder)
    assert served.code == 1
    assert "Traceback" not in served.err
    assert told(closed).strip() in served.err
    assert "The oldest deadline is late by" in closed.done("status", ROUND, at="2026-01-01T10:00").out
