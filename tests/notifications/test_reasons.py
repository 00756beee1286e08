import re

import pytest
from visiting import cera

from notifications.facts import Reader
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


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("nl", [
            "er wordt € 20.000 gevraagd, en er is nog € 1.250,50",
            "de score is 6,67, en minstens 7 is nodig", "de score is 6,9996, en minstens 7 is nodig",
            "Jaarlijks tussentijds verslag 2 is nog niet nagekomen (laatste dag: donderdag 2 juli 2020)",
        ]),
        ("fr", [
            "20.000 € sont demandés, et il reste 1.250,50 €",
            "le score est de 6,67, et il faut au moins 7", "le score est de 6,9996, et il faut au moins 7",
            "Rapport intermédiaire annuel 2 reste à remplir (dernier jour\u00a0: jeudi 2 juillet 2020)",
        ]),
        ("en", [
            "€20,000 is asked, and €1,250.50 is left",
            "the score is 6.67, and at least 7 is needed", "the score is 6.9996, and at least 7 is needed",
            "Annual interim report 2 has not been fulfilled (last day: Thursday 2 July 2020)",
        ]),
    ],
)  # fmt: skip
def test_amounts_marks_days_and_what_is_owed_are_written_as_the_reader_does(language: str, told: list[str]) -> None:
    facts: list[dict[str, object]] = [
        {"code": "budget", "amount": 20_000, "amount_left": 1_250.5},
        {"code": "score", "score": "6.666666667", "floor": "7"},
        {"code": "score", "score": "6.9996", "floor": "7"},
        {"code": "fulfilled", "obligation": "interim_report 2", "last_day": "2020-07-02"},
    ]
    reader = Reader(cera(), language, "Europe/Brussels")
    said = [reader.reason({"sentence": "", **one}) for one in facts]
    assert [one.replace("\u202f", ".").replace("\xa0€", " €").replace("€\xa0", "€ ") for one in said] == told
