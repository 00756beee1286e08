"""Which plan does a form give, and how does an address carry one to the page that asks about it?"""

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import time
from typing import Any

from engine.cycle.order_plans import written
from engine.rules.running_order import Break, Plan
from web.ask import Ask

BREAKS = 6
"""of one day, on a form"""
LONGEST = 20_000
"""characters of a plan in an address"""


def plan_given(ask: Ask, standing: Plan, count: int, hidden: Collection[int]) -> Plan:
    """The plan of the page's form: what stands, with everything done to it that is another on the form.

    A dossier that is chosen for a slot changes places with whoever was there. What is `hidden` from who asks stays.
    """
    plan = replace(
        standing, first=hour_of(ask.text("first", 5)), breaks=tuple(_breaks(ask)),
        locked=standing.locked & set(hidden),
    )  # fmt: skip
    for position in range(1, count + 1):
        field = f"slot_{position}"
        if position in hidden or field not in ask.form:
            continue
        wanted = ask.text(field, 100) or None
        if wanted != standing.places.get(position):
            plan = plan.placed(position, wanted)
    locks = {int(value) for value in ask.form.getlist("lock") if isinstance(value, str) and value.isdecimal()}
    return replace(plan, locked=(plan.locked | locks) & plan.places.keys())


def swapped(ask: Ask, plan: Plan) -> Plan:
    """The plan with the two slots exchanged that the form names."""
    one, other = (ask.text(name, 4) for name in ("swap", "with"))
    return plan.swapped(int(one), int(other)) if one.isdecimal() and other.isdecimal() else plan


def raised(plan: Plan, waiting: Collection[str], number: str) -> Plan:
    """The plan with one dossier a place higher on the reserve list."""
    order = list(waiting)
    if number not in order:
        return plan
    place = order.index(number)
    order.insert(max(place - 1, 0), order.pop(place))
    return replace(plan, reserve=tuple(order))


def hour_of(text: str) -> time | None:
    """A local hour as a form gives it; None for none."""
    try:
        return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        return None


def _breaks(ask: Ask) -> list[Break]:
    found = []
    for row in range(1, BREAKS + 1):
        after, minutes = ask.text(f"after_{row}", 4), ask.text(f"minutes_{row}", 4)
        if after.isdecimal() and minutes.isdecimal():
            found.append(Break(int(after), int(minutes), " ".join(ask.text(f"title_{row}", 200).split())))
    return sorted(found, key=lambda one: one.after)


def in_address(plan: Plan) -> str:
    """A plan as an address carries it."""
    return json.dumps(written(plan), ensure_ascii=False, separators=(",", ":"))


def from_address(text: str) -> Plan | None:
    """The plan that an address carries; None for what is none."""
    if len(text) > LONGEST:
        return None
    try:
        places, locked, first, breaks, reserve = json.loads(text)
        return Plan(
            {_number(position): _text(number) for position, number in places},
            frozenset(_number(one) for one in locked), time.fromisoformat(first) if first else None,
            tuple(Break(_number(after), _number(minutes), _text(title)) for after, minutes, title in breaks),
            tuple(_text(one) for one in reserve),
        )  # fmt: skip
    except (ValueError, TypeError, RecursionError):
        return None


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 100_000:
        raise ValueError("no number")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value
