"""What has come in by mail?"""

import typer

from grantcycle import console
from grantcycle.commands.parameters import Json, wiring_of


def inbox(context: typer.Context, as_json: Json = False) -> None:
    """Read the mailbox in which mail comes back, once; serve and worker do this every minute by themselves.

    Example: grantcycle inbox
    """
    wiring = wiring_of(context)
    _ = wiring.database  # without a round there is nothing that mail could be about
    collected = wiring.collect()
    if as_json:
        console.show_json(
            {"outcomes": dict(sorted(collected.outcomes.items())), "again": collected.again, "failed": collected.failed}
        )
        return
    told = [f"{outcome}: {console.count(number, 'mail')}" for outcome, number in sorted(collected.outcomes.items())]
    told += [f"received before: {console.count(collected.again, 'mail')}"] if collected.again else []
    told += [f"not kept, and left there: {console.count(collected.failed, 'mail')}"] if collected.failed else []
    console.say(f"{'; '.join(told)}." if told else "Nothing new has come in.")
