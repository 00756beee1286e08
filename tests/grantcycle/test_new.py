"""`new` begins a programme of one's own, which is sound before anything is changed in it."""

import shutil
import tomllib
from pathlib import Path

import pytest
from installation import SHIPPED, Installation

from engine.files.reading import load
from grantcycle.commands.check import examine_programme
from grantcycle.starting import STARTER, starter_languages

AT = "2026-11-26T10:00"


@pytest.fixture
def workflows(grantcycle: Installation) -> Path:
    """The installation's own workflows folder, with the Cera programme in it."""
    shutil.copytree(SHIPPED / "cera-impuls", grantcycle.folder / "workflows" / "cera-impuls")
    grantcycle.write("config.toml", '[database]\nurl = "sqlite:///cycle.db"\n')
    return grantcycle.folder / "workflows"


@pytest.mark.parametrize("language", ["en", "fr", "nl"])
def test_the_small_programme_is_sound_in_each_language(language: str) -> None:
    assert [str(complaint) for complaint in examine_programme(STARTER / language)] == []
    assert load(STARTER / language).workflow.languages == (language,)


def test_the_small_programme_has_the_same_rules_in_each_language() -> None:
    read = [load(STARTER / language) for language in starter_languages()]
    shape = [(list(one.workflow.states), list(one.workflow.transitions), sorted(one.rounds), one.rounds["2030"].phases)
             for one in read]  # fmt: skip
    assert shape == [shape[0]] * 3
    assert [sorted(one.letters[one.workflow.language]) for one in read] == [sorted(read[0].letters["en"])] * 3


def test_a_new_programme_has_its_own_title_number_and_year(grantcycle: Installation, workflows: Path) -> None:
    answer = grantcycle.done("new", "street-fund", "--language", "nl", "--title", "Straatfonds", at=AT)
    assert answer.out.splitlines() == [
        "workflows/street-fund is yours: 14 files, and one round, street-fund/2027.",
        "Next: grantcycle read street-fund/2027. Put your dates into rounds/2027.toml, change what you like in "
        "workflow.toml, and then: grantcycle check street-fund.",
    ]
    begun = load(workflows / "street-fund")
    round = begun.rounds["2027"]
    assert (begun.workflow.title, round.title, round.number) == ("Straatfonds", "Straatfonds 2027", "SF27")
    assert round.phases["call"].opens.day.isoformat() == "2027-01-11"  # a Monday, as in the model
    assert grantcycle("check", "street-fund").code == 0


def test_one_that_is_like_another_has_its_rules_letters_and_words_and_one_round(
    grantcycle: Installation, workflows: Path
) -> None:
    words = ("new", "second-fund", "--like", "cera-impuls", "--title", "Tweede fonds", "--round", "2028")
    assert grantcycle(*words, "--number", "TF", at=AT).code == 0
    model, begun = load(workflows / "cera-impuls"), load(workflows / "second-fund")
    assert begun.letters == model.letters
    assert begun.workflow.transitions == model.workflow.transitions
    assert list(begun.rounds) == ["2028"]
    assert (begun.rounds["2028"].number, begun.rounds["2028"].phases["call"].opens.day.isoformat()) == (
        "TF", "2027-12-20",
    )  # fmt: skip
    # what is said no more is not translated any more
    translated = tomllib.loads((workflows / "second-fund" / "words.en.toml").read_text(encoding="utf-8"))
    assert [one for one in translated if "Impulsprogramma" in one] == []
    assert [str(one) for one in examine_programme(workflows / "second-fund") if "is a S" not in str(one)] == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["cera-impuls"], 'there is a folder "workflows/cera-impuls" already; a new programme takes the'),
        (["Street Fund"], '"Street Fund" cannot name a programme: use small letters, digits and -'),
        (["a/b"], '"a/b" cannot name a programme: use small letters, digits and -, such as street-fund'),
        (["fund", "--like", "cera-impul"], 'there is no programme "cera-impul"; did you mean "cera-impuls"?'),
        (["fund", "--language", "de"], 'there is no language to begin in "de"; known: en, fr, nl'),
        (["fund", "--round", "27"], '"27" is no year: write four digits, such as 2027'),
        (["fund", "--round", "9999"], "2030-01-14 would lie in 9999, outside the years 1970 to 2100"),
    ],
)
def test_what_cannot_be_begun_is_told_and_nothing_is_written(
    grantcycle: Installation, workflows: Path, words: list[str], says: str
) -> None:
    answer = grantcycle("new", *words, at=AT)
    assert (answer.code, says in answer.err) == (1, True), answer.err
    assert sorted(path.name for path in workflows.iterdir()) == ["cera-impuls"]
