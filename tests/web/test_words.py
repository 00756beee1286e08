"""Every sentence of the pages is written in every language, and nothing else is."""

import re

import pytest
from words import LANGUAGES, said, written

PLACES = re.compile(r"%\(\w+\)s|\{\w+\}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated_and_no_translation_is_left_over(language: str) -> None:
    every = {one.key: one.id for one in said()}
    known = {key: string for key, (string, _) in written(language).items()}
    assert sorted(every.keys() - known.keys()) == []
    assert sorted(known.keys() - every.keys()) == []
    assert [key for key, string in known.items() if isinstance(string, str) != isinstance(every[key], str)] == []
    assert [key for key, string in known.items() if not string or (isinstance(string, tuple) and not all(string))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_names_what_the_sentence_names(language: str) -> None:
    every = {one.key: one.id for one in said()}
    differing = []
    for key, (string, _) in written(language).items():
        for one in (string,) if isinstance(string, str) else string:
            if set(PLACES.findall(one)) - set(PLACES.findall(str(every.get(key, key)))):
                differing.append((key, one))
    assert differing == []
