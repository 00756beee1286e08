"""Who and what do the names in a file refer to?

A name is looked up among what the workflow file declares; the nearest known one is offered for one that is not there.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from engine.files.source import Spot, written
from engine.rules.workflow import APPLICANT, EVERYONE, STAFF, STRAND

Reader = Callable[[object, Spot], Any]
"""A reader of one kind of value: gives it as the records hold it, or None after it has complained."""

LETTER = re.compile(r"[a-z0-9][a-z0-9-]*")


def name_of(table: str) -> Reader:
    """A reader of the name of something that stands under `table`."""

    def read(value: object, spot: Spot) -> str | None:
        known = spot.names[table]
        if not isinstance(value, str):
            spot.complain(f"must be the name of a {table}, not {written(value)}")
        elif spot.names.lack(table, value) and "," in value:
            spot.complain(f"several stand in a list: {json.dumps([one.strip() for one in value.split(',')])}")
        elif spot.names.lack(table, value):
            spot.unknown(table, value, known)
        else:
            return value
        return None

    return read


def each(inner: Reader, *, alone: bool = False, empty: str = "is an empty list") -> Reader:
    """A list of values that are all different; with `alone`, a single one may stand without brackets."""

    def read(value: object, spot: Spot) -> tuple[Any, ...] | None:
        if not isinstance(value, list):
            if alone:
                item = inner(value, spot)
                return None if item is None else (item,)
            spot.complain(f"must be a list, not {written(value)}")
            return None
        if not value:
            spot.complain(empty)
            return None
        items = []
        for index, raw in enumerate(value):
            item = inner(raw, spot.at(index))
            if item is not None and item in items:
                spot.at(index).complain(f"{written(raw)} stands here twice")
            items.append(item)
        return None if None in items else tuple(items)

    return read


def read_open_to(value: object, spot: Spot) -> tuple[str, ...] | str | None:
    """Whose dossiers a meeting is for: states, or everyone; or which committee meets."""
    if value == EVERYONE:
        return EVERYONE
    if isinstance(value, str) and value in spot.names["committee"] and value not in spot.names["state"]:
        return value
    states: tuple[str, ...] | None = each(name_of("state"), alone=True)(value, spot)
    return states


def read_actor(value: object, spot: Spot) -> str | None:
    """Who makes a move."""
    known = tuple(dict.fromkeys((APPLICANT, STAFF, *spot.names["committee"])))
    if value == EVERYONE:
        spot.complain(f'"everyone" cannot move a dossier; known: {", ".join(known)}')
    elif not isinstance(value, str):
        spot.complain(f"must be a role, not {written(value)}")
    elif value not in known:
        spot.unknown("role", value, known)
    else:
        return value
    return None


def read_bookable(value: object, spot: Spot) -> str | None:
    """Whose free hours are booked: staff, or a committee."""
    known = tuple(dict.fromkeys((STAFF, *spot.names["committee"])))
    if value in (APPLICANT, EVERYONE):
        spot.complain(f'"{value}" has no hours to give; known: {", ".join(known)}')
    elif not isinstance(value, str):
        spot.complain(f"must be a role, not {written(value)}")
    elif value not in known:
        spot.unknown("role", value, known)
    else:
        return value
    return None


def read_set(value: object, spot: Spot) -> str | None:
    """What a move gives a new value: the strand, or a question of the dossier's own form."""
    known = (*((STRAND,) if spot.names["strand"] else ()), *spot.names["question"])
    if value == STRAND and not spot.names["strand"] and "strand" not in spot.names.unreadable:
        spot.complain("says nothing: there is no [strand]")
    elif not isinstance(value, str):
        spot.complain(f"must be strand or the name of a question, not {written(value)}")
    elif value not in known and "question" not in spot.names.unreadable:
        spot.unknown("question", value, known)
    else:
        return value
    return None


def read_seen(value: object, spot: Spot) -> str | None:
    """What a committee sees of a dossier: the answer to a question of its own form, or all of a deliverable."""
    known = tuple(dict.fromkeys((*spot.names["question"], *spot.names["deliverable"])))
    if not isinstance(value, str):
        spot.complain(f"must be the name of a question or of a deliverable, not {written(value)}")
    elif value not in known and not spot.names.unreadable & {"question", "deliverable"}:
        spot.unknown("question or deliverable", value, known)
    else:
        return value
    return None


def read_reviewer(value: object, spot: Spot) -> str | None:
    """Who accepts what was handed in: staff, or a committee."""
    known = tuple(dict.fromkeys((STAFF, *spot.names["committee"])))
    if isinstance(value, str) and value in known:
        return value
    if value in (APPLICANT, EVERYONE):
        spot.complain(f'"{value}" cannot accept what is handed in; known: {", ".join(known)}')
    elif not isinstance(value, str):
        spot.complain(f"must be a role, not {written(value)}")
    else:
        spot.unknown("role", value, known)
    return None


def read_letters(value: object, spot: Spot) -> dict[str, str] | None:
    """`{ role = "letter" }`."""
    roles = tuple(dict.fromkeys((APPLICANT, STAFF, EVERYONE, *spot.names["committee"])))
    if not isinstance(value, dict) or not value:
        spot.complain(f'must be {{ role = "letter" }}, not {"empty" if value == {} else written(value)}')
        return None
    sound = True
    for role, letter in value.items():
        if role not in roles:
            spot.at(role).unknown("role", role, roles)
            sound = False
        if not isinstance(letter, str) or not LETTER.fullmatch(letter):
            spot.at(role).complain(f'must be the name of a letter such as "not-awarded", not {written(letter)}')
            sound = False
    return dict(value) if sound else None


def read_if_not(value: object, spot: Spot) -> dict[str, str] | str | None:
    """Letters, or the name of the transition that is tried next."""
    if isinstance(value, str):
        name: str | None = name_of("transition")(value, spot)
        return name
    return read_letters(value, spot)


def read_criteria(value: object, spot: Spot) -> tuple[str, ...] | None:
    """Criteria, or none at all."""
    if value == []:
        return ()
    criteria: tuple[str, ...] | None = each(name_of("criterion"))(value, spot)
    return criteria


def read_per(value: object, spot: Spot) -> str | None:
    """Over what is counted: the strands, the batches, or the answers to a question."""
    if value == "batch":
        return "batch"
    if value == "strand" and not spot.names["strand"]:
        spot.complain("says nothing: there is no [strand]")
    elif not isinstance(value, str):
        spot.complain(f'must be "strand", "batch" or a question, not {written(value)}')
    elif value != "strand" and spot.names.lack("question", value):
        spot.unknown("question", value, ("strand", "batch", *spot.names["question"]))
    else:
        return value
    return None


def read_divided(value: object, spot: Spot) -> str | None:
    """For what there is one each: the strands, or the answers to a question of the dossier's own form."""
    if value == "strand" and not spot.names["strand"]:
        spot.complain("says nothing: there is no [strand]")
    elif not isinstance(value, str):
        spot.complain(f'must be "strand" or a question, not {written(value)}')
    elif value != "strand" and spot.names.lack("question", value):
        spot.unknown("question", value, ("strand", *spot.names["question"]))
    else:
        return value
    return None


def read_order(value: object, spot: Spot) -> tuple[str, ...] | None:
    """Who comes first: `score`, `received`, `committee` or criteria."""
    known = ("score", "received", "committee", *spot.names["criterion"])

    def one(raw: object, place: Spot) -> str | None:
        if not isinstance(raw, str) or raw not in known:
            place.unknown("criterion", str(raw), known)
        else:
            return raw
        return None

    order: tuple[str, ...] | None = each(one)(value, spot)
    return order
