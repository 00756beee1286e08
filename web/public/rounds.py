"""Which rounds are there, and which of them take dossiers now?"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.database.calendars import extended
from engine.database.looking import open_rounds
from engine.database.store import extensions_of_all
from engine.rules.roles import Standing
from web.ask import Ask
from web.place import Place

AHEAD, OPEN, OVER = "ahead", "open", "over"


@dataclass(frozen=True)
class Call:
    """A round, and whether dossiers may be handed in now."""

    place: Place
    state: str
    opens: int
    closes: int
    """the first instant after"""
    strands: Sequence["OfStrands"] = field(default=())
    """strand by strand, where they have dates of their own"""


@dataclass(frozen=True)
class OfStrands:
    """The strands of a round that have dates alike (their titles), and whether dossiers of these may be handed in."""

    titles: Sequence[str]
    state: str
    opens: int
    closes: int
    """the first instant after"""


def calls(ask: Ask) -> list[Call]:
    """Every round in which dossiers are handed in: those that take some now by their close, then those to come."""
    with ask.reading() as session:
        rounds = open_rounds(session)
        extensions = defaultdict(list)
        for extension in extensions_of_all(session):
            extensions[extension.round_id].append(extension)
        shelf = ask.office.shelf
        pinned = {digest: shelf.get(session, digest).programme for digest in {row.digest for row in rounds}}
    found = []
    for row in rounds:
        programme = pinned[row.digest]
        calendar = extended(programme.rounds[row.name], extensions[row.id or 0])
        if call := call_of(Place(row, programme, calendar, Standing()), ask.now):
            found.append(call)
    order = {OPEN: 0, AHEAD: 1, OVER: 2}
    return sorted(found, key=lambda call: (order[call.state], call.closes if call.state != OVER else -call.closes))


def call_of(place: Place, now: int) -> Call | None:
    """Whether a round takes dossiers now; None where nobody hands any in."""
    if place.call is None:
        return None
    opens, closes, _ = place.call
    strands = [
        OfStrands(titles, _state(of, now), of[0], of[1]) for titles, of in place.calls_apart
    ]
    return Call(place, _state(place.call, now), opens, closes, strands)


def _state(call: tuple[int, int, int], now: int) -> str:
    opens, closes, grace = call
    return AHEAD if now < opens else OPEN if now < closes + grace else OVER
