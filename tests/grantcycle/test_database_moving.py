"""`grantcycle database move` takes an installation to another database, and the old one out of service."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import postgres_address
from installation import ROUND, STAFF, Installation
from sqlalchemy import make_url

MOVED = (
    "this database has moved to another one, and is kept as it was: set [database] url in config.toml to the new one "
    "(or take this one back, and the new one out of service: grantcycle database reopen)\n"
)


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """The address of an empty PostgreSQL database."""
    with postgres_address(migrated=False) as url:
        yield url


def put_url(installation: Installation, url: str) -> None:
    config = (installation.folder / "config.toml").read_text()
    installation.write("config.toml", config.replace("sqlite:///cycle.db", url))


def test_an_installation_goes_on_where_it_has_moved_to(opened: Installation, elsewhere: str) -> None:
    before = opened.done("journal", ROUND, "--json").json
    agenda = opened.done("agenda", ROUND, "--json").json
    answer = opened.done("database", "move", "--to", elsewhere)
    lines = answer.out.splitlines()
    assert lines[0].endswith(" rows moved and read again, every journal whole. The old database is sealed.")
    written = re.fullmatch(r'Now write in config.toml, under \[database\]: url = "(.+)"', lines[1])
    assert written
    assert make_url(written[1]) == make_url(elsewhere)
    elsewhere = written[1]
    for command in (("status",), ("advance",), ("journal", ROUND), ("database", "move", "--to", "sqlite:///x.db")):
        refused = opened(*command)
        assert (refused.code, refused.out) == (1, "")
        assert "has moved" in refused.err
    put_url(opened, elsewhere)
    assert opened.done("journal", ROUND, "--json").json == before
    assert opened.done("agenda", ROUND, "--json").json == agenda
    opened.done(
        "dossiers", "start", ROUND, "--organisation", "De Brug", "--name", "An Jans", "--email", "an@brug.example",
        "--language", "nl", "--as", STAFF,
    )  # fmt: skip
    assert len(opened.done("journal", ROUND, "--json").json["journal"]) > len(before["journal"])


def test_and_back_again(opened: Installation, elsewhere: str) -> None:
    before = opened.done("journal", ROUND, "--json").json
    there = opened.done("database", "move", "--to", elsewhere, "--json").json
    back = opened.done("database", "move", "--from", elsewhere, "--to", "sqlite:///back.db", "--json").json
    assert (back["rows"], back["tables"]) == (there["rows"], there["tables"])
    assert (make_url(there["to"]), back["to"]) == (make_url(elsewhere), "sqlite:///back.db")
    put_url(opened, "sqlite:///back.db")
    assert opened.done("journal", ROUND, "--json").json == before


def test_one_that_has_moved_is_taken_back_on_demand(opened: Installation, elsewhere: str) -> None:
    before = opened.done("status", "--json").json
    opened.done("database", "move", "--to", elsewhere)
    assert opened("status").err == MOVED
    assert opened.done("database", "reopen").out == "It is in service again.\n"
    assert opened.done("database", "reopen").out == "It has not moved, and is in service.\n"
    assert opened.done("status", "--json").json == before


def test_what_is_no_database_is_told_and_made_by_nobody(grantcycle: Installation, tmp_path: Path) -> None:
    for command in (("move", "--to", "sqlite:///new.db"), ("reopen",)):
        answer = grantcycle("database", *command)
        assert (answer.code, answer.err) == (
            1, f"there is no database of grantcycle at sqlite:///{grantcycle.folder}/cycle.db\n"
        )  # fmt: skip
    (tmp_path / "other.db").touch()
    answer = grantcycle("database", "reopen", "--of", "sqlite:///other.db")
    assert (answer.code, answer.err) == (1, "there is no database of grantcycle at sqlite:///other.db\n")
    assert not (tmp_path / "cycle.db").exists()
    assert not (tmp_path / "new.db").exists()


def test_a_password_is_not_shown(opened: Installation, elsewhere: str) -> None:
    answer = opened.done("database", "move", "--to", elsewhere.replace("postgres@", "postgres:secret@"))
    assert "secret" not in answer.out
    assert "postgres:***@" in answer.out
