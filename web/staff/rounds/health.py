"""Is everything well with this installation, and what is to be done where it is not?"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

from limits import RateLimitItemPerMinute
from starlette.responses import Response

from engine.database.health import DEADLINE_LATE, LETTER_LATE, health
from engine.database.holds import CLOCK, all_standing
from engine.database.invariants import Found, check
from engine.database.looking import open_rounds
from engine.database.nodes import living, tables_of
from engine.database.pages.console import managed_rounds
from engine.database.pages.standing import figures
from engine.database.records import HoldRow, NodeRow
from engine.rules.moments import tzdata_version
from web.ask import Ask
from web.policy import STAFFS, somebody
from web.problems import TooMany
from web.routes import Pages
from web.staff.console import show

pages = Pages()
HEALTH = "/staff/health"
EXAMINATIONS = RateLimitItemPerMinute(4, 1)
"""in a process: each reads much of the database"""


@dataclass(frozen=True)
class Examination:
    """What the invariants found."""

    at: int
    asked: int
    red: Sequence[Found]


@pages.get(HEALTH, STAFFS)
def page(ask: Ask) -> Response:
    """What is late, what is held, who works here."""
    return _page(ask)


def _page(ask: Ask, examination: Examination | None = None) -> Response:
    office, person = ask.office, somebody(ask).person_id
    with ask.reading() as session:
        late = health(session, ask.now)
        holds: Sequence[HoldRow] = all_standing(session)
        nodes: Sequence[NodeRow] = living(session, ask.now)
        # figures of rounds that others run are theirs
        mine = figures(session, [one.id for one in managed_rounds(session, person, limit=1_000)], ask.now)
        tables = tables_of(session)
        session.expunge_all()
    return show(
        ask, "staff/rounds/health.html", late=late, holds=holds, nodes=nodes, mine=mine, tables=tables,
        examination=examination, zone_data=tzdata_version(),
        release=version("grantcycle"), refusal=office.cycle.watch.refusal if office.cycle.watch else None,
        database=office.database.writer.dialect.name, is_shared=office.database.is_shared,
        invariants=len(office.workshop.invariants), deadline_late=DEADLINE_LATE, letter_late=LETTER_LATE, clock=CLOCK,
    )  # fmt: skip


@pages.post(HEALTH, STAFFS)
def examine(ask: Ask) -> Response:
    """Ask the database what must always hold, but for what reads every byte of it; nothing is changed."""
    if not ask.office.throttle.count("examinations", EXAMINATIONS):
        raise TooMany("It has been examined just now. Please wait a minute.", 60)
    asked = [one for one in ask.office.workshop.invariants if not one.thorough]
    with ask.reading() as session:
        # what is wrong in a round tells of its people: only those hear it who run it
        mine = {one.key for one in managed_rounds(session, somebody(ask).person_id, limit=1_000)}
        rounds = [row for row in open_rounds(session) if row.key in mine]
        red = [one for one in check(session, ask.now, rounds, invariants=asked) if one.offending]
    return _page(ask, Examination(ask.now, len(asked), red))
