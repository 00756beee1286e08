"""What does a workflow look like?"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from engine.errors import Unknown
from engine.files.drawing import draw_mermaid, draw_svg
from engine.files.drawing_bpmn import draw_bpmn
from engine.files.drawing_scxml import draw_scxml
from engine.files.reading import Programme, load
from grantcycle import console
from grantcycle.commands.parameters import wiring_of
from grantcycle.commands.versions import version_of
from grantcycle.finding import find_programme


class Format(StrEnum):
    svg = "svg"
    mermaid = "mermaid"
    scxml = "scxml"
    bpmn = "bpmn"


DRAWN: Mapping[Format, Callable[[Programme, str], str]] = {
    Format.svg: draw_svg,
    Format.mermaid: draw_mermaid,
    Format.scxml: draw_scxml,
    Format.bpmn: draw_bpmn,
}


def draw(
    context: typer.Context,
    workflow: Annotated[
        str, typer.Argument(metavar="WORKFLOW", help="A programme: small-grants, or its folder.", show_default=False)
    ],
    format: Annotated[
        Format, typer.Option("--format", help="A picture; or for Mermaid, state machines (SCXML), processes (BPMN).")
    ] = Format.svg,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write it; else standard output.")
    ] = None,
    lang: Annotated[str | None, typer.Option("--lang", metavar="CODE", help="The language of its titles.")] = None,
    version: Annotated[
        int | None,
        typer.Option("--version", metavar="NUMBER", help="As a round that runs had it (WORKFLOW is that round)."),
    ] = None,
) -> None:
    """The diagram of a workflow: its states, and what moves a dossier from one to the next.

    Example: grantcycle draw small-grants --lang en -o small-grants.svg
    """
    wiring = wiring_of(context)
    if version is None:
        programme = load(find_programme(workflow, wiring.settings.workflows.folder).folder)
    else:
        programme = version_of(wiring, wiring.round_key(workflow), version)
    language = lang or programme.workflow.language
    if language not in programme.workflow.languages:
        raise Unknown(f"language of {programme.name}", language, programme.workflow.languages)
    drawing = DRAWN[format](programme, language)
    if output is None:
        console.write(drawing)
    else:
        output.write_text(drawing, encoding="utf-8")
        console.say(f"The diagram of {programme.name} stands in {output}.")
