"""What if the database was restored from a copy?"""

from typing import Annotated

import typer

from grantcycle import console
from grantcycle.commands.parameters import As, wiring_of
from grantcycle.instants import read_instant, utc
from notifications.resuming import resume

app = typer.Typer(help="A database that was restored from a copy: how it goes on.", no_args_is_help=True)


@app.callback()
def _restore() -> None:
    """A group of its own: `restore` alone changes nothing."""


@app.command()
def confirm(
    context: typer.Context,
    by: As,
    sent_until: Annotated[
        str | None,
        typer.Option(
            metavar="WHEN", help="What was due until then happens as of then, and its letters are not sent: they were."
        ),
    ] = None,
    send_again: Annotated[
        bool, typer.Option("--send-again", help="Nothing was sent after the copy: everything happens again.")
    ] = False,
) -> None:
    """Go on in a restored copy. WHEN is UTC, or has its offset: the instant at which the lost database stopped.

    Example: grantcycle restore confirm --sent-until 2019-03-10T14:02Z --as els@fund.example
    """
    if (sent_until is None) != send_again:
        raise typer.BadParameter("say which: --sent-until WHEN, or --send-again")
    wiring = wiring_of(context)
    until = None if sent_until is None else read_instant(sent_until, "UTC")
    taken = resume(wiring.cycle, by=by, now=wiring.now(), sent_until=until)
    if until is None:
        console.say("Everything goes on from the copy; what has not been sent in it leaves.")
    else:
        console.say(f"Everything goes on. {console.count(taken, 'letter')} until {utc(until)} taken as sent.")
