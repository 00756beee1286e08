"""What does a test run command lines in? A folder with settings, a database, and a clock that the test sets."""

import json
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

from engine.clock import StoppedClock
from grantcycle.command_line import run
from grantcycle.instants import read_instant

SHIPPED = Path(__file__).parents[2] / "workflows"
BEFORE_THE_CALL = "2018-12-01T10:00"
DURING_THE_CALL = "2019-01-15T10:00"
ROUND = "cera-impuls/2019"
STAFF = "els@impuls.example"

PEOPLE = f"""round,name,email,language,role,chair
{ROUND},Els Peeters,{STAFF},nl,staff,
{ROUND},Tom Wils,tom@impuls.example,nl,staff,
{ROUND},Bo Adams,bo@jury.example,nl,jury,yes
{ROUND},Noor Claes,noor@jury.example,fr,jury,no
{ROUND},Ine Ruys,ine@jury.example,nl,jury,
{ROUND},Sam Otto,sam@jury.example,en,jury,
"""


@dataclass(frozen=True)
class Answer:
    """What a command line answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Installation:
    """A folder with a config.toml, in which command lines are run at a time that the test says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.at = DURING_THE_CALL

    def __call__(self, *arguments: str, at: str | None = None) -> Answer:
        out, err = (TextIOWrapper(BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
        clock = StoppedClock(read_instant(at or self.at, "Europe/Brussels"))
        with chdir(self.folder), redirect_stdout(out), redirect_stderr(err):
            code = run(arguments, clock)
        return Answer(code, *(stream.buffer.getvalue().decode() for stream in (out, err)))  # type: ignore[attr-defined]

    def done(self, *arguments: str, at: str | None = None) -> Answer:
        """A command line that must succeed."""
        answer = self(*arguments, at=at)
        assert (answer.code, answer.err) == (0, "")
        return answer

    def write(self, name: str, text: str | bytes) -> str:
        """A file in the installation's folder; gives its name."""
        content = text.encode() if isinstance(text, str) else text
        (self.folder / name).write_bytes(content)
        return name


def install(folder: Path) -> Installation:
    """A new installation on the shipped workflows."""
    installation = Installation(folder)
    installation.write(
        "config.toml",
        f'[database]\nurl = "sqlite:///cycle.db"\n\n[workflows]\nfolder = "{SHIPPED.as_posix()}"\n',
    )
    return installation
