"""Which meeting is a page of the console about, and what is said of it?"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import quote

from engine.database.pages.meetings import Counts, Listed
from engine.database.records import DossierRow, MeetingRow
from engine.database.store import has_conflict, the_id
from engine.rules.moments import day_starts
from engine.rules.seats import takes_sign_ups
from engine.rules.workflow import Meeting
from web.ask import Ask
from web.policy import somebody
from web.problems import NotThere
from web.when import when_said, where_said

HERE = "/staff/{programme}/{round}/meetings/{meeting}"


@dataclass(frozen=True)
class Shown:
    """A meeting as pages of the console show it."""

    row: MeetingRow
    declared: Meeting
    title: str
    when: str
    where: str
    path: str
    begins: int
    """UTC microseconds: its hour, or the beginning of its day"""
    over: int
    number: str = ""
    organisation: str = ""
    counts: Counts = field(default_factory=Counts)

    def is_over(self, now: int) -> bool:
        return now >= self.over

    def has_begun(self, now: int) -> bool:
        """Nothing is moved or cancelled any more; a day without hours has begun when it is over."""
        return now >= (self.begins if self.row.starts_at is not None else self.over)

    def is_today(self, now: int) -> bool:
        """Whether it takes place on the day that it is, or did before: whoever came can be noted."""
        return now >= day_starts(date.fromisoformat(self.row.day), self.row.zone)

    @property
    def leaf(self) -> date:
        return date.fromisoformat(self.row.day)


def shown(ask: Ask, of: Listed) -> Shown:
    """The meeting with its words."""
    row = of.row
    day = date.fromisoformat(row.day)
    begins = row.starts_at if row.starts_at is not None else day_starts(day, row.zone)
    over = row.ends_at if row.ends_at is not None else day_starts(day + timedelta(days=1), row.zone)
    declared = ask.place.workflow.meeting(row.name)
    return Shown(
        row, declared, ask.said(declared.title), when_said(ask, row.day, row.starts_at, row.ends_at, row.zone),
        where_said(ask, ask.said(row.place) if row.place else None, row.online),
        f"/staff/{ask.place.key}/meetings/{the_id(row)}", begins, over, of.number, of.organisation, of.counts,
    )  # fmt: skip


def the_meeting(ask: Ask) -> Shown:
    """The meeting that the path names. Raises NotThere for none of this round, and for one with a dossier that the
    visitor has a conflict with."""
    number = ask.params["meeting"]
    with ask.reading() as session:
        row = session.get(MeetingRow, int(number)) if number.isascii() and number.isdecimal() and len(number) < 18 \
            else None  # fmt: skip
        if row is None or row.round_id != ask.place.round.id or ask.place.workflow.find_meeting(row.name) is None:
            raise NotThere
        of = session.get_one(DossierRow, row.dossier_id) if row.dossier_id is not None else None
        if of is not None and has_conflict(session, the_id(of), somebody(ask).person_id):
            raise NotThere
        session.expunge_all()
    return shown(ask, Listed(row, Counts(), of.number if of else "", of.organisation if of else ""))


def is_mandatory(ask: Ask, name: str) -> bool:
    """Whether the rules have dossiers attend it."""
    declared = ask.place.workflow.meeting(name).declared
    return any(one.attend == declared for one in ask.place.workflow.obligations.values())


def crumbs(ask: Ask, meeting: Shown | None = None) -> list[tuple[str, str]]:
    """The way to a page of a meeting."""
    way = [(ask.say("Meetings"), f"/staff/{ask.place.key}/meetings")]
    return [*way, (meeting.title, meeting.path)] if meeting else way


def tabs(ask: Ask, meeting: Shown) -> list[tuple[str, str, bool]]:
    """The pages of one meeting."""
    places = [
        (ask.say("Invitations"), meeting.path),
        (ask.say("Attendance"), f"{meeting.path}/attendance"),
        (ask.say("Certificates"), f"{meeting.path}/certificates"),
    ]
    if meeting.declared.running_order is not None and not meeting.number:
        order = f"/staff/{ask.place.key}/meetings/{quote(meeting.row.name)}/order"
        places.insert(1, (ask.say("Running order"), order))
    if takes_sign_ups(meeting.declared) and not meeting.number:
        places.insert(1, (ask.say("Seats"), f"/staff/{ask.place.key}/seats/{meeting.row.id}"))
    return [(label, path, ask.path == path) for label, path in places]
