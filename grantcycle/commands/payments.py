"""What is to be paid in a round, and how does a sheet of what was paid come back?"""

import csv
import io
from pathlib import Path
from typing import Annotated

import typer

from engine.cycle.payable import Paid
from engine.cycle.paying import NotAllPaid
from engine.database.pages.owed import Of
from engine.database.pages.payments import FILTERS, Filter, Sum, every_sum
from engine.database.store import find_round, the_id
from engine.errors import Refusal, Refused, Unknown
from engine.files.payment_sheet import OPTIONAL, REQUIRED, SHEET, payments_in
from engine.files.spreadsheet import read_sheet
from engine.rules.paying import from_cents
from grantcycle import console
from grantcycle.commands.parameters import As, Json, RoundName, wiring_of

app = typer.Typer(help="Money that was promised: list, import what was paid, take one back.", no_args_is_help=True)
EVERYBODY = 0
"""a reader who has a conflict with no dossier"""


@app.command("list")
def list_payments(
    context: typer.Context,
    round_name: RoundName,
    show: Annotated[
        str, typer.Option(metavar="WHICH", help="late, to-pay, waits or paid alone.", show_default=False)
    ] = "",
    as_sheet: Annotated[bool, typer.Option("--csv", help="The sheet for the bank or the books.")] = False,
    as_json: Json = False,
) -> None:
    """What is to be paid, what is due first first, and what was paid of it.

    Example: grantcycle payments list small-grants/2030 --show late
    """
    wiring = wiring_of(context)
    key, shown = wiring.round_key(round_name), _filter(show)
    now = wiring.now()
    with wiring.looking() as session:
        row = find_round(session, key)
        of = Of(wiring.workflow_of(key), the_id(row), EVERYBODY, (0, 0))
        found = list(every_sum(session, of, shown, now=now))
    currency = wiring.workflow_of(key).currency
    if as_json:
        console.show_json({"round": key, "currency": currency, "payments": [_as_json(one) for one in found]})
    elif as_sheet:
        console.write(_as_sheet(found))
    elif not found:
        console.say(f"No payment of {key} stands like that." if show else f"{key} promises nobody any money yet.")
    else:
        console.show_table(
            f"{key}, amounts in {currency}",
            ("dossier", "promise", "what", "promised", "paid", "by", "stands"),
            (
                (one.number, f"{one.name} {one.position}", one.what or "", from_cents(one.cents), from_cents(one.paid),
                 one.last_day or "", one.told)
                for one in found
            ),
        )  # fmt: skip


@app.command("import")
def import_payments(
    context: typer.Context,
    round_name: RoundName,
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="The sheet, with a day in each row that was paid.")],
    by: As,
) -> None:
    """Record what was paid, all of the sheet or nothing. The same sheet again records nothing twice.

    Two equal rows of one sheet (dossier, promise, row, amount, day and reference) are two payments.

    Example: grantcycle payments import small-grants/2030 paid.csv --as els@fund.example
    """
    wiring = wiring_of(context)
    key = wiring.round_key(round_name)
    lines = payments_in(read_sheet(file, required=REQUIRED, optional=OPTIONAL), wiring.workflow_of(key))
    every = [Paid(one.number, one.promise, one.amount, one.day, one.position, one.reference) for one in lines]
    try:
        fresh, known = wiring.cycle.record_payments(key, every, by=by, now=wiring.now())
    except NotAllPaid as refused:
        raise Refused(
            Refusal(reason.code, f"line {lines[place].line}: {reason}", reason.facts)
            for place, reasons in refused.against.items() for reason in reasons
        ) from refused  # fmt: skip
    there = f"; {console.count(known, 'payment')} stood there already" if known else ""
    console.say(f"{console.count(fresh, 'payment')} recorded{there}.")


@app.command("take-back")
def take_back(
    context: typer.Context,
    round_name: RoundName,
    payment: Annotated[int, typer.Argument(metavar="PAYMENT", help="Its number, as the journal has it.")],
    by: As,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, in a sentence that is kept.", show_default=False)],
) -> None:
    """A payment was recorded by mistake: what it paid is owed again.

    Example: grantcycle payments take-back small-grants/2030 12 --reason "another account" --as els@fund.example
    """
    wiring = wiring_of(context)
    wiring.cycle.take_payment_back(wiring.round_key(round_name), payment, reason=reason, by=by, now=wiring.now())
    console.say(f"Payment {payment} is taken back.")


def _filter(show: str) -> Filter:
    wanted = show.replace("-", " ")
    for one in FILTERS:
        if one == wanted:
            return one
    raise Unknown("choice", show, [one.replace(" ", "-") for one in FILTERS if one])


def _as_json(one: Sum) -> dict[str, object]:
    return {
        "number": one.number, "promise": one.name, "row": one.position, "what": one.what,
        "promised": from_cents(one.cents), "paid": from_cents(one.paid), "left": from_cents(one.left),
        "last_day": one.last_day, "stands": one.told,
    }  # fmt: skip


def _as_sheet(found: list[Sum]) -> str:
    told = io.StringIO()
    rows = csv.writer(told, lineterminator="\n")
    rows.writerow(SHEET)
    for one in found:
        rows.writerow((
            one.number, one.title, one.organisation, one.name, one.position, one.what or "", from_cents(one.cents),
            from_cents(one.paid), one.last_day or "", from_cents(one.left), "", "",
        ))  # fmt: skip
    return told.getvalue()
