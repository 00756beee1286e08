"""A connection breaks anywhere, in the middle of the commit too: is an act done once, however often it is tried?"""

import random
import sys
from collections import Counter
from collections.abc import Iterator
from email.headerregistry import Address
from pathlib import Path

import pytest
from cutting import Cut, Proxy
from databases import postgres_address

sys.path.append(str(Path(__file__).parents[1] / "engine" / "cycle"))
from sqlalchemy import make_url
from sqlmodel import col, select
from stage import CALL, STAFF, Stage, applicant

from engine.cycle import Imported
from engine.database import journal
from engine.database.connection import Database, open_database
from engine.database.records import DossierRow, NotificationRow, TransitionRow
from engine.errors import Away, OutcomeUnknown, Refused
from notifications.outbox import Outbox

SENDER = Address("Fund", "fund", "fund.example")
UNDONE, DONE = "draft", "withdrawn"
TOLD = {
    "the database does not answer, and nothing was changed (": "nothing was changed",
    "the connection to the database broke in the middle of the commit: this may have been done or not; look before": (
        "unknown"
    ),
    '"withdraw" starts from': "refused",
}
"""how the sentences begin"""


@pytest.fixture
def server_address() -> Iterator[str]:
    with postgres_address() as url:
        yield url


def through(proxy: Proxy, url: str) -> str:
    """The same database, by way of the proxy."""
    address = make_url(url)
    return f"postgresql://postgres@127.0.0.1:{proxy.port}/{address.database}?sslmode=disable&gssencmode=disable"


def state_of(database: Database, number: str) -> str:
    with database.reading() as session:
        return session.exec(select(DossierRow.state).where(col(DossierRow.number) == number)).one()


def attempt(stage: Stage, number: str) -> str:
    """Withdraw a dossier, and say what the one who did it was told."""
    try:
        stage.cycle.act(stage.key, number, "withdraw", by=applicant(f"a{number}"), now=CALL + 1)
    except (Away, OutcomeUnknown, Refused) as problem:
        return next(answer for begins, answer in TOLD.items() if str(problem).startswith(begins))
    return "done"


def play(url: str, cuts: int) -> Counter[tuple[str, str, str]]:
    """Try to withdraw so many dossiers, each on a connection that breaks, and again on one that holds.

    Gives how often each (first answer, state after it, second answer) came.
    """
    direct = Stage(open_database(url), then=Outbox(SENDER).queue).open()
    numbers = [f"SG30-{n:04}" for n in range(1, cuts + 1)]
    rows = [
        Imported(f"House {number}", applicant(f"a{number}"), number, "en", number=number, state=UNDONE,
                 answers={"title": "Work"})
        for number in numbers
    ]  # fmt: skip
    direct.cycle.import_dossiers(direct.key, rows, by=STAFF, now=CALL)
    chance, outcomes = random.Random(5), Counter[tuple[str, str, str]]()
    host = make_url(url).query["host"]
    with Proxy(Path(str(host)) / ".s.PGSQL.5432").running() as proxy:
        stage = Stage(open_database(through(proxy, url)), direct.programme, then=Outbox(SENDER).queue)
        proxy.set(None)
        attempt(stage, numbers[0])
        size = proxy.passed * 2 // 3  # the first act also said how its questions read
        for n, number in enumerate(numbers[1:]):
            places = (Cut(after_bytes=chance.randrange(size)), Cut(before_commit=True), Cut(after_commit=True))
            proxy.set(places[n % 3])
            first = attempt(stage, number)
            proxy.set(None)
            between = state_of(direct.database, number)
            outcomes[first, between, attempt(stage, number)] += 1
        assert proxy.cuts >= 0.9 * (cuts - 1)
        stage.database.close()
    _check(direct, numbers)
    direct.database.close()
    return outcomes


def _check(stage: Stage, numbers: list[str]) -> None:
    """Each was withdrawn once, and its applicant told once."""
    with stage.database.reading() as session:
        assert journal.broken_links(session, 1) == ()
        moves = session.exec(
            select(DossierRow.number)
            .join(TransitionRow, col(TransitionRow.dossier_id) == col(DossierRow.id))
            .where(col(TransitionRow.name) == "withdraw")
        ).all()
        told = session.exec(
            select(DossierRow.number)
            .join(NotificationRow, col(NotificationRow.dossier_id) == col(DossierRow.id))
            .where(col(NotificationRow.letter) == "withdrawn")
        ).all()
    assert sorted(moves) == sorted(told) == numbers


POSSIBLE = {
    ("nothing was changed", UNDONE, "done"),
    ("unknown", UNDONE, "done"),
    ("unknown", DONE, "refused"),
    ("done", DONE, "refused"),
}
"""what may come of a cut: nobody is told that something is done that is not, or undone that is"""


@pytest.mark.parametrize("cuts", [100, pytest.param(1_000, marks=pytest.mark.slow)])
def test_an_act_is_done_once_wherever_its_connection_breaks(server_address: str, cuts: int) -> None:
    outcomes = play(server_address, cuts)
    assert set(outcomes) <= POSSIBLE
    assert outcomes["unknown", UNDONE, "done"] >= cuts // 5
    assert outcomes["unknown", DONE, "refused"] >= cuts // 5
    assert outcomes["nothing was changed", UNDONE, "done"] >= cuts // 10
