"""How does a letter read that staff have written by hand, and with which text do they begin?"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from engine.database.records import EditRow
from engine.errors import Refusal
from notifications.escaping import one_line, visible
from notifications.markdown import as_html, read

LONGEST_SUBJECT = 200
LONGEST_BODY = 50_000
THIS_LETTER = "this letter"
"""what an edited text is called where it is complained about: it stands in no file"""
_ESCAPED = re.compile(r"\\([,;:?%/'@()$=\"]|(?<=[^\W\d]\\)[.-])")
"""what means nothing to Markdown in the middle of a text"""


@dataclass(frozen=True, slots=True)
class Edited:
    """The subject and the body (Markdown, nothing to fill in) of one letter."""

    subject: str
    body: str


def edits_of(session: Session, letters: Collection[int]) -> dict[int, Edited]:
    """letter -> the text that was last written for it by hand; without those that say again what they said."""
    rows = session.exec(
        select(EditRow).where(col(EditRow.notification_id).in_(letters)).order_by(col(EditRow.id))
    ).all()
    newest = {row.notification_id: row for row in rows}
    return {
        letter: Edited(row.subject or "", row.body) for letter, row in newest.items() if row.body is not None
    }  # fmt: skip


def tidy(subject: str, body: str) -> Edited:
    """A text as it was typed, with one kind of line end and nothing unseen around it."""
    typed = body.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ").split("\n")
    lines = [visible(line).rstrip() for line in typed]
    return Edited(one_line(subject), "\n".join(lines).strip("\n"))


def refusals(edited: Edited, own: Collection[str] = ()) -> Sequence[Refusal]:
    """What is wrong with a text; `own` are the addresses of our own pages to which it may lead."""
    found = []
    if not edited.subject:
        found.append(Refusal("subject", "the subject is empty", {"because": "empty"}))
    if len(edited.subject) > LONGEST_SUBJECT:
        found.append(_too_long("subject", len(edited.subject), LONGEST_SUBJECT))
    if not edited.body.strip():
        found.append(Refusal("body", "the letter says nothing below its subject", {"because": "empty"}))
    elif len(edited.body) > LONGEST_BODY:
        found.append(_too_long("body", len(edited.body), LONGEST_BODY))
    else:
        try:
            said = bool(read(edited.body, edited.body, own))
        except Exception as problem:  # a link that leads nowhere
            return [*found, Refusal("body", str(problem), {"because": "unreadable", "said": str(problem)})]
        if not said:
            found.append(Refusal("body", "the letter says nothing below its subject", {"because": "empty"}))
    return found


def _too_long(what: str, signs: int, most: int) -> Refusal:
    facts: dict[str, str | int | float] = {"because": "long", "signs": signs, "most": most}
    return Refusal(what, f"the {what} has {signs:,} characters, and at most {most:,} are sent", facts)


def to_begin_with(subject: str, body: str, own: Collection[str] = ()) -> Edited:
    """What was filled in, as somebody can go on writing it: without the escapes that change nothing."""
    plain = _ESCAPED.sub(r"\1", body)
    return tidy(subject, plain if _as_html(plain, own) == _as_html(body, own) else body)


def _as_html(body: str, own: Collection[str]) -> str:
    return as_html(read(body, body, own))
