"""What would a changed file do to a round that runs?"""

from typing import Annotated

import typer

from engine.cycle.planning import plan as plan_of
from engine.errors import Unknown
from engine.files.complaints import Complaints
from engine.files.reading import Programme, load
from grantcycle import console
from grantcycle.commands.check import examine_programme
from grantcycle.commands.parameters import Json, RoundName, pairs, wiring_of
from grantcycle.finding import Found, find_round
from grantcycle.instants import read_instant
from grantcycle.planned import as_json as shown_as_json
from grantcycle.planned import as_text
from grantcycle.wiring import Wiring

CHANGES, REFUSED = 4, 3
Map = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="OLD=NEW", help="Where dossiers go from a state that the new rules do not have."),
]


def changed_programme(wiring: Wiring, round_name: str) -> tuple[Found, Programme]:
    """The programme of a running round as its folder is now. Raises Complaints with every error, as `check` does."""
    found = find_round(round_name, wiring.settings.workflows.folder)
    if not wiring.is_open(found.key):
        raise Unknown("open round", found.key)
    if wrong := [complaint for complaint in examine_programme(found.folder) if complaint.level == "error"]:
        raise Complaints(wrong)
    return found, load(found.folder)


def plan(
    context: typer.Context,
    round_name: RoundName,
    mapped: Map = None,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="DAY", help="Look no further than this day or hour; else to the end."),
    ] = None,
    as_json: Json = False,
) -> None:
    """What the files of a running round would change about it: dates, letters, dossiers, debts. Nothing is changed.

    The change is tried in the database, and the calendar goes on to the end with it and without it. Ends with 0 where
    nothing would change, 4 where something would, and 3 where it would be refused, with every reason.

    Example: grantcycle plan small-grants/2030
    """
    wiring = wiring_of(context)
    found, programme = changed_programme(wiring, round_name)
    zone = wiring.zone_of(found.key)
    planned = plan_of(
        wiring.cycle, found.key, programme, now=wiring.now(), mapped=pairs(mapped, "--map"),
        until=None if until is None else read_instant(until, zone),
    )  # fmt: skip
    if as_json:
        console.show_json(shown_as_json(planned, zone))
    else:
        console.say("\n".join(as_text(planned, zone, round_name)))
    raise typer.Exit(0 if not planned.changes else REFUSED if planned.reasons else CHANGES)
