"""How do staff, committees and observers come into a round?"""

from pathlib import Path
from typing import Annotated

import typer

from engine.database import looking
from grantcycle import console
from grantcycle.commands.parameters import As, Json, wiring_of
from grantcycle.people_sheet import read_people

app = typer.Typer(help="Staff, committees, observers, and those who asked to be told.", no_args_is_help=True)


@app.callback()
def _people() -> None:
    """Keeps `import` a command of its own: with only one, Typer would leave its name out."""


@app.command("import")
def import_people(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="round, name, email, language, role, chair.")],
    by: As,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what is wrong; change nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Bring in people from a spreadsheet: one part in one round a row. All of it, or nothing.

    Example: grantcycle people import people.csv --as els@impuls.example
    """
    wiring = wiring_of(context)
    with wiring.looking() as session:
        keys = [row.key for row in looking.open_rounds(session)]
    people = read_people(file, {key: wiring.workflow_of(key) for key in keys})
    if not dry_run:
        now = wiring.now()
        for person in people:
            # whoever already has the part keeps it, so that an import that was interrupted is simply done again
            wiring.cycle.add_person(
                person.round,
                email=person.email,
                name=person.name,
                language=person.language,
                role=person.role,
                chair=person.chair,
                by=by,
                now=now,
            )
    if as_json:
        console.show_json({"people": len(people), "imported": not dry_run})
    else:
        counted = console.count(len(people), "part", "parts")
        console.say(f"{counted} can be given; nothing was changed." if dry_run else f"{counted} given.")
