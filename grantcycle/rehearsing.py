"""How does a programme's round go, from the call to the evaluation, letters included?

The wiring of the rehearsal: the real engine, outbox and postman in virtual time, a database in memory, and a mailbox
in place of the mail server.
"""

import asyncio
import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from email.headerregistry import Address
from pathlib import Path

from engine.clock import StoppedClock
from engine.cycle import Cycle
from engine.cycle.scene import Shelf
from engine.database.connection import Database, open_database
from engine.database.migrating import migrate
from engine.database.store import find_round, the_id
from engine.errors import GrantcycleError, Unknown
from engine.files.reading import Programme
from engine.rehearsal.acts import write_acts
from engine.rehearsal.invented import InventedRound
from engine.rehearsal.log import read_acts
from engine.rehearsal.playing import Played, Player, who_opens
from engine.rehearsal.script import Recorded, Script
from engine.rehearsal.setting import ended
from engine.rules.moments import from_instant
from engine.rules.round import Round
from grantcycle.carrying import Letters
from grantcycle.collecting import collect_dossiers, collect_due, collect_journal, collect_mails
from grantcycle.rehearsal_warnings import find_warnings
from grantcycle.rehearsed import Rehearsed
from grantcycle.report import write_report as write_html
from notifications.rendering import Renderer
from notifications.transport import Mailbox

__all__ = ["Progress", "Rehearsed", "rehearse", "write_report"]

Progress = Callable[[int, int, str], None]
"""days that have gone by, days in all, what is going on"""
SENDER = Address("Grantcycle", "rehearsal", "grantcycle.example")
SITE = "https://grantcycle.example"
CONTACT = Address("Els Peeters", "els", "grantcycle.example")
"""nobody writes back to a rehearsal, and nothing of it depends on this installation's settings"""


def rehearse(
    programme: Programme,
    round_name: str,
    *,
    dossiers: int = 62,
    seed: int = 7,
    late: int = 0,
    conflicts: int = 1,
    acts: Path | None = None,
    save_acts: Path | None = None,
    database_url: str = "sqlite://",
    progress: Progress | None = None,
) -> Rehearsed:
    """The whole round in virtual time.

    Without `acts` so many `dossiers` are invented from the `seed`, with so many members of each committee `late` with
    their marks and so many `conflicts`; with `acts` a recorded log is played back, and a log that cannot be read raises
    Complaints with every row. `save_acts` writes what was played as such a file.
    """
    begun = time.perf_counter()
    if round_name not in programme.rounds:
        raise Unknown(f"round of {programme.name}", round_name, programme.rounds)
    round = programme.rounds[round_name]
    script: Script
    if acts is None:
        workflow = programme.rules_of(round_name)
        invented = InventedRound(workflow, round, dossiers=dossiers, seed=seed, late=late, conflicts=conflicts)
        script, opened_by = invented, invented.opened_by
    else:
        script, opened_by = _recorded(programme, round, acts)
    database = open_database(database_url)
    try:
        migrate(database)
        with asyncio.Runner() as runner, fewer_collections():
            letters = _letters(database, runner)
            player = Player(Cycle(database, letters.queue), programme, round_name, script, letters)
            opened_at, played = _play(player, opened_by, letters, progress)
        with database.reading() as session:
            round_id = the_id(find_round(session, round.key))
            seen = Rehearsed(
                programme=programme,
                round=round,
                opened_at=opened_at,
                invented=dossiers if acts is None else None,
                seed=seed if acts is None else None,
                played=played,
                dossiers=collect_dossiers(session, programme.rules_of(round_name), round_id),
                due=collect_due(session, round_id),
                journal=collect_journal(session, round_id),
                mails=collect_mails(session, round_id),
            )
    finally:
        database.close()
    paths = {"acts": acts, "saved_acts": save_acts}
    if save_acts is not None:
        save_acts.parent.mkdir(parents=True, exist_ok=True)
        save_acts.write_text(write_acts(seen.acts), encoding="utf-8")
    run = {"seconds": time.perf_counter() - begun, **{name: str(path) for name, path in paths.items() if path}}
    return replace(seen, warnings=find_warnings(seen), run=run)


def write_report(rehearsed: Rehearsed, folder: Path) -> Path:
    """Write the report as one HTML file into `folder`; gives its path."""
    return write_html(rehearsed, folder, Renderer(CONTACT, site=SITE))


def _recorded(programme: Programme, round: Round, acts: Path) -> tuple[Script, str]:
    """What is played back, and who opens the round."""
    try:
        text = acts.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise GrantcycleError(f'the log "{acts}" cannot be read: {problem}') from problem
    recorded = read_acts(text, acts.as_posix(), programme.workflow, round.timezone)
    return Recorded(recorded), who_opens(recorded)


def _play(
    player: Player, opened_by: str, letters: Letters, progress: Progress | None
) -> tuple[int, tuple[Played, ...]]:
    """The instant at which the round was opened, and every act as it went."""
    round = player.round
    last = max(dates.closes.day for dates in ended(round).phases.values())
    played: list[Played] = []
    opened_at = player.opens_at
    first = from_instant(opened_at, round.timezone).date()
    total = max(1, (last - first).days)
    for step in player.play(opened_by):
        played += step.played
        if progress:
            day = from_instant(step.now, round.timezone).date()
            progress(min((day - first).days, total), total, f"{day:%Y-%m}  {letters.sent} letters")
    if progress:
        progress(total, total, f"{letters.sent} letters")
    return opened_at, tuple(played)


@contextmanager
def fewer_collections() -> Iterator[None]:
    """Let the collector of cycles look less often: a rehearsal makes millions of objects that need no collecting."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _letters(database: Database, runner: asyncio.Runner) -> Letters:
    clock = StoppedClock(0)
    renderer = Renderer(CONTACT, site=SITE)
    return Letters(database, runner, clock, Mailbox(clock), sender=SENDER, renderer=renderer, shelf=Shelf())
