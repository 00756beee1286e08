"""What should staff know before letters leave, and what keeps them from leaving?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import Session

from engine.database.pages.outbox import Cause, Count, Wanted, conditions, first_of_each, on_one_day
from engine.database.store import the_id
from engine.rules.moments import day_starts
from web import dates
from web.ask import Ask

SHOWN = 5
"""people who are named"""


@dataclass(frozen=True, slots=True)
class Warned:
    """Something that staff should know; one that `stops` keeps letters from being let go."""

    sentence: str
    stops: bool


def warnings_of(ask: Ask, session: Session, found: Sequence[Count], of: Cause) -> list[Warned]:
    """What is known about the letters of a cause that have not left."""
    open_ones = [one for one in found if one.status in ("held", "scheduled", "waiting", "retry")]
    if not open_ones:
        return []
    round_id = the_id(ask.place.round)
    warned = []
    for row in first_of_each(session, round_id, of):
        problem = ask.office.previews.problem_with(session, row, ask.now)
        if problem:
            facts = {"language": row.language, "problem": problem, "number": row.id}
            warned.append(
                Warned(ask.say("In %(language)s it cannot be written (letter %(number)s): %(problem)s", **facts), True)
            )
    day = dates.local(max(min(one.first for one in open_ones), ask.now), ask.place.zone).date()
    since = day_starts(day, ask.place.zone)
    until = day_starts(day + timedelta(days=1), ask.place.zone)
    meant: list[sa.ColumnElement[bool]] = conditions(round_id, Wanted(status="held"), of)
    if not any(one.status == "held" for one in open_ones):
        meant = conditions(round_id, Wanted(status="open"), of)
    several = on_one_day(session, round_id, meant, since, until, limit=SHOWN + 1)
    if several:
        named = ", ".join(f"{address} ({number})" for address, number in several[:SHOWN])
        more = " …" if len(several) > SHOWN else ""
        sentence = ask.say("These people get several letters on %(day)s: %(people)s", people=named + more,
                           day=dates.short_day(day, ask.language))  # fmt: skip
        warned.append(Warned(sentence, False))
    return warned
