"""On what do the tests of the database run?"""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from database_rows import a_dossier, a_person, a_round
from sqlmodel import Session

from engine.database.connection import Database, open_database
from engine.database.migrating import migrate
from engine.database.records import DossierRow

# the sample programme lives beside the tests of the rules
sys.path.append(str(Path(__file__).parents[1] / "rules"))


@pytest.fixture
def database() -> Iterator[Database]:
    """A fresh database in memory, with its tables."""
    opened = open_database("sqlite://")
    migrate(opened)
    yield opened
    opened.close()


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The address of a database file that does not exist yet, in a folder that does not either."""
    return f"sqlite:///{tmp_path / 'data' / 'grantcycle.db'}"


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.transaction() as opened:
        yield opened


@pytest.fixture
def round_id(session: Session) -> int:
    return a_round(session)


@pytest.fixture
def dossier(session: Session, round_id: int) -> DossierRow:
    return a_dossier(session, round_id, "SG19-001")


@pytest.fixture
def ann(session: Session) -> int:
    return a_person(session)


@pytest.fixture
def bob(session: Session) -> int:
    return a_person(session, "bob@jury.example")
