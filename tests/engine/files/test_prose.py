"""Is everything that the files say said in the prose, in each language?"""

import re
import string
from dataclasses import replace
from pathlib import Path

import pytest
from learning_network import learning_network
from on_disk import WRITTEN, programme_in
from own_days import places
from small_prizes import small_prizes

from engine.errors import Unknown
from engine.files.prose import read_aloud
from engine.files.prose_words import PHRASES, Voice
from engine.files.reading import Programme, load
from engine.rules.times import Span
from engine.rules.workflow import Transition

HERE = Path(__file__).parent
CERA = HERE.parents[2] / "workflows" / "cera-impuls"
LANGUAGES = ("nl", "fr", "en")


@pytest.fixture(scope="module")
def cera() -> Programme:
    return load(CERA)


def prizes_aloud(**changes: object) -> str:
    """The small programme in English, with one transition changed."""
    programme = small_prizes()
    win: Transition = replace(programme.workflow.transitions["win"], **changes)  # type: ignore[arg-type]
    workflow = replace(programme.workflow, transitions={**programme.workflow.transitions, "win": win})
    return read_aloud(replace(programme, workflow=workflow), programme.rounds["2021"], "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_small_programme_is_read_aloud_word_for_word(language: str) -> None:
    programme = small_prizes()
    expected = (HERE / "aloud" / f"small-prizes.{language}.md").read_text(encoding="utf-8")
    assert read_aloud(programme, programme.rounds["2021"], language) == expected


@pytest.mark.parametrize("language", ["en", "nl", "fr"])
def test_days_of_its_own_are_read_aloud_word_for_word(language: str) -> None:
    programme = places()
    expected = (HERE / "aloud" / f"own-days.{language}.md").read_text(encoding="utf-8")
    assert read_aloud(programme, programme.rounds["2030"], language) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_seats_places_and_debts_are_read_aloud_word_for_word(language: str) -> None:
    programme = learning_network()
    expected = (HERE / "aloud" / f"learning-network.{language}.md").read_text(encoding="utf-8")
    assert read_aloud(programme, programme.rounds["2030"], language) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_strands_other_clocks_and_moved_dates_are_read_aloud_word_for_word(language: str) -> None:
    programme = programme_in(WRITTEN / "residencies")
    expected = (HERE / "aloud" / f"residencies.{language}.md").read_text(encoding="utf-8")
    assert read_aloud(programme, programme.rounds["2030"], language) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_address_of_a_meeting_is_told_to_nobody_who_only_listens(language: str) -> None:
    programme = learning_network()
    assert "secret-room" not in read_aloud(programme, programme.rounds["2030"], language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_of_the_reference_programme_is_told(cera: Programme, language: str) -> None:
    text = read_aloud(cera, cera.rounds["2019"], language)
    workflow = cera.workflow
    named = [workflow.phases, workflow.states, workflow.questions, workflow.criteria, workflow.meetings]
    named += [workflow.deliverables, workflow.transitions, workflow.obligations, workflow.reminders, workflow.promises]
    named += [workflow.announcements, workflow.committees]
    names = [name for table in named for name in table]
    told = [*workflow.transitions.values(), *workflow.reminders.values(), *workflow.promises.values()]
    letters = [letter for record in told for letter in record.tell.values()]
    letters += [letter for move in workflow.transitions.values() for letter in dict(move.if_not).values()]  # type: ignore[arg-type]
    assert [name for name in [*names, *letters] if f"`{name}`" not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_the_reference_programme_is_told_translated(cera: Programme, language: str) -> None:
    text = read_aloud(cera, cera.rounds["2019"], language)
    words = cera.words["fr"]  # holds every text of the rules and the rounds as its keys
    assert [original for original in words if cera.translate(original, language) not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_the_reference_programme_is_told(cera: Programme, language: str) -> None:
    text = re.sub(r"(?<=\d)[.,\u202f](?=\d{3})", "", read_aloud(cera, cera.rounds["2019"], language))
    numbers = set(re.findall(r"\d+", text))
    assert {"600", "45000", "12", "6", "20", "5", "14", "3", "7", "1", "30", "2", "10"} - numbers == set()


def test_each_moment_carries_its_date_and_hour(cera: Programme) -> None:
    text = read_aloud(cera, cera.rounds["2019"], "nl")
    assert "3 dagen voor het einde van de fase “Oproep” (dinsdag 26 februari 2019 om 9.00 uur)" in text
    assert "bij het einde van de fase “Oproep” (vrijdag 1 maart 2019 om 24.00 uur)" in text
    assert "bij het begin van de fase “Aanbevelingen van de commissie” (zondag 31 maart 2019 om 9.00 uur)" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_round_no_date_is_told(cera: Programme, language: str) -> None:
    text = read_aloud(cera, None, language)
    assert re.findall(r"20[12]\d", text) == []
    assert "`withdraw`" in text


def test_two_committees_are_called_by_their_titles() -> None:
    programme = small_prizes()
    jury = programme.workflow.committees["jury"]
    both = {"jury": jury, "board": replace(jury, name="board", title="Board", quorum=3, observers=())}
    two = replace(programme, workflow=replace(programme.workflow, committees=both))
    text = read_aloud(two, None, "en")
    assert "The committee “Readers” decides on this, in this phase." in text
    assert "**Board** (`board`) is a committee that judges dossiers. A dossier may only be judged if at least 3" in text


def test_rules_that_the_reference_programme_does_not_use_are_told_too() -> None:
    assert "all of those dossiers move" in prizes_aloud(ties="in")
    assert "the programme team decides" in prizes_aloud(ties="ask")
    assert "If one of the conditions does not hold, `lose` is tried." in prizes_aloud(if_not="lose")
    assert "One of the programme team must first release the letters" in prizes_aloud(release="hold")


def test_a_language_without_phrases_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Unknown, match='there is no language "de"; known: en, fr, nl'):
        read_aloud(small_prizes(), None, "de")


def test_every_language_has_every_phrase_with_the_same_facts() -> None:
    def facts(phrase: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(phrase) if name} - {"minute"}

    shapes = {language: {key: facts(phrase) for key, phrase in PHRASES[language].items()} for language in LANGUAGES}
    shapes["en"]["times"] = shapes["nl"]["times"]
    assert shapes["fr"] == shapes["nl"]
    assert shapes["en"] == shapes["nl"]


def test_one_and_several_are_told_apart() -> None:
    voices = [Voice(small_prizes(), None, language) for language in LANGUAGES]
    spans = [Span(1, "day"), Span(3, "day"), Span(2, "month"), Span(1, "year"), Span(4, "year")]
    assert [[voice.span(span) for span in spans] for voice in voices] == [
        ["1 dag", "3 dagen", "2 maanden", "1 jaar", "4 jaar"],
        ["1 jour", "3 jours", "2 mois", "1 an", "4 ans"],
        ["1 day", "3 days", "2 months", "1 year", "4 years"],
    ]
