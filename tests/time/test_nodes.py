"""Processes on one database agree on zone data and tables, or one of them does nothing."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from clocks import HOUR, SECOND, Clocks, fired
from databases import fresh
from sqlalchemy import text
from sqlmodel import select
from stage import CALL, CLOSES, GRACE, SETTLE, Stage, applicant, refused

from engine.clock import WallClock
from engine.database.connection import Database, open_database
from engine.database.nodes import living, this_node
from engine.database.records import NodeRow
from engine.database.watch import Watch
from engine.errors import GrantcycleError

DATA = "2025.2"
"""other zone data than the pinned ones"""


def names(database: Database, now: int) -> list[str]:
    with database.reading() as session:
        return [row.name for row in living(session, now)]


def elsewhere(clocks: Clocks, **other: Any) -> Watch:
    """A process on another machine."""
    return clocks.watch(host="beta", boot="another", **other)


def test_a_node_says_what_it_works_with_and_is_gone_when_it_stops(database: Database, clocks: Clocks) -> None:
    watch = clocks.watch()
    watch.start()
    with database.reading() as session:
        (row,) = living(session, clocks.now())
        tables = session.connection().execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    node = clocks.node()
    assert (row.name, row.version, row.tzdata, row.tables) == (node.name, node.version, node.tzdata, tables)
    assert (row.ahead is None) == (not database.is_shared)
    watch.stop()
    assert names(database, clocks.now()) == []


def test_other_zone_data_than_those_of_a_living_node_are_refused_at_the_start(
    database: Database, clocks: Clocks
) -> None:
    """T-24, bad input."""
    first = elsewhere(clocks, tzdata=DATA)
    first.start()
    mine = clocks.node()
    with pytest.raises(GrantcycleError) as told:
        clocks.watch().start()
    assert str(told.value) == (
        f"{first.node.name} works on this database with the zone data {DATA}, and this process has {mine.tzdata}: "
        "they would not agree on when a deadline is. Install the same grantcycle with the same tzdata on every machine "
        f"(pip install tzdata=={DATA}), or stop the other process first"
    )
    assert names(database, clocks.now()) == [first.node.name]
    first.stop()
    clocks.watch().start()
    assert names(database, clocks.now()) == [mine.name]


def test_a_node_that_died_stops_nobody_for_long(database: Database, clocks: Clocks) -> None:
    elsewhere(clocks, tzdata=DATA).start()
    clocks.go_on(89 * SECOND)
    with pytest.raises(GrantcycleError):
        clocks.watch().start()
    clocks.go_on(2 * SECOND)
    clocks.watch().start()
    assert [row.name for row in _all(database)] == [clocks.node().name]


def test_a_process_of_this_machine_that_was_killed_is_gone_at_once(database: Database, clocks: Clocks) -> None:
    """So that after a kill the upgraded version starts without waiting."""
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    clocks.watch(pid=dead.pid, tzdata=DATA).start()
    clocks.watch().start()
    assert [row.pid for row in _all(database)] == [os.getpid()]


def test_beats_keep_a_node_alive_and_strike_off_the_dead(database: Database, clocks: Clocks) -> None:
    watch, other = clocks.watch(), elsewhere(clocks)
    watch.start()
    other.start()
    for _ in range(10):
        clocks.go_on(20 * SECOND)
        watch.look()
    assert names(database, clocks.now()) == [watch.node.name]


def _all(database: Database) -> list[NodeRow]:
    with database.reading() as session:
        rows = list(session.exec(select(NodeRow)).all())
        session.expunge_all()
        return rows


def test_when_a_newer_version_brings_the_tables_further_the_older_process_does_nothing_more(
    stage: Stage, clocks: Clocks
) -> None:
    """Bad input: two schema versions."""
    draft = stage.draft("anna", CALL)
    clocks.go_on(CLOSES - HOUR - clocks.wall)
    stage.cycle.advance(clocks.now())
    with stage.database.transaction() as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = fired(stage)
    clocks.go_on(HOUR + GRACE + SETTLE)
    assert stage.cycle.advance(clocks.now()) is None
    assert fired(stage) == before
    with refused("upgraded") as sentences:
        stage.cycle.act(stage.key, draft, "withdraw", by=applicant("anna"), now=clocks.now())
    (sentence,) = sentences
    assert sentence.startswith("a newer grantcycle has brought the tables to 9999, and this process knows them at ")
    assert sentence.endswith("it does nothing more; stop it and start the new version")


def test_serve_does_not_start_beside_a_node_with_other_zone_data(tmp_path: Path) -> None:
    """The real command, beside a row as another machine would have left it a moment ago."""
    (tmp_path / "config.toml").write_text('[database]\nurl = "sqlite:///cycle.db"\n')
    fresh(f"sqlite:///{tmp_path / 'cycle.db'}").close()
    database = open_database(f"sqlite:///{tmp_path / 'cycle.db'}")
    clock = WallClock()
    other = this_node("worker", clock, 20)
    Watch(database, clock, type(other)("worker", "another", 20, "beta", 7, other.version, DATA)).start()
    database.close()
    done = subprocess.run(
        [sys.executable, "-m", "grantcycle", "serve"], cwd=tmp_path, capture_output=True, text=True, timeout=60,
        check=False, env={name: value for name, value in os.environ.items() if not name.startswith("GRANTCYCLE_")},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert f"worker 7 on beta works on this database with the zone data {DATA}" in done.stderr
