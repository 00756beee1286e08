"""What lies before staff in the tests of their lists: a round in preselection with something in every column."""

from datetime import date
from functools import cache
from typing import Any

from databases import opened
from visiting import CHAIR, FOURTH, MEMBER, PDF, ROUND, STAFF, THIRD, Site, at, prepared

from engine.cycle import Upload

HERE = f"/staff/{ROUND}"
READING = at("2019-03-09 10:00")
MARKS = ("participation", "artistic", "learning")
NAMES = (
    ("Herstelcafé op wielen", "Atelier Kringloop vzw", "nl"), ("Jardins partagés du canal", "Terres Communes", "fr"),
    ("Lees mee! Een taalbuddy voor nieuwkomers", "Taalhuis De Brug", "nl"),
    ("Night-shift childcare", "Moonlight", "en"),
    ("Toits verts pour écoles", "Coopérative Houblon", "fr"), ("Tweedehands rolstoelen", "Rolwerk", "nl"),
    ("Open kitchen, open jobs", "Table d’Hôtes Sociale", "en"),
    ("Water uit de muur: drinkfonteinenkaart", "Blauwe Draad", "nl"),
    ("Forêt comestible communale", "Canopée", "fr"), ("Peer support for new fathers", "Papa Praat", "en"),
)  # fmt: skip
ELSEWHERE = (("shortlisted", 3), ("awarded", 2), ("in_rollout", 2), ("completed", 1), ("declined", 4))
"""states that dossiers were brought into, and how many"""


@cache
def _full() -> Any:
    """The driver's connection to a round that is filled, to be copied."""
    database = prepared("sqlite://")
    fill(Site(database))
    return database.writer.raw_connection().driver_connection


def full_site() -> Site:
    """A site of its own over such a round; whoever asked for it closes its database."""
    database = opened("sqlite://")
    connection = database.writer.raw_connection()
    _full().backup(connection.driver_connection)
    connection.close()
    return Site(database, READING)


def put_dossier(site: Site, place: int, *, state: str = "", complete: bool = True) -> str:
    """One of the dossiers: handed in, left a draft, or (with a state) brought in from elsewhere."""
    title, organisation, language = NAMES[place % len(NAMES)]
    email = f"indiener{place}@huis.example"
    number = site.cycle.start_dossier(
        ROUND, organisation=organisation, email=email, name=f"Indiener {place}", language=language,
        by=STAFF if state else email, now=site.now, **({"state": state} if state else {}),
    )  # fmt: skip
    answers = {"title": title, "practice": "Samen koken en vertellen.", "partner": "OCMW",
               "amount": 12_000 + 1_250 * (place % 21)}  # fmt: skip
    if not complete:
        del answers["partner"]
    if not state:
        files = {"plan": Upload("plan.pdf", PDF)} if complete else {}
        site.cycle.answer(ROUND, number, answers, by=email, now=site.now, files=files)
    return number


def hand_in(site: Site, place: int) -> str:
    number = put_dossier(site, place)
    site.cycle.act(ROUND, number, "submit", by=f"indiener{place}@huis.example", now=site.now)
    return number


def mark(site: Site, number: str, member: str, value: int) -> None:
    """A member gives every mark."""
    site.cycle.declare_clear(ROUND, number, by=member, now=site.now)
    site.cycle.score(ROUND, number, dict.fromkeys(MARKS, value), by=member, now=site.now)


def fill(site: Site, handed_in: int = 12) -> list[str]:
    """So many dossiers before the committee, two drafts, and some that were brought in further on; the numbers."""
    numbers = [hand_in(site, place) for place in range(handed_in)]
    late = put_dossier(site, 90)
    put_dossier(site, 91, complete=False)
    site.cycle.extend(ROUND, "call closes", date(2019, 4, 1), reason="Ziek", by=STAFF, now=site.now, dossier=late)
    site.clock.instant = READING
    site.cycle.advance(site.now)
    place = 100
    for state, count in ELSEWHERE:
        for _ in range(count):
            put_dossier(site, place, state=state)
            place += 1
    for place, number in enumerate(numbers[:8]):
        for turn, member in enumerate((CHAIR, MEMBER, THIRD)):
            if turn <= place % 4:
                mark(site, number, member, 2 + (place * 3 + turn * 4) % 9)
    site.cycle.declare_conflict(ROUND, numbers[2], by=FOURTH, now=site.now, reason="Mijn nicht werkt er.")
    return numbers


