"""When the disk is full, is an act refused in a sentence, with nothing half done, and done when there is room again?"""

import contextlib
import os
import resource
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from small_disks import small_disk

sys.path.insert(0, str(Path(__file__).parents[1] / "engine" / "cycle"))
from databases import fresh
from stage import CALL, CLOSES, GRACE, SETTLE, Stage, applicant

from engine.cycle import Upload
from engine.database.connection import open_database
from engine.errors import Unavailable

ROOM = 600
"""what somebody can make room with later (kilobytes)"""
EMPTY = 1_700
"""a disk on which a round can be opened, beside that (kilobytes)"""
AFTER_THE_CLOSE = CLOSES + GRACE + SETTLE


def acts(stage: Stage) -> Iterator[Callable[[], object]]:
    """People start dossiers and hand them in, one after the other, without an end."""
    place = 0
    while True:
        place += 1
        who, number, now = f"a{place}", f"SG30-{place:03d}", CALL + place
        yield lambda who=who, now=now: stage.cycle.start_dossier(
            stage.key, organisation=f"House of {who}", email=applicant(who), name=who, language="en",
            by=applicant(who), now=now,
        )  # fmt: skip
        yield lambda who=who, now=now, number=number: stage.cycle.act(
            stage.key, number, "submit", by=applicant(who), now=now, answers={"title": who, "amount": 1000},
            files={"plan": Upload("plan.pdf", b"%PDF-1.7 " + who.encode() * 4_000)},
        )  # fmt: skip


def fill(folder: Path, kilobytes: int) -> None:
    disk = folder / "disk"
    with small_disk(disk, kilobytes + ROOM):
        room = disk / "room"
        room.write_bytes(bytes(ROOM * 1024))
        path = disk / "round.db"
        full = f"the disk that holds {path} is full, and nothing was changed: make room, then do it again"
        database = fresh(f"sqlite:///{path}")
        stage = Stage(database).open_anew()
        for act in acts(stage):
            before = stage.dump(CALL)
            try:
                act()
            except Unavailable as problem:
                told = str(problem)
                break
            assert stage.dump() != before
        assert told == full
        assert stage.dump() == before  # looking goes on, and nothing of the act is there
        room.unlink()
        act()  # in the same process, without a restart
        stage.cycle.advance(AFTER_THE_CLOSE)
        assert set(stage.states().values()) <= {"read", "lapsed"}
        assert stage.states()["SG30-001"] == "read"
        with database.reading() as session:
            assert session.connection().exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]
        assert len(stage.journal("transition")) == len(stage.transitions())  # and its chain is whole
        database.close()


@pytest.mark.parametrize("kilobytes", [EMPTY + 150 * step for step in range(5)])
def test_on_a_full_disk_an_act_is_refused_whole_and_done_later(tmp_path: Path, kilobytes: int) -> None:
    fill(tmp_path, kilobytes)


@pytest.mark.slow
@pytest.mark.parametrize("kilobytes", [EMPTY + 30 + 52 * step for step in range(40)])
def test_on_forty_full_disks_an_act_is_refused_whole_and_done_later(tmp_path: Path, kilobytes: int) -> None:
    fill(tmp_path, kilobytes)


def use_up(filler: Path) -> None:
    """Write until nothing goes any more."""
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))


def test_a_deadline_waits_for_room_and_then_fires(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", EMPTY + ROOM):
        database = fresh(f"sqlite:///{tmp_path / 'disk' / 'round.db'}")
        stage = Stage(database).open_anew()
        numbers = [stage.handed_in(who) for who in ("anna", "bert")]
        filler = tmp_path / "disk" / "filler"
        use_up(filler)
        before = stage.dump()
        with pytest.raises(Unavailable):
            stage.cycle.advance(AFTER_THE_CLOSE)
        assert stage.dump() == before
        filler.unlink()
        stage.cycle.advance(AFTER_THE_CLOSE)
        assert stage.states() == dict.fromkeys(numbers, "read")
        database.close()


def test_a_file_that_may_not_grow_acknowledges_nothing_that_is_not_kept(tmp_path: Path) -> None:
    """`ulimit -f`, as anybody may set it: the act is refused or the process ends with 75, and nothing is half done."""
    path = tmp_path / "round.db"
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        code = 1
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            stage = Stage(fresh(f"sqlite:///{path}")).open_anew()
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 21, resource.RLIM_INFINITY))
            for act in acts(stage):
                act()
                os.write(write, b".")
        except Unavailable:
            code = 3
        finally:
            os._exit(code)
    os.close(write)
    with os.fdopen(read) as pipe:
        acknowledged = len(pipe.read())
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) in (3, 75)
    database = open_database(f"sqlite:///{path}")
    stage = Stage(database)
    kept = len(stage.states()) + list(stage.states().values()).count("handed")
    assert 0 < acknowledged <= kept <= acknowledged + 1
    assert len(stage.journal("transition")) == len(stage.transitions())
    database.close()
