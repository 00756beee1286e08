"""Is an address that is no database told in a sentence, with nothing written?"""

import os
from pathlib import Path

import pytest

from engine.database.connection import open_database
from engine.errors import GrantcycleError

EXAMPLE = "sqlite:///data/grantcycle.db"
USE = f"use {EXAMPLE} or postgresql://user@host/database"


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("", f'"" is not the address of a database; write for example {EXAMPLE}'),
        ("data/grantcycle.db", f'"data/grantcycle.db" is not the address of a database; write for example {EXAMPLE}'),
        ("sqlite+aiosqlite:///x.db", f'"sqlite+aiosqlite" databases are not supported; {USE}'),
        ("sqlite+nonsense:///x.db", f'"sqlite+nonsense" databases are not supported; {USE}'),
        (
            "sqlite://data/grantcycle.db",
            '"sqlite://data/grantcycle.db" has two slashes before its path and needs three: '
            "write sqlite:///data/grantcycle.db",
        ),
        (
            "sqlite:///x.db?mode=ro",
            '"sqlite:///x.db?mode=ro" says more than a database has: leave out "?" and what follows',
        ),
    ],
)
def test_an_address_that_is_no_database_is_refused_in_a_sentence(
    address: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(GrantcycleError) as refused:
        open_database(address)
    assert str(refused.value) == sentence
    assert list(tmp_path.iterdir()) == []


def test_a_secret_in_an_address_is_not_repeated() -> None:
    with pytest.raises(GrantcycleError) as refused:
        open_database("postgresql://fund:secret@127.0.0.1:1/fund")
    assert "secret" not in str(refused.value)


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    letter = tmp_path / "letter.db"
    letter.write_bytes(b"Dear applicant, " * 500)
    with pytest.raises(GrantcycleError) as refused:
        open_database(f"sqlite:///{letter}")
    assert str(refused.value) == f'the database "{letter}" cannot be opened: file is not a database'
    assert letter.read_bytes() == b"Dear applicant, " * 500


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(GrantcycleError) as refused:
        open_database(f"sqlite:///{tmp_path}")
    assert str(refused.value) == f'the database "{tmp_path}" cannot be opened: unable to open database file'


def test_a_file_where_the_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(GrantcycleError, match=r"cannot be opened: .*File exists"):
        open_database(f"sqlite:///{tmp_path}/data/grantcycle.db")


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_read_only_folder_is_told(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    with pytest.raises(GrantcycleError, match="cannot be opened: unable to open database file"):
        open_database(f"sqlite:///{closed}/grantcycle.db")
    with pytest.raises(GrantcycleError, match=r"cannot be opened: .*Permission denied"):
        open_database(f"sqlite:///{closed}/data/grantcycle.db")
