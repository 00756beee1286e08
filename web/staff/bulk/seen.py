"""What does somebody see who acts on a dossier that has changed since she looked?

Every form about a dossier carries how far the round's journal went when it was shown (`seen`). When an act is refused
because something has happened since, this page tells what, keeps what she typed, and lets her go on all the same.
"""

from collections.abc import Collection
from dataclasses import dataclass

from starlette.responses import Response

from engine.cycle.seen import ChangedSince
from engine.database.changes import Change, journal_position
from engine.database.records import JournalRow
from engine.database.store import the_id
from web.ask import Ask
from web.staff.console import show

OURS = ("csrf", "seen", "once")
"""fields of a form that are made anew"""
NAMING = ("number", "numbers")
"""fields that name dossiers, a line each"""
TYPED = ("reason", "words", "text", "subject")
"""fields in which people write: shown, so that they see that nothing is lost"""


@dataclass(frozen=True, slots=True)
class Told:
    """A change in words."""

    number: str
    at: int
    who: str
    what: str


def seen_now(ask: Ask) -> int:
    """How far the journal of the page's round goes now: what a page that is shown now carries as `seen`."""
    with ask.reading() as session:
        return journal_position(session, the_id(ask.place.round))


def seen_of(ask: Ask) -> int | None:
    """What the form says that its page had seen, or None where it says nothing that can be read."""
    text = ask.text("seen", 20)
    return int(text) if text.isascii() and text.isdecimal() else None


def in_words(ask: Ask, change: Change) -> Told:
    """What happened, and who did it."""
    from web.staff.dossier.happened import happened  # the pages of a dossier come here in their turn

    row = JournalRow(
        link_id=0, round_id=0, at=change.at, recorded_at=change.at, actor=change.actor, what=change.what,
        details=dict(change.details),
    )  # fmt: skip
    told = happened(ask, row, {change.actor: change.name})
    return Told(change.number, change.at, told.who, told.what)


def changed_page(
    ask: Ask, changed: ChangedSince, *, title: str, again: str, back: str, without: Collection[str] = ()
) -> Response:
    """The page for an act that was refused because something has happened since: nothing is done, nothing is lost.

    `again` is where the form is sent to once more, `back` where the visitor came from. `without` are the dossiers that
    could be left out, so that the rest goes on: those that have changed.
    """
    sent = [(name, value) for name, value in ask.form.multi_items() if name not in OURS and isinstance(value, str)]
    rest = [(name, _left_out(value, without)) for name, value in sent if name in NAMING]
    numbers = [number for _, value in rest for number in value.splitlines()]
    others = [one for one in sent if one[0] not in NAMING]
    return show(
        ask, "staff/bulk/changed.html", 409, title=title, again=again, back=back, kept=sent,
        rest=[*others, ("numbers", "\n".join(numbers))] if without else [], left=len(numbers) if without else 0,
        changes=[in_words(ask, one) for one in changed.changes], seen=seen_now(ask), once=ask.text("once", 200),
        typed=[value for name, value in sent if name in TYPED and value],
    )  # fmt: skip


def _left_out(value: str, without: Collection[str]) -> str:
    """The lines of a field that name none of these."""
    return "\n".join(number for number in value.splitlines() if number not in without)
