"""Does it say what the ranking would be if all marked alike, and nothing more?"""

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.rules.normalising import normalised

NUMBERS = ("A", "B", "C", "D", "E")
marks = st.dictionaries(
    st.tuples(st.sampled_from(NUMBERS), st.integers(1, 4)), st.integers(1, 10).map(float), max_size=20
)


def order(found: dict[str, float]) -> list[str]:
    return sorted(found, key=lambda number: (-found[number], number))


@settings(max_examples=60, deadline=None)
@given(marks)
def test_every_dossier_that_has_a_mark_has_one_afterwards_and_no_other(means: dict[tuple[str, int], float]) -> None:
    assert set(normalised(means)) == {number for number, _ in means}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 9).map(float), min_size=5, max_size=5, unique=True), st.integers(1, 5))
def test_who_is_sterner_all_along_changes_no_order(given_marks: list[float], sterner: int) -> None:
    mild = {(number, 1): mark for number, mark in zip(NUMBERS, given_marks, strict=True)}
    both = mild | {(number, 2): mark - sterner for (number, _), mark in mild.items() if number != "E"}
    alone = {key: mark for key, mark in both.items() if key[1] == 1}
    without_e = [number for number in order(dict(normalised(both))) if number != "E"]
    assert without_e == [number for number in order(dict(normalised(alone))) if number != "E"]


def test_a_dossier_that_only_the_stern_have_read_is_not_punished_for_it() -> None:
    stern = {("A", 1): 3.0, ("B", 1): 4.0, ("C", 1): 5.0}
    mild = {("D", 2): 7.0, ("B", 2): 8.0, ("C", 2): 9.0}
    found = normalised(stern | mild)
    assert found["A"] == found["D"]
    assert order(dict(found)) == ["C", "B", "A", "D"]


def test_who_has_marked_too_few_counts_as_she_marked_and_who_marks_all_the_same_as_the_mean() -> None:
    assert normalised({("A", 1): 2.0, ("B", 1): 9.0}) == {"A": 2.0, "B": 9.0}
    flat = {("A", 1): 5.0, ("B", 1): 5.0, ("C", 1): 5.0, ("A", 2): 2.0, ("B", 2): 5.0, ("C", 2): 8.0}
    found = normalised(flat)
    assert (order(dict(found)), found["B"]) == (["C", "B", "A"], 5.0)
    assert normalised({}) == {}
