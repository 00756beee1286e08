"""How does a programme of one's own begin?"""

from pathlib import Path
from typing import Annotated

import typer

from engine.errors import GrantcycleError
from engine.files.complaints import Complaints
from engine.files.reading import read_folder
from engine.rules.moments import from_instant
from grantcycle import console
from grantcycle.commands.check import examine_programme
from grantcycle.commands.parameters import wiring_of
from grantcycle.finding import find_programme, from_here
from grantcycle.starting import begin, check_name, number_of, starter, starter_languages, title_of

LANGUAGES = ", ".join(starter_languages())


def new(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="What its folder is called: street-fund.", show_default=False)
    ],
    like: Annotated[
        str | None,
        typer.Option(metavar="PROGRAMME", help="The programme it begins as; else a small one that is quickly changed."),
    ] = None,
    language: Annotated[
        str, typer.Option(metavar="CODE", help=f"The language of the small one: {LANGUAGES}.")
    ] = "en",
    title: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What people read as its name; else the one it begins as has.")
    ] = None,
    year: Annotated[
        str | None, typer.Option("--round", metavar="YEAR", help="Its first round; else next year's.")
    ] = None,
    number: Annotated[
        str | None, typer.Option(metavar="PREFIX", help="What its dossiers are numbered with: SF27-001.")
    ] = None,
) -> None:
    """Begin a programme of your own: a folder with rules, one round, words and letters, all of it yours to change.

    Example: grantcycle new street-fund --language en --title "Street fund" --round 2027
    """
    wiring = wiring_of(context)
    workflows = from_here(wiring.settings.workflows.folder)
    check_name(name)
    folder = workflows / name
    if folder.exists():
        raise GrantcycleError(f'there is a folder "{folder}" already; a new programme takes the place of none')
    files = starter(language) if like is None else read_folder(find_programme(like, workflows).folder)
    year = year or str(from_instant(wiring.now(), "UTC").year + 1)
    begun = begin(files, title=title or title_of(files), year=year, number=number or number_of(name, year))
    _write(folder, begun)
    complaints = examine_programme(folder)
    if wrong := [one for one in complaints if one.level == "error"]:
        raise Complaints(wrong)
    for complaint in complaints:
        console.complain(str(complaint))
    console.say(f"{folder} is yours: {len(begun)} files, and one round, {name}/{year}.")
    console.say(f"Next: grantcycle read {name}/{year}. Put your dates into rounds/{year}.toml, change what you like in "
                f"workflow.toml, and then: grantcycle check {name}.")  # fmt: skip


def _write(folder: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
