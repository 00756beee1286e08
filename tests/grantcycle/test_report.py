"""The report stands on its own, and everything that happened can be found in it."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from rehearsals import rehearsed

from grantcycle.rehearsing import write_report
from grantcycle.report_drawing import PhaseBar, Stage, flow, timeline


class Page(HTMLParser):
    """The parts of a page that its tests ask for."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.sources: list[str] = []
        self.open: list[str] = []
        self.unbalanced: list[str] = []
        self.feed(text)

    VOID = ("meta", "br", "link", "img", "input", "circle", "rect", "line", "path", "hr")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            if name in ("href", "src"):
                (self.links if tag == "a" else self.sources).append(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            return
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.unbalanced.append(tag)


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_report(rehearsed(62, 7), tmp_path_factory.mktemp("report")).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def test_it_needs_no_other_file_and_no_script(page: Page, text: str) -> None:
    assert page.sources == []
    assert "script" not in page.tags
    assert "link" not in page.tags
    assert re.findall(r"url\(|@import", text) == []


def test_it_is_well_formed(page: Page) -> None:
    assert (page.unbalanced, page.open) == ([], [])
    assert sorted(page.ids) == sorted(set(page.ids))


def test_every_link_leads_somewhere_in_it(page: Page) -> None:
    assert [link for link in page.links if not link.startswith("#")] == []
    assert {link[1:] for link in page.links} - set(page.ids) == set()


def test_every_letter_every_kind_and_every_dossier_is_in_it(page: Page) -> None:
    seen = rehearsed(62, 7)
    assert {f"l-{mail.id}" for mail in seen.mails} <= set(page.ids)
    assert {f"k-{mail.letter}" for mail in seen.mails} == {name for name in page.ids if name.startswith("k-")}
    assert {dossier.number for dossier in seen.dossiers} <= set(page.ids)


def test_every_kind_of_letter_is_shown_in_every_language(text: str) -> None:
    kinds = {mail.letter for mail in rehearsed(62, 7).mails}
    shown = re.findall(r'<iframe sandbox title="([^"]+) in ([a-z]{2})"', text)
    assert sorted(shown) == sorted((kind, language) for kind in kinds for language in ("nl", "fr", "en"))


def test_every_day_on_which_something_was_due_is_in_the_calendar(page: Page) -> None:
    seen = rehearsed(62, 7)
    due = {f"d-{seen.day(due.at)}" for due in seen.due if due.kind != "overdue"}
    assert due <= set(page.ids)


def test_each_approval_is_told_with_who_gave_it(text: str) -> None:
    assert (
        len(re.findall(r"@cera-impuls\.example approves the batch “approval opens”: 6 award, 6 turn_down", text)) == 2
    )


def test_the_obligations_stand_in_a_matrix(text: str) -> None:
    cells = re.findall(r'<td><span class="k (\w+)"', text)
    assert {kept: cells.count(kept) for kept in cells} == {"met": 111, "late": 1, "excused": 2}


def test_what_people_typed_is_only_text(tmp_path: Path) -> None:
    seen = rehearsed(3, 4)
    wild = replace(
        seen, dossiers=(replace(seen.dossiers[0], organisation="<script>alert(1)</script>"), *seen.dossiers[1:])
    )
    page = Page(write_report(wild, tmp_path).read_text(encoding="utf-8"))
    assert "script" not in page.tags


def test_titles_are_escaped_in_drawings() -> None:
    from collections import Counter
    from datetime import date

    day = date(2019, 3, 1)
    drawn = timeline([PhaseBar("<b>&", day, day)], Counter(), day, date(2019, 4, 1), label='"<i>')
    assert "<b>" not in drawn
    assert "<i>" not in drawn
    assert "<b>" not in flow([Stage("<b>", 3, (("<b>", 2),)), Stage("<b>", 1)], label="<b>")
    assert flow([], label="nothing") == ""
