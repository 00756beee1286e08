"""How do forms, what may be handed in unasked, a committee's meeting and a text to those concerned sound?"""

from pathlib import Path

import pytest
from two_stages import programme

from engine.files.prose import read_aloud

HERE = Path(__file__).parent


@pytest.mark.parametrize("language", ["en", "nl", "fr"])
def test_a_programme_with_every_kind_of_question_is_read_aloud_word_for_word(language: str) -> None:
    expected = (HERE / "aloud" / f"green-streets.{language}.md").read_text(encoding="utf-8")
    assert read_aloud(programme(), programme().rounds["2030"], language) == expected
