"""How does it sound that there is a committee for each strand, or for each answer?"""

import pytest
from on_disk import completed, written

from engine.files.prose import read_aloud
from engine.files.reading import read_programme

SAID = {
    "en": (
        "There is one for each answer to the question “In which field?”, with members of its own. Each sees "
        "the dossiers with that answer and no others.",
        "There is one for each strand, with members of its own. Each sees the dossiers of its own "
        "strand and no others.",
    ),
    "nl": (
        "Er is er een voor elk antwoord op de vraag “In which field?”, met eigen leden. Elk ziet de dossiers met dat "
        "antwoord en geen andere.",
        "Er is er een voor elke reeks, met eigen leden. Elk ziet de dossiers van de eigen reeks en geen andere.",
    ),
    "fr": (
        "Il y en a un pour chaque réponse à la question «\xa0In which field?\xa0», avec des membres à lui. Chacun voit "
        "les dossiers qui ont cette réponse et aucun autre.",
        "Il y en a un pour chaque volet, avec des membres à lui. Chacun voit les dossiers de son volet et aucun autre.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", list(SAID))
def test_each_committee_is_said_to_see_its_own(language: str) -> None:
    files = written("scholars")
    rules = files["workflow.toml"].replace('languages = ["en"]', 'languages = ["en", "nl", "fr"]')
    programme = read_programme("scholars", completed("scholars", {**files, "workflow.toml": rules}), "scholars")
    aloud = read_aloud(programme, programme.rounds["2030"], language)
    assert [said in aloud for said in SAID[language]] == [True, True]
