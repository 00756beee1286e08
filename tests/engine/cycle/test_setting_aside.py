"""Marks that are set aside: they stay to be read, and count no more."""

from collections.abc import Iterator

import pytest
from databases import BOTH, fresh_on
from stage import (
    CALL,
    MEMBER,
    READING,
    STAFF,
    STAGES,
    STAGES_2030,
    THIRD,
    Stage,
    ask_what_must_hold,
    programme,
    refused,
)
from test_assessments import HEAD, PANEL, given_to, seated, whole

from engine.database.pages import matrix
from engine.database.pages.opinions import opinions
from engine.database.pages.ranking import ranking
from engine.database.records import SetAsideRow
from engine.database.store import find_dossier, find_round, score_of, the_id


@pytest.fixture(params=BOTH)
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """Two experts with their head, who may set marks aside, and a panel of one."""
    with fresh_on(request.param) as database:
        yield seated(Stage(database, programme(STAGES, STAGES_2030, name="stages")))
        ask_what_must_hold()


def test_marks_that_are_set_aside_count_no_more_until_they_count_again(stage: Stage) -> None:
    number = given_to(stage, MEMBER, THIRD)
    for member, quality in ((MEMBER, 9), (THIRD, 1)):
        stage.cycle.score(stage.key, number, whole(quality), by=member, now=READING)
    seen = [_counted(stage, number)]
    stage.cycle.set_aside(stage.key, number, THIRD, reason="far from all others", by=HEAD, now=READING + 1)
    seen.append(_counted(stage, number))
    stage.cycle.score(stage.key, number, whole(2), by=THIRD, now=READING + 2)
    seen.append(_counted(stage, number))
    stage.cycle.count_again(stage.key, number, THIRD, by=STAFF, now=READING + 3)
    seen.append(_counted(stage, number))
    # the sum of means: twice the quality, and 8 of the risk
    assert seen == [(18.0, 2, 16.0), (26.0, 1, 0.0), (26.0, 1, 0.0), (19.0, 2, 14.0)]
    assert [(row.reason, row.set_at, row.ended_at) for row in stage.rows(SetAsideRow)] == [
        ("far from all others", READING + 1, READING + 3)
    ]


def _counted(stage: Stage, number: str) -> tuple[float | None, int, float | None]:
    """A dossier's score, how many count in it, and how far they are apart; the same in the list and by itself."""
    rules = stage.programme.workflow
    with stage.database.reading() as session:
        (one,) = ranking(session, rules, 1, "handed")
        dossier = find_dossier(session, find_round(session, stage.key), number)
        assert one.mean == score_of(session, rules, the_id(dossier))
        return one.mean, one.members, one.spread


def test_whose_marks_are_set_aside_is_said_and_not_asked_again(stage: Stage) -> None:
    number = given_to(stage, MEMBER)
    stage.cycle.declare_clear(stage.key, number, by=MEMBER, now=READING)
    stage.cycle.score(stage.key, number, whole(), by=MEMBER, now=READING)
    stage.cycle.set_aside(stage.key, number, MEMBER, reason="an outlier", by=STAFF, now=READING)
    rules, member = stage.programme.workflow, stage.person_id(MEMBER)
    with stage.database.reading() as session:
        (line,) = matrix.page(session, matrix.Table(rules, 1, "experts", "handed"))
        cell = line.cells[member]
        of = the_id(find_dossier(session, find_round(session, stage.key), number))
        (opinion,) = opinions(session, of, assessment="remote")
    assert (cell.progress, cell.aside, cell.waiting, cell.mean, opinion.aside) == (
        "done", True, False, 24.0, "an outlier"
    )  # fmt: skip


def test_marks_are_set_aside_by_who_may_for_a_reason_and_once(stage: Stage) -> None:
    number = given_to(stage, MEMBER)
    cycle, key = stage.cycle, stage.key
    with refused("set_aside") as told:
        cycle.set_aside(key, number, MEMBER, reason="an outlier", by=HEAD, now=READING)
    assert told == [f"{MEMBER} has given {number} no mark"]
    cycle.score(key, number, whole(), by=MEMBER, now=READING)
    with refused("role"):
        cycle.set_aside(key, number, MEMBER, reason="an outlier", by=THIRD, now=READING)
    with refused("reason") as told:
        cycle.set_aside(key, number, MEMBER, reason=" ", by=HEAD, now=READING)
    assert told == ["marks are set aside for a reason that is written"]
    with refused("set_aside") as told:
        cycle.count_again(key, number, MEMBER, by=HEAD, now=READING)
    assert told == [f"the marks of {MEMBER} count"]
    cycle.set_aside(key, number, MEMBER, reason="an outlier", by=HEAD, now=READING)
    with refused("set_aside") as told:
        cycle.set_aside(key, number, MEMBER, reason="an outlier", by=STAFF, now=READING)
    assert told == [f"the marks of {MEMBER} are set aside already"]
    elsewhere = stage.brought_in("bert", "shortlist", CALL)
    with refused("set_aside") as told:
        cycle.set_aside(key, elsewhere, PANEL, reason="an outlier", by=STAFF, now=READING)
    assert told == [f'the rules let nobody set marks aside while {elsewhere} is "shortlist"']
