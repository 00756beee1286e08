"""Is what staff write said as they wrote it, in the reader's language if there is one, and is nothing else a link?"""

from typing import Any

import pytest
from letters_world import CONTACT, applicant_facts, shared_facts

from engine.files.reading import Programme
from notifications.escaping import prose
from notifications.letters import CannotRender
from notifications.message import Letter
from notifications.rendering import Renderer

TEXT = "Come and **see** us, [here](https://fund.example/open).\n\n- bring tea\n- bring friends"


def written(
    renderer: Renderer, programme: Programme, text: str = TEXT, *, language: str = "en", asked: Any = None, **facts: Any
) -> Letter:
    """A message in English to somebody who reads that language."""
    message = {"words": {"en": {"subject": "Open day", "text": text}}, "by": "Els Example", "asked": asked or {}}
    return renderer.render(
        programme, letter="staff-message", language=language, role="applicant",
        shared={**shared_facts(programme), "message": message}, facts=applicant_facts(programme, **facts),
    )  # fmt: skip


ENGLISH = """\
Small grants, dossier SG19-001

Open day
========

Dear Amina Example,

Come and see us, here (https://fund.example/open).

- bring tea
- bring friends

You can simply reply to this message.

Kind regards,

Els Example, Small grants

--
"""


def test_a_message_is_said_as_it_was_laid_out(renderer: Renderer, programme: Programme) -> None:
    letter = written(renderer, programme)
    assert (letter.subject, letter.text.partition("-- \n")[0]) == ("Open day", ENGLISH.removesuffix("--\n"))
    assert letter.html.count('href="https://fund.example/open"') == 1
    assert letter.html.count("<strong") == 1


def test_the_second_of_a_shape_is_the_same_letter(programme: Programme) -> None:
    framed, plain = Renderer(CONTACT), Renderer(CONTACT, frames=False)
    for title in ("Songs", "Work", "*More* work"):
        assert written(framed, programme, title=title) == written(plain, programme, title=title)


def test_who_reads_another_language_is_told_which_one_it_is(renderer: Renderer, programme: Programme) -> None:
    letter = written(renderer, programme, language="fr")
    assert "Ce message est rédigé dans une autre langue\xa0: anglais." in letter.text
    assert "Bonjour Amina Example," in letter.text


def test_what_a_dossier_lacks_is_listed_in_the_readers_language(renderer: Renderer, programme: Programme) -> None:
    asked = {"SG19-001": {"questions": ["Hoeveel?"], "owed": []}, "SG19-002": {"questions": ["Bezoek"], "owed": []}}
    letter = written(renderer, programme, language="fr", asked=asked)
    assert "- Combien ?\n" in letter.text
    assert "Visite" not in letter.text


@pytest.mark.parametrize("target", ["http://fund.example/", "/dossiers", "ftp://fund.example"])
def test_a_link_that_leads_nowhere_from_a_mail_is_refused(
    renderer: Renderer, programme: Programme, target: str
) -> None:
    with pytest.raises(CannotRender, match="leads nowhere from a mail"):
        written(renderer, programme, f"See [this]({target}).")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>", "{{ 7 * 7 }} {% raw %}", "[x](javascript:alert(1))", "![x](https://fund.example/x)",
        "\U000f0001 \u2e2e\U000f0002", "```\n{{ contact }}\n```", "    code", "# Big\n\n> box\n\nSetext\n---", "`a` *b",
    ],
)  # fmt: skip
def test_naughty_texts_make_a_letter_and_no_more(programme: Programme, text: str) -> None:
    plain = written(Renderer(CONTACT, frames=False), programme, text)
    framed = Renderer(CONTACT)
    assert [written(framed, programme, text), written(framed, programme, text)] == [plain, plain]
    assert "<script" not in plain.html
    assert "javascript" not in plain.html.replace("javascript:alert(1))", "")
    assert "<img" not in plain.html
    assert "49" not in plain.text


def test_prose_loses_what_nobody_sees() -> None:
    assert prose("a\u202eb\x00\U000f0001\r\n\tc  \n\n") == "ab\n    c"
