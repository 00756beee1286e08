"""How does everything that is due happen now, once?"""

import typer

from grantcycle import console
from grantcycle.commands.outbox import held_by, send_now, sentence_of
from grantcycle.commands.parameters import Json, wiring_of
from grantcycle.instants import utc, utc_or_none


def advance(context: typer.Context, as_json: Json = False) -> None:
    """Fire everything that is due now, in order, and send what should leave; for cron, where nothing else runs.

    Example: */5 * * * * grantcycle advance
    """
    wiring = wiring_of(context)
    following = wiring.cycle.advance(wiring.now())
    delivered = send_now(wiring)
    if as_json:
        console.show_json({"next": utc_or_none(following), "sent": delivered.sent, "failed": delivered.failed})
        return
    if hold := held_by(wiring):
        console.say(hold)
        return
    due = f"The next is due at {utc(following)}." if following is not None else "Nothing more will be due."
    console.say(f"Everything due has happened. {due} {sentence_of(delivered)}")
