"""How far back do `once_per`, `clear_of` and `follows` look?"""

import re

from engine.files.names import name_of
from engine.files.source import Spot, written
from engine.files.spans import read_span
from engine.rules.conditions import Once, Reach, Recent

EVER = "ever"
MOST_ROUNDS = 100
ROUNDS = re.compile(r"(\d{1,6}) rounds?")
_KNOWN = ("person", "organisation")


def read_reach(value: object, spot: Spot) -> Reach | None:
    """`"ever"`, `"2 rounds"` or a span such as `"2 years"`; None when it is none, which is complained about."""
    if value == EVER:
        return Reach()
    match = ROUNDS.fullmatch(value) if isinstance(value, str) else None
    if match:
        reach = Reach(rounds=int(match.group(1)))
        if not 1 <= int(match.group(1)) <= MOST_ROUNDS:
            spot.complain(f'"{value}" must be at least 1 round and at most {MOST_ROUNDS}')
        elif str(reach) != value:
            spot.complain(f'"{value}" is written "{reach}"')
        else:
            return reach
        return None
    if not isinstance(value, str) or not re.match(r"\d", value):
        spot.complain(f'must be "ever", rounds such as "2 rounds", or a span such as "2 years", not {written(value)}')
        return None
    span = read_span(value, spot)
    return None if span is None else Reach(span=span)


def read_once(value: object, spot: Spot) -> tuple[Once, ...] | None:
    """`"person"`, `"organisation"`, or a table of them and how far back."""
    table = {value: EVER} if isinstance(value, str) else value
    if not isinstance(table, dict) or not table:
        spot.complain(
            f'must be "person", "organisation" or {{ person = "2 rounds" }}, not '
            f"{'empty' if value == {} else written(value)}"
        )
        return None
    found = []
    for of, reach in table.items():
        place = spot if isinstance(value, str) else spot.at(of)
        if of not in _KNOWN:
            place.unknown("applicant", of, _KNOWN)
        elif (read := read_reach(reach, place)) is not None:
            found.append(Once("person" if of == "person" else "organisation", read))
    return tuple(found) if len(found) == len(table) else None


def read_recent(value: object, spot: Spot) -> tuple[Recent, ...] | None:
    """`{ STATE = "2 years" }`, in the order of the file."""
    if not isinstance(value, dict) or not value:
        spot.complain(f'must be {{ STATE = "2 years" }}, not {"empty" if value == {} else written(value)}')
        return None
    found = []
    for state, raw in value.items():
        known, reach = name_of("state")(state, spot.at(state)), read_reach(raw, spot.at(state))
        if known is not None and reach is not None:
            found.append(Recent(known, reach))
    return tuple(found) if len(found) == len(value) else None
