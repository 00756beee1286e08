"""What has happened in a round?"""

import json
from typing import Annotated, Any

import typer

from engine.database import journal as kept
from engine.database.looking import numbers_of
from engine.database.records import JournalRow
from engine.database.store import find_dossier, find_round, the_id
from grantcycle import console
from grantcycle.commands.parameters import Json, RoundName, wiring_of
from grantcycle.instants import both, local


def journal(
    context: typer.Context,
    round_name: RoundName,
    dossier: Annotated[str | None, typer.Option(metavar="NUMBER", help="Of this dossier alone.")] = None,
    as_json: Json = False,
) -> None:
    """All that has happened in a round, in the order in which it was written; it is never rewritten.

    Example: grantcycle journal small-grants/2030 --dossier SG30-001
    """
    wiring = wiring_of(context)
    with wiring.looking() as session:
        row = find_round(session, wiring.round_key(round_name))
        number = the_id(find_dossier(session, row, dossier)) if dossier else None
        entries = kept.read(session, the_id(row), number)
        numbers = numbers_of(session, the_id(row))
    if as_json:
        answer = [_as_json(entry, numbers, row.timezone) for entry in entries]
        console.show_json({"round": row.key, "timezone": row.timezone, "journal": answer})
    elif not entries:
        console.say("Nothing has happened yet.")
    else:
        console.show_table(
            f"{row.key}, local times of {row.timezone}",
            ("as of", "dossier", "what", "who", "details"),
            (
                (
                    local(entry.at, row.timezone),
                    numbers.get(entry.dossier_id or 0, ""),
                    entry.what,
                    entry.actor,
                    ", ".join(f"{name}: {_short(value)}" for name, value in entry.details.items()),
                )
                for entry in entries
            ),
        )


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _as_json(entry: JournalRow, numbers: dict[int, str], zone: str) -> dict[str, Any]:
    return {
        **both("at", entry.at, zone),
        **both("recorded_at", entry.recorded_at, zone),
        "dossier": numbers.get(entry.dossier_id or 0),
        "what": entry.what,
        "actor": entry.actor,
        "details": entry.details,
    }
