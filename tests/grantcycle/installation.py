"""What does a test run command lines in? A folder with settings, a database, and a clock that the test sets."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

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

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.at = DURING_THE_CALL
        self._capture = capture

    def __call__(self, *arguments: str, at: str | None = None) -> Answer:
        self._capture.readouterr()
        clock = StoppedClock(read_instant(at or self.at, "Europe/Brussels"))
        code = run(arguments, clock)
        captured = self._capture.readouterr()
        return Answer(code, captured.out, captured.err)

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

    def settings(self, text: str) -> None:
        self.write("config.toml", text)
