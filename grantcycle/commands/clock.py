"""What if the clock was set?"""

import typer

from engine.database.watch import confirm_clock
from grantcycle import console
from grantcycle.commands.parameters import As, wiring_of

app = typer.Typer(help="The clock: what is held because it was set.", no_args_is_help=True)


@app.callback()
def _clock() -> None:
    """A group of its own: more may be said of a clock one day, and `clock` alone changes nothing."""


@app.command()
def confirm(context: typer.Context, by: As) -> None:
    """Say that the clock is right as it is now: what is due fires, and letters leave again.

    Set it right first if it is not; everything goes on by itself when it shows again what it should.

    Example: grantcycle clock confirm --as els@fund.example
    """
    wiring = wiring_of(context)
    hold = confirm_clock(wiring.watch, by=by)
    console.say(f"Everything goes on by the clock as it is. It was held because {hold.why}.")
