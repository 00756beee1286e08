"""How does a round begin to run?"""

from typing import Annotated

import typer

from engine.files.complaints import Complaints
from engine.files.reading import load
from grantcycle import console
from grantcycle.commands.check import examine_programme
from grantcycle.commands.parameters import As, RoundName, wiring_of
from grantcycle.finding import find_round
from grantcycle.instants import read_instant


def open_round(
    context: typer.Context,
    round_name: RoundName,
    by: As,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of", metavar="WHEN", help="Bring over a round that runs elsewhere: nothing before WHEN fires."
        ),
    ] = None,
) -> None:
    """Bring a round into the database and pin its workflow; from here on its calendar runs.

    Example: grantcycle open small-grants/2030 --as els@fund.example
    """
    wiring = wiring_of(context)
    found = find_round(round_name, wiring.settings.workflows.folder)
    if wrong := [complaint for complaint in examine_programme(found.folder) if complaint.level == "error"]:
        raise Complaints(wrong)
    programme = load(found.folder)
    zone = programme.rounds[str(found.round)].timezone
    wiring.make_database()
    wiring.cycle.open_round(
        programme,
        str(found.round),
        by=by,
        now=wiring.now(),
        as_of=None if as_of is None else read_instant(as_of, zone),
    )
    console.say(
        f"{found.key} is open. Next: grantcycle people import FILE.csv --as {by}, and grantcycle serve to let it run."
    )
