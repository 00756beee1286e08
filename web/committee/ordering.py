"""In which order does a committee put the dossiers of a state by hand?"""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from engine.database.pages.ranking import given_places, scopes_in
from engine.database.store import the_id
from engine.errors import Refused
from engine.rules.roles import is_ordered
from web.ask import Ask
from web.committee.ranking import Table, asked_state, table_of
from web.committee.seat import seat_of
from web.policy import LEADS
from web.problems import NotThere
from web.reasons import said_by
from web.rendering import render
from web.routes import Pages

pages = Pages()
AT = "/committee/{programme}/{round}/ranking/order"
LONGEST = 6
"""signs in which a place is written"""


@dataclass(frozen=True)
class Given:
    """The places as a form gives them."""

    typed: Mapping[str, str]
    numbers: list[str]
    """the dossiers that have a place, the first first"""
    wrong: Mapping[str, str]
    """number -> what is wrong with its place"""


@pages.get(AT, LEADS)
def show(ask: Ask) -> Response:
    """The dossiers of one state with the places that they have."""
    return _show(ask, _asked(ask, ask.query.get("state", "")))


@pages.post(AT, LEADS)
def place(ask: Ask) -> Response:
    """Give them the places that were typed; a field that is empty gives none."""
    state = _asked(ask, ask.text("state", 200))
    with ask.reading() as session:
        table = table_of(ask, session, state)
        before = scopes_in(session, ask.place.workflow, the_id(ask.place.round), state)
    given = _given(ask, table, before)
    if given.wrong:
        return _show(ask, state, given, [], 422)
    try:
        ask.office.cycle.give_order(ask.place.key, state, given.numbers, by=ask.email, now=ask.now)
    except Refused as refused:
        return _show(ask, state, given, [said_by(ask, one) for one in refused.reasons], 409)
    return ask.go(f"{ask.place.committee_path}/ranking?state={state}", ask.say("The order is saved."))


def _asked(ask: Ask, wanted: str) -> str:
    """The state that is asked about. Raises NotThere for one in which no order by hand counts."""
    with ask.reading() as session:
        state = asked_state(ask, session, wanted)
    if not is_ordered(ask.place.workflow, state):
        raise NotThere
    return state


def _given(ask: Ask, table: Table, before: Mapping[str, str]) -> Given:
    """What was typed. Each committee gives its own places: `before` says for each dossier which one it lies before."""
    typed = {row.number: ask.text(f"place_{row.number}", LONGEST) for row in table.rows}
    place_of: dict[tuple[str, int], str] = {}
    wrong: dict[str, str] = {}
    for number, text in typed.items():
        if not text:
            continue
        if not text.isdecimal() or int(text) < 1:
            wrong[number] = ask.say("Write a whole number from 1.")
        elif twin := place_of.get((before.get(number, ""), int(text))):
            wrong[number] = ask.say("%(number)s has this place too.", number=twin)
        else:
            place_of[before.get(number, ""), int(text)] = number
    return Given(typed, [place_of[one] for one in sorted(place_of)], wrong)


def _show(
    ask: Ask, state: str, given: Given | None = None, errors: list[str] | None = None, status: int = 200
) -> Response:
    with ask.reading() as session:
        table = table_of(ask, session, state)
        before = scopes_in(session, ask.place.workflow, the_id(ask.place.round), state)
        places = given_places(session, ask.place.workflow, the_id(ask.place.round), state)
    typed = given.typed if given else {number: str(place) for number, place in places.items()}
    rows = sorted(
        table.rows, key=lambda row: (before.get(row.number, ""), places.get(row.number, 10**6), row.number)
    )
    wrong = given.wrong if given else {}
    return render(
        ask, "committee/order.html", status, table=table, rows=rows, typed=typed, wrong=wrong, errors=errors or [],
        seat=seat_of(ask), has_errors=bool(errors or wrong), before=before,
    )  # fmt: skip
