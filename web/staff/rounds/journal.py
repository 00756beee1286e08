"""What has happened in a round, and is it what was written?

Staff read it page by page or take it along as a file. Following the chain reads every row, so it is a form's act,
though nothing is changed by it.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from starlette.responses import Response, StreamingResponse

from engine.database import journal as chain
from engine.database.pages import journal
from engine.database.pages.journal import Line, Wanted
from engine.rules.moments import day_starts
from web import dates
from web.ask import Ask
from web.policy import MANAGES, somebody
from web.routes import Pages
from web.staff.console import show
from web.staff.rounds.happened import kinds, told
from web.staff.rounds.typed import number
from web.uploads.handing_out import disposition

pages = Pages()
JOURNAL = "/staff/{programme}/{round}/journal"
A_PAGE = 50
FIELDS = ("actor", "what", "number", "since", "until")
COLUMNS = ("at", "recorded_at", "actor", "what", "dossier", "details")
AT_ONCE = 500
"""rows of a file in one piece"""


@dataclass(frozen=True)
class Verified:
    """What following the chain found, as of when."""

    at: int
    links: int
    rows: int
    last: str
    broken: tuple[str, ...]


def _typed(ask: Ask) -> dict[str, str]:
    return {name: ask.query.get(name, "").strip()[:200] for name in FIELDS}


def _wanted(ask: Ask, typed: Mapping[str, str]) -> tuple[Wanted, dict[str, str]]:
    """What is to be shown, and what of the filter could not be understood."""
    errors = {}
    days: dict[str, date | None] = {}
    for name in ("since", "until"):
        days[name] = None
        if typed[name]:
            try:
                days[name] = date.fromisoformat(typed[name])
            except ValueError:
                errors[name] = ask.say("Write a day, such as 2020-02-28.")
    since, until = days["since"], days["until"]
    zone = ask.place.zone
    wanted = Wanted(
        reader=somebody(ask).person_id, actor=typed["actor"].lower(), what=typed["what"], number=typed["number"],
        since=day_starts(since, zone) if since else None,
        until=day_starts(until + timedelta(days=1), zone) if until and until < date.max else None,
    )  # fmt: skip
    return wanted, errors


@pages.get(JOURNAL, MANAGES)
def page(ask: Ask) -> Response:
    """The last things that happened, or those that were asked for."""
    return _page(ask)


def _page(ask: Ask, verified: Verified | None = None) -> Response:
    place, typed = ask.place, _typed(ask)
    wanted, errors = _wanted(ask, typed)
    with ask.reading() as session:
        found = journal.lines(
            session, place.round.id or 0, wanted, limit=A_PAGE + 1, before=number(ask.query.get("before", ""))
        )
    lines = [told(ask, one) for one in found[:A_PAGE]]
    kept = {name: text for name, text in typed.items() if text}
    older = urlencode({**kept, "before": found[A_PAGE - 1].id}) if len(found) > A_PAGE else None
    return show(
        ask, "staff/rounds/journal.html", 422 if errors else 200, lines=lines, typed=typed, errors=errors, older=older,
        is_filtered=bool(kept), kinds=kinds(ask), verified=verified, path_of=f"/staff/{place.key}/journal",
        query=urlencode(kept), has_errors=bool(errors),
    )  # fmt: skip


@pages.post(JOURNAL + "/verify", MANAGES)
def verify(ask: Ask) -> Response:
    """Follow the chain from the first row to the last."""
    id = ask.place.round.id or 0
    with ask.reading() as session:
        broken = chain.broken_links(session, id)
        links, rows, last = journal.links(session, id)
    return _page(ask, Verified(ask.now, links, rows, last, broken[:20]))


@pages.get(JOURNAL + ".csv", MANAGES)
def as_csv(ask: Ask) -> Response:
    """The rows that were asked for as a spreadsheet, oldest first."""

    def written() -> Iterator[str]:
        yield "\ufeff"  # spreadsheet programs take it for UTF-8 then
        for some in _pieces(ask, [COLUMNS]):
            kept = io.StringIO(newline="")
            csv.writer(kept).writerows([[_plain(cell) for cell in row] for row in some])
            yield kept.getvalue()

    return _file(ask, written(), "csv", "text/csv; charset=utf-8")


@pages.get(JOURNAL + ".jsonl", MANAGES)
def as_json_lines(ask: Ask) -> Response:
    """The same for programs: one JSON object a line, instants in UTC."""

    def written() -> Iterator[str]:
        for some in _pieces(ask, []):
            yield "".join(json.dumps(dict(zip(COLUMNS, row, strict=True)), ensure_ascii=False) + "\n" for row in some)

    return _file(ask, written(), "jsonl", "application/x-ndjson")


def _pieces(ask: Ask, first: list[tuple[object, ...]]) -> Iterator[list[tuple[object, ...]]]:
    """The rows, some at a time, in one look at the database that lasts as long as the file is sent."""
    wanted, _ = _wanted(ask, _typed(ask))
    piece = list(first)
    with ask.reading() as session:
        for one in journal.all_lines(session, ask.place.round.id or 0, wanted):
            piece.append(_row(one))
            if len(piece) >= AT_ONCE:
                yield piece
                piece = []
    yield piece


def _row(line: Line) -> tuple[object, ...]:
    return (
        dates.iso(line.at), dates.iso(line.recorded_at), line.actor, line.what, line.number or "", dict(line.details),
    )  # fmt: skip


def _plain(cell: object) -> str:
    """A cell that no spreadsheet program takes for a formula."""
    text = json.dumps(cell, ensure_ascii=False) if isinstance(cell, dict) else str(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _file(ask: Ask, written: Iterator[str], ending: str, kind: str) -> Response:
    name = f"{ask.place.round.programme}-{ask.place.round.name}-journal.{ending}"
    return StreamingResponse(written, media_type=kind, headers={"Content-Disposition": disposition(name)})
