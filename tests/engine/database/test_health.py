"""Health is two questions that an index answers, however much waits."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from database_rows import a_deadline, a_round
from databases import BOTH, fresh_on
from sqlmodel import Session

from engine.database.connection import Database
from engine.database.health import DEADLINE_LATE, LETTER_LATE, Health, health

NOW = 1_000_000_000


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    with fresh_on(request.param) as opened:
        yield opened


def overdue(session: Session, round_id: int, fires_at: int, **more: object) -> None:
    row = a_deadline(session, round_id, f"transition {fires_at}")
    row.fires_at = fires_at
    for name, value in more.items():
        setattr(row, name, value)
    session.flush()


def test_the_oldest_overdue_deadline_of_all_rounds_or_of_one_is_found(database: Database) -> None:
    with database.transaction() as session:
        one, other = a_round(session), a_round(session, "2020")
        overdue(session, one, 70)
        overdue(session, one, 60, ended_at=65, ending="fired")
        overdue(session, one, 40, awaits_release=True)
        overdue(session, other, 50)
        overdue(session, other, NOW + 1)
        found = [health(session, NOW, round_id) for round_id in (None, one, other)]
    assert found == [Health(50, None), Health(70, None), Health(50, None)]


def test_what_has_waited_longer_than_it_takes_is_not_good() -> None:
    assert Health(None, None).is_good(NOW)
    assert Health(NOW - DEADLINE_LATE, NOW - LETTER_LATE).is_good(NOW)
    assert not Health(NOW - DEADLINE_LATE - 1, None).is_good(NOW)
    assert not Health(None, NOW - LETTER_LATE - 1).is_good(NOW)
    assert (Health(NOW - 3, None).overdue(NOW), Health(NOW - 3, None).unsent(NOW)) == (3, 0)


def test_both_questions_are_answered_by_an_index_of_what_is_open() -> None:
    asked: list[str] = []
    with fresh_on("sqlite") as database, database.reading() as session:
        sa.event.listen(
            database.reader, "before_cursor_execute", lambda *given: asked.append((given[2], given[3]))  # type: ignore[func-returns-value,arg-type]
        )  # fmt: skip
        health(session, NOW)
        plans = [
            [row[3] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", given)]
            for sql, given in list(asked)
            if sql.startswith("SELECT")
        ]
    assert plans == [
        ["SEARCH deadline USING INDEX deadline_open (fires_at<?)"],
        ["SEARCH notification USING INDEX notification_open (leaves_at<?)"],
    ]
