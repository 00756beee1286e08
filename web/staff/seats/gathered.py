"""Which meeting is a page of the console about, and how many seats of it are taken?"""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from engine.database.meetings import meetings_of
from engine.database.records import MeetingRow
from engine.database.seats import Counts, counts_of
from engine.database.store import the_id
from engine.rules.seats import begins_at, takes_sign_ups
from engine.rules.workflow import EVERYONE, Meeting
from web.ask import Ask
from web.problems import NotThere
from web.public.meetings import meeting_when


@dataclass(frozen=True)
class Sitting:
    """One time that a meeting takes place for which people sign up, as staff see it."""

    row: MeetingRow
    rule: Meeting
    counts: Counts
    title: str
    when: str
    path: str
    now: int

    @property
    def begins(self) -> int:
        return begins_at(date.fromisoformat(self.row.day), self.row.starts_at, self.row.zone)

    @property
    def is_open(self) -> bool:
        """Whether anything can still happen to its seats."""
        return self.row.cancelled_at is None and self.now < self.begins

    @property
    def is_everyones(self) -> bool:
        return self.rule.open_to == EVERYONE


def sittings(ask: Ask, session: Session) -> list[Sitting]:
    """The meetings of the round for which people sign up, in order of time: two questions to the database."""
    place = ask.place
    rules = {name: rule for name, rule in place.workflow.meetings.items() if takes_sign_ups(rule)}
    rows = [row for row in meetings_of(session, the_id(place.round)) if row.name in rules]
    counted = counts_of(session, rows) if rows else {}
    several = {name: sum(row.name == name for row in rows) > 1 for name in rules}
    return [
        Sitting(
            row, rules[row.name], counted[the_id(row)],
            ask.said(rules[row.name].title) + (f" {row.position}" if several[row.name] else ""),
            meeting_when(ask, row), f"/staff/{place.key}/seats/{row.id}", ask.now,
        )
        for row in rows
    ]  # fmt: skip


def the_sitting(ask: Ask, session: Session) -> Sitting:
    """The one in the path. Raises NotThere."""
    found = next((one for one in sittings(ask, session) if str(one.row.id) == ask.params["meeting"]), None)
    if found is None:
        raise NotThere
    return found
