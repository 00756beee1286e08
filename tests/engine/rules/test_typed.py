"""Is what people type understood, refused rather than guessed, and written back as it was?"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import GrantcycleError
from engine.rules.forms import check_answer, missing, receipt_of
from engine.rules.questions import Question
from engine.rules.typed import MOST_ROWS, parse_answer, parse_day, parse_number, total, write_answer

TREES = Question("trees", "How many?", "number", at_least=1, at_most=500)
STREET = Question("street", "Which?", "choice", choices=("A lane", "An avenue"))
BEGINS = Question("begins", "When?", "date")
PLAN = Question("plan", "What, when, for how much?", "schedule", at_least=100, at_most=9000)
ROW = {"what": "Trees stand", "day": "2030-11-15", "money": 2999.5}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12), (" 12 ", 12), ("-3", -3), ("\u22123", -3), ("2,5", 2.5), ("2.5", 2.5), ("2.50", 2.5), ("0", 0),
        ("1 200", 1_200), ("1.200", 1_200), ("1,200", 1_200), ("1.200,5", 1_200.5), ("0.125", 0.125),
        ("-0,125", -0.125), ("3,1416", 3.1416), ("12,000000", 12),
    ],
)  # fmt: skip
def test_a_number_is_read_as_people_type_it(text: str, number: float) -> None:
    assert (parse_number(text), type(parse_number(text))) == (number, type(number))


NO_NUMBERS = ["", "twelve", "1e3", "1.2.3", "--3", "5.", ".5", "1,2345678", "٤", "1.234,567", "nan"]
NO_DAYS = ["", "31/2/2030", "29-2-2030", "2030-13-01", "1/3/30", "tomorrow", "20300301", "2030-W09-5"]


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number_is_refused_and_never_guessed(text: str) -> None:
    with pytest.raises(GrantcycleError) as refused:
        parse_number(text)
    assert str(refused.value) == f'"{text}" is not a number; write for example 12 or 12.5'


@pytest.mark.parametrize(
    ("text", "day"),
    [("2030-03-01",) * 2, ("1/3/2030", "2030-03-01"), ("01.03.2030", "2030-03-01"), ("29-2-2028", "2028-02-29")],
)
def test_a_day_is_read_with_the_day_before_the_month(text: str, day: str) -> None:
    assert parse_day(text) == day


@pytest.mark.parametrize("text", NO_DAYS)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(GrantcycleError) as refused:
        parse_day(text)
    assert str(refused.value) == f'"{text}" is not a day; write for example 2019-03-01 or 1/3/2019'


@given(
    st.one_of(
        st.integers(-10**11, 10**11).map(lambda value: (TREES, value)),
        st.integers(-10**9, 10**9).map(lambda value: (TREES, value / 1000)),
        st.dates().map(lambda value: (BEGINS, value.isoformat())),
        st.sampled_from(STREET.choices).map(lambda value: (STREET, value)),
        st.lists(
            st.fixed_dictionaries({
                "what": st.text("ab |,;é", min_size=1).map(lambda text: " ".join(text.split()) or "x"),
                "day": st.dates().map(lambda value: value.isoformat()),
                "money": st.integers(0, 10**9).map(lambda cents: cents // 100 if cents % 100 == 0 else cents / 100),
            }),
            min_size=1, max_size=4,
        ).map(lambda value: (PLAN, value)),
    )
)  # fmt: skip
def test_an_answer_that_is_written_is_read_back_as_it_was(case: tuple[Question, Any]) -> None:
    question, value = case
    assert parse_answer(question, write_answer(question, value)) == value


def test_a_choice_is_found_however_it_is_capitalised_and_nothing_else_is_chosen() -> None:
    assert parse_answer(STREET, " a LANE ") == "A lane"
    reason = check_answer(STREET, parse_answer(STREET, "A road"))
    assert reason is not None
    assert reason.sentence == '"A road" cannot be chosen for "street": "A lane", "An avenue"'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Trees", '"Trees" is not a row; write what | day | amount'),
        (" | 1/3/2030 | 5", "a row does not say what is planned"),
        ("Trees | soon | 5", '"soon" is not a day; write for example 2019-03-01 or 1/3/2019'),
        ("Trees | 1/3/2030 | many", '"many" is not an amount; write for example 45000 or 45000.50'),
    ],
)
def test_a_row_that_is_none_is_refused_with_what_is_wrong(text: str, sentence: str) -> None:
    with pytest.raises(GrantcycleError) as refused:
        parse_answer(PLAN, f"Ground | 1/2/2030 | 5\n{text}")
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("question", "value", "sentence"),
    [
        (TREES, 0, '"trees" is 0, and 1 is the least'),
        (TREES, 500.5, '"trees" is 500.5, and 500 is the most'),
        (TREES, "12", '"trees" is not a number'),
        (TREES, True, '"trees" is not a number'),
        (TREES, float("nan"), '"trees" is not a number'),
        (BEGINS, "1/3/2030", '"begins" is not a day'),
        (BEGINS, "2030-02-30", '"begins" is not a day'),
        (BEGINS, 20300301, '"begins" is not a day'),
        (PLAN, [], '"plan" is not rows of what, a day and an amount'),
        (PLAN, "Trees", '"plan" is not rows of what, a day and an amount'),
        (PLAN, [ROW | {"who": "An"}], '"plan" is not rows of what, a day and an amount'),
        (PLAN, [ROW | {"what": " "}], '"plan" is not rows of what, a day and an amount'),
        (PLAN, [ROW | {"money": -5}], '"plan" is not rows of what, a day and an amount'),
        (PLAN, [ROW | {"money": 50}], '"plan" is 50, and at least 100 must be asked'),
        (PLAN, [ROW] * 4, '"plan" is 11,998, and at most 9,000 may be asked'),
        (PLAN, [ROW] * (MOST_ROWS + 1), '"plan" has 51 rows, and at most 50 are kept'),
        (TREES, 500, None),
        (BEGINS, "2030-03-01", None),
        (PLAN, [ROW] * 3, None),
    ],
)
def test_the_limits_of_a_question_are_told_with_both(question: Question, value: Any, sentence: str | None) -> None:
    reason = check_answer(question, value)
    assert (reason.sentence if reason else None) == sentence


def test_rows_come_together_to_the_cent() -> None:
    assert total([ROW | {"money": 0.1}] * 3) == 0.3
    assert total([ROW, ROW]) == 5999


def test_a_form_is_complete_only_with_an_answer_of_each_kind_and_its_receipt_is_over_the_rows() -> None:
    asked = {one.name: Question(one.name, one.ask, one.kind, True, choices=one.choices)
             for one in (TREES, STREET, BEGINS, PLAN)}  # fmt: skip
    answers = {"trees": 0, "street": "A lane", "begins": "2030-03-01", "plan": [ROW]}
    assert missing(asked, answers) == ()
    assert [len(missing(asked, {**answers, name: None})) for name in asked] == [1, 1, 1, 1]
    assert receipt_of("GS30-001", 5, answers) != receipt_of("GS30-001", 5, {**answers, "plan": [ROW | {"money": 1}]})
