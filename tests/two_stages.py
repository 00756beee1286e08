"""A programme whose forms ask in every way that there is."""

from datetime import date, time
from email.headerregistry import Address

from databases import fresh
from on_disk import WRITTEN, programme_in, written

from engine.cycle import Cycle
from engine.database.connection import Database
from engine.files.reading import Programme
from engine.rules.moments import to_instant
from notifications.outbox import Outbox

KEY = "green-streets/2030"
SENDER = Address("Green streets", "streets", "green.example")
STAFF, CHAIR, APPLICANT = "els@green.example", "bo@panel.example", "an@lane.example"
ANSWERS = {
    "name": "Limes in the lane", "trees": 12, "street": "A lane", "begins": "2030-10-05", "amount": 4500,
    "milestones": [
        {"what": "The ground is ready", "day": "2030-10-01", "money": 1500},
        {"what": "The trees stand", "day": "2030-11-15", "money": 2999.5},
    ],
}  # fmt: skip


def files() -> dict[str, str]:
    """The folder of the programme."""
    return written("green-streets")


def programme() -> Programme:
    return programme_in(WRITTEN / "green-streets")


def opened(database: Database | None = None) -> Cycle:
    """The acts of a database in which the round is open, with its staff."""
    cycle = Cycle(database or fresh(), Outbox(SENDER).queue)
    cycle.open_round(programme(), "2030", by=STAFF, now=instant(2030, 1, 2))
    for email, name, role in ((STAFF, "Els Smit", "staff"), (CHAIR, "Bo Adams", "panel")):
        cycle.add_person(
            KEY, email=email, name=name, language="en", role=role, chair=email == CHAIR, by=STAFF,
            now=instant(2030, 1, 2),
        )  # fmt: skip
    return cycle


def instant(year: int, month: int, day: int) -> int:
    """Ten in the morning of that day, in the round's zone."""
    return to_instant(date(year, month, day), time(10), "Europe/Brussels")


def started(cycle: Cycle, now: int) -> str:
    """A dossier begun by the applicant; its number."""
    return cycle.start_dossier(
        KEY, organisation="Lane residents", email=APPLICANT, name="An Linden", language="en", by=APPLICANT, now=now
    )
