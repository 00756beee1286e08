"""The backups that docs/operating.md describes: taken while acts go on, is a restored one whole, and does it go on?"""

import os
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from databases import fresh, fresh_on, postgres_address
from servers import programs

sys.path.append(str(Path(__file__).parents[1] / "engine" / "cycle"))
from sqlalchemy.exc import DBAPIError
from sqlmodel import select
from stage import BEFORE, CALL, Stage, at

from engine.database import journal
from engine.database.connection import Database, open_database
from engine.database.migrating import migrate
from engine.database.records import DossierRow
from engine.database.sqlite import _sqlite_module

PAGE = Path(__file__).parents[2] / "docs" / "operating.md"
COMMANDS = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
LATER = at("2033-01-01T00:00")


@contextmanager
def while_people_act(stage: Stage) -> Iterator[None]:
    """Dossiers are started one after the other for as long as this lasts, and some before."""
    enough, over = threading.Event(), threading.Event()

    def act() -> None:
        n = 0
        while not over.is_set():
            stage.draft(f"a{n}", CALL + n, complete=False)
            n += 1
            if n == 5:
                enough.set()

    thread = threading.Thread(target=act)
    thread.start()
    enough.wait(60)
    try:
        yield
    finally:
        over.set()
        thread.join()


def check(restored: Database, stage: Stage) -> None:
    """One moment of the database, whole, which goes on by itself."""
    migrate(restored)
    with restored.reading() as session:
        assert journal.broken_links(session, 1) == ()
        kept = [row.number for row in session.exec(select(DossierRow).order_by("id")).all()]
        started = [row for row in journal.read(session, 1) if row.what == "dossier started"]
    assert len(kept) == len(started) >= 5
    assert kept == list(stage.states())[: len(kept)]
    with pytest.raises(DBAPIError, match="append-only"), restored.transaction() as session:
        session.connection().exec_driver_sql("DELETE FROM journal")
    there = Stage(restored, stage.programme)
    there.draft("new", CALL + 10**9)
    assert there.cycle.advance(LATER) is None
    assert there.journal()[-1].recorded_at == LATER


def test_the_page_has_these_commands() -> None:
    assert [shlex.split(command)[0] for command in COMMANDS] == ["sqlite3", "pg_dump", "pg_restore"]


def test_a_file_that_is_copied_while_people_act_is_whole(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    database = fresh(f"sqlite:///{tmp_path / 'data' / 'grantcycle.db'}")
    stage = Stage(database).open(BEFORE)
    _, file, statement = shlex.split(COMMANDS[0])
    with while_people_act(stage):
        connection = _sqlite_module().connect(tmp_path / file)
        connection.execute(statement.replace("'backup.db'", f"'{tmp_path / 'backup.db'}'"))
        connection.close()
    restored = open_database(f"sqlite:///{tmp_path / 'backup.db'}")
    check(restored, stage)
    restored.close()
    database.close()


def test_a_dump_that_is_taken_while_people_act_is_whole(tmp_path: Path) -> None:
    def run(command: str, **addresses: str) -> None:
        subprocess.run(
            command, shell=True, check=True, cwd=tmp_path, capture_output=True,
            env=os.environ | {"PATH": f"{programs()}:{os.environ['PATH']}"} | addresses,
        )  # fmt: skip

    with fresh_on("postgresql") as database, postgres_address(migrated=False) as elsewhere:
        stage = Stage(database).open(BEFORE)
        with while_people_act(stage):
            run(COMMANDS[1], DATABASE=database.writer.url.set(drivername="postgresql").render_as_string())
        run(COMMANDS[2], RESTORED=elsewhere)
        restored = open_database(elsewhere)
        check(restored, stage)
        restored.close()
