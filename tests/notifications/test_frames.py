"""Letters that are filled into a frame are the letters that the plain way writes, to the last sign."""

import re
import unicodedata
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hostile import HOSTILE
from hypothesis import example, given, settings
from hypothesis import strategies as st
from letters_world import CONTACT, applicant_facts, shared_facts

from engine.files.reading import Programme, load
from notifications.frames import as_page
from notifications.letters import CannotRender
from notifications.markdown import as_html, read
from notifications.message import Letter
from notifications.paper import Around, Paper
from notifications.rendering import Renderer
from notifications.sampling import sample_facts, sample_shared
from notifications.shapes import occasions

CERA = load(Path(__file__).parents[2] / "workflows" / "cera-impuls")
TOLD = sorted(set(occasions(CERA.workflow)), key=str)
PLAIN = Renderer(CONTACT, frames=False)
SIGNS = st.characters(exclude_categories=("Cs",))
WORDS = st.one_of(
    st.sampled_from(HOSTILE),
    st.text("0123456789", min_size=1, max_size=4),
    st.text("aB1 .,!?()*_[]<>&;#-+=|\\`'\"/:@~\n\t\u00a0\u2003\u200b\u202eé日🎭", max_size=30),
    st.text(SIGNS, max_size=200),
).map(lambda text: text.encode("utf-8", "ignore").decode())


def twin(text: str) -> str:
    """Another text of the same shape: other letters, other digits, other punctuation in the same places."""
    return "".join(
        str((int(sign) + 1) % 10) if sign in "0123456789"
        else "q" if sign.isalnum()
        else "!" if unicodedata.category(sign)[0] in "PS"
        else sign
        for sign in text
    )  # fmt: skip


def changed(facts: Any, how: Any) -> Any:
    """The same facts with each text that somebody typed changed."""
    if isinstance(facts, dict):
        typed = ("title", "organisation", "reason", "recommendations", "sentence")
        return {
            key: how(value) if key in typed and isinstance(value, str)
            else [how(one) for one in value] if key == "recommendations"
            else {"name": how(value["name"])} if key == "person"
            else value if key in ("obligations", "reminded")
            else changed(value, how)
            for key, value in facts.items()
        }  # fmt: skip
    return [changed(one, how) for one in facts] if isinstance(facts, list) else facts


def either(renderer: Renderer, programme: Programme, **what: Any) -> Letter | str:
    try:
        return renderer.render(programme, **what)
    except CannotRender as problem:
        return str(problem)


def same_both_ways(renderer: Renderer, programme: Programme, facts: Any, how: Any, **what: Any) -> bool:
    """Hold a letter whose frame was made of its twin to the plain way; gives whether it was written from the frame."""
    twins = changed(facts, lambda text: twin(how(text)))
    for _ in range(2):
        either(renderer, programme, facts=deepcopy(twins), **what)
    ours = either(renderer, programme, facts=changed(facts, how), **what)
    plain = either(PLAIN, programme, facts=changed(facts, how), **what)
    assert ours == plain
    return isinstance(ours, Letter) and ours.encoded is not None


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_every_letter_of_the_shipped_programme_is_written_from_a_frame(language: str) -> None:
    renderer, round = Renderer(CONTACT), CERA.rounds["2019"]
    for letter, role, extra in TOLD:
        assert same_both_ways(
            renderer, CERA, sample_facts(CERA, round, role, extra), lambda text: text.replace("a", "e"),
            letter=letter, language=language, role=role, shared=sample_shared(CERA, round),
        ), letter  # fmt: skip


KNOWN = Renderer(CONTACT)


@given(st.sampled_from(TOLD), st.sampled_from(["nl", "fr", "en"]), st.lists(WORDS, min_size=1, max_size=4))
def test_whatever_people_type_the_frame_says_it_as_the_plain_way_does(
    told: tuple[str, str, str | None], language: str, texts: list[str]
) -> None:
    letter, role, extra = told
    round = CERA.rounds["2019"]
    same_both_ways(
        KNOWN, CERA, sample_facts(CERA, round, role, extra), lambda text: texts[len(text) % len(texts)],
        letter=letter, language=language, role=role, shared=sample_shared(CERA, round),
    )  # fmt: skip


PIECES = st.sampled_from([
    "{{ dossier.title }}", "{{ person.name }}", "{{ reason }}", "{{ dossier.title | length }}", "word", " ", " ", "\n",
    "\n\n", "\n- ", "\n1. ", "\n> ", "\n> **", "**", "*", "_", "__", "`", "[", "](https://x.example)", "](", ")", "<",
    ">", "&", ";", "\\", "#", "\n# ", "1", ".", ")", "-", "+ ", "    ", "  \n", "\n===", "\n---", "!", ":", "//", "@",
    "{% if reason %}", "{% else %}", "{% endif %}", "{% for x in recommendations %}", "{{ x }}", "{% endfor %}",
    "{% set y = dossier.title %}", "{{ y }}", "{{ contact.email }}", "{{ dossier.title | upper }}",
    "{{ dossier.title ~ reason }}", "{{ dossier.title[:1] }}", "=", "~",
])  # fmt: skip


def any_letter(programme: Programme, body: str, texts: list[str]) -> bool:
    other = replace(programme, letters={"nl": {"received": f"Subject\n\n{body}"}}, digest=body)
    facts = applicant_facts(programme, recommendations=["one", "other"])
    return same_both_ways(
        Renderer(CONTACT), other, facts, lambda text: texts[len(text) % len(texts)],
        letter="received", language="nl", role="applicant", shared=shared_facts(programme),
    )  # fmt: skip


@given(st.lists(PIECES, min_size=1, max_size=12).map("".join), st.lists(WORDS, min_size=1, max_size=3))
@example("{{ dossier.title }}. word", ["1"])
@example("**{{ dossier.title }}**word", ["(x)"])
@example("word**{{ dossier.title }}**", ["!"])
@example("a\\{{ dossier.title }}*b*", ["*"])
@example("&{{ dossier.title }};", ["amp"])
@example("<{{ dossier.title }}@{{ reason }}.example>", ["x"])
@example("`{{ dossier.title }}`", ["!"])
@example("[{{ contact.email }}](mailto:els@funder.example)", ["x"])
@example("> **{{ dossier.title }}** {{ reason }}", ["x", "\u00a0x"])
@example("# {{ dossier.title }}\n\nword", ["x"])
def test_whatever_the_letter_is_the_frame_says_it_as_the_plain_way_does(
    programme: Programme, body: str, texts: list[str]
) -> None:
    any_letter(programme, body, texts)


@pytest.mark.parametrize(
    ("body", "before", "after"),
    [
        ("{{ dossier.title }}. word", "1234567890", "1"),
        ("**{{ dossier.title }}**word", "x", "(x)"),
        ("word**{{ dossier.title }}**", "x", "(x)"),
        ("a\\{{ dossier.title }} b*", "!x", "*x"),
        ("&{{ dossier.title }};", "nothing", "amp"),
        ("<{{ dossier.title }}@x.example>", "é", "e"),
    ],
)
def test_a_frame_that_one_letter_made_is_right_for_the_next(
    programme: Programme, body: str, before: str, after: str
) -> None:
    other = replace(programme, letters={"nl": {"received": f"Subject\n\n{body}"}}, digest=body)
    renderer = Renderer(CONTACT)
    what = {"letter": "received", "language": "nl", "role": "applicant", "shared": shared_facts(programme)}
    for title in (before, before, after):
        ours = either(renderer, other, facts=applicant_facts(programme, title=title), **what)
    assert ours == either(PLAIN, other, facts=applicant_facts(programme, title=after), **what)


@pytest.mark.slow
@settings(max_examples=3_000)
@given(st.lists(PIECES, min_size=1, max_size=25).map("".join), st.lists(WORDS, min_size=1, max_size=3))
def test_whatever_the_letter_is_the_frame_says_it_as_the_plain_way_does_in_many_letters(
    programme: Programme, body: str, texts: list[str]
) -> None:
    any_letter(programme, body, texts)


@pytest.mark.parametrize(
    "body",
    [
        "{% macro say(x) %}{{ x }}{% endmacro %}{{ say(dossier.title) }}",
        "{% set said %}{{ dossier.title }}{% endset %}{{ said | length }}",
        "{% filter upper %}{{ dossier.title }}{% endfilter %}",
        "`{{ dossier.title }}`",
        "[{{ dossier.title }}](https://funder.example)",
        "\\{{ dossier.title }}",
        "\U000f0000 {{ dossier.title }}",
    ],
)
def test_a_letter_without_a_frame_is_written_the_plain_way(programme: Programme, body: str) -> None:
    assert not any_letter(programme, body, ["Songs *from* the night"])


def test_a_frame_that_would_write_another_letter_is_never_used(
    programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.frames.as_page", lambda text: text)
    renderer, facts = Renderer(CONTACT), applicant_facts(programme, title="a < b")
    what = {"letter": "received", "language": "nl", "role": "applicant", "shared": shared_facts(programme)}
    letters = [renderer.render(programme, facts=facts, **what) for _ in range(4)]  # type: ignore[arg-type]
    assert [letter.encoded for letter in letters] == [None] * 4
    assert letters[3] == PLAIN.render(programme, facts=facts, **what)  # type: ignore[arg-type]


def test_every_sign_stands_in_a_page_as_the_frame_writes_it() -> None:
    hidden = ("Cc", "Cf", "Cs", "Zl", "Zp")
    signs = [chr(number) for number in range(0x110000) if unicodedata.category(chr(number)) not in hidden]
    paper = Paper()
    for start in range(0, len(signs), 20_000):
        text = "x" + "x".join(signs[start : start + 20_000]) + "x"
        escaped = re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)
        page = paper.page("nl", text, text, text, Around(text, text), as_html(read(escaped, "")))
        assert page.count(as_page(text)) == 6


def test_only_so_many_frames_are_kept(programme: Programme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notifications.rendering.KEPT", 3)
    renderer = Renderer(CONTACT)
    what = {"letter": "received", "language": "nl", "role": "applicant", "shared": shared_facts(programme)}
    for lines in range(1, 9):
        for _ in range(3):
            facts = applicant_facts(programme, reason="\n".join(["line"] * lines))
            letter = renderer.render(programme, facts=facts, **what)  # type: ignore[arg-type]
        assert letter.encoded is not None
    assert len(renderer._frames) == 3
