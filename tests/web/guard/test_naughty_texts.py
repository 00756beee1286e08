"""Is any text kept, shown and mailed as the words that it is, whatever it looks like?"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from knocking import Answer, Knocker, signed_in
from naughty import TEXTS
from sqlmodel import SQLModel, select
from visiting import APPLICANT, CHAIR, MEMBER, ROUND, STAFF, Site
from world import EARLIER, FOREIGN, MARKING, OWN, OWN_DRAFT, UNDER_WAY, again, post, world

from engine.database.records import LetterRow, NotificationRow

DRAFT_PATH, READING = f"/dossier/{ROUND}/{OWN_DRAFT}", f"/committee/{ROUND}/{OWN}"
FORMS = (
    (APPLICANT, (f"{DRAFT_PATH}/section/you", f"{DRAFT_PATH}/section/project", f"{DRAFT_PATH}/section/budget",
                 f"{DRAFT_PATH}/people", f"/dossier/{EARLIER}/{UNDER_WAY}/extension", "/account")),
    (MARKING, (READING,)),
    (MEMBER, (f"{READING}/conflict", "/account")),
    (CHAIR, (f"/committee/{ROUND}/{FOREIGN}/verdict",
             f"/committee/{ROUND}/ranking/verdicts?state=shortlisted&decision=turn_down&number={FOREIGN}")),
    (STAFF, (READING,)),
    (APPLICANT, (f"/dossier/{ROUND}/{OWN}/act/withdraw",)),
)  # fmt: skip
"""who finds forms to write in, and where"""
SHOWN = (
    (APPLICANT, (DRAFT_PATH, f"{DRAFT_PATH}/check", f"{DRAFT_PATH}/section/you", f"{DRAFT_PATH}/section/project",
                 "/dossiers", f"{DRAFT_PATH}/people", f"/dossier/{EARLIER}/{UNDER_WAY}/extension", "/account")),
    (CHAIR, (f"/committee/{ROUND}/ranking", f"/committee/{ROUND}/{FOREIGN}/verdict")),
    (STAFF, (READING, f"{READING}/verdict", f"/committee/{ROUND}/{OWN_DRAFT}")),
)  # fmt: skip
MARK = re.compile(r"q(\d+)z(.*?)z\1q", re.DOTALL)
"""around each text that was typed, so that it is found again wherever it is shown"""
VISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def marked(number: int) -> str:
    return f"q{number}z{TEXTS[number]}z{number}q"


def kept(text: str) -> str:
    """A text as it is kept: lines end in one way, and what steers machines is gone."""
    return VISIBLE.sub("", text.replace("\r\n", "\n"))


def bare(text: str) -> str:
    """A text as a subject has it: without what turns or hides the letters around it."""
    return "".join(one for one in text if one.isspace() or not unicodedata.category(one).startswith("C"))


@dataclass
class Form:
    """A form on a page: its address, what it sends as it stands, and the fields that somebody writes in."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)


class Reader(HTMLParser):
    """What a browser makes of a page: its forms, all that it shows, and whatever would run."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.shown: list[str] = []
        self.running: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.shown += given.values()
        self.running += [f"{tag} {name}" for name in given if name.startswith("on")]
        onward = (given.get(name, "") for name in ("href", "src", "action"))
        self.running += [f"{tag} {one}" for one in onward if one.strip().lower().startswith("javascript:")]
        if tag in ("base", "object", "embed") or (tag == "script" and not given.get("src", "").startswith("/static/")):
            self.running.append(tag)
        if tag == "form":
            self.forms.append(Form(given.get("action", "")))
        elif self.forms and tag in ("input", "textarea", "select", "option") and (form := self.forms[-1]):
            name, kind = given.get("name", ""), given.get("type", "text")
            if tag == "textarea" or (tag == "input" and kind in ("text", "search")):
                form.texts.append(name)
            elif tag == "select" or kind in ("hidden", "radio", "checkbox", "email", "date"):
                form.fields.setdefault(name, given.get("value", ""))
            elif tag == "option":
                form.fields |= {name: given.get("value", "") for name, value in form.fields.items() if not value}

    def handle_data(self, data: str) -> None:
        self.shown.append(data)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    made = world()
    yield made
    made.database.close()


def _harm(page: Answer, sent: set[int], where: str) -> list[str]:
    """What a page does with what was typed that it should not."""
    reader = Reader(page.text)
    found = [f"{where} runs {one}" for one in reader.running]
    if "\x00" in page.text or page.status >= 500:
        found.append(f"{where} {page.status}")
    for text in reader.shown:
        for number, words in MARK.findall(text):
            sent.add(int(number))
            if words.split() != kept(TEXTS[int(number)]).split():
                found.append(f"{where} shows {words[:60]!r} instead of {TEXTS[int(number)][:60]!r}")
    return found


def _write(browser: Knocker, page: str, first: int, fields: list[str], *, step: int = 1) -> list[str]:
    """Send every form of a page, with another text in each of its fields, or (`step` 0) with the first in all."""
    harm = []
    for form in Reader(browser.get(page).text).forms:
        if not form.texts or not form.action.startswith("/"):
            continue
        turns = enumerate(form.texts, start=len(fields))
        typed = {name: marked((first + turn * step) % len(TEXTS)) for turn, name in turns}
        typed |= {"a-amount": "20000"} if "a-amount" in typed and first % 2 else {}
        fields += [f"{form.action} {name}" for name in typed]
        more = {"email": f"x{first}@new.example"} if "email" in form.fields else {}
        more |= {"to": "2025-01-01"} if "to" in form.fields else {}
        answer = browser.post(form.action, {**form.fields, **typed, **more, "csrf": browser.csrf})
        harm += _harm(answer, set(), f"POST {form.action}")
        if answer.status not in (303, 409, 422):
            harm.append(f"POST {form.action} {answer.status} {typed}"[:200])
    return harm


CAN_BE_UNDONE = ("stopped", "waiting")
"""a letter of an act of staff, for as long as that can be undone"""


def _letters(site: Site) -> list[str]:
    """Letters that were not sent, or say something else than what was typed, or would run."""
    post(site)
    harm = []
    with site.database.reading() as session:
        rows = session.exec(select(NotificationRow.letter, NotificationRow.status)).all()
        harm += [f"{letter} {status}" for letter, status in rows
                 if status not in ("sent", "expired") and (letter, status) != CAN_BE_UNDONE]  # fmt: skip
        for letter in session.exec(select(LetterRow)).all():
            reader = Reader(letter.html)
            harm += [f"{letter.subject[:40]} runs {one}" for one in reader.running]
            if len(letter.subject.splitlines()) != 1:
                harm.append(f"the subject {letter.subject!r}")
            for number, words in MARK.findall(letter.subject):
                if bare(words).split() != bare(kept(TEXTS[int(number)])).split() and len(letter.subject) < 200:
                    harm.append(f"the subject says {words!r}")
    return harm


def _play(site: Site, first: int) -> tuple[list[str], set[int], list[str]]:
    """Write and look everywhere, and send every letter: what was done wrong, what was seen again, what was filled."""
    again(site)
    fields: list[str] = []
    harm, sent = [], set()
    for which, (email, pages) in enumerate(FORMS):
        browser = signed_in(site, email, which=which)
        for page in pages:
            harm += _write(browser, page, first, fields)
    for email, pages in SHOWN:
        browser = signed_in(site, email, which=99)
        for page in pages:
            harm += _harm(browser.get(page), sent, page)
    return harm + _letters(site), sent, fields


def test_a_text_is_the_words_that_it_is(site: Site) -> None:
    """Every field has a text of its own each time, and every text comes by several fields."""
    harm, sent, fields = [], set(), set()
    for first in range(0, len(TEXTS), 13):
        found, shown, filled = _play(site, first)
        harm += found
        sent |= shown
        fields |= set(filled)
    assert harm == []
    assert len(fields) >= 15
    assert len(sent) >= len(TEXTS) * 3 // 4


PACKED = ("file", "rehearsal_report")
"""tables that keep bytes"""


def test_no_character_that_steers_machines_is_kept(site: Site) -> None:
    """Not every database can keep them, so that a note with one in it would be lost there."""
    again(site)
    fields: list[str] = []
    for which, (email, pages) in enumerate(FORMS):
        browser = signed_in(site, email, which=which)
        for page in pages:
            _write(browser, page, TEXTS.index("a\x00b"), fields, step=0)
    with site.database.reading() as session:
        tables = SQLModel.metadata.sorted_tables
        rows = [(table.name, repr(row)) for table in tables for row in session.connection().execute(select(table))]
    assert [name for name, row in rows if "\\x00" in row and name not in PACKED] == []
    assert len({name for name, row in rows if "zab" in row}) >= 5


@pytest.mark.slow
@pytest.mark.parametrize("first", range(len(TEXTS)))
def test_every_text_in_every_field_is_the_words_that_it_is(site: Site, first: int) -> None:
    harm, _, _ = _play(site, first)
    assert harm == []
