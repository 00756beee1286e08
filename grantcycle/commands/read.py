"""How does a round read aloud?"""

from typing import Annotated

import typer

from engine.errors import Unknown
from engine.files.prose import read_aloud
from engine.files.reading import load
from grantcycle import console
from grantcycle.commands.parameters import RoundName, wiring_of
from grantcycle.commands.versions import version_of
from grantcycle.finding import find_round


def read(
    context: typer.Context,
    round_name: RoundName,
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="CODE", help="nl, fr or en; else the programme's own language.")
    ] = None,
    version: Annotated[
        int | None, typer.Option("--version", metavar="NUMBER", help="As a round that runs had it: see versions.")
    ] = None,
) -> None:
    """The rules and the dates of a round as prose, generated from its files.

    Example: grantcycle read small-grants/2030 --lang en
    """
    wiring = wiring_of(context)
    if version is None:
        found = find_round(round_name, wiring.settings.workflows.folder)
        programme, name = load(found.folder), str(found.round)
    else:
        key = wiring.round_key(round_name)
        programme, name = version_of(wiring, key, version), key.rpartition("/")[2]
    languages = programme.workflow.languages
    language = lang or programme.workflow.language
    if language not in languages:
        raise Unknown(f"language of {programme.name}", language, languages)
    console.write(read_aloud(programme, programme.rounds[name], language))
