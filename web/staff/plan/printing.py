"""What hangs at the door, and what does each member have before her on the day?"""

from dataclasses import dataclass

from starlette.responses import Response

from engine.database.pages.running_orders import Candidate, Listener
from engine.errors import Refused
from engine.rules.running_order import Break, Timed
from web.ask import Ask
from web.policy import MANAGES
from web.reasons import said_by
from web.routes import Pages
from web.staff.console import show
from web.staff.plan.looking import PATH, crumbs_of, look, meeting_of, path_of
from web.staff.plan.order import Row, rows_of
from web.staff.plan.saying import role_said, tabs_of

pages = Pages()


@dataclass(frozen=True)
class Hour:
    """One line of somebody's day: a dossier, that she leaves the room, or a break."""

    hours: Timed
    candidate: Candidate | None = None
    leaves: bool = False
    pause: Break | None = None


@dataclass(frozen=True)
class RunSheet:
    """One person's day."""

    listener: Listener
    role: str
    hours: tuple[Hour, ...]


@pages.get(f"{PATH}/door", MANAGES)
def door(ask: Ask) -> Response:
    """The running order for the door: who is heard when, without a word of anything else."""
    return _page(ask, "door")


@pages.get(f"{PATH}/sheets", MANAGES)
def sheets(ask: Ask) -> Response:
    """A page for each member and observer: what she hears, and when she leaves the room."""
    return _page(ask, "sheets")


def _page(ask: Ask, here: str) -> Response:
    meeting = meeting_of(ask)
    crumbs = [*crumbs_of(ask), (ask.said(meeting.title), path_of(ask))]
    try:
        with ask.reading() as session:
            sheet = look(ask, session)
    except Refused as refused:
        sentences = [said_by(ask, reason) for reason in refused.reasons]
        return show(ask, "staff/plan/no_day.html", meeting=meeting, sentences=sentences, crumbs=crumbs)
    rows = [row for row in rows_of(sheet, sheet.judged.plan) if not row.outside]
    return show(
        ask, f"staff/plan/{here}.html", sheet=sheet, meeting=meeting, rows=rows, crumbs=crumbs, path=path_of(ask),
        tabs=tabs_of(ask, here), sheets=[_sheet_of(ask, one, rows) for one in sheet.listeners if here == "sheets"],
    )  # fmt: skip


def _sheet_of(ask: Ask, listener: Listener, rows: list[Row]) -> RunSheet:
    hours = []
    for row in rows:
        if row.chosen is not None:
            leaves = row.chosen.id in listener.ties
            hours.append(Hour(row.hours, None if leaves else row.chosen, leaves))
        if row.pause:
            hours.append(Hour(row.pause[1], pause=row.pause[0]))
    return RunSheet(listener, role_said(ask, listener.role), tuple(hours))
