"""A programme in which each field has a panel of its own, and each strand a board."""

from email.headerregistry import Address

from databases import fresh
from on_disk import WRITTEN, programme_in
from visiting import at

from engine.cycle import Cycle
from engine.files.reading import Programme
from notifications.outbox import Outbox

KEY = "scholars/2030"
STAFF = "els@scholars.example"
ARTS, LAW, WATCHES = "arts@panel.example", "law@panel.example", "watches@academy.example"
YOUNG, SENIOR = "young@board.example", "senior@board.example"
SENDER = Address("Scholars", "grants", "scholars.example")
BEFORE, CALL, READING = at("2030-01-02 10:00"), at("2030-02-01 10:00"), at("2030-03-10 10:00")
HEARING = at("2030-04-02 10:00")
PARTS = (
    (ARTS, "panel", "Arts", True), (LAW, "panel", "Law", True), (WATCHES, "panel observer", "Law", False),
    (YOUNG, "board", "young", True), (SENIOR, "board", "senior", True),
)  # fmt: skip


def programme() -> Programme:
    return programme_in(WRITTEN / "scholars")


def opened() -> Cycle:
    """The acts of a database in which the round is open, with staff, two panels and a board."""
    cycle = Cycle(fresh(), Outbox(SENDER).queue)
    cycle.open_round(programme(), "2030", by=STAFF, now=BEFORE)
    cycle.add_person(KEY, email=STAFF, name="Els Smit", language="en", role="staff", by=STAFF, now=BEFORE)
    for email, role, scope, chair in PARTS:
        cycle.add_person(
            KEY, email=email, name=email, language="en", role=role, chair=chair, scope=scope, by=STAFF, now=BEFORE
        )
    return cycle


def handed_in(cycle: Cycle, who: str, field: str, strand: str = "young") -> str:
    """A dossier of that field, called after whoever hands it in."""
    email = f"{who.lower()}@applicant.example"
    number = cycle.start_dossier(
        KEY, organisation=f"House of {who}", email=email, name=who, language="en", strand=strand, by=email, now=CALL
    )
    cycle.answer(KEY, number, {"title": f"Work of {who}", "field": field, "amount": 900}, by=email, now=CALL)
    cycle.act(KEY, number, "submit", by=email, now=CALL)
    return number
