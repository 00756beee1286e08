"""How does it sound that there is a meeting for each strand or answer, and on which days each takes place?"""

import pytest
from on_disk import completed, written

from engine.files.prose import read_aloud
from engine.files.reading import Programme, read_programme

HEARING = {
    "en": [
        "**Hearing** (`hearing`) is a meeting for applicants whose dossier is “Invited to sing”, in this phase. There "
        "is one for each strand. Applicants come to the one of the strand in which their dossier stands. Each of them "
        "has a turn of 20 minutes, as far as the day has room. Between two turns there is a pause of 10 minutes.",
        "- For “School choirs”: Tuesday 2 April 2030, from 10:00 to 12:00, Ghent.\n"
        "- For “Town choirs”: Tuesday 9 April 2030, from 13:00 to 17:00, Antwerp.",
    ],
    "nl": [
        "**Hearing** (`hearing`) is een bijeenkomst voor indieners van wie het dossier op “Invited to sing” staat, in "
        "deze fase. Er is er een voor elke reeks. Indieners komen naar die van de reeks waarin hun dossier staat. Elk "
        "van hen krijgt een beurt van 20 minuten, zolang er die dag plaats is. Tussen twee beurten is er 10 minuten "
        "pauze.",
        "- Voor “School choirs”: dinsdag 2 april 2030, van 10.00 uur tot 12.00 uur, Ghent.\n"
        "- Voor “Town choirs”: dinsdag 9 april 2030, van 13.00 uur tot 17.00 uur, Antwerp.",
    ],
    "fr": [
        "**Hearing** (`hearing`) est une rencontre pour les porteurs dont le dossier est à l’étape «\xa0Invited to "
        "sing\xa0», pendant cette phase. Il y en a une pour chaque volet. Chaque porteur vient à celle du volet de son "
        "dossier. Chacun a un passage de 20 minutes, tant que la journée le permet. Entre deux passages, il y a 10 "
        "minutes de pause.",
        "- Pour «\xa0School choirs\xa0»\xa0: mardi 2 avril 2030, de 10 h à 12 h, Ghent.\n"
        "- Pour «\xa0Town choirs\xa0»\xa0: mardi 9 avril 2030, de 13 h à 17 h, Antwerp.",
    ],
}  # fmt: skip
EVENING = {
    "en": "There is one for each strand. As for seats, there are 1 for “School choirs” and 2 for “Town choirs”; once "
    "all are taken, people wait in a list, in order.",
    "nl": "Er is er een voor elke reeks. Wat plaatsen betreft, zijn er 1 voor “School choirs” en 2 voor “Town choirs”; "
    "zijn die bezet, dan is er een wachtlijst, op volgorde.",
    "fr": "Il y en a une pour chaque volet. Quant aux places, il y en a 1 pour «\xa0School choirs\xa0» et 2 pour "
    "«\xa0Town choirs\xa0»\xa0; quand elles sont prises, on attend dans une liste, dans l’ordre.",
}  # fmt: skip
LUNCH = {
    "en": [
        "**Lunch** (`lunch`) is a meeting for applicants whose dossier is “Chosen”, in this phase. There is one for "
        "each answer to the question “In which province do you sing?”. Applicants come to the one that goes with their "
        "answer. Each has 2 seats; once all are taken, people wait in a list, in order. A seat that frees goes to the "
        "next in the list at once.",
        "- For “East Flanders”: the day and the place are not fixed yet.\n"
        "- For “Antwerp”: Saturday 22 June 2030, from 12:00, Mechelen.\n"
        "- For “Limburg”: the day and the place are not fixed yet.",
    ],
    "nl": [
        "**Lunch** (`lunch`) is een bijeenkomst voor indieners van wie het dossier op “Chosen” staat, in deze fase. Er "
        "is er een voor elk antwoord op de vraag “In which province do you sing?”. Indieners komen naar die bij hun "
        "antwoord. Elke bijeenkomst heeft 2 plaatsen; zijn die bezet, dan is er een wachtlijst, op volgorde. Een "
        "plaats die vrijkomt, gaat meteen naar de volgende op de lijst.",
        "- Voor “East Flanders”: dag en plaats staan nog niet vast.\n"
        "- Voor “Antwerp”: zaterdag 22 juni 2030, vanaf 12.00 uur, Mechelen.\n"
        "- Voor “Limburg”: dag en plaats staan nog niet vast.",
    ],
    "fr": [
        "**Lunch** (`lunch`) est une rencontre pour les porteurs dont le dossier est à l’étape «\xa0Chosen\xa0», "
        "pendant cette phase. Il y en a une pour chaque réponse à la question «\xa0In which province do you "
        "sing?\xa0». Chaque porteur vient à celle qui correspond à sa réponse. Chaque rencontre a 2 places\xa0; une "
        "fois qu’elles sont prises, on attend son tour sur une liste, dans l’ordre. Une place qui se libère va "
        "aussitôt au suivant de la liste.",
        "- Pour «\xa0East Flanders\xa0»\xa0: le jour et le lieu ne sont pas encore fixés.\n"
        "- Pour «\xa0Antwerp\xa0»\xa0: samedi 22 juin 2030, à partir de 12 h, Mechelen.\n"
        "- Pour «\xa0Limburg\xa0»\xa0: le jour et le lieu ne sont pas encore fixés.",
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def choirs() -> Programme:
    files = written("choirs")
    rules = files["workflow.toml"].replace('languages = ["en"]', 'languages = ["en", "nl", "fr"]')
    return read_programme("choirs", completed("choirs", {**files, "workflow.toml": rules}), "choirs")


def told(programme: Programme, language: str, name: str, *, round: bool = True) -> list[str]:
    """The paragraph about a meeting, and its days."""
    aloud = read_aloud(programme, programme.rounds["2030"] if round else None, language).split("\n\n")
    first = next(place for place, one in enumerate(aloud) if one.startswith("**") and f"(`{name}`)" in one)
    return aloud[first : first + 2] if aloud[first + 1].startswith("- ") else aloud[first : first + 1]


@pytest.mark.parametrize("language", list(HEARING))
def test_a_meeting_for_each_strand_is_told_once_with_the_days_of_each(choirs: Programme, language: str) -> None:
    assert told(choirs, language, "hearing") == HEARING[language]


@pytest.mark.parametrize("language", list(LUNCH))
def test_one_for_each_answer_is_told_with_seats_in_each_and_days_that_are_not_fixed(
    choirs: Programme, language: str
) -> None:
    assert told(choirs, language, "lunch") == LUNCH[language]


@pytest.mark.parametrize("language", list(EVENING))
def test_the_seats_of_each_strand_are_told(choirs: Programme, language: str) -> None:
    assert EVENING[language] in told(choirs, language, "evening")[0]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "There is one for each strand. Each committee comes to its own."),
        ("nl", "Er is er een voor elke reeks. Elke commissie komt naar haar eigen bijeenkomst."),
        ("fr", "Il y en a une pour chaque volet. Chaque comité vient à la sienne."),
    ],
)
def test_a_meeting_of_committees_that_are_divided_alike_is_told_to_be_of_each(
    choirs: Programme, language: str, said: str
) -> None:
    assert said in told(choirs, language, "table")[0]


def test_the_rules_without_a_round_say_the_same_without_days(choirs: Programme) -> None:
    assert told(choirs, "en", "hearing", round=False) == HEARING["en"][:1]
    assert told(choirs, "en", "lunch", round=False) == [
        LUNCH["en"][0].replace("Each has 2 seats;", "As for seats, each has what the round gives as `chairs`;")
    ]


def test_what_is_owed_and_asked_for_names_the_meeting_that_is_declared(choirs: Programme) -> None:
    aloud = read_aloud(choirs, choirs.rounds["2030"], "en")
    assert "an applicant whose dossier is “Invited to sing” must attend “Hearing”, in this phase." in aloud
    assert "This is possible only if the applicant was present at “Hearing” or is excused." in aloud


def test_turns_that_are_counted_are_those_of_each(choirs: Programme) -> None:
    rules = choirs.files["workflow.toml"].replace("{ minutes = 20, pause = 10 }", "{ count = 3, minutes = 20 }")
    counted = read_programme("choirs", {**choirs.files, "workflow.toml": rules}, "choirs")
    assert "Each has room for 3 turns of 20 minutes." in told(counted, "en", "hearing")[0]
    assert "Elke bijeenkomst heeft plaats voor 3 beurten van 20 minuten." in told(counted, "nl", "hearing")[0]
    assert "Chaque rencontre a place pour 3 passages de 20 minutes." in told(counted, "fr", "hearing")[0]
