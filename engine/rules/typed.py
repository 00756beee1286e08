"""What does an answer mean that somebody typed, and how is it written back?

Numbers are typed as people in Belgium, France, the Netherlands and Britain type them; days as 2019-03-01 or 1/3/2019,
the day before the month; a schedule one row a line, `what | day | amount`.
"""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from engine.errors import GrantcycleError
from engine.rules.questions import Question

ROWS = ("what", "day", "money")
"""what stands in a row of a schedule"""
MOST_ROWS = 50
_WHOLE = r"[0-9]{1,12}|[1-9][0-9]{0,2}(?P<group>[ .,\u00a0\u202f])[0-9]{3}(?:(?P=group)[0-9]{3}){0,2}"
_MONEY = re.compile(
    rf"(?P<whole>{_WHOLE})"
    # one sign cannot part the thousands and the cents: 45.000.50 is a slip of the pen, not an amount
    r"(?:(?!(?P=group))[.,](?P<cents>[0-9]{1,2}))?"
)
_NUMBER = re.compile(
    rf"(?P<sign>[-\u2212]?)(?P<whole>{_WHOLE})"
    # three decimals would be thousands to half of those who read them, unless nothing but 0 stands before them
    r"(?:(?!(?P=group))[.,](?P<decimals>[0-9]{1,2}|[0-9]{4,6}|(?<=(?<![0-9])0.)[0-9]{3}))?"
)
_DAY = re.compile(r"(?P<day>[0-9]{1,2})[ ./-](?P<month>[0-9]{1,2})[ ./-](?P<year>[0-9]{4})")


def parse_money(text: str) -> int | float:
    """An amount as people type it: `45000`, `45.000`, `45 000,50`, `45,000.50`.

    Raises GrantcycleError when it is no amount (below a thousand milliards) or when it has more than two decimals.
    """
    amount = _MONEY.fullmatch(re.sub(r"^(€|EUR)\s*|\s*(€|EUR)$", "", text.strip()))
    if amount is None:
        raise GrantcycleError(f'"{text}" is not an amount; write for example 45000 or 45000.50')
    whole = int(re.sub(r"[^0-9]", "", amount["whole"]))
    cents = int((amount["cents"] or "").ljust(2, "0"))
    return float(f"{whole}.{cents:02}") if cents else whole


def parse_number(text: str) -> int | float:
    """A number as people type it: `12`, `-3`, `2,5`, `1 200`, `1.200` (a thousand two hundred, as in an amount).

    Raises GrantcycleError when it is none, or has more than six decimals.
    """
    number = _NUMBER.fullmatch(text.strip())
    if number is None:
        raise GrantcycleError(f'"{text}" is not a number; write for example 12 or 12.5')
    whole = re.sub(r"[^0-9]", "", number["whole"])
    sign = -1 if number["sign"] else 1
    decimals = (number["decimals"] or "").rstrip("0")
    return sign * (float(f"{whole}.{decimals}") if decimals else int(whole))


def parse_day(text: str) -> str:
    """A day as ISO has it, typed as `2019-03-01` or with the day first, `1/3/2019`.

    Raises GrantcycleError when there is no such day.
    """
    typed = text.strip()
    try:
        if found := _DAY.fullmatch(typed):
            return date(int(found["year"]), int(found["month"]), int(found["day"])).isoformat()
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", typed):
            return date.fromisoformat(typed).isoformat()
    except ValueError:
        pass
    raise GrantcycleError(f'"{text}" is not a day; write for example 2019-03-01 or 1/3/2019')


def parse_row(what: str, day: str, money: str) -> dict[str, Any]:
    """A row of a schedule. Raises GrantcycleError with what is wrong with it."""
    if not what.strip():
        raise GrantcycleError("a row does not say what is planned")
    return {"what": " ".join(what.split()), "day": parse_day(day), "money": parse_money(money)}


def parse_schedule(text: str) -> list[dict[str, Any]]:
    """A schedule as text: one row a line, `what | day | amount`. Raises GrantcycleError."""
    rows = []
    for line in filter(str.strip, text.splitlines()):
        parts = [part.strip() for part in line.rsplit("|", 2)]
        if len(parts) != len(ROWS):
            raise GrantcycleError(f'"{line.strip()}" is not a row; write what | day | amount')
        rows.append(parse_row(*parts))
    return rows


def parse_answer(question: Question, text: str) -> Any:
    """An answer typed as text, as the question's kind has it. Files are not typed.

    Raises GrantcycleError with a sentence when the text is no answer to it.
    """
    if question.kind == "file":
        raise GrantcycleError(f'"{question.name}" asks for a file, not for text')
    if question.kind == "choice":
        return next((choice for choice in question.offered if choice.casefold() == text.strip().casefold()), text)
    parse = {"money": parse_money, "number": parse_number, "date": parse_day, "schedule": parse_schedule}
    return parse[question.kind](text) if question.kind in parse else text


def write_answer(question: Question, value: Any) -> str:
    """An answer as text that `parse_answer` reads back; a file by its name, nothing for None."""
    if value is None:
        return ""
    if question.kind == "file":
        return str(value["name"]) if isinstance(value, Mapping) else ""
    if question.kind == "schedule":
        return "\n".join(f"{row['what']} | {row['day']} | {_plain(row['money'])}" for row in value)
    return _plain(value) if isinstance(value, int | float) else str(value)


def total(rows: Sequence[Mapping[str, Any]]) -> int | float:
    """What the amounts of a schedule come to, to the cent."""
    cents: int = sum(round(row["money"] * 100) for row in rows)
    return cents // 100 if cents % 100 == 0 else cents / 100


def is_number(value: object) -> bool:
    """Whether an answer is a finite number, and not yes or no."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def is_row(value: object) -> bool:
    """Whether something is a row of a schedule: what, a day, an amount, and nothing else."""
    if not isinstance(value, Mapping) or set(value) != set(ROWS):
        return False
    what, day, money = (value[name] for name in ROWS)
    return isinstance(what, str) and bool(what.strip()) and is_day(day) and is_number(money) and money >= 0


def is_day(value: object) -> bool:
    """Whether an answer is a day as ISO has it."""
    try:
        return isinstance(value, str) and parse_day(value) == value
    except GrantcycleError:
        return False


def _plain(number: float) -> str:
    """A number with a point before its decimals, never three of them: those would be read as thousands."""
    text = format(Decimal(repr(number)), "f")
    whole, point, decimals = text.partition(".")
    if not decimals.strip("0"):
        return whole
    return f"{text}0" if point and len(decimals) == 3 and whole.strip("-") != "0" else text
