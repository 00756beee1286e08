"""Who got more time in the round, and is it fair? Every extension that was ever given, and each that was refused."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date

from starlette.responses import Response, StreamingResponse

from engine.database.pages.extensions import Asked, Given, asked, given, sums, undoable
from engine.database.store import the_id
from web import dates
from web.ask import Ask
from web.committee.mine import asked_page
from web.policy import MANAGES, somebody
from web.routes import Pages
from web.staff.board.exports import cell
from web.staff.console import show
from web.staff.timeline.extend import banners
from web.staff.timeline.lines import late_words
from web.staff.timeline.wording import position_words

pages = Pages()
EXTENSIONS = "/staff/{programme}/{round}/extensions"
A_PAGE = 50
COLUMNS = (
    "decided_at", "dossier", "organisation", "of", "old", "new", "days", "reason", "decided_by", "asked_at",
    "undone_at", "outcome",
)  # fmt: skip
AT_ONCE = 500
"""rows of a file in one piece"""


@pages.get(EXTENSIONS, MANAGES)
def extensions(ask: Ask) -> Response:
    """All of them, the last decided first, and what they come to."""
    round_id, person_id = the_id(ask.place.round), somebody(ask).person_id
    page = asked_page(ask)
    with ask.reading() as session:
        sum_of = sums(session, round_id, person_id)
        total = sum_of.for_all + sum_of.for_one + sum_of.taken_back
        count = max(1, -(-total // A_PAGE))
        page = min(page, count)
        found = given(session, round_id, person_id, limit=A_PAGE, offset=(page - 1) * A_PAGE)
        can_undo = banners(ask, undoable(session, round_id, ask.now))
    return show(
        ask, "staff/timeline/extensions.html", found=[(one, _took(ask, one)) for one in found], sums=sum_of, page=page,
        pages=count, at=f"/staff/{ask.place.key}", undoable=can_undo,
        called=lambda of, strand=None: position_words(ask, of, strand),
        edge=lambda day, hour: _edge(ask, day, hour),
    )  # fmt: skip


def _took(ask: Ask, one: Given) -> str:
    """How long it took to answer; empty where nobody had asked."""
    return late_words(ask, one.decided_at - one.asked_at) if one.asked_at is not None else ""


def _edge(ask: Ask, day: str, hour: str) -> str:
    written = dates.short_day(date.fromisoformat(day), ask.language)
    return f"{written}, {hour[:5]}" if hour else written


@pages.get(f"{EXTENSIONS}.csv", MANAGES)
def as_csv(ask: Ask) -> Response:
    """The same for a spreadsheet, with what was refused: instants are UTC, days local."""
    name = f"extensions-{ask.place.round.programme}-{ask.place.round.name}.csv"
    return StreamingResponse(
        _rows(ask), media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )  # fmt: skip


def _rows(ask: Ask) -> Iterator[str]:
    """Line by line; each piece is a look at the database of its own, so that nothing is held while it is sent."""
    round_id, person_id = the_id(ask.place.round), somebody(ask).person_id
    yield "\ufeff" + _line(COLUMNS)  # so that every spreadsheet takes it for UTF-8
    offset = 0
    while True:
        with ask.reading() as session:
            here = given(session, round_id, person_id, limit=AT_ONCE, offset=offset)
        yield "".join(_line(_cells(one)) for one in here)
        offset += len(here)
        if len(here) < AT_ONCE:
            break
    with ask.reading() as session:
        refused = [one for one in asked(session, round_id, person_id, limit=None) if one.outcome == "refused"]
    yield "".join(_line(_refused_cells(one)) for one in refused)


def _cells(one: Given) -> tuple[str | int, ...]:
    return (
        dates.iso(one.decided_at), one.number, one.organisation, " ".join(filter(None, (one.of, one.strand))),
        f"{one.old_day} {one.old_hour}".strip(),
        f"{one.new_day} {one.new_hour}".strip(), one.days, one.reason, one.decided_by, _iso(one.asked_at),
        _iso(one.undone_at), "taken back" if one.undone_at else "given",
    )  # fmt: skip


def _refused_cells(one: Asked) -> tuple[str | int, ...]:
    return (
        _iso(one.answered_at), one.number, one.organisation, one.of, "", one.wanted or "", "", one.answer or "",
        one.answered_by or "", dates.iso(one.asked_at), "", "refused",
    )  # fmt: skip


def _iso(instant: int | None) -> str:
    return "" if instant is None else dates.iso(instant)


def _line(cells: Sequence[str | int]) -> str:
    file = io.StringIO()
    csv.writer(file).writerow([cell(one) for one in cells])
    return file.getvalue()
