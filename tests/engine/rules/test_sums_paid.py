"""What does a promise to pay come to for a dossier, and by which day?"""

import pytest

from engine.rules.paying import from_cents, in_cents


@pytest.mark.parametrize(("money", "cents"), [(10, 1000), (10.1, 1010), (0.29, 29), (999_999_999.99, 99_999_999_999)])
def test_an_amount_is_whole_cents_and_comes_back_as_it_was(money: float, cents: int) -> None:
    assert (in_cents(money), from_cents(cents)) == (cents, money)
