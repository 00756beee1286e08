"""R16: whole years of rounds in which the calendar admits a cohort under a cap, whatever breaks in them."""

import pytest
from simulated_year import Knobs
from simulated_years import large, show, years_are_true

KNOBS = Knobs("gates", ((1, 7), (1, 10), (2, 5)))


def test_four_years_are_true_and_as_if_nothing_had_gone_wrong() -> None:
    met = years_are_true(range(5, 9), KNOBS, calm=3)
    assert {
        "breakages", "the process died", "the same letter twice", "move admit", "move choose_by_hand", "move finish",
        "move decline", "move withdraw", "move brought in", "held back", "journal extended", "refused at_most",
        "refused state", "refused role", "conflicts",
    } - met.keys() == set()  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("first", range(1_000, 3_500, 250))
def test_thousands_of_years_are_true(first: int) -> None:
    years_are_true(range(first, first + 250), KNOBS if first % 500 else large(KNOBS))


def test_a_year_of_gates_by_its_seed() -> None:
    show("gates")
