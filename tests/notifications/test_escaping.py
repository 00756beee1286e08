import re
import unicodedata
from html.parser import HTMLParser

import pytest
from hostile import HOSTILE
from hypothesis import given
from hypothesis import strategies as st
from letters_world import applicant_facts, shared_facts

from engine.files.reading import Programme
from notifications.escaping import literal, one_line, unlinked, without_addresses
from notifications.markdown import MARKDOWN
from notifications.message import Letter
from notifications.rendering import Renderer

LINKED = re.compile(r"(?i)[a-z]://|mailto:\w|www\.\w|\w\.[a-z]{2}|\w@\w")
"""what mail programs make links of by themselves"""


class Tags(HTMLParser):
    """The tags of a page in their order, and the text of its body."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag if tag != "a" else f"a {attrs}")

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] not in (["style"], ["title"]):
            self.text += data


def render(renderer: Renderer, programme: Programme, text: str) -> Letter:
    facts = applicant_facts(programme, title=text, organisation=text, reason=text)
    facts["person"] = {"name": text}
    return renderer.render(
        programme, letter="received", language="nl", role="applicant", shared=shared_facts(programme), facts=facts
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_what_somebody_typed_is_neither_markup_nor_a_link(renderer: Renderer, programme: Programme, text: str) -> None:
    harmless, letter = (Tags(render(renderer, programme, words).html) for words in ("x", text))
    breaks = [tag for tag in letter.tags if tag != "br"]
    assert breaks == [tag for tag in harmless.tags if tag != "br"]
    parts = render(renderer, programme, text)
    assert [LINKED.findall(part) for part in (letter.text, parts.text)] == [[], []]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_subject_is_one_line_without_addresses_of_sites(renderer: Renderer, programme: Programme, text: str) -> None:
    subject = render(renderer, programme, text).subject
    assert subject.splitlines() == [subject]
    assert [sign for sign in subject if unicodedata.category(sign) in ("Cc", "Cf", "Cs")] == []
    assert re.findall(r"(?i)[a-z]://|www\.|mailto:|=\?", subject) == []


@pytest.mark.parametrize("text", ["a *b* [c](d) <e> & 1. f", "€ 45.000, “so”", r"\ ` ~ | # + - = ! ( ) { } :"])
def test_what_is_escaped_reads_as_it_was_typed(text: str) -> None:
    tokens = MARKDOWN.parse(f"x {literal(text)}")
    assert [child.content for child in tokens[1].children or ()] == [f"x {text}"] or (
        "".join(child.content for child in tokens[1].children or ()) == f"x {text}"
    )


@given(st.text(max_size=60))
def test_any_text_is_one_paragraph_of_plain_text(text: str) -> None:
    tokens = MARKDOWN.parse(f"- x{literal(text)}")
    kinds = {child.type for token in tokens for child in token.children or ()}
    assert [token.type for token in tokens if token.type.endswith("_open")] == [
        "bullet_list_open", "list_item_open", "paragraph_open",
    ]  # fmt: skip
    assert kinds <= {"text", "text_special", "hardbreak"}


def test_a_text_without_links_looks_the_same() -> None:
    assert unlinked("J.P. De Smet, 45.000 euro, 10.30 uur: ja.") == "J.P. De Smet, 45.000 euro, 10.30 uur: ja."
    assert unlinked("zie plan.pdf").replace("\u200b", "") == "zie plan.pdf"


def test_line_breaks_stay_in_the_body_and_leave_the_subject() -> None:
    assert literal("een\r\n  twee\n\ndrie") == "een\\\ntwee\\\n\\\ndrie"
    assert one_line(" een\r\n  twee\u2028drie ") == "een twee drie"
    assert without_addresses("Zie https://evil.example/x nu") == "Zie nu"
