"""Which dossiers has somebody chosen: one by one, or all that match?"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from sqlmodel import Session

from engine.cycle.together import chosen_dossiers
from engine.database.changes import journal_position
from engine.database.pages import judging
from engine.database.records import DossierRow
from engine.database.store import find_person, the_id
from engine.errors import Unknown
from web.ask import Ask, own_path
from web.problems import NotThere
from web.staff.board.wanted import look, read
from web.staff.bulk.seen import seen_of

LONGEST_QUERY = 4_000
"""characters of a filter"""
NAMED = 50
"""dossiers that a page names; it says how many more there are"""


@dataclass(frozen=True)
class Chosen:
    """The dossiers of a form, in the order of arrival, as far as the visitor manages them.

    `seen` is how far the journal went when they were chosen, `back` the page of the console they were chosen on.
    """

    dossiers: Sequence[DossierRow]
    seen: int
    back: str

    @property
    def numbers(self) -> list[str]:
        return [dossier.number for dossier in self.dossiers]

    @property
    def lines(self) -> str:
        """The numbers as one field of a form, which may not have very many."""
        return "\n".join(self.numbers)


def chosen(ask: Ask, session: Session) -> Chosen:
    """What a form, or an address, has chosen.

    Raises Refused for none and for too many, NotThere for a dossier that the round does not have or that is no business
    of the visitor's.
    """
    place = ask.place
    wanted = numbers_sent(ask)
    if field(ask, "all") == "1":
        query = field(ask, "query", LONGEST_QUERY)
        asked = read(ask, parse_qsl(query), ())
        wanted = look(ask, session).numbers(asked.filter)
    person = find_person(session, ask.email)
    assert person is not None
    try:
        dossiers = chosen_dossiers(session, the_id(place.round), wanted, person, key=place.key)
    except Unknown as unknown:
        raise NotThere from unknown
    seen = seen_of(ask)
    return Chosen(dossiers, journal_position(session, the_id(place.round)) if seen is None else seen, back_of(ask))


def fields(ask: Ask) -> list[tuple[str, str]]:
    """What was sent, with the form or in the address."""
    sent = ask.form if ask.request.method == "POST" else ask.request.query_params
    return [(name, value) for name, value in sent.multi_items() if isinstance(value, str)]


def field(ask: Ask, name: str, longest: int = 200) -> str:
    """One of these, without blanks around it; empty where there is none."""
    return next((value for given, value in fields(ask) if given == name), "").strip()[:longest]


def numbers_sent(ask: Ask) -> list[str]:
    """The numbers that were sent: one by one, as the boxes of a list do, or a line each in one field, as pages do."""
    given = fields(ask)
    lines = (value.splitlines() for name, value in given if name == "numbers")
    return [*(value for name, value in given if name == "number"), *(one for some in lines for one in some if one)]


def back_of(ask: Ask) -> str:
    """The page of the round's console that the visitor came from, or its board."""
    board = f"/staff/{ask.place.key}"
    came_from = urlsplit(ask.request.headers.get("referer", ""))
    told = field(ask, "back", 500) or (f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path)
    path = own_path(told)
    return path if path == board or path.startswith((f"{board}/", f"{board}?")) else board


def titles(ask: Ask, session: Session, numbers: Sequence[str]) -> dict[str, str]:
    """What the first of these dossiers are called, by number."""
    return judging.titles(session, ask.place.workflow, the_id(ask.place.round), list(numbers[:NAMED]))
