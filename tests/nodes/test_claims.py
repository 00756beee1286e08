"""Do several workers share out the rounds, so that one who holds a round delays nobody and forgets nothing?"""

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time
from pathlib import Path

import pytest
from copies import play_once
from databases import address_of, fresh_on
from many_rounds import SENDER, ZONE, deadlines, open_rounds, programme, story_of

sys.path.append(str(Path(__file__).parents[1] / "engine" / "cycle"))
from sqlmodel import col, func, select

from engine.cycle import Cycle
from engine.database.connection import Database, open_database
from engine.database.journal import broken_links
from engine.database.records import DeadlineRow, PersonRow, RoundRow
from engine.database.store import claim_round, lock_round, the_id
from engine.rules.moments import to_instant
from notifications.outbox import Outbox

NOW = to_instant(date(2026, 1, 1), time(), ZONE)
EARLY = to_instant(date(2019, 1, 15), time(12), ZONE)
"""when some of each round is due"""
HELD, FREE = "many/r000", "many/r001"
PHASES = 4


@pytest.fixture
def database() -> Iterator[Database]:
    """Two rounds in which everything is due, on PostgreSQL."""
    with fresh_on("postgresql") as opened:
        play_once("two rounds", opened, lambda empty: open_rounds(empty, programme(2, PHASES)))
        yield opened


def cycle_on(database: Database) -> Cycle:
    return Cycle(database, Outbox(SENDER).queue)


def open_in(database: Database, key: str) -> int:
    """How many deadlines of a round have not ended."""
    with database.reading() as session:
        return session.exec(
            select(func.count())
            .select_from(DeadlineRow)
            .join(RoundRow, col(RoundRow.id) == col(DeadlineRow.round_id))
            .where(col(RoundRow.key) == key, col(DeadlineRow.ended_at).is_(None))
        ).one()


def test_acts_of_one_round_come_one_after_the_other(database: Database) -> None:
    """All of them read the round's last number and the last link of its journal before they write the next."""
    with database.transaction() as session:
        session.add(PersonRow(email="ops@fund.example", name="Ops", language="en"))
    ready = threading.Barrier(4)

    def start(worker: int) -> list[str]:
        cycle = cycle_on(database)
        ready.wait()
        return [
            cycle.start_dossier(
                HELD, organisation="House", email=f"w{worker}-{place}@a.example", name="Bo", language="en",
                by="ops@fund.example", now=EARLY - 1,
            )
            for place in range(8)
        ]  # fmt: skip

    with ThreadPoolExecutor(4) as workers:
        numbers = [number for some in workers.map(start, range(4)) for number in some]
    assert len(set(numbers)) == 32
    with database.reading() as session:
        assert broken_links(session, the_id(session.exec(select(RoundRow).where(RoundRow.key == HELD)).one())) == ()


def test_a_round_that_somebody_holds_is_left_to_them_and_asked_for_again(database: Database) -> None:
    other = open_database(address_of(database))
    cycle = cycle_on(database)
    with other.transaction() as session:
        lock_round(session, HELD)  # an act, or another worker in the midst of a cohort
        following = cycle.advance(NOW)
        assert (open_in(database, HELD), open_in(database, FREE)) == (deadlines(PHASES), 0)
        assert following is not None
        assert following <= NOW  # the alarm rings again after a pause
    assert cycle.advance(NOW) is None
    assert story_of(database, HELD) == story_of(database, FREE)
    other.close()


def test_what_is_due_after_now_is_known_whatever_is_held(database: Database) -> None:
    other = open_database(address_of(database))
    cycle = cycle_on(database)
    with other.transaction() as session:
        lock_round(session, HELD)
        held = cycle.advance(EARLY)
        following = cycle.due_after(EARLY)
    assert held is not None
    assert following is not None
    assert held <= EARLY < following
    assert cycle.advance(EARLY) == following == cycle.due_after(EARLY)
    other.close()


def test_a_round_is_claimed_by_one_at_a_time(database: Database) -> None:
    other = open_database(address_of(database))
    with other.transaction() as theirs, database.transaction() as ours:
        assert claim_round(theirs, HELD)
        assert not claim_round(ours, HELD)
        assert claim_round(ours, FREE)
    with database.transaction() as ours:
        assert claim_round(ours, HELD)
    other.close()


def test_a_worker_that_dies_frees_its_round_at_once_and_leaves_nothing_half_done(database: Database) -> None:
    """Its connection breaks in the middle of a deadline, when everything is written and nothing committed."""
    other = open_database(address_of(database))
    dead = cycle_on(other)

    def die(session: object, *_: object) -> None:
        connection = other.writer.pool
        assert connection is not None
        session.connection().exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")  # type: ignore[attr-defined]

    dead.notify = die
    with pytest.raises(Exception, match="does not answer"):
        dead.advance(NOW)
    other.close()
    assert cycle_on(database).advance(NOW) is None
    assert story_of(database, HELD) == story_of(database, FREE)


def test_several_in_one_process_share_the_rounds_out(database: Database) -> None:
    cycle = cycle_on(database)
    together = threading.Barrier(3)
    problems: list[BaseException] = []

    def work() -> None:
        together.wait()
        try:
            while (following := cycle.advance(NOW)) is not None and following <= NOW:
                continue
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert story_of(database, HELD) == story_of(database, FREE)
