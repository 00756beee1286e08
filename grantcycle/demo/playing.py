"""How is the demonstration brought to the middle of its selection?

The round is played in virtual time on the real engine, letters included, in a database in memory, which is then copied
to where the installation keeps its own: what follows happens by the clock on the wall.
"""

import asyncio
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from email.headerregistry import Address

from engine.clock import StoppedClock
from engine.cycle import Cycle
from engine.cycle.scene import Shelf
from engine.database.connection import Database, open_database
from engine.database.migrating import migrate
from engine.database.store import find_round, the_id
from engine.files.reading import Programme
from engine.rehearsal.acts import Act
from engine.rehearsal.playing import Player
from engine.rehearsal.watching import View
from engine.rules.moments import from_instant
from grantcycle.carrying import Letters
from grantcycle.demo.chosen import SENDER
from grantcycle.demo.happened import Doers, Happenings, Selection
from grantcycle.demo.relay import Relay
from grantcycle.rehearsing import fewer_collections
from notifications.catcher import LOOPBACK
from notifications.rendering import Renderer
from notifications.transport import SmtpTransport

DRAFT, READ, PASSES = "draft", "in_preselection", "shortlist"
Progress = Callable[[int, int, str], None]
"""days that have gone by, days in all, what is going on"""


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person whom the demonstration lets in, and the page that is theirs."""

    role: str
    name: str
    email: str
    path: str
    is_staff: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the selection stands: who is there, and what comes of the verdicts that stand."""

    people: tuple[Somebody, ...]
    passing: int
    refused: int
    undecided: int


def play(
    programme: Programme,
    round_name: str,
    relay: Relay,
    into: Database,
    *,
    now: int,
    settle: int,
    site: str,
    progress: Progress,
) -> Stage:
    """Play a round until `now` (UTC microseconds), have `relay` keep its letters, and copy all of it `into` a database
    on SQLite that is empty. `site` is where its pages are going to be."""
    script = Selection(programme.workflow, programme.rounds[round_name])
    with closing(open_database("sqlite://")) as database, asyncio.Runner() as runner, fewer_collections():
        migrate(database)
        runner.run(relay.__aenter__())
        try:
            clock, shelf = StoppedClock(0), Shelf()
            letters = Letters(
                database, runner, clock, SmtpTransport(LOOPBACK, relay.port), sender=SENDER,
                renderer=Renderer(contact_of(script), site=site), shelf=shelf,
            )  # fmt: skip
            cycle = Cycle(database, letters.queue, settle, shelf)
            player = Player(cycle, programme, round_name, script, letters)
            player.actors = Doers(cycle, programme.workflow, player.round.key)
            happenings = Happenings(database, cycle, script, relay, now)
            first, last = (from_instant(at, player.round.timezone).date() for at in (player.opens_at, now))
            total = max(1, (last - first).days)
            observers: list[Act] = []
            for step in player.play(script.opened_by, now):
                happenings.see(step)
                observers += [one.act for one in step.played if one.act.values.get("role") == script.observer]
                day = from_instant(step.now, player.round.timezone).date()
                progress(min((day - first).days, total), total, f"{day:%Y-%m}  {letters.sent} letters")
            cycle.advance(now)
            letters.carry(now)
            progress(total, total, f"{letters.sent} letters")
        finally:
            runner.run(relay.__aexit__())
        copy_into(database, into)
        with database.reading() as session:
            view = View(session, programme.workflow, the_id(find_round(session, player.round.key)))
            return _stage(script, player.round.key, view, observers[0])


def contact_of(script: Selection) -> Address:
    """Whom the letters of the demonstration name: the first of its staff."""
    first = script.setting.staff[0]
    return Address(first.name, addr_spec=first.email)


def _stage(script: Selection, key: str, view: View, observer: Act) -> Stage:
    verdicts = view.verdicts()
    standing = [one for one in view.dossiers_in([READ]) if one.number in verdicts]
    passing = [one for one in standing if verdicts[one.number] == PASSES]
    first, second = script.setting.staff
    chair, member = script.members[0], script.slow
    committee, hopes = f"/committee/{key}", next(one for one in passing if one.language == "nl")
    late = view.contact(next(one.number for one in view.dossiers_in([DRAFT])))
    people = (
        Somebody("staff", first.name, first.email, f"/staff/{key}", is_staff=True),
        Somebody("staff, the second", second.name, second.email, f"/staff/{key}", is_staff=True),
        Somebody("chair of the jury", chair.name, chair.email, f"{committee}/ranking"),
        Somebody("member", member.name, member.email, committee),
        Somebody("observer", observer.values["name"], observer.who, committee),
        Somebody("applicant", hopes.number, hopes.email, f"/dossier/{key}/{hopes.number}"),
        Somebody("applicant, late", late.number, late.email, f"/dossier/{key}/{late.number}"),
    )
    undecided = len(view.dossiers_in([READ])) - len(standing)
    return Stage(people, len(passing), len(standing) - len(passing), undecided)


def copy_into(database: Database, into: Database) -> None:
    """Copy one SQLite database over another."""
    with closing(database.writer.raw_connection()) as here, closing(into.writer.raw_connection()) as there:
        here.driver_connection.backup(there.driver_connection)  # type: ignore[union-attr]
