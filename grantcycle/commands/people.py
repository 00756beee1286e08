"""How do staff, committees and observers come into a round?"""

from pathlib import Path
from typing import Annotated

import typer

from engine.database import looking
from engine.database.access import factors, sessions
from engine.database.store import find_person, the_id
from engine.errors import GrantcycleError
from engine.files.people_sheet import OPTIONAL, REQUIRED, people_of
from engine.files.spreadsheet import read_sheet
from grantcycle import console
from grantcycle.addresses import read_address, read_person_name
from grantcycle.commands.parameters import As, Json, RoundName, wiring_of
from web.links import make_link

Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The person's address.", show_default=False)]
ByOrSelf = Annotated[
    str | None, typer.Option("--as", metavar="EMAIL", help="Who does this; else the person.", show_default=False)
]
app = typer.Typer(help="Staff, committees, observers, and those who asked to be told.", no_args_is_help=True)


@app.command("add")
def add(
    context: typer.Context,
    round_name: RoundName,
    email: Email,
    name: Annotated[str, typer.Option(help="The person's name.", show_default=False)],
    role: Annotated[str, typer.Option(help='staff, everyone, a committee, or "COMMITTEE observer".')] = "staff",
    language: Annotated[str, typer.Option(help="The language that the person is written to in.")] = "nl",
    chair: Annotated[bool, typer.Option("--chair", help="Of the committee.")] = False,
    per: Annotated[
        str,
        typer.Option(
            metavar="STRAND", help="Of committees of which there is one for each strand or answer, in that one; else "
            "in every one.", show_default=False,
        ),
    ] = "",
    by: ByOrSelf = None,
) -> None:
    """Give one person a part in a round: this is how the first member of staff comes in.

    Example: grantcycle people add small-grants/2030 els@fund.example --name "Els Peeters"
    """
    wiring = wiring_of(context)
    wiring.cycle.add_person(
        wiring.round_key(round_name), email=email, name=name, language=language, role=role, chair=chair,
        scope=per, by=by or email, now=wiring.now(),
    )  # fmt: skip
    for_whom = f' for "{per}"' if per else ""
    console.say(f'{email} is "{role}"{for_whom} in {round_name}.')


@app.command("link")
def sign_in_link(context: typer.Context, email: Email) -> None:
    """A link that signs a person in once, within ten minutes, in whichever browser opens it.

    Example: grantcycle people link els@fund.example
    """
    wiring = wiring_of(context)
    console.say(make_link(wiring.office, email.strip().lower(), wiring.now()))


@app.command("reset")
def reset(context: typer.Context, email: Email) -> None:
    """Take a person's second factor away, because telephone and codes are lost, and sign them out everywhere.

    Example: grantcycle people reset els@fund.example
    """
    wiring = wiring_of(context)
    now = wiring.now()
    with wiring.database.transaction() as session:
        person = find_person(session, email)
        if person is None:
            raise GrantcycleError(f'nobody here has the address "{email}"')
        had = factors.remove(session, the_id(person), now)
        count = sessions.end_all(session, the_id(person), "second factor removed", now)
        if had:
            wiring.account_letters.queue(
                session, letter="second-factor-changed", key=f"reset {now}", person=person, now=now,
                facts={"at": now, "change": "removed"},
            )  # fmt: skip
    signed_out = console.count(count, "browser", "browsers")
    console.say(f"{email} has no second factor{'' if had else ' (and had none)'}; signed out in {signed_out}.")


@app.command("import")
def import_people(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="round, name, email, language, role, chair, per.")],
    by: As,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what is wrong; change nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Bring in people from a spreadsheet: one part in one round a row. All of it, or nothing.

    Example: grantcycle people import people.csv --as els@fund.example
    """
    wiring = wiring_of(context)
    with wiring.looking() as session:
        keys = [row.key for row in looking.open_rounds(session)]
    sheet = read_sheet(file, required=REQUIRED, optional=OPTIONAL)
    workflows = {key: wiring.workflow_of(key) for key in keys}
    people = people_of(sheet, workflows, read_address, read_person_name)
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
                scope=person.scope,
                by=by,
                now=now,
            )
    if as_json:
        console.show_json({"people": len(people), "imported": not dry_run})
    else:
        counted = console.count(len(people), "part", "parts")
        console.say(f"{counted} can be given; nothing was changed." if dry_run else f"{counted} given.")
