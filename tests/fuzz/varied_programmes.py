"""What could staff change about the rules or the dates of a round that runs? A few things that make sense, by lot."""

import copy
import random
from datetime import date, datetime, timedelta
from typing import Any

from drawn_programmes import Drawn

from engine.files.reading import Programme, examine


def variants(drawn: Drawn, how_many: int) -> tuple[Programme, ...]:
    """Other texts of the same programme, those that the reader accepts."""
    read = [examine(drawn.name, varied(drawn, number).files, "")[0] for number in range(how_many)]
    return tuple(one for one in read if one is not None)


def varied(drawn: Drawn, number: int) -> Drawn:
    """The programme with one to three changes."""
    dice = random.Random(f"variant {drawn.seed} {number}")
    other = copy.deepcopy(drawn)
    for change in dice.sample(CHANGES, dice.randint(1, 3)):
        change(other, dice)
    return other


def _another_date(drawn: Drawn, dice: random.Random) -> None:
    phases = drawn.rounds["2030"]["phase"]
    phase = phases[dice.choice(list(phases))]
    key = dice.choice([one for one in ("from", "to", "on") if one in phase] or [""])
    if not key:
        return  # only its strands have dates
    phase[key] = phase[key] + timedelta(days=dice.choice((-5, -1, 1, 2, 4, 20)))


def _another_grace(drawn: Drawn, dice: random.Random) -> None:
    drawn.rounds["2030"]["phase"]["work"]["grace"] = dice.choice(("90 seconds", "2 hours"))


def _other_places(drawn: Drawn, dice: random.Random) -> None:
    for move in drawn.rules["transition"].values():
        if isinstance(move.get("only_if", {}).get("at_most"), int):
            move["only_if"]["at_most"] = dice.randint(1, 6)


def _without_one(drawn: Drawn, dice: random.Random) -> None:
    """A reminder, a promise, an announcement or an obligation is no more; so is a staff's or an applicant's move."""
    table = dice.choice([one for one in ("reminder", "promise", "announcement", "obligation", "transition")
                         if one in drawn.rules])  # fmt: skip
    names = list(drawn.rules[table])
    if table == "transition":
        by = {one: drawn.rules[table][one].get("by") for one in names if one != "submit"}
        names = [one for one, who in by.items() if who in ("staff", "applicant")]
    if names:
        del drawn.rules[table][dice.choice(names)]
        if not drawn.rules[table]:
            del drawn.rules[table]


def _other_days(drawn: Drawn, dice: random.Random) -> None:
    """What is counted from where a dossier came lasts longer, or not so long."""
    for table in ("transition", "obligation", "reminder"):
        for rule in drawn.rules.get(table, {}).values():
            for key in ("after", "within"):
                if isinstance(rule.get(key), str):
                    rule[key] = dice.choice(("2 days", "4 days", "3 weeks"))


def _released_otherwise(drawn: Drawn, dice: random.Random) -> None:
    release = dice.choice(("auto", "hold", "two people"))
    for move in drawn.rules["transition"].values():
        if "release" in move:
            move["release"] = release


def _told_no_more(drawn: Drawn, dice: random.Random) -> None:
    moves: list[Any] = [one for one in drawn.rules["transition"].values() if "tell" in one and one.get("by") != "jury"]
    if moves:
        dice.choice(moves).pop("tell")


def _another_title(drawn: Drawn, dice: random.Random) -> None:
    drawn.rules["state"]["draft"]["shown"] = dice.choice(list(drawn.texts))


def _a_way_out(drawn: Drawn, dice: random.Random) -> None:
    """Staff may send a dossier back."""
    states = [one for one in drawn.rules["state"] if one not in drawn.rules["workflow"]["ends_in"] and one != "draft"]
    drawn.rules["transition"]["send_back"] = {"from": dice.choice(states), "to": "draft", "by": "staff"}


def _another_hour(drawn: Drawn, dice: random.Random) -> None:
    hours = dice.choice((1, 2))
    given = drawn.rounds["2030"]["round"]
    given["mails_at"] = (datetime.combine(date(2030, 1, 1), given["mails_at"]) + timedelta(hours=hours)).time()


CHANGES = (
    _another_date, _another_date, _another_grace, _other_places, _without_one, _without_one, _other_days,
    _released_otherwise, _told_no_more, _another_title, _a_way_out, _another_hour,
)  # fmt: skip
