"""Which arguments and options do several commands take, and how are they read?"""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, cast

import typer

from grantcycle.wiring import Wiring

RoundName = Annotated[
    str, typer.Argument(metavar="ROUND", help="small-grants/2030, or the path of a round's file.", show_default=False)
]
Number = Annotated[str, typer.Argument(metavar="NUMBER", help="The dossier's number: SG30-001.", show_default=False)]
As = Annotated[
    str,
    typer.Option("--as", metavar="EMAIL", help="Who does this: an address that the round knows.", show_default=False),
]
Json = Annotated[bool, typer.Option("--json", help="For programs; the shape stands in docs/formats.md.")]
Reason = Annotated[str | None, typer.Option(metavar="TEXT", help="Why, in a sentence that is kept.")]
Answers = Annotated[
    list[str] | None,
    typer.Option("--answer", metavar="QUESTION=TEXT", help="An answer in the form; may be given several times."),
]
Files = Annotated[
    list[str] | None,
    typer.Option("--file", metavar="QUESTION=PATH", help="A file that answers a question; several times."),
]


def wiring_of(context: typer.Context) -> Wiring:
    """The wiring room that this command line runs in."""
    return cast(Wiring, context.find_object(Wiring))


def pairs(given: Iterable[str] | None, option: str) -> dict[str, str]:
    """`name=value` texts as a mapping. Wrong usage when one has no `=`, or when a name comes twice."""
    found: dict[str, str] = {}
    for text in given or ():
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise typer.BadParameter(f'"{text}" is not written as NAME=VALUE', param_hint=option)
        if name.strip() in found:
            raise typer.BadParameter(f'"{name.strip()}" is given twice', param_hint=option)
        found[name.strip()] = value
    return found


def text_of(path: Path) -> str:
    """A text file's content. Wrong usage when it cannot be read as UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise typer.BadParameter(f'the file "{path}" cannot be read as text ({problem})') from problem
