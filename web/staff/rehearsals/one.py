"""How far is a rehearsal, what came of it, and does somebody find its calendar right?"""

import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from starlette.responses import HTMLResponse, Response

from engine.database.preparing import rehearsals
from engine.database.records import PersonRow, RehearsalRow, RoundRow
from engine.database.store import find_round
from engine.errors import Unknown
from web.ask import Ask
from web.mailbox import LETTER_POLICY
from web.policy import STAFFS, somebody
from web.problems import NotThere
from web.routes import Pages
from web.staff.console import show
from web.staff.rehearsals.asking import rehearsal_path
from web.staff.rounds.typed import number

pages = Pages()
ONE = "/staff/rehearsals/one/{rehearsal}"
REFRESHED = 2
"""seconds after which a page looks again how far it is"""


@dataclass(frozen=True, slots=True)
class Week:
    """How many letters left in the week that begins on that day."""

    first: date
    letters: int


@dataclass(frozen=True)
class Seen:
    """A rehearsal as a page shows it."""

    row: RehearsalRow
    by: PersonRow
    approver: PersonRow | None
    how: str

    @property
    def key(self) -> str:
        return f"{self.row.programme}/{self.row.round}"

    @property
    def path(self) -> str:
        return rehearsal_path(self.row.id or 0)


def see(ask: Ask, id: int | None) -> Seen:
    """A rehearsal by its number. Raises NotThere."""
    with ask.reading() as session:
        try:
            row = rehearsals.find(session, id or 0)
        except Unknown as unknown:
            raise NotThere from unknown
        by = session.get_one(PersonRow, row.asked_by)
        approver = session.get(PersonRow, row.approved_by) if row.approved_by else None
        session.expunge_all()
    return Seen(row, by, approver, rehearsals.how(row, ask.now))


def outcome_of(ask: Ask, seen: Seen) -> Mapping[str, Any]:
    """Its warnings and dates. Raises NotThere while there are none."""
    with ask.reading() as session:
        try:
            return rehearsals.outcome_of(session, seen.row.id or 0)
        except Unknown as unknown:
            raise NotThere from unknown


@pages.get(ONE, STAFFS)
def page(ask: Ask) -> Response:
    """How far it is, or what came of it."""
    seen = see(ask, number(ask.params["rehearsal"]))
    if seen.how != rehearsals.PLAYED:
        answer = show(ask, "staff/rehearsals/playing.html", seen=seen)
        if seen.how == "playing" and "still" not in ask.query:
            answer.headers["Refresh"] = str(REFRESHED)
        return answer
    outcome = outcome_of(ask, seen)
    with ask.reading() as session:
        others = [one for one in rehearsals.played_of(session, seen.row.programme) if one.id != seen.row.id]
        opened = _opened(session, seen.key)
        session.expunge_all()
    return show(
        ask, "staff/rehearsals/played.html", seen=seen, outcome=outcome, others=others, weeks=_weeks(outcome),
        busiest=max((week.letters for week in _weeks(outcome)), default=0), opened=opened,
        warnings=[{**one, "day": _day(one["day"])} for one in outcome["warnings"]],
        days=[(_day(day), letter, language, count) for day, letter, language, count in outcome["letters"]],
    )  # fmt: skip


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _opened(session: Any, key: str) -> RoundRow | None:
    try:
        return find_round(session, key)
    except Unknown:
        return None


def _weeks(outcome: Mapping[str, Any]) -> Sequence[Week]:
    """Letters by week, those in which none left included, from the first to the last that has any."""
    counted: Counter[date] = Counter()
    for day, _, _, count in outcome["letters"]:
        left = date.fromisoformat(day)
        counted[left - timedelta(days=left.weekday())] += count
    if not counted:
        return ()
    first, last = min(counted), max(counted)
    return [
        Week(first + timedelta(weeks=place), counted[first + timedelta(weeks=place)])
        for place in range((last - first).days // 7 + 1)
    ]


@pages.get(ONE + "/report/page", STAFFS)
def report(ask: Ask) -> Response:
    """The whole report, for a frame that can do nothing, or a window of its own."""
    seen = see(ask, number(ask.params["rehearsal"]))
    with ask.reading() as session:
        try:
            packed = rehearsals.report_of(session, seen.row.id or 0)
        except Unknown as unknown:
            raise NotThere from unknown
    answer = HTMLResponse(zlib.decompress(packed))
    answer.headers["Content-Security-Policy"] = LETTER_POLICY
    return answer


@pages.post(ONE + "/cancel", STAFFS)
def cancel(ask: Ask) -> Response:
    """End it: whoever plays it stops within a second or two."""
    seen = see(ask, number(ask.params["rehearsal"]))
    with ask.office.database.transaction() as session:
        rehearsals.cancel(session, seen.row.id or 0, ask.now)
    return ask.go(seen.path, ask.say("It is being ended."))


@pages.post(ONE + "/approve", STAFFS)
def approve(ask: Ask) -> Response:
    """Note that somebody has looked at it and finds its calendar right."""
    seen = see(ask, number(ask.params["rehearsal"]))
    with ask.office.database.transaction() as session:
        rehearsals.approve(session, seen.row.id or 0, by=somebody(ask).person_id, now=ask.now)
    return ask.go(seen.path, ask.say("The calendar is approved, as these very texts say it."))
