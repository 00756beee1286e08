"""Is damage to the file found where anything can find it, and never passed on in silence?

A byte is changed somewhere in the file: then the start is refused, or what looks through the database finds it, or
whatever reads it says so; and what passes every check is what was written.
"""

import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

sys.path.insert(0, str(Path(__file__).parents[1] / "engine" / "cycle"))
sys.path.insert(0, str(Path(__file__).parents[1] / "grantcycle"))
from databases import fresh
from forked import Running, grantcycle
from installation import BEFORE_THE_CALL, ROUND, STAFF, Installation, install
from stage import CALL, NOTICE, PDF, Stage, applicant

from engine.database import journal
from engine.database.connection import Database, open_database
from engine.database.damage import must_be_whole, wrong_files
from engine.database.migrating import migrate
from engine.database.records import FileRow
from engine.errors import GrantcycleError, Unavailable

CHECKED = ("journal", "journal_link", "file", "pinned")
"""the tables of which every byte is under a digest"""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, list[tuple[object, ...]]]]:
    """A round in a file that was closed in good order, and all that stands in it."""
    path = tmp_path_factory.mktemp("damage") / "round.db"
    database = fresh(f"sqlite:///{path}")
    stage = Stage(database).open()
    number = stage.draft("cleo")
    stage.cycle.answer(stage.key, number, {}, by=applicant("cleo"), now=CALL, files={"plan": PDF})
    stage.chosen("anna", "bert")
    rows = stage.dump()
    database.close()
    return path, rows


def found(session: Session) -> Iterator[str]:
    """What everything that looks through a database finds."""
    for said in session.connection().exec_driver_sql("PRAGMA integrity_check").scalars():
        if said != "ok":
            yield str(said)
    yield from journal.broken_links(session, 1)
    yield from wrong_files(session)


def opened_again(path: Path) -> Database:
    """As a process opens it that starts. Raises GrantcycleError when it refuses to."""
    database = open_database(f"sqlite:///{path}")
    try:
        migrate(database)
        must_be_whole(database)
    except BaseException:
        database.close()
        raise
    return database


def flip(path: Path, rows: dict[str, list[tuple[object, ...]]], at: int, by: int) -> str:
    """Change one byte; gives how that was met."""
    content = bytearray(path.read_bytes())
    content[at] ^= by
    damaged = path.with_name("damaged.db")
    damaged.write_bytes(content)
    try:
        database = opened_again(damaged)
    except GrantcycleError as problem:
        return "refused" if "damaged.db" in str(problem) else f"refused without saying where: {problem}"
    try:
        with database.reading() as session:
            if any(found(session)):
                return "found"
        now = Stage(database).dump()
    except (DBAPIError, ValueError, GrantcycleError):
        return "told by whoever reads it"
    finally:
        database.close()
    assert {name: now[name] for name in CHECKED} == {name: rows[name] for name in CHECKED}
    return "the same" if now == rows else "in what no digest covers"


def flips(path: Path, rows: dict[str, list[tuple[object, ...]]], times: int, seed: int) -> Counter[str]:
    chance = random.Random(seed)
    used = [place for place, byte in enumerate(path.read_bytes()) if byte]
    met = Counter(flip(path, rows, chance.choice(used), chance.randrange(1, 256)) for _ in range(times))
    assert [how for how in met if "without" in how] == []
    return met


Written = tuple[Path, dict[str, list[tuple[object, ...]]]]


def test_of_twenty_changed_bytes_none_is_passed_on_in_silence(written: Written) -> None:
    met = flips(*written, 20, seed=1)
    assert met["refused"] + met["found"] > 0


@pytest.mark.slow
def test_of_two_hundred_changed_bytes_none_is_passed_on_in_silence(written: Written) -> None:
    met = flips(*written, 200, seed=2)
    assert met["refused"] + met["found"] > 50


def test_a_page_that_is_gone_is_refused_with_what_to_do(written: Written) -> None:
    path, _ = written
    content = bytearray(path.read_bytes())
    size = 4096
    pages = [page for page in range(1, len(content) // size) if any(content[page * size : (page + 1) * size])]
    damaged = path.with_name("gone.db")
    for page in pages[:: len(pages) // 8]:
        damaged.write_bytes(content[: page * size] + bytes(size) + content[(page + 1) * size :])
        with pytest.raises(GrantcycleError, match=r"gone\.db") as refused:
            opened_again(damaged)
        if isinstance(refused.value, Unavailable):
            assert str(refused.value).endswith(
                f"nothing was changed: stop grantcycle, keep a copy of the file and of {damaged}-wal, "
                "and restore the last backup"
            )


def test_a_file_that_was_cut_short_is_refused(written: Written) -> None:
    path, _ = written
    content = path.read_bytes()
    damaged = path.with_name("short.db")
    for kept in (4096 * 5, len(content) // 2, len(content) - 4096):
        damaged.write_bytes(content[:kept])
        with pytest.raises(GrantcycleError, match=r"short\.db"):
            opened_again(damaged)


def test_a_log_that_was_cut_short_gives_an_earlier_moment_and_never_a_mixed_one(tmp_path: Path) -> None:
    """The end of SQLite's log cannot be told from what a power cut leaves: what is there is whole, and may be old."""
    path = tmp_path / "round.db"
    database = fresh(f"sqlite:///{path}")
    stage = Stage(database).open()
    stage.chosen("anna", "bert")
    whole = [(row.id, row.what) for row in stage.journal()]
    base, log = path.read_bytes(), path.with_name("round.db-wal").read_bytes()
    database.close()
    chance = random.Random(3)
    lengths = set()
    for place in range(12):
        cut = bytearray(log)
        at = chance.randrange(len(log))
        if place % 2:
            del cut[at:]
        else:
            cut[at] ^= 0xFF
        copy = tmp_path / f"{place}.db"
        copy.write_bytes(base)
        copy.with_name(f"{place}.db-wal").write_bytes(cut)
        database = opened_again(copy)
        kept = [(row.id, row.what) for row in Stage(database).journal()]  # and its chain is whole
        with database.reading() as session:
            assert list(found(session)) == []
        database.close()
        assert kept == whole[: len(kept)]
        lengths.add(len(kept))
    assert len(lengths) > 3


def test_rules_that_were_changed_in_the_database_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "round.db"
    database = fresh(f"sqlite:///{path}")
    Stage(database).open().cycle.advance(NOTICE)
    with database.transaction() as session:
        connection = session.connection()
        connection.exec_driver_sql("DROP TRIGGER pinned_no_update")
        connection.exec_driver_sql("UPDATE pinned SET files = replace(files, 'at_most = 2', 'at_most = 9')")
    with pytest.raises(Unavailable) as refused:
        must_be_whole(database)
    database.close()
    assert f"{path} is damaged (the rules pinned as " in str(refused.value)


@pytest.fixture
def installed(tmp_path: Path) -> Installation:
    installation = install(tmp_path)
    installation.done("open", ROUND, "--as", STAFF, at=BEFORE_THE_CALL)
    return installation


def test_serve_does_not_start_on_a_damaged_file(installed: Installation) -> None:
    path = installed.folder / "cycle.db"
    content = path.read_bytes()
    path.write_bytes(content[: 4096 * 40] + bytes(4096) + content[4096 * 41 :])
    served = grantcycle(["serve"], installed.folder)
    assert (served.code, served.out) == (1, "")
    assert served.err.startswith(f"{installed.folder}/cycle.db is damaged (")


def test_serve_tells_of_a_wrong_attachment_and_goes_on(installed: Installation) -> None:
    database = open_database(f"sqlite:///{installed.folder / 'cycle.db'}")
    with database.transaction() as session:
        session.add(FileRow(digest="ab" * 32, size=3, content=b"pdf", received_at=0))
    database.close()
    serving = Running(["serve"], installed.folder)
    serving.wait_for("The alarm is set.")
    assert serving.stop() == 0
    assert "an attachment is not what was handed in" in serving.err
    assert "ab" * 32 in serving.err
