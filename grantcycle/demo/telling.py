"""What does the terminal say while the demonstration runs?"""

import sys
from collections.abc import Callable
from datetime import datetime
from threading import Lock, Timer
from typing import Any

from engine.files.reading import Programme
from engine.rules.round import Round
from grantcycle import console
from grantcycle.demo.playing import PASSES, READ, Somebody, Stage

QUIET = 2.0
"""seconds without a letter after which they are counted"""
Link = Callable[[Somebody], tuple[str, str]]
"""gives the link of a person, and the code that is to be typed after it, or nothing"""


class Telling:
    """The sentences of one demonstration; `opens` and `closes` are the local hours of its next two deadlines."""

    def __init__(
        self, programme: Programme, round: Round, stage: Stage, opens: datetime, closes: datetime, base_url: str
    ) -> None:
        self._programme = programme
        self._round = round
        self._stage = stage
        self._opens = opens
        self._closes = closes
        self.base_url = base_url
        self._left = 0
        self._lock = Lock()
        self._timer: Timer | None = None

    def beginning(self, link: Link) -> str:
        """Where everything stands, what will happen when, and the links that sign in."""
        stage, board = self._stage, f"{self.base_url}/staff/{self._round.key}"
        lines = [
            "",
            f"{self._english(self._round.title)}: the jury has read, and its verdicts are about to take effect.",
            "",
            *self._coming(self._opens, [
                f"{stage.passing} dossiers become “{self._state(PASSES)}”, {stage.refused} hear that they do not, and "
                f"{stage.undecided} have no verdict yet.",
                f"Watch it happen: {board}",
            ]),
            *self._coming(self._closes, [
                f"Until then nobody should be left in “{self._title(READ)}”: staff are told who is.",
            ]),
            "",
            self.links(link),
            "",
            f"Every letter is in the mailbox: {self.base_url}/mailbox",
            f"Hours are those of {self._round.timezone}. Stop with Ctrl-C.",
        ]  # fmt: skip
        return "\n".join(lines)

    def _coming(self, when: datetime, sentences: list[str]) -> list[str]:
        """What comes at a local hour, one line a sentence."""
        hour = f"{when:%H:%M}" if when.second == 0 else f"{when:%H:%M:%S}"
        return [f"  {hour if place == 0 else '':8}  {sentence}" for place, sentence in enumerate(sentences)]

    def links(self, link: Link) -> str:
        """A link for each role."""
        lines = ["Sign in with a link, each good once and for ten minutes (press Enter for new ones):"]
        for one in self._stage.people:
            address, code = link(one)
            lines.append(f"  {one.role:18} {one.name:20} {address}")
            if code:
                lines.append(f"  {'':39} and then the recovery code {code}")
        return "\n".join(lines)

    def watch(self, event: str, facts: dict[str, Any], now: str) -> None:
        """Tell of what has just happened, at the hour `now`."""
        if event == "deadline" and (said := self._fired(facts)):
            _say(f"{now}  {said}")
        elif event == "letter" and facts["outcome"] == "sent":
            self._count(now)

    def close(self) -> None:
        """Nothing more is told."""
        with self._lock:
            if self._timer:
                self._timer.cancel()

    def _fired(self, facts: dict[str, Any]) -> str:
        kind, name, moved = facts["kind"], facts["deadline"], facts["dossiers"]
        if facts["outcome"] == "waits for release":
            return f"“{name}” is due, and waits until its letters are released"
        if kind == "edge":
            _, phase, edge = name.split()[:3]
            return f"“{self._english(self._programme.workflow.phases[phase])}” {edge}"
        if kind == "verdicts":
            return f"the jury's verdicts have taken effect: {moved} dossiers have moved. Reload the board."
        if kind == "promise":
            return "the promise of an answer has ended: staff are told who still waits"
        return f"{name}: {console.count(moved, 'dossier has', 'dossiers have')} moved" if moved else f"{name} is told"

    def _count(self, now: str) -> None:
        """Count a letter, and tell how many there were once no more come."""
        with self._lock:
            self._left += 1
            if self._timer:
                self._timer.cancel()
            self._timer = Timer(QUIET, self._tell_letters, [now])
            self._timer.daemon = True
            self._timer.start()

    def _tell_letters(self, now: str) -> None:
        with self._lock:
            left, self._left = self._left, 0
        if left:
            _say(f"{now}  {console.count(left, 'letter has', 'letters have')} left: {self.base_url}/mailbox")

    def _state(self, transition: str) -> str:
        return self._title(self._programme.workflow.transitions[transition].target)

    def _title(self, state: str) -> str:
        return self._english(self._programme.workflow.states[state].title)

    def _english(self, text: str) -> str:
        return self._programme.translate(text, "en")


def _say(sentence: str) -> None:
    """One line that is seen at once, whoever reads along."""
    console.say(sentence)
    sys.stdout.flush()
