"""Are dossiers found between two numbers or days that they answer, on both databases alike, and as an address says?"""

import json

import pytest
from databases import BOTH, fresh_on
from hypothesis import given
from hypothesis import strategies as st
from two_stages import ANSWERS, APPLICANT, KEY, instant, opened, programme, started

from engine.database.pages import filtering
from engine.database.pages.filtering import Filter, Meaningless
from engine.database.pages.kept import Kept
from engine.database.pages.lists import Looking
from engine.database.pages.ranges import bounds_of, written
from engine.database.store import find_round, the_id
from engine.rules.typed import parse_answer

NOW = instant(2030, 1, 15)
GIVEN = ((100, "2030-02-01"), (9.5, "2030-11-30"), (12, "2030-10-05"), (1.125, "2029-12-31"))
WORKFLOW = programme().workflow


@pytest.mark.parametrize("kind", BOTH)
def test_a_bound_is_within_and_numbers_go_by_their_size(kind: str) -> None:
    with fresh_on(kind) as database:
        cycle = opened(database)
        for trees, begins in GIVEN:
            answers = {**ANSWERS, "trees": trees, "begins": begins}
            cycle.answer(KEY, started(cycle, NOW), answers, by=APPLICANT, now=NOW)
        started(cycle, NOW)
        with database.reading() as session:
            row = find_round(session, KEY)
            looking = Looking(
                session, Kept(), WORKFLOW, digest=row.digest, round_id=the_id(row), person_id=0, closes=None
            )
            found = {
                bounds: [int(one[-1]) for one in looking.numbers(Filter(bounds=bounds))]
                for bounds in (
                    (("from.trees", "12"),), (("to.trees", "9.5"),), (("from.trees", "1.1250"), ("to.trees", "1.1260")),
                    (("from.trees", "10"), ("to.trees", "99")), (("to.begins", "2030-02-01"),),
                    (("from.begins", "2030-02-02"), ("to.trees", "10")), (("from.trees", "-1"),),
                )
            }
            rows = [looking.answers([one], ["milestones"]) for one in looking.ids(Filter())]
    assert [json.loads(given["milestones"]) for row in rows for given in row.values() if given] == (
        [ANSWERS["milestones"]] * len(GIVEN)
    )
    assert list(found.values()) == [[1, 3], [2, 4], [4], [3], [1, 4], [2], [1, 2, 3, 4]]


@given(st.integers(-(10**11), 10**11), st.integers(0, 6))
def test_a_number_stands_in_an_address_so_that_it_is_read_as_the_same(digits: int, decimals: int) -> None:
    question = bounds_of(WORKFLOW)["from.trees"]
    value = digits / 10**decimals
    text = written(question, format(value, f".{max(decimals, 4)}f"))
    assert parse_answer(question, text) == pytest.approx(value)
    wanted = Filter(bounds=(("from.trees", text),))
    assert filtering.read(wanted.pairs(), WORKFLOW) == filtering.Read(wanted)


def test_a_filter_holds_its_bounds_in_one_order_and_gives_up_one_of_them() -> None:
    wanted = Filter(bounds=(("from.trees", "9.5"), ("to.trees", "12"), ("from.begins", "2030-02-01")))
    assert filtering.read(reversed(wanted.pairs()), WORKFLOW).filter == wanted
    assert wanted.without("to.trees", "12").bounds == (("from.trees", "9.5"), ("from.begins", "2030-02-01"))
    read = filtering.read(
        [("from.trees", "some"), ("to.begins", "31/2/2030"), ("from.street", "A lane"), ("from.", "1")], WORKFLOW
    )
    assert read == filtering.Read(Filter(), (
        Meaningless("from.trees", "some", "no number"), Meaningless("to.begins", "31/2/2030", "no day"),
        Meaningless("answer", "street", "unknown"), Meaningless("answer", "", "unknown"),
    ))  # fmt: skip
