from typing import Any

import pytest
from letters_world import applicant_facts, shared_facts, small_files

from engine.files.reading import Programme, read_programme
from notifications.letters import CannotRender
from notifications.message import Letter
from notifications.rendering import Renderer


def with_letter(text: str) -> Programme:
    """The small programme with that letter in every language."""
    letters = {f"letters/{language}/received.md": text for language in ("nl", "fr", "en")}
    return read_programme("small", small_files() | letters, "small")


def render(renderer: Renderer, programme: Programme, language: str = "nl", **changed: Any) -> Letter:
    return renderer.render(
        programme,
        letter="received",
        language=language,
        role="applicant",
        shared=shared_facts(programme),
        facts=applicant_facts(programme, **changed),
    )


FRENCH = f"""\
Petites bourses, dossier SG19-001

SG19-001: Songs from the night shift
====================================

Amina Example,

Songs from the night shift / The Harbour Ensemble / Projet / As agreed.

  | Appel vendredi 1er mars 2019 à 24 h (heure de Bruxelles)
  | jeudi 7 février 2019 à 9 h 30, Bruxelles

- 45\u202f000\xa0€

--{" "}
Vous recevez ce message en tant que personne de contact du dossier
SG19-001.
"""


def test_the_text_part_is_written_in_the_readers_language(renderer: Renderer, programme: Programme) -> None:
    letter = render(renderer, programme, "fr")
    assert (letter.subject, letter.text) == ("SG19-001: Songs from the night shift", FRENCH)


def test_the_page_names_its_language_and_subject(renderer: Renderer, programme: Programme) -> None:
    html = render(renderer, programme, "en", title="A & B <c>").html
    assert [html.count(part) for part in ('<html lang="en"', "<title>SG19-001: A &amp; B &lt;c&gt;</title>")] == [1, 1]
    assert "prefers-color-scheme: dark" in html
    assert "Call</strong> Friday 1 March 2019, 24:00 (Brussels time)" in html


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nl", "De lijst is ingekort: het gaat nog om 1.200 andere dossiers."),
        ("fr", "La liste est abrégée\xa0: 1\u202f200 autres dossiers sont concernés."),
        ("en", "The list is cut short: 1,200 more dossiers are concerned."),
    ],
)
def test_a_list_that_is_cut_short_says_how_many_it_does_not_name(
    renderer: Renderer, programme: Programme, language: str, said: str
) -> None:
    letter = render(renderer, programme, language, more=1200)
    assert " ".join(letter.text.replace("\u202f", "\ufffd").split()).replace("\ufffd", "\u202f").count(
        said.replace("\xa0", " ")
    ) == 1
    assert letter.html.count(said.replace("\xa0", "&nbsp;")) == 1


def test_what_nobody_filled_in_is_never_printed_as_none(renderer: Renderer) -> None:
    programme = with_letter("Subject\n\nfirst line\n{{ reason }}\n")
    with pytest.raises(CannotRender) as refused:
        render(renderer, programme, reason=None)
    assert str(refused.value) == (
        "letters/nl/received.md:4: it prints a value that is not there here; ask first: {% if ... %}"
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Subject\n\n{{ dossier.tittle }}", "3: there is no 'tittle'"),
        ("Subject\n\n{{ nobody }}", "3: 'nobody' is undefined"),
        ("{{ nobody }}\n\nbody", "1: 'nobody' is undefined"),
        ("Subject\n\n\n{{ 1 / 0 }}", "4: division by zero"),
        ("Subject\n\n{{ dossier.number | money }}", '3: "money" is for amounts such as dossier.amount'),
        ("Subject\n\n{{ ().__class__ }}", "3: access to attribute '__class__' of 'tuple' object is unsafe."),
        ("Subject\n\n{% if %}", "3: Expected an expression"),
        ("Subject\nbody", "2: an empty line comes between the subject and the body"),
        ("\n\nbody", "1: the first line of a letter is its subject, and it is empty"),
        ("Subject\n\n", "3: the letter says nothing below its subject"),
        ("Subject\n\n{% if missing == 1 %}x{% endif %}", " the letter says nothing below its subject"),
        ("Subject\n\n[x]({{ dossier.number }})", "3: a link must be written out in the letter"),
        ("Subject\n\n[x](\n{{ dossier.number }})", ' the link "SG19-001" must be written out in the letter'),
        ("Subject\n\n[x](/y)", ' the link "/y" leads nowhere from a mail'),
    ],
)
def test_a_letter_that_cannot_be_read_says_where_and_why(renderer: Renderer, text: str, sentence: str) -> None:
    programme = with_letter(text)
    with pytest.raises(CannotRender) as refused:
        render(renderer, programme)
    expected = f"letters/nl/received.md:{sentence}"
    assert str(refused.value)[: len(expected)] == expected


def test_a_link_is_written_out_in_the_letter_or_not_made(renderer: Renderer) -> None:
    programme = with_letter("Subject\n\n[here](https://funder.example/help) {{ dossier.title }}\n")
    html = render(renderer, programme, title="[x](https://evil.example)").html
    assert html.count("href=") == 1
    assert 'href="https://funder.example/help"' in html


def test_a_line_that_ends_in_a_condition_ends_there(renderer: Renderer) -> None:
    text = """Subject

Who?

{% for name in ["a", "b"] %}
- {{ name }}{% if name == "a" %}: first{% endif %}
{% endfor %}

Bye{% if 1 %},{% endif %}

{% if 1 %}
Els
{% endif %}
"""
    body = render(renderer, with_letter(text)).text.partition("=\n\n")[2].partition("\n-- \n")[0]
    assert body == "Who?\n\n- a: first\n- b\n\nBye,\n\nEls\n"


def test_the_address_people_answer_to_stays_whole(renderer: Renderer) -> None:
    text = render(renderer, with_letter("Subject\n\n{{ contact.name }}, {{ contact.email }}\n")).text
    assert "\nEls Example, els@funder.example\n" in text


def test_the_programmes_own_letter_wins_over_the_one_of_that_name_that_comes_with_grantcycle(
    renderer: Renderer,
) -> None:
    facts = applicant_facts(with_letter("x\n\ny"), reminded=[], extension=None)
    names = {"letter": "obligation-reminder", "language": "nl", "role": "applicant"}
    own = read_programme(
        "small",
        small_files() | {f"letters/{code}/obligation-reminder.md": "Mine\n\nbody" for code in ("nl", "fr", "en")},
        "small",
    )
    del facts["extension"]
    subjects = [
        renderer.render(programme, **names, shared=shared_facts(programme), facts=facts).subject
        for programme in (own, with_letter("x\n\ny"))
    ]
    assert subjects == ["Mine", "Herinnering, dossier SG19-001: 0 zaken"]


def test_an_extended_dossier_reads_its_own_date(renderer: Renderer, programme: Programme) -> None:
    longer = {"closes": {"day": "2019-03-08", "hour": "12:00:00", "edge": "closes"}}
    letter = render(renderer, programme, phases={"call": longer})
    assert "Oproep vrijdag 8 maart 2019, 12.00 uur (Brusselse tijd)" in letter.text


def test_lists_boxes_and_long_lines_are_written_for_people(renderer: Renderer) -> None:
    body = (
        "# Own heading\n\n- one\n- two, which goes on for so long that it has to be continued on the next line of it\n"
        "  - deeper\n\n1. first\n2. second\n\n> **Label**\n> value\n>\n> - in a box\n\nlast *line*\n"
    )
    text = render(renderer, with_letter(f"Subject\n\n{body}")).text
    assert text.partition("\n\n")[2].partition("\n\n-- ")[0] == (
        "Own heading\n\n- one\n- two, which goes on for so long that it has to be continued on the next\n"
        "  line of it\n  - deeper\n\n1. first\n2. second\n\n  | Label\n  | value\n  |\n  | - in a box\n\nlast line"
    )
