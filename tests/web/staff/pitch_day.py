"""On which pitch day do the tests play? Cera's: twelve dossiers that were chosen, one more that waits, a full jury."""

import re
from functools import cache
from typing import Any
from urllib.parse import unquote

from databases import opened
from full_round import NAMES, hand_in, mark
from visiting import CHAIR, FOURTH, MEMBER, OBSERVER, ROUND, STAFF, THIRD, Site, Visit, at, prepared

from engine.cycle.order_plans import judge
from engine.rules.running_order import Plan

PLANNING = at("2019-04-02 10:00")
READING = at("2019-03-09 10:00")
FIFTH, SECOND_OBSERVER = "gil@jury.example", "kim@cera.example"
JURY, OBSERVERS = (CHAIR, MEMBER, THIRD, FOURTH, FIFTH), (OBSERVER, SECOND_OBSERVER)
HERE = f"/staff/{ROUND}/meetings/pitch/order"
CONFLICTS = (3, 7)
"""the places of the two dossiers with which the fourth member has a conflict"""


FIELD = re.compile(r'<(?:input|button)[^>]*?name="([^"]+)"[^>]*?value="([^"]*)"')
CHOSEN = re.compile(r'<select id="(slot_\d+)"(.*?)</select>', re.DOTALL)
OPTION = re.compile(r'<option value="([^"]+)" selected>')


def number_at(place: int) -> str:
    """Of the dossier that was handed in at that place, from 0 on."""
    return f"CI19-{place + 1:03}"


def speaker(place: int) -> str:
    return f"indiener{place}@huis.example"


@cache
def _prepared() -> Any:
    """The driver's connection to the day before anybody is asked, to be copied."""
    site = Site(prepared("sqlite://"))
    play(site)
    return site.database.writer.raw_connection().driver_connection


def pitch_site() -> Site:
    """A site of its own, on 2 April; whoever asked for it closes its database."""
    database = opened("sqlite://")
    connection = database.writer.raw_connection()
    _prepared().backup(connection.driver_connection)
    connection.close()
    return Site(database, PLANNING)


def play(site: Site) -> None:
    """Twelve are chosen to pitch; a thirteenth is brought in, and waits."""
    for email, name, role in ((FIFTH, "Gil Sels", "jury"), (SECOND_OBSERVER, "Kim Daems", "jury observer")):
        site.cycle.add_person(ROUND, email=email, name=name, language="nl", role=role, by=STAFF, now=site.now)
    numbers = [hand_in(site, place) for place in range(12)]
    site.clock.instant = READING
    site.cycle.advance(site.now)
    for number in numbers:
        mark(site, number, MEMBER, 8)
        site.cycle.recommend(ROUND, number, "Sterk plan.", by=MEMBER, now=site.now)
        site.cycle.verdict(ROUND, number, "shortlist", by=CHAIR, now=site.now)
    for place in CONFLICTS:
        site.cycle.declare_conflict(ROUND, number_at(place), by=FOURTH, now=site.now)
    site.cycle.approve(ROUND, "recommendations opens", by=STAFF, now=site.now)
    site.clock.instant = PLANNING
    site.cycle.advance(site.now)
    title, organisation, language = NAMES[9]
    site.cycle.start_dossier(
        ROUND, organisation=f"{organisation}, {title}", email=speaker(12), name="Indiener 12", language=language,
        by=STAFF, state="shortlisted", now=site.now,
    )  # fmt: skip


def shown(site: Site, plan: Plan | None = None) -> str:
    """The digest of what would be told, as its page shows it."""
    with site.database.reading() as session:
        return judge(site.cycle.look(session, ROUND, site.now), "pitch", plan).digest


def plan_now(site: Site) -> Plan:
    with site.database.reading() as session:
        return judge(site.cycle.look(session, ROUND, site.now), "pitch").plan


def published(site: Site) -> Site:
    """Everybody is asked to come by the order as it stands."""
    site.cycle.publish_order(ROUND, "pitch", by=STAFF, now=site.now, shown=shown(site))
    return site


def grid(visit: Visit, path: str = HERE) -> dict[str, str]:
    """What the form of the grid holds, as a browser sends it back."""
    text = visit.get(path).text
    fields = {name: value for name, value in FIELD.findall(text) if name in ("seen", "once")}
    for name, options in CHOSEN.findall(text):
        chosen = OPTION.search(options)
        fields[name] = chosen[1] if chosen else ""
    return fields


def confirm(visit: Visit, answer: Any) -> Any:
    """Look at the invitations that an answer leads to, and send exactly these."""
    assert (answer.status_code, "/invitations" in answer.headers["location"]) == (303, True), answer.text
    path = answer.headers["location"]
    page = visit.get(path).text
    (shown,) = re.findall(r'name="shown" value="([^"]+)"', page)
    (once,) = re.findall(r'name="once" value="([^"]+)"', page)
    plan = unquote(path.partition("plan=")[2].replace("+", " "))
    return visit.post(f"{HERE}/invitations", {"shown": shown, "once": once, "plan": plan}, on=path)
