"""Of random changes to a running Cera round the plan names everything that then happens, and nobody is stranded.

Each change is planned, and then the round goes on to its end twice, on copies of its database: without the change, and
with it. What the plan says of both must be what came of both.
"""

from collections import Counter
from functools import cache
from typing import Any

import pytest
from changing import changed
from running_cera import HOURS, KEY, STAFF, at, copy_of, cycle_on, go_on
from sqlmodel import SQLModel, select

from engine.cycle.planning import Plan, plan
from engine.database.connection import Database
from engine.database.consequences import marks_of
from engine.database.forecast import Course, course_since
from engine.database.invariants import INVARIANTS, check
from engine.database.records import DossierRow, RoundRow
from engine.errors import Refused
from engine.files.reading import Programme
from engine.rules.stranding import states_with_a_way_out

DAY = 86_400_000_000
"""microseconds"""
AHEAD = (120, 400, 2_000, 1_000)
"""days that are looked at from each of the hours"""
QUICK = range(3)
ALL = range(200)
SCHEMA = ("storage", "append-only", "unique keys")


def course_of(database: Database, now: int, until: int, programme: Programme | None, mapped: dict[str, str]) -> Course:
    """How the round really goes on, with the change or (None) without."""
    with database.reading() as session:
        marks = marks_of(session, 1)
    if programme is not None:
        cycle_on(database).replace_rules(KEY, programme, reason="it is better so", by=STAFF, now=now, mapped=mapped)
        nobody_is_stranded(database, now)
    go_on(database, until)
    with database.reading() as session:
        return course_since(session, 1, marks)


@cache
def unchanged(hour: str, until: int) -> Course:
    """How the round goes on when nothing is changed."""
    return course_of(copy_of(hour), at(hour), until, None, {})


def nobody_is_stranded(database: Database, now: int) -> None:
    with database.reading() as session:
        scene = cycle_on(database).look(session, KEY, now)
        safe = states_with_a_way_out(scene.workflow, scene.calendar, now)
        assert set(session.exec(select(DossierRow.state)).all()) <= safe


def broken(database: Database, now: int) -> list[tuple[str, tuple[str, ...]]]:
    with database.reading() as session:
        asked = [one for one in INVARIANTS if one.name not in SCHEMA]
        found = check(session, now, session.exec(select(RoundRow)).all(), invariants=asked)
        return [(one.invariant.name, one.offending) for one in found if one.offending]


def as_planned(seed: int, *, asks: bool = True) -> str:
    """One change; gives what became of it: `done`, or `refused` with the codes of the reasons. It is asked (`asks`)
    whether all holds afterwards that must."""
    hour = HOURS[seed % len(HOURS)]
    programme, what = changed(seed)
    now = at(hour)
    until = now + AHEAD[seed % len(AHEAD)] * DAY
    database = copy_of(hour)
    looks = seed % 6 == 0
    before = dump(database) if looks else {}
    foreseen = plan(cycle_on(database), KEY, programme, now=now, until=until)
    if foreseen.to_map and all(foreseen.to_map.values()):
        mapped = {state: near for state, near in foreseen.to_map.items() if near}
        foreseen = plan(cycle_on(database), KEY, programme, now=now, until=until, mapped=mapped)
    assert not looks or dump(database) == before, "a plan leaves no trace"
    if foreseen.reasons:
        with pytest.raises(Refused) as refused:
            course_of(copy_of(hour), now, until, programme, dict(foreseen.mapped))
        assert refused.value.reasons == foreseen.reasons
        return f"refused {' '.join(sorted({one.code for one in foreseen.reasons}))}"
    with_it = copy_of(hour)
    course = course_of(with_it, now, until, programme, dict(foreseen.mapped))
    assert (what, foreseen.before) == (what, unchanged(hour, until))
    assert (what, foreseen.after) == (what, course)
    assert not asks or (what, broken(with_it, until)) == (what, [])
    assert (what, differs(foreseen)) == (what, foreseen.before != foreseen.after)
    return "done"


def differs(foreseen: Plan) -> bool:
    return bool(
        foreseen.moves or foreseen.letters or foreseen.debts or foreseen.deadlines or foreseen.elsewhere
    )  # fmt: skip


def dump(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with database.reading() as session:
        return {
            name: sorted(map(tuple, session.connection().execute(table.select())), key=repr)
            for name, table in sorted(SQLModel.metadata.tables.items())
        }



@pytest.mark.parametrize("seed", QUICK)
def test_what_a_plan_says_happens(seed: int) -> None:
    as_planned(seed, asks=seed % 4 == 0)


@pytest.mark.slow
def test_what_two_hundred_plans_say_happens() -> None:
    came_of = Counter(as_planned(seed) for seed in ALL)
    assert came_of["done"] > 100, came_of
