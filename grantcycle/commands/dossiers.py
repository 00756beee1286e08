"""Which dossiers are there, and how do they come in?"""

from pathlib import Path
from typing import Annotated, Any

import typer

from engine.database import looking
from engine.database.store import (
    current_answers,
    find_dossier,
    find_round,
    obligations_of,
    standing_verdict,
    state_of,
    the_id,
)
from engine.errors import Unknown
from grantcycle import console
from grantcycle.addresses import read_address, read_person_name
from grantcycle.commands.parameters import Answers, As, Files, Json, Number, RoundName, pairs, wiring_of
from grantcycle.dossier_sheet import read_dossiers
from grantcycle.forms import read_answers, read_uploads
from grantcycle.instants import both, local

app = typer.Typer(help="Dossiers: list, show, start, answer, and bring in from a spreadsheet.", no_args_is_help=True)
SHOWN = 80
"""characters of an answer that a terminal shows; --json gives all of it"""


@app.command("list")
def list_dossiers(
    context: typer.Context,
    round_name: RoundName,
    state: Annotated[str | None, typer.Option(metavar="STATE", help="In this state alone.")] = None,
    as_json: Json = False,
) -> None:
    """The dossiers of a round.

    Example: grantcycle dossiers list small-grants/2030 --state submitted
    """
    wiring = wiring_of(context)
    key = wiring.round_key(round_name)
    with wiring.looking() as session:
        row = find_round(session, key)
        workflow = wiring.workflow_of(key)
        if state is not None and state not in workflow.states:
            raise Unknown("state", state, workflow.states)
        found = looking.dossiers(session, the_id(row), state)
    if as_json:
        console.show_json(
            {
                "round": key,
                "timezone": row.timezone,
                "dossiers": [
                    {
                        "number": one.number,
                        "organisation": one.organisation,
                        "state": one.state,
                        **({"strand": one.strand} if one.strand else {}),
                        **both("entered_at", one.entered_at, row.timezone),
                        **both("received_at", one.received_at, row.timezone),
                        "contacts": list(one.contacts),
                    }
                    for one in found
                ],
            }
        )
    elif not found:
        where = f' in "{state}"' if state else " yet"
        console.say(f"{key} has no dossier{where}. Start one with: grantcycle dossiers start {key} ...")
    else:
        console.show_table(
            f"{key}, local times of {row.timezone}",
            ("number", "organisation", "state", "received", "contacts"),
            (
                (
                    one.number,
                    one.organisation,
                    workflow.states[one.state].title,
                    local(one.received_at, row.timezone),
                    ", ".join(one.contacts),
                )
                for one in found
            ),
        )


@app.command()
def show(context: typer.Context, round_name: RoundName, number: Number, as_json: Json = False) -> None:
    """All that is known of one dossier: answers, moves, verdict, what it owes.

    Example: grantcycle dossiers show small-grants/2030 SG30-001
    """
    wiring = wiring_of(context)
    key = wiring.round_key(round_name)
    with wiring.looking() as session:
        row = find_round(session, key)
        dossier = find_dossier(session, row, number)
        dossier_id = the_id(dossier)
        answers = current_answers(session, dossier_id)
        contacts = looking.contacts_of(session, dossier_id)
        moves = looking.transitions_of(session, dossier_id)
        verdict = standing_verdict(session, dossier_id)
        owed = obligations_of(session, dossier_id)
    zone = row.timezone
    if as_json:
        console.show_json(
            {
                "round": key,
                "timezone": zone,
                "number": dossier.number,
                "organisation": dossier.organisation,
                "state": dossier.state,
                **({"strand": dossier.strand} if dossier.strand else {}),
                **({"clocks": dossier.clocks} if dossier.clocks else {}),
                **both("received_at", dossier.received_at, zone),
                "receipt": dossier.receipt,
                "contacts": [
                    {"name": person.name, "email": person.email, "language": person.language} for person in contacts
                ],
                "answers": answers,
                "verdict": verdict.transition if verdict else None,
                "transitions": [
                    {
                        "name": move.name,
                        "from": move.source or None,
                        "to": move.target,
                        **both("at", move.at, zone),
                        "by": who,
                        "reason": move.reason,
                    }
                    for move, who in moves
                ],
                "obligations": [
                    {"name": one.name, "position": one.position, "last_day": one.last_day, "state": state_of(one)}
                    for one in owed
                ],
            }
        )
        return
    workflow = wiring.workflow_of(key)
    console.say(
        f'{dossier.number}, {dossier.organisation}: "{workflow.states[dossier.state].title}" ({dossier.state}).'
    )
    if dossier.strand:
        console.say(f'  It stands in "{workflow.strands[dossier.strand]}" ({dossier.strand}).')
    if dossier.clocks:
        console.say(f"  It goes by the clocks of {dossier.clocks}.")
    for person in contacts:
        console.say(f"  {person.name} <{person.email}>, {person.language}")
    if verdict:
        console.say(f'  The committee\'s verdict is "{verdict.transition}"; it has not taken effect.')
    if answers:
        console.show_table(
            "Answers", ("question", "answer"), ((name, _short(value)) for name, value in answers.items())
        )
    if moves:
        console.show_table(
            f"Moves, local times of {zone}",
            ("as of", "transition", "to", "by", "reason"),
            ((local(move.at, zone), move.name, move.target, who, move.reason) for move, who in moves),
        )
    if owed:
        console.show_table(
            "Owed",
            ("obligation", "last day", "state"),
            ((f"{one.name} {one.position}", one.last_day, state_of(one)) for one in owed),
        )


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return f"{value.get('name')} ({value.get('size')} bytes)"
    text = str(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


@app.command()
def start(
    context: typer.Context,
    round_name: RoundName,
    organisation: Annotated[str, typer.Option(metavar="TEXT", help="Who applies.", show_default=False)],
    name: Annotated[str, typer.Option(metavar="TEXT", help="The contact's name.", show_default=False)],
    email: Annotated[str, typer.Option(metavar="EMAIL", help="The contact's address.", show_default=False)],
    language: Annotated[str, typer.Option(metavar="CODE", help="The contact's language: nl.", show_default=False)],
    by: As,
    strand: Annotated[
        str | None, typer.Option(metavar="STRAND", help="Where it stands, if the programme has strands.")
    ] = None,
    clocks: Annotated[
        str | None, typer.Option(metavar="ZONE", help="By which clocks it goes, where phases go by the applicant's.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Start a dossier; it gets the next number of the round.

    Example: grantcycle dossiers start small-grants/2030 --organisation "De Brug" --name "An Jans"
    --email an@brug.example --language nl --as an@brug.example
    """
    wiring = wiring_of(context)
    key = wiring.round_key(round_name)
    number = wiring.cycle.start_dossier(
        key,
        organisation=read_person_name(organisation),
        email=read_address(email),
        name=read_person_name(name),
        language=language,
        now=wiring.now(),
        by=by,
        strand=strand,
        clocks=clocks,
    )
    if as_json:
        console.show_json({"round": key, "number": number})
    else:
        console.say(f"{number} is started.")


@app.command()
def answer(
    context: typer.Context,
    round_name: RoundName,
    number: Number,
    by: As,
    answers: Answers = None,
    files: Files = None,
) -> None:
    """Answer questions of a dossier's form; the newest answer counts, none is ever overwritten.

    Example: grantcycle dossiers answer small-grants/2030 SG30-001 --answer amount=45000 --file plan=plan.pdf
    --as an@brug.example
    """
    given, uploads = pairs(answers, "--answer"), pairs(files, "--file")
    if not given and not uploads:
        raise typer.BadParameter("give at least one --answer or --file")
    wiring = wiring_of(context)
    key = wiring.round_key(round_name)
    typed = read_answers(wiring.workflow_of(key).questions, given)
    wiring.cycle.answer(key, number, typed, files=read_uploads(uploads), by=by, now=wiring.now())
    console.say(f"{console.count(len(given) + len(uploads), 'answer')} of {number} kept.")


@app.command()
def strand(
    context: typer.Context,
    round_name: RoundName,
    number: Number,
    strand: Annotated[str, typer.Argument(metavar="STRAND", help="Where it stands from now on.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why.", show_default=False)],
    by: As,
) -> None:
    """Put a dossier into another strand; the journal keeps where it stood, and why.

    Example: grantcycle dossiers strand small-grants/2030 SG30-001 large --reason "It asks for two years." --as
    els@fund.example
    """
    wiring = wiring_of(context)
    key = wiring.round_key(round_name)
    wiring.cycle.change_strand(key, number, strand, by=by, now=wiring.now(), reason=reason)
    console.say(f'{number} now stands in "{wiring.workflow_of(key).strands[strand]}" ({strand}).')


@app.command()
def clocks(
    context: typer.Context,
    round_name: RoundName,
    number: Number,
    zone: Annotated[str, typer.Argument(metavar="ZONE", help="By which clocks it goes from now on.")],
    by: As,
) -> None:
    """Have a dossier go by another time zone, where phases go by that of the applicant.

    Example: grantcycle dossiers clocks small-grants/2030 SG30-001 Pacific/Auckland --as an@brug.example
    """
    wiring = wiring_of(context)
    key = wiring.round_key(round_name)
    wiring.cycle.change_clocks(key, number, zone, by=by, now=wiring.now())
    console.say(f"{number} now goes by the clocks of {zone}.")


@app.command("import")
def import_dossiers(
    context: typer.Context,
    round_name: RoundName,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE.csv",
            help="organisation, name, email, language; number, state, strand, clocks, received; questions.",
        ),
    ],
    by: As,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what is wrong; change nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Bring in dossiers from a spreadsheet, one a row. All of them, or none.

    Example: grantcycle dossiers import small-grants/2030 dossiers.csv --as els@fund.example --dry-run
    """
    wiring = wiring_of(context)
    key = wiring.round_key(round_name)
    with wiring.looking() as session:
        row = find_round(session, key)
        taken = frozenset(looking.numbers_of(session, the_id(row)).values())
    rows = read_dossiers(file, wiring.workflow_of(key), row.timezone, taken)
    numbers = [] if dry_run else wiring.cycle.import_dossiers(key, rows, by=by, now=wiring.now())
    if as_json:
        console.show_json({"round": key, "dossiers": len(rows), "imported": not dry_run, "numbers": numbers})
    elif dry_run:
        console.say(f"{console.count(len(rows), 'dossier')} can be brought in; nothing was changed.")
    else:
        console.say(f"{console.count(len(rows), 'dossier')} brought in: {min(numbers)} to {max(numbers)}.")
