"""Which meetings can one sign up for: when and where, how many seats are left, and what has the visitor there?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from engine.cycle.seats import comes_for
from engine.database.meetings import meetings_of
from engine.database.pages.seats import OwnSeat, seats_in
from engine.database.records import MeetingRow
from engine.database.seats import HELD, Counts, counts_of
from engine.database.store import the_id
from engine.rules.seats import begins_at, takes_sign_ups
from engine.rules.workflow import EVERYONE, Meeting
from web.ask import Ask
from web.keys import nonce
from web.place import scene_of
from web.policy import ROUND
from web.problems import NotThere
from web.rendering import render
from web.routes import Pages
from web.when import when_said

pages = Pages()
LONGEST_NAME = 200


@dataclass(frozen=True)
class Gathering:
    """One meeting that people sign up for, as its visitor may see it."""

    row: MeetingRow
    rule: Meeting
    counts: Counts
    own: OwnSeat | None
    now: int
    key: str
    number: str | None = None
    """the dossier for which the visitor would come"""

    @property
    def path(self) -> str:
        return f"/call/{self.key}/meetings/{self.row.id}"

    @property
    def begins(self) -> int:
        return begins_at(date.fromisoformat(self.row.day), self.row.starts_at, self.row.zone)

    @property
    def is_open(self) -> bool:
        """Whether anybody can still sign up, for a seat or for the list."""
        return self.row.cancelled_at is None and self.now < self.begins

    @property
    def online(self) -> str | None:
        """The address on line, for whoever is admitted."""
        return self.row.online if self.own and self.own.seat.state == HELD else None

    @property
    def is_for_dossiers(self) -> bool:
        return self.rule.open_to != EVERYONE


@pages.get("/call/{programme}/{round}/meetings", ROUND)
def meetings(ask: Ask) -> Response:
    """All meetings of a round that the visitor can sign up for, those to come first."""
    found = gatherings(ask)
    ahead = [one for one in found if one.is_open or (one.row.cancelled_at is not None and ask.now < one.begins)]
    return render(
        ask, "public/meetings.html", ahead=ahead, past=[one for one in found if one not in ahead], **words(ask)
    )


@pages.get("/call/{programme}/{round}/meetings/{meeting}", ROUND)
def meeting(ask: Ask) -> Response:
    """One meeting, and the form to sign up."""
    return show_meeting(ask, the_gathering(ask))


def show_meeting(
    ask: Ask, one: Gathering, status: int = 200, *, errors: Sequence[str] = (), email: str = "", name: str = ""
) -> Response:
    """The page of one meeting; after a form that was not taken, with what was typed in it."""
    return render(
        ask, "public/meeting.html", status, one=one, once=nonce(), errors=list(errors), email=email, name=name,
        has_errors=bool(errors), longest=LONGEST_NAME, **words(ask),
    )  # fmt: skip


def gatherings(ask: Ask) -> list[Gathering]:
    """Every meeting of the round that the visitor can sign up for, or has signed up for, in order of time."""
    place = ask.place
    person_id = ask.visitor.person_id if ask.visitor and not ask.visitor.over else None
    with ask.reading() as session:
        rules = {name: rule for name, rule in place.workflow.meetings.items() if takes_sign_ups(rule)}
        rows = [row for row in meetings_of(session, the_id(place.round)) if row.name in rules]
        counted = counts_of(session, rows) if rows else {}
        own = seats_in(session, the_id(place.round), person_id) if person_id is not None else {}
        numbers = _numbers(ask, session, [rules[name] for name in {row.name for row in rows}])
    found = [
        Gathering(
            row, rules[row.name], counted[the_id(row)], own.get(the_id(row)), ask.now, place.key, numbers.get(row.name)
        )
        for row in rows
    ]  # fmt: skip
    return [one for one in found if not one.is_for_dossiers or one.own or one.number]


def the_gathering(ask: Ask) -> Gathering:
    """The meeting in the path. Raises NotThere for one that the visitor cannot sign up for."""
    found = next((one for one in gatherings(ask) if str(one.row.id) == ask.params["meeting"]), None)
    if found is None:
        raise NotThere
    return found


def _numbers(ask: Ask, session: Session, rules: Sequence[Meeting]) -> dict[str, str]:
    """meeting -> the dossier for which the visitor would come to it, of those that are open to dossiers only."""
    if ask.visitor is None or ask.visitor.over or all(rule.open_to == EVERYONE for rule in rules):
        return {}
    scene = scene_of(ask.office.cycle, session, ask.place.key, ask.now)
    person = scene.person(ask.visitor.email)
    found = {rule.name: comes_for(scene, rule, person) for rule in rules}
    return {name: dossier.number for name, dossier in found.items() if dossier is not None}


def words(ask: Ask) -> dict[str, Any]:
    """What templates say of meetings with: when one is, and how many seats are left."""
    return {"when": lambda row: meeting_when(ask, row), "say_seats": lambda counts: seats_said(ask, counts)}


def meeting_when(ask: Ask, row: MeetingRow) -> str:
    """When a meeting is, in words with its zone."""
    return when_said(ask, row.day, row.starts_at, row.ends_at, row.zone)


def seats_said(ask: Ask, counts: Counts) -> str:
    """How many seats are left, or how many people wait."""
    ngettext = ask.words.ngettext
    if counts.seats is None:
        return ask.say("As many as wish can come")
    if counts.free and not counts.is_full:
        left = ngettext("%(n)s of %(seats)s seats left", "%(n)s of %(seats)s seats left", counts.free)
        return left % {"n": counts.free, "seats": counts.seats}
    if counts.waiting:
        waiting = ngettext("Full: %(n)s person waits", "Full: %(n)s people wait", counts.waiting)
        return waiting % {"n": counts.waiting}
    return ask.say("Full: nobody waits yet")
