"""What is wrong with the programmes?"""

from pathlib import Path
from typing import Annotated

import typer

from engine.errors import GrantcycleError
from engine.files.complaints import Complaint
from engine.files.reading import examine, read_folder
from grantcycle import console
from grantcycle.commands.parameters import Json, wiring_of
from grantcycle.finding import WORKFLOW, find_programme, programmes_in
from notifications.linting import lint


def _programmes(paths: list[str], workflows: Path) -> list[Path]:
    """The folders that are meant: programmes, or all programmes of a folder.

    Raises GrantcycleError for a folder without any, Unknown for what is neither.
    """
    found: list[Path] = []
    for path in map(Path, paths or [str(workflows)]):
        inside = programmes_in(path)
        if not inside and (path == workflows or path.is_dir()) and not (path / WORKFLOW).is_file():
            raise GrantcycleError(f'there is no programme in "{path}": a programme is a folder with a {WORKFLOW}')
        found += inside or [find_programme(str(path), workflows).folder]
    return found


def examine_programme(folder: Path) -> list[Complaint]:
    """All complaints about one programme, its letters included, by file and line."""
    programme, complaints = examine(folder.resolve().name, read_folder(folder), str(folder))
    if programme is not None:
        complaints += lint(programme, str(folder))
    return sorted(complaints, key=lambda complaint: (complaint.file, complaint.line, complaint.sentence))


def check(
    context: typer.Context,
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH]...", help="Programmes, or folders of them; else the workflows folder."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")] = False,
    as_json: Json = False,
) -> None:
    """All that is wrong with programmes: rules, rounds, words and letters, each with its file and line.

    Example: grantcycle check workflows/small-grants
    """
    workflows = wiring_of(context).settings.workflows.folder
    folders = _programmes(paths or [], workflows)
    complaints = [complaint for folder in folders for complaint in examine_programme(folder)]
    errors = sum(complaint.level == "error" for complaint in complaints)
    warnings = len(complaints) - errors
    if as_json:
        console.show_json(
            {
                "errors": errors,
                "warnings": warnings,
                "complaints": [
                    {
                        "file": complaint.file,
                        "line": complaint.line,
                        "table": complaint.table,
                        "key": complaint.key,
                        "sentence": complaint.sentence,
                        "level": complaint.level,
                    }
                    for complaint in complaints
                ],
            }
        )
    else:
        for complaint in complaints:
            console.say(f"{complaint}{' (warning)' if complaint.level == 'warning' else ''}")
        console.say(_verdict(len(folders), errors, warnings))
    raise typer.Exit(1 if errors or (strict and warnings) else 0)


def _verdict(programmes: int, errors: int, warnings: int) -> str:
    read = console.count(programmes, "programme")
    if not errors and not warnings:
        return f"{read} read; nothing is wrong."
    return f"{read} read; {console.count(errors, 'error')}, {console.count(warnings, 'warning')}."
