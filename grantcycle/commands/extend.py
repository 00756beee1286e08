"""How is a deadline moved?"""

from typing import Annotated

import typer

from grantcycle import console
from grantcycle.commands.parameters import As, RoundName, wiring_of
from grantcycle.instants import read_local


def extend(
    context: typer.Context,
    round_name: RoundName,
    moment: Annotated[
        str, typer.Argument(metavar="MOMENT", help='The edge of a phase: "call closes".', show_default=False)
    ],
    to: Annotated[
        str, typer.Option(metavar="WHEN", help="The new last day, or a local hour: 2019-03-08.", show_default=False)
    ],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; it stands in the letter.", show_default=False)],
    by: As,
    dossier: Annotated[str | None, typer.Option(metavar="NUMBER", help="For this dossier alone; else for all.")] = None,
    strand: Annotated[str | None, typer.Option(metavar="NAME", help="For the dossiers of this strand alone.")] = None,
) -> None:
    """Move a deadline, for one dossier, for a strand or for all; everybody concerned is told the old date and the new.

    Example: grantcycle extend small-grants/2030 "call closes" --to 2019-03-08 --reason "a long power cut"
    --as els@fund.example
    """
    wiring = wiring_of(context)
    key = wiring.round_key(round_name)
    day = read_local(to, wiring.zone_of(key))
    wiring.cycle.extend(key, moment, day, reason=reason, by=by, now=wiring.now(), dossier=dossier, strand=strand)
    whom = f"dossier {dossier}" if dossier else f'the dossiers in "{strand}"' if strand else "all dossiers"
    console.say(f'"{moment}" of {key} is moved to {to} for {whom}.')
