"""Is an answer read as people type it, and is a form complete only when it is?"""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import sample_workflow

from engine.errors import GrantcycleError
from engine.rules.forms import check_answer, known_questions, missing
from engine.rules.questions import Question
from engine.rules.typed import parse_answer, parse_money

QUESTIONS = sample_workflow().questions
MONEY, STORY, PLAN, TITLE = (QUESTIONS[name] for name in ("amount", "story", "plan", "title"))


# ── Money as people type it ─────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("45000", 45_000),
        ("45.000", 45_000),  # as in Belgium
        ("45,000", 45_000),  # as in Britain
        ("45 000", 45_000),
        ("45\u00a0000", 45_000),  # pasted from a spreadsheet
        ("45\u202f000", 45_000),
        ("45.000,50", 45_000.5),
        ("45,000.50", 45_000.5),
        ("45 000,50", 45_000.5),
        ("1.234.567", 1_234_567),
        ("1,5", 1.5),
        ("1.5", 1.5),
        ("0,05", 0.05),
        ("0", 0),
        ("  € 45.000 ", 45_000),
        ("45000 EUR", 45_000),
        ("45000,00", 45_000),
        ("1.234", 1_234),  # three digits after a point are thousands, never decimals
    ],
)
def test_an_amount_is_read_as_people_type_it(text: str, amount: float) -> None:
    assert parse_money(text) == amount
    assert type(parse_money(text)) is type(amount)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "about 45000", "-5", "- 5", "1e5", "0x10", "45.00.0", "4.5000", "45,0000", "1.2.3", ".5", "5.",
        "€", "€ EUR", "45000.505", "45.000,505", "1.234,567", "12 345.678", "45 000 50", "0.123", "012.345",
        "45,000,50", "45.000.50", "nan", "inf", "٤٥", "45\n000", "1" * 40,
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused_and_never_guessed(text: str) -> None:
    with pytest.raises(GrantcycleError) as refused:
        parse_money(text)
    assert str(refused.value) == f'"{text}" is not an amount; write for example 45000 or 45000.50'


@given(cents=st.integers(0, 10**13), group=st.sampled_from(["", ".", ",", " ", "\u00a0"]))
def test_every_amount_comes_back_however_it_is_grouped(cents: int, group: str) -> None:
    whole, rest = divmod(cents, 100)
    mark = "," if group != "," else "."
    assert parse_money(f"{whole:,}".replace(",", group) + f"{mark}{rest:02}") == cents / 100


@given(st.text(max_size=12))
def test_any_text_is_an_amount_or_is_refused(text: str) -> None:
    try:
        amount = parse_money(text)
    except GrantcycleError:
        return
    assert amount >= 0
    assert math.isfinite(amount)
    assert check_answer(Question("free", "?", "money"), amount) is None


def test_an_answer_is_read_by_the_kind_of_its_question() -> None:
    assert parse_answer(MONEY, "45.000") == 45_000
    assert parse_answer(TITLE, "45.000") == "45.000"
    assert parse_answer(STORY, " as it is ") == " as it is "
    with pytest.raises(GrantcycleError, match='"plan" asks for a file, not for text'):
        parse_answer(PLAN, "plan.pdf")


# ── The limits of a question ────────────────────────────────────────────────


def refusal(question: Question, value: Any) -> str | None:
    reason = check_answer(question, value)
    return reason.sentence if reason else None


@pytest.mark.parametrize("value", [0, 45_000, 44_999.99])
def test_an_amount_up_to_the_limit_is_an_answer(value: float) -> None:
    assert refusal(MONEY, value) is None


@pytest.mark.parametrize("value", [-1, "45000", True, None, [], math.nan, math.inf])
def test_what_is_no_amount_is_no_answer(value: Any) -> None:
    assert refusal(MONEY, value) == '"amount" is not an amount'


def test_an_amount_over_the_limit_is_told_with_both() -> None:
    assert refusal(MONEY, 45_000.5) == '"amount" is 45,000.5, and at most 45,000 may be asked'


@pytest.mark.parametrize(
    ("words", "fits"), [("one two three four five", True), ("one two\tthree\nfour  five six", False)]
)
def test_a_text_is_read_up_to_its_number_of_words(words: str, fits: bool) -> None:
    assert refusal(STORY, words) == (None if fits else '"story" has 6 words, and at most 5 are read')


def test_a_text_is_a_text() -> None:
    assert refusal(TITLE, 5) == '"title" is not text'
    assert refusal(TITLE, {"name": "x"}) == '"title" is not text'


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"name": "plan.pdf", "size": 9, "digest": "d"}, None),
        ({"name": "PLAN.PDF", "size": 9}, None),
        ({"name": "my.plan.odt", "size": 9}, None),
        ({"name": "plan.docx", "size": 9}, '"plan.docx" is not accepted for "plan": pdf or odt is'),
        ({"name": "plan.pdf.exe", "size": 9}, '"plan.pdf.exe" is not accepted for "plan": pdf or odt is'),
        ({"name": "pdf", "size": 9}, '"pdf" is not accepted for "plan": pdf or odt is'),
        ({"name": "plan.pdf", "size": 0}, '"plan.pdf" is empty'),
        ({"size": 9}, '"plan" is not a file'),
        ("plan.pdf", '"plan" is not a file'),
    ],
)
def test_a_file_is_taken_by_its_ending_and_when_it_is_not_empty(value: Any, sentence: str | None) -> None:
    assert refusal(PLAN, value) == sentence


def test_without_endings_every_file_is_taken() -> None:
    assert refusal(Question("any", "?", "file"), {"name": "README", "size": 1}) is None


# ── A form ──────────────────────────────────────────────────────────────────


def test_a_form_is_complete_without_what_is_not_required() -> None:
    assert missing(QUESTIONS, {"title": "Bread", "amount": 0}) == ()


def test_all_that_a_form_lacks_is_told_in_the_order_of_its_questions() -> None:
    answers = {"story": "one two three four five six", "title": "  ", "plan": {"name": "plan.txt", "size": 3}}
    assert [(reason.code, reason.sentence) for reason in missing(QUESTIONS, answers)] == [
        ("form", '"What is it called?" (title) is not answered'),
        ("answer", '"story" has 6 words, and at most 5 are read'),
        ("form", '"How much do you ask?" (amount) is not answered'),
        ("answer", '"plan.txt" is not accepted for "plan": pdf or odt is'),
    ]


def test_an_unknown_question_is_told_with_the_nearest_one() -> None:
    assert [reason.sentence for reason in known_questions(QUESTIONS, {"title": "x", "amout": "5", "zzz": "?"})] == [
        'there is no question "amout"; did you mean "amount"?',
        'there is no question "zzz"',
    ]
