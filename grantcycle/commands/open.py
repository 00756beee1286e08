"""How does a round begin to run?"""

from typing import Annotated

import typer

from engine.files.complaints import Complaints
from engine.files.reading import load
from grantcycle import console
from grantcycle.commands.check import examine_programme
from grantcycle.commands.parameters import As, Reason, RoundName, pairs, wiring_of
from grantcycle.commands.plan import Map, changed_programme
from grantcycle.finding import find_round
from grantcycle.instants import read_instant
from grantcycle.wiring import Wiring


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
    replace: Annotated[
        bool, typer.Option("--replace", help="Let a round that runs go on with its files as they are now: see plan.")
    ] = False,
    mapped: Map = None,
    reason: Reason = None,
) -> None:
    """Bring a round into the database and pin its workflow; from here on its calendar runs.

    With --replace a round that runs goes on with its files as they are now, in one act with a reason. What has happened
    stays; what would strand anybody is refused.

    Example: grantcycle open small-grants/2030 --as els@fund.example, and once it runs:
    grantcycle open --replace small-grants/2030 --reason "The board moved the pitch" --as els@fund.example
    """
    wiring = wiring_of(context)
    if replace:
        _replace(wiring, round_name, mapped, reason, by)
        return
    if mapped or reason:
        raise typer.BadParameter("only with --replace", param_hint="--map" if mapped else "--reason")
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


def _replace(wiring: Wiring, round_name: str, mapped: list[str] | None, reason: str | None, by: str) -> None:
    found, programme = changed_programme(wiring, round_name)
    version = wiring.cycle.replace_rules(
        found.key, programme, reason=reason or "", by=by, now=wiring.now(), mapped=pairs(mapped, "--map")
    )
    if version is None:
        console.say(f"{found.key} runs on these files already; nothing was changed.")
    else:
        console.say(f"{found.key} goes on with version {version}. See grantcycle versions {found.key}.")
