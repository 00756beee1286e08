"""To what is somebody asked, as lists of their own dates show it?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from engine.database.pages import invitations
from engine.database.pages.invitations import Invited
from engine.files.reading import Programme
from engine.rules.moments import day_starts
from web import dates
from web.ask import Ask
from web.policy import somebody
from web.when import when_said, where_said


@dataclass(frozen=True)
class Asked:
    """An invitation in words."""

    invited: Invited
    title: str
    when: str
    where: str
    path: str
    begins: int
    over: int
    """UTC microseconds, the first instant after"""

    @property
    def answer(self) -> str:
        """`accepted`, `declined`, `tentative`, or empty."""
        return self.invited.row.answer or ""

    @property
    def is_cancelled(self) -> bool:
        return self.invited.row.cancelled_at is not None

    @property
    def day(self) -> date:
        return date.fromisoformat(self.invited.row.day)


def asked(ask: Ask, invited: Invited, programme: Programme) -> Asked:
    """An invitation as its page and the lists say it."""
    row, zone = invited.row, invited.meeting.zone
    rules = programme.rules_of(invited.round.partition("/")[2])
    day = date.fromisoformat(row.day)
    place = programme.translate(row.place, ask.language) if row.place else None
    return Asked(
        invited, programme.translate(rules.meeting(invited.meeting.name).title, ask.language),
        when_said(ask, row.day, row.starts_at, row.ends_at, zone), where_said(ask, place, row.online),
        f"/invitations/{row.uid}", row.starts_at if row.starts_at is not None else day_starts(day, zone),
        row.ends_at if row.ends_at is not None else day_starts(day + timedelta(days=1), zone),
    )  # fmt: skip


def still_ahead(ask: Ask, *, round_key: str = "", number: str | None = None) -> Sequence[Asked]:
    """What the visitor is asked to and is not over; of one round, or of one dossier, where that is named."""
    since = (dates.local(ask.now, "UTC").date() - timedelta(days=1)).isoformat()
    with ask.reading() as session:
        found = invitations.of_person(session, somebody(ask).person_id, since=since)
        rules = ask.office.shelf.rules(session)
        programmes = {digest: rules(digest) for digest in {one.digest for one in found}}
        session.expunge_all()
    shown = [
        asked(ask, one, programmes[one.digest])
        for one in found
        if round_key in ("", one.round) and number in (None, one.number)
    ]  # fmt: skip
    return [one for one in shown if one.over > ask.now]
