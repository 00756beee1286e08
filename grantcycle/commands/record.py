"""How is something recorded about a dossier, without moving it?"""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from engine.errors import Unknown
from engine.rules.marks import read_mark
from engine.rules.typed import parse_day, parse_money
from grantcycle import console
from grantcycle.commands.parameters import (
    Answers,
    As,
    Files,
    Number,
    Reason,
    RoundName,
    pairs,
    text_of,
    wiring_of,
)
from grantcycle.forms import read_answers, read_uploads

app = typer.Typer(
    help="Record a score, a recommendation, a conflict, an order, a verdict, an attendance, an excuse, a delivery or a "
    "payment.",
    no_args_is_help=True,
)
Of = Annotated[str, typer.Option("--of", metavar="NAME", help="Of what, by its name in the rules.", show_default=False)]


@app.command()
def score(
    context: typer.Context,
    round_name: RoundName,
    number: Number,
    by: As,
    marks: Annotated[
        list[str],
        typer.Option(
            "--mark", "--answer", metavar="CRITERION=MARK", help="One mark, a number or a word; one for each criterion."
        ),
    ],
) -> None:
    """A committee member's marks; new ones replace the old.

    Example: grantcycle record score small-grants/2030 SG30-001 --as bo@jury.example --mark participation=8
    """
    wiring = wiring_of(context)
    key = wiring.round_key(round_name)
    criteria = wiring.workflow_of(key).criteria
    given: dict[str, float] = {}
    for criterion, text in pairs(marks, "--mark").items():
        if criterion not in criteria:
            raise Unknown("criterion", criterion, criteria)
        given[criterion] = read_mark(criteria[criterion], text)
    wiring.cycle.score(key, number, given, by=by, now=wiring.now())
    console.say(f"{console.count(len(given), 'mark')} of {by} for {number} kept.")


@app.command()
def recommendation(
    context: typer.Context,
    round_name: RoundName,
    number: Number,
    by: As,
    words: Annotated[str | None, typer.Option(metavar="TEXT", help="The recommendation itself.")] = None,
    file: Annotated[Path | None, typer.Option(metavar="PATH", help="A text file that holds it.")] = None,
) -> None:
    """What the committee recommends to the applicant; it is read with the verdict.

    Example: grantcycle record recommendation small-grants/2030 SG30-001 --as bo@jury.example --file words.txt
    """
    if (words is None) == (file is None):
        raise typer.BadParameter("give either --words or --file")
    text = words if words is not None else text_of(file) if file is not None else ""
    wiring = wiring_of(context)
    wiring.cycle.recommend(wiring.round_key(round_name), number, text, by=by, now=wiring.now())
    console.say(f"The recommendation of {by} for {number} is kept.")


@app.command()
def order(
    context: typer.Context,
    round_name: RoundName,
    numbers: Annotated[list[str], typer.Argument(metavar="NUMBERS", help="The dossiers, the first first.")],
    by: As,
    state: Annotated[str, typer.Option("--state", metavar="NAME", help="Where they stand.", show_default=False)],
) -> None:
    """The order that a committee gives by hand: of all that stand in a state, who is left out has no place.

    Example: grantcycle record order small-grants/2030 SG30-003 SG30-001 --state shortlisted --as bo@jury.example
    """
    wiring = wiring_of(context)
    wiring.cycle.give_order(wiring.round_key(round_name), state, numbers, by=by, now=wiring.now())
    console.say(f'{console.count(len(numbers), "dossier")} put in order in "{state}".')


@app.command()
def conflict(context: typer.Context, round_name: RoundName, number: Number, by: As, reason: Reason = None) -> None:
    """A committee member knows the applicant, and has no part in this dossier from now on.

    Example: grantcycle record conflict small-grants/2030 SG30-001 --as bo@jury.example --reason "a colleague"
    """
    wiring = wiring_of(context)
    wiring.cycle.declare_conflict(wiring.round_key(round_name), number, by=by, now=wiring.now(), reason=reason)
    console.say(f"The conflict of {by} with {number} is recorded.")


@app.command()
def verdict(
    context: typer.Context, round_name: RoundName, number: Number, of: Of, by: As, reason: Reason = None
) -> None:
    """The committee's verdict, by its chair or minuted by staff; it may be replaced until it takes effect.

    Example: grantcycle record verdict small-grants/2030 SG30-001 --of shortlist --as chair@jury.example
    """
    wiring = wiring_of(context)
    key = wiring.round_key(round_name)
    wiring.cycle.verdict(key, number, of, by=by, now=wiring.now(), reason=reason)
    effect = wiring.workflow_of(key).transitions[of].takes_effect
    console.say(
        f'The verdict "{of}" on {number} is recorded' + (f'; it takes effect at "{effect}".' if effect else ".")
    )


@app.command()
def attendance(context: typer.Context, round_name: RoundName, number: Number, of: Of, by: As) -> None:
    """Somebody came to a meeting for this dossier.

    Example: grantcycle record attendance small-grants/2030 SG30-001 --of kick_off --as els@fund.example
    """
    wiring = wiring_of(context)
    wiring.cycle.attend(wiring.round_key(round_name), number, of, by=by, now=wiring.now())
    console.say(f"{number} came to {of}.")


@app.command()
def excuse(
    context: typer.Context,
    round_name: RoundName,
    number: Number,
    of: Of,
    by: As,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, in a sentence that is kept.", show_default=False)],
) -> None:
    """A dossier is excused from a meeting or an obligation.

    Example: grantcycle record excuse small-grants/2030 SG30-001 --of kick_off --reason "ill" --as els@fund.example
    """
    wiring = wiring_of(context)
    wiring.cycle.excuse(wiring.round_key(round_name), number, of, reason=reason, by=by, now=wiring.now())
    console.say(f"{number} is excused from {of}.")


@app.command()
def delivery(
    context: typer.Context,
    round_name: RoundName,
    number: Number,
    of: Of,
    by: As,
    answers: Answers = None,
    files: Files = None,
) -> None:
    """A deliverable is handed in: a report, a contract.

    Example: grantcycle record delivery small-grants/2030 SG30-001 --of interim_report --file report=report.pdf
    --as an@brug.example
    """
    wiring = wiring_of(context)
    key = wiring.round_key(round_name)
    deliverables = wiring.workflow_of(key).deliverables
    if of not in deliverables:
        raise Unknown("deliverable", of, deliverables)
    given = read_answers(deliverables[of].questions, pairs(answers, "--answer"))
    uploads = read_uploads(pairs(files, "--file"))
    wiring.cycle.deliver(key, number, of, given, by=by, now=wiring.now(), files=uploads)
    console.say(f'"{deliverables[of].title}" of {number} is received.')


@app.command()
def payment(
    context: typer.Context,
    round_name: RoundName,
    number: Number,
    of: Of,
    by: As,
    amount: Annotated[str, typer.Option(metavar="AMOUNT", help="How much was paid.", show_default=False)],
    day: Annotated[str, typer.Option("--on", metavar="DAY", help="The day on which it was paid.", show_default=False)],
    row: Annotated[int, typer.Option(min=1, help="Which row of a schedule, from 1.")] = 1,
    reference: Annotated[str, typer.Option(metavar="TEXT", help="What the bank or the books call it.")] = "",
) -> None:
    """Money was paid that was promised, all of it or a part; more than is left is refused.

    Example: grantcycle record payment small-grants/2030 SG30-001 --of grant --amount 2500 --on 2030-06-14
    --as els@fund.example
    """
    wiring = wiring_of(context)
    key = wiring.round_key(round_name)
    paid = parse_money(amount)
    wiring.cycle.record_payment(
        key, number, of, paid, day=date.fromisoformat(parse_day(day)), position=row, reference=reference, by=by,
        now=wiring.now(),
    )  # fmt: skip
    currency = wiring.workflow_of(key).currency
    console.say(f"{currency} {paid} of {of} is paid to {number}.")
