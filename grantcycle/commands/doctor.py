"""Is everything in the database as it must be, and has all happened that should have?"""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer
from sqlmodel import Session

from engine.database.health import Health, health
from engine.database.invariants import INVARIANTS, Found, Invariant, check
from engine.database.looking import open_rounds
from engine.database.records import RoundRow
from engine.database.store import find_round
from grantcycle import console
from grantcycle.commands.parameters import Json, wiring_of
from grantcycle.instants import age, utc, utc_or_none
from notifications.invariants import LETTERS

RED = 1
"""the exit code when something does not hold"""
EVERY = (*INVARIANTS, *LETTERS)


def doctor(
    context: typer.Context,
    round_name: Annotated[
        str | None, typer.Option("--round", metavar="ROUND", help="This round alone, and the database as a whole.")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Leave out what reads every byte of every file and letter.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Ask the database all that must always hold, follow the journal's chain, and say what is late; exit 1 if red.

    Nothing is changed, and rounds go on meanwhile.

    Example: grantcycle doctor
    """
    wiring = wiring_of(context)
    now = wiring.now()
    asked = [one for one in EVERY if not (quick and one.thorough)]
    with wiring.database.reading() as session:
        rounds = [find_round(session, wiring.round_key(round_name))] if round_name else open_rounds(session)
        keys = [row.key for row in rounds]
        late = health(session, now)
        found = list(_with_progress(session, now, rounds, asked))
    red = [one for one in found if one.offending]
    if as_json:
        console.show_json(_as_json(asked, red, keys, late, now))
    else:
        _show(asked, red, keys, late, now)
    if red or not late.is_good(now):
        raise typer.Exit(RED)


def _with_progress(
    session: Session, now: int, rounds: Sequence[RoundRow], asked: Sequence[Invariant]
) -> Iterator[Found]:
    questions = sum(len(rounds) * one.of_a_round + (one.and_of_none or not one.of_a_round) for one in asked)
    with console.progress() as progress:
        bar = progress.add_task("invariants", total=questions)
        yield from check(session, now, rounds, invariants=asked, each=lambda: progress.advance(bar))


def _show(asked: Sequence[Invariant], red: Sequence[Found], rounds: Sequence[str], late: Health, now: int) -> None:
    broken = {one.invariant.name for one in red}
    console.show_table(
        f"{console.count(len(asked), 'invariant')} of {console.count(len(rounds), 'round')}, {utc(now)}",
        ("", "invariant", "what must hold"),
        (("RED" if one.name in broken else "green", one.name, one.holds) for one in asked),
    )
    for one in red:
        where = f" in {one.round}" if one.round else ""
        console.say(f'RED "{one.invariant.name}"{where}:')
        for sentence in one.offending:
            console.say(f"  {sentence}")
        if one.more:
            console.say("  ... and more")
        console.say(f"  {one.invariant.to_do}")
    console.say(_late("deadline", late.overdue(now), late.overdue_since))
    console.say(_late("letter", late.unsent(now), late.unsent_since))
    if not late.is_good(now):
        console.say("RED: what should have happened long ago has not. Is a worker running?")
    if not broken:
        console.say(f"All {len(asked)} invariants hold.")


def _late(what: str, microseconds: int, since: int | None) -> str:
    return f"No {what} is late." if since is None else f"The oldest {what} is late by {age(microseconds)}."


def _as_json(
    asked: Sequence[Invariant], red: Sequence[Found], rounds: Sequence[str], late: Health, now: int
) -> dict[str, Any]:
    return {
        "now": utc(now),
        "rounds": list(rounds),
        "green": not red and late.is_good(now),
        "invariants": len(asked),
        "red": [
            {
                "invariant": one.invariant.name,
                "round": one.round,
                "holds": one.invariant.holds,
                "offending": list(one.offending),
                "more": one.more,
                "to_do": one.invariant.to_do,
            }
            for one in red
        ],
        "health": {
            "overdue_since": utc_or_none(late.overdue_since),
            "overdue_seconds": late.overdue(now) // 1_000_000,
            "unsent_since": utc_or_none(late.unsent_since),
            "unsent_seconds": late.unsent(now) // 1_000_000,
            "good": late.is_good(now),
        },
    }
