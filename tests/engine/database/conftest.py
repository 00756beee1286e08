"""On what do the tests of the database run?"""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from database_rows import a_dossier, a_person, a_round
from databases import BOTH, empty_address, fresh_on
from sqlmodel import Session

from engine.database.connection import Database
from engine.database.records import DossierRow

# the sample programme lives beside the tests of the rules, the stage beside those of the cycle
sys.path += [str(Path(__file__).parents[1] / folder) for folder in ("rules", "cycle")]


@pytest.fixture(params=BOTH)
def kind(request: pytest.FixtureRequest) -> str:
    """`sqlite` or `postgresql`: each test runs on both."""
    found: str = request.param
    return found


@pytest.fixture
def database(kind: str) -> Iterator[Database]:
    """A fresh database, with its tables."""
    with fresh_on(kind) as opened:
        yield opened


@pytest.fixture
def empty(kind: str, tmp_path: Path) -> Iterator[str]:
    """The address of a database without a table."""
    with empty_address(kind, tmp_path) as address:
        yield address


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
