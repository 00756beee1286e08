"""What does a round look like that has run from the call to the evaluation?"""

from pathlib import Path

import typer

from grantcycle import console
from grantcycle.commands.parameters import wiring_of
from grantcycle.commands.rehearse import play_through
from grantcycle.finding import find_round
from grantcycle.rehearsing import write_report

ROUND = "cera-impuls/2019"
DOSSIERS, SEED = 62, 7
FOLDER = Path("rehearsal")


def demo(context: typer.Context) -> None:
    """The Cera round of 2019 to 2022 in virtual time, every letter included, and a report to read it in.

    Example: grantcycle demo
    """
    found = find_round(ROUND, wiring_of(context).settings.workflows.folder)
    rehearsed = play_through(found, dossiers=DOSSIERS, seed=SEED)
    report = write_report(rehearsed, FOLDER)
    console.write(str(rehearsed))
    console.say(f"The report, with every date, transition and letter, stands in {report}: open it in a browser.")
