"""An installation whose information session has two seats and a waiting list with offers of three days."""

from functools import cache
from typing import Any

from databases import fresh, opened
from visiting import BEFORE, CALL, ROUND, SENDER, SHIPPED, STAFF, Site

from engine.cycle import Cycle
from engine.files.reading import Programme, read_folder, read_programme
from notifications.outbox import Outbox

DECLARED = '[meeting.info_session]\ntitle   = "Infosessie"\nopen_to = "everyone"\nduring  = "call"\n'
SEATED = f'{DECLARED}seats = 2\nanswer_within = "3 days"\n'
SESSION = f"/call/{ROUND}/meetings/1"


@cache
def seated() -> Programme:
    """The shipped programme, with seats."""
    files = dict(read_folder(SHIPPED / "cera-impuls"))
    assert files["workflow.toml"].count(DECLARED) == 1
    files["workflow.toml"] = files["workflow.toml"].replace(DECLARED, SEATED)
    return read_programme("cera-impuls", files, "cera-impuls")


@cache
def _opened() -> Any:
    """The driver's connection to a database with the open round, to be copied: opening it takes its time."""
    database = fresh()
    cycle = Cycle(database, Outbox(SENDER).queue)
    cycle.open_round(seated(), "2019", by=STAFF, now=BEFORE)
    cycle.add_person(ROUND, email=STAFF, name="Els Peeters", language="nl", role="staff", by=STAFF, now=BEFORE)
    return database.writer.raw_connection().driver_connection


def seated_site(now: int = CALL) -> Site:
    """A round in its call; the first information session is on 24 January 2019, at 10:00 in Brussels."""
    database = opened("sqlite://")
    connection = database.writer.raw_connection()
    _opened().backup(connection.driver_connection)
    connection.close()
    return Site(database, now)


def sign_up(site: Site, *who: str, meeting: int = 1) -> None:
    """People sign up one after the other, a second apart."""
    for name in who:
        site.clock.instant += 1_000_000
        site.cycle.sign_up(
            ROUND, meeting, email=f"{name}@public.example", name=name.title(), language="en", now=site.now
        )
