"""What could go wrong while somebody writes a programme down? Keys left out, misplaced, of another sort, by lot."""

import copy
import random
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from drawn_programmes import Drawn

from engine.files.vocabulary import GUARDS, QUESTION, ROUND, WORKFLOW

ODD: tuple[Any, ...] = (
    "", " ", "x", "a place frees", "1 day", "ever", "call closes", "1 day after work opens", "40 %", "applicant",
    "staff", "everyone", "strand", "budget", "draft", 0, -1, 1, 10**9, 1.5, True, False, [], {}, ["x"], [1, 2],
    {"x": 1},
    {"score": "written"}, {"at_most": 2}, {"staff": "letter-1"}, date(2030, 3, 31), datetime(2030, 3, 31, 2, 30),
    time(9), "é ß \u2028", "1 month before step1 opens", {"small": 1, "large": "40 %"}, "work accepted", float("inf"),
)  # fmt: skip
Place = tuple[dict[str, Any], str]


def spoilt(drawn: Drawn, seed: int) -> Drawn:
    """The same programme with one to three things changed that make sense to nobody."""
    dice = random.Random(f"spoilt {seed}")
    wild = copy.deepcopy(drawn)
    keys = [key.name for table in (*WORKFLOW, *ROUND) for key in table.keys]
    keys += [key.name for key in (*GUARDS, *QUESTION)]
    for _ in range(dice.randint(1, 3)):
        places = [place for tables in (wild.rules, *wild.rounds.values()) for place in _places(tables)]
        table, key = dice.choice(places)
        values = [one[name] for one, name in places]
        how = dice.choice(("leave out", "another", "another", "odd", "odd", "more", "more", "rename"))
        if how == "leave out":
            del table[key]
        elif how == "another":
            table[key] = copy.deepcopy(dice.choice(values))
        elif how == "odd":
            table[key] = copy.deepcopy(dice.choice(ODD))
        elif how == "more":
            table[dice.choice(keys)] = copy.deepcopy(dice.choice((dice.choice(values), dice.choice(ODD))))
        else:
            table[dice.choice(keys)] = table.pop(key)
    return wild


def _places(tables: Any) -> Iterator[Place]:
    """Every key of every table, however deep."""
    if isinstance(tables, dict):
        for key, value in tables.items():
            yield tables, key
            yield from _places(value)
    elif isinstance(tables, list):
        for one in tables:
            yield from _places(one)
