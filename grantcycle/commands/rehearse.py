"""How would a round go, from the call to the evaluation?"""

from pathlib import Path
from typing import Annotated

import typer

from engine.files.reading import load
from grantcycle import console
from grantcycle.commands.parameters import Json, RoundName, wiring_of
from grantcycle.finding import Found, find_round
from grantcycle.rehearsed_json import as_json as rehearsed_as_json
from grantcycle.rehearsing import Rehearsed, write_report
from grantcycle.rehearsing import rehearse as play


def rehearse(
    context: typer.Context,
    round_name: RoundName,
    dossiers: Annotated[int, typer.Option(min=1, max=5000, help="How many dossiers are handed in.")] = 62,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same people, same letters, same bytes.")] = 7,
    acts: Annotated[
        Path | None,
        typer.Option(metavar="FILE.csv", help="Play back what really happened: instant, who, what, number, values."),
    ] = None,
    save_acts: Annotated[
        Path | None, typer.Option("--save-acts", metavar="FILE.csv", help="Keep what was played as such a file.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write the report, one HTML file, into this folder.")
    ] = None,
    as_json: Json = False,
) -> None:
    """The whole round on the real engine in virtual time: every date, every letter, nothing leaves this machine.

    Example: grantcycle rehearse small-grants/2030 --dossiers 62 --seed 7 --report rehearsal
    """
    found = find_round(round_name, wiring_of(context).settings.workflows.folder)
    rehearsed = play_through(found, dossiers=dossiers, seed=seed, acts=acts, save_acts=save_acts)
    written = write_report(rehearsed, report) if report else None
    if as_json:
        console.show_json(rehearsed_as_json(rehearsed))
        return
    console.write(str(rehearsed))
    if written:
        console.say(f"The report stands in {written}.")


def play_through(
    found: Found, *, dossiers: int, seed: int, acts: Path | None = None, save_acts: Path | None = None
) -> Rehearsed:
    """The rehearsal, with a progress bar where somebody looks."""
    programme = load(found.folder)
    with console.progress() as bar:
        task = bar.add_task(found.key, total=1)

        def seen(done: int, total: int, what: str) -> None:
            bar.update(task, completed=done, total=total, description=console.plain(what))

        return play(
            programme,
            str(found.round),
            dossiers=dossiers,
            seed=seed,
            acts=acts,
            save_acts=save_acts,
            progress=seen,
        )
