"""A programme in which each list of choirs has a hearing and a jury of its own, and each province a workshop."""

from email.headerregistry import Address

from databases import fresh
from on_disk import WRITTEN, programme_in
from visiting import at

from engine.cycle import Cycle
from engine.files.reading import Programme
from notifications.outbox import Outbox

KEY = "choirs/2030"
STAFF = "els@choirs.example"
SCHOOL, TOWN, WATCHES = "school@jury.example", "town@jury.example", "watches@academy.example"
SENDER = Address("Choirs", "grants", "choirs.example")
BEFORE, CALL, HEARING = at("2030-01-02 10:00"), at("2030-02-01 10:00"), at("2030-04-01 10:00")
PARTS = (
    (SCHOOL, "jury", "school", True), (TOWN, "jury", "town", True), (WATCHES, "jury observer", "town", False),
)  # fmt: skip


def programme() -> Programme:
    return programme_in(WRITTEN / "choirs")


def opened() -> Cycle:
    """The acts of a database in which the round is open, with staff and both juries."""
    cycle = Cycle(fresh(), Outbox(SENDER).queue)
    cycle.open_round(programme(), "2030", by=STAFF, now=BEFORE)
    cycle.add_person(KEY, email=STAFF, name="Els Smit", language="en", role="staff", by=STAFF, now=BEFORE)
    for email, role, scope, chair in PARTS:
        cycle.add_person(
            KEY, email=email, name=email, language="en", role=role, chair=chair, scope=scope, by=STAFF, now=BEFORE
        )
    return cycle


def handed_in(cycle: Cycle, who: str, strand: str, province: str = "East Flanders") -> str:
    """A dossier of that strand, called after whoever hands it in."""
    email = f"{who.lower()}@applicant.example"
    number = cycle.start_dossier(
        KEY, organisation=f"Choir of {who}", email=email, name=who, language="en", strand=strand, by=email, now=CALL
    )
    cycle.answer(KEY, number, {"title": f"Songs of {who}", "province": province}, by=email, now=CALL)
    cycle.act(KEY, number, "submit", by=email, now=CALL)
    return number
