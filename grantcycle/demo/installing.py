"""Where does a demonstration live? In a folder with settings, workflows, a database and a mailbox of its own."""

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engine.database.connection import open_database
from engine.files.reading import Programme, load
from engine.rules.moments import SECOND
from engine.rules.round import Round
from grantcycle.demo.chosen import PROGRAMME, SENDER
from grantcycle.demo.dates import write_programme
from grantcycle.demo.playing import Progress, Stage, play
from grantcycle.demo.relay import Relay
from grantcycle.settings import EngineSettings
from notifications.catcher import LOOPBACK

CONFIG = """\
# A demonstration: nothing here is kept, and no letter leaves this machine.

[mail]
sender = "{sender}"
reply_to = "{contact}"

[web]
port = {port}
name = "{name}"
"""


@dataclass(frozen=True, slots=True)
class Installed:
    """A demonstration that is ready to run: its settings file, its rules, and where its selection stands."""

    config: Path
    programme: Programme
    round: Round
    stage: Stage


def install(
    folder: Path, shipped: Path, *, opens: datetime, closes: datetime, now: int, port: int, progress: Progress
) -> Installed:
    """Set a demonstration up in a folder that is empty, and play it until `now` (UTC microseconds).

    `shipped` is the programme as it is shipped; its recommendations take effect at `opens` and are over with `closes`,
    local wall times of the round.
    """
    there = folder / "workflows" / PROGRAMME
    name = write_programme(shipped, there, opens, closes)
    programme = load(there)
    data = folder / "data"
    data.mkdir()
    with closing(open_database(f"sqlite:///{data / 'grantcycle.db'}")) as database:
        settle = round(EngineSettings().settle * SECOND)
        stage = play(
            programme, name, Relay(data / "mailbox"), database, now=now, settle=settle,
            site=f"http://{LOOPBACK}:{port}", progress=progress,
        )  # fmt: skip
    first = stage.people[0]
    config = folder / "config.toml"
    config.write_text(
        CONFIG.format(sender=SENDER, contact=f"{first.name} <{first.email}>", port=port, name=SENDER.display_name),
        encoding="utf-8",
    )
    return Installed(config, programme, programme.rounds[name], stage)
