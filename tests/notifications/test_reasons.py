import re

import pytest

from notifications.reasons import REASONS, say_reason


def test_every_language_has_words_for_the_same_reasons() -> None:
    assert [sorted(words) for words in REASONS.values()] == [sorted(REASONS["en"])] * 3


@pytest.mark.parametrize("code", REASONS["en"])
def test_the_words_of_a_reason_use_the_same_facts_in_every_language(code: str) -> None:
    assert len({tuple(sorted(re.findall(r"{(\w+)}", words[code]))) for words in REASONS.values()}) == 1


def test_a_reason_is_said_in_the_readers_language() -> None:
    assert say_reason("fr", "tied", "CI19-012 ranks 12: ties at the last place", {"rank": 12}) == (
        "le dossier est au rang 12, à égalité avec un autre pour la dernière place"
    )


def test_a_reason_without_words_is_told_in_the_engines_own() -> None:
    assert say_reason("nl", "something new", "it is Tuesday", {}) == "it is Tuesday"
