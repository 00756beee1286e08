"""Every deadline keeps its local time: when a zone's rules change, what has not fired follows."""

from sqlalchemy import text
from stage import READING, Stage

from engine.rules.moments import SECOND

HOUR = 3600 * SECOND


def spoil(stage: Stage, where: str) -> None:
    """Write deadlines as other zone data would have worked them out: an hour later."""
    with stage.cycle.database.transaction() as session:
        for change in (
            f"UPDATE deadline SET due_at = due_at + {HOUR}, fires_at = fires_at + {HOUR}, tzdata = 'old' WHERE {where}",
            f"UPDATE obligation SET due_at = due_at + {HOUR} WHERE fulfilled_at IS NULL AND excused_at IS NULL",
        ):
            session.connection().execute(text(change))


def deadlines(stage: Stage) -> dict[str, tuple[int, int, str, int | None]]:
    return {key: (row.due_at, row.fires_at, row.tzdata, row.ended_at) for key, row in stage.deadlines().items()}


def owed(stage: Stage) -> list[tuple[str, int, int]]:
    with stage.cycle.database.reading() as session:
        rows = session.connection().execute(text("SELECT name, position, due_at FROM obligation ORDER BY id")).all()
    return [(name, position, due_at) for name, position, due_at in rows]


def test_what_has_not_fired_is_worked_out_again_and_what_has_fired_stays(stage: Stage) -> None:
    stage.working("anna", "bert")
    before, before_owed = deadlines(stage), owed(stage)
    spoil(stage, "ended_at IS NULL")
    assert deadlines(stage) != before
    stage.cycle.work_out_again(max(row[0] for row in before.values()))
    assert (deadlines(stage), owed(stage)) == (before, before_owed)


def test_the_journal_says_what_moved_and_by_how_much(stage: Stage) -> None:
    stage.under_decision("anna", now=READING)
    spoil(stage, "key = 'edge pitch opens' OR key = (SELECT max(key) FROM deadline WHERE ended_at IS NULL)")
    stage.cycle.work_out_again(READING)
    (row,) = stage.journal("zone data changed")
    assert set(row.details["moved_by_microseconds"].values()) == {-HOUR}


def test_nothing_is_worked_out_while_the_zone_data_are_the_same(stage: Stage) -> None:
    stage.working("anna")
    before = stage.dump()
    stage.cycle.work_out_again(READING)
    assert stage.dump() == before
