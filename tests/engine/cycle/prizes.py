"""On what are the rules about earlier dossiers tried: small prizes, every year, in several rounds of one database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from stage import PROGRAMMES, SENDER, Ear, Stage, applicant

from engine.cycle import Cycle
from engine.database.connection import Database
from engine.files.reading import Programme, read_programme
from engine.rules.moments import to_instant
from notifications.outbox import Outbox

PRIZES = (PROGRAMMES / "across.toml").read_text(encoding="utf-8")
PRIZES_2030 = (PROGRAMMES / "across-2030.toml").read_text(encoding="utf-8")
YEARS = ("2030", "2030_bis", "2031", "2032")
"""the second is a round of the same days as the first"""
STAFF, JUROR = "staff@fund.example", "juror@fund.example"


@cache
def prizes(edits: tuple[tuple[str, str], ...] = ()) -> Programme:
    """The programme with its rounds, each of `edits` (a text found once -> its replacement) made in the rules."""
    workflow = PRIZES
    for old, new in edits:
        assert workflow.count(old) == 1, f"{old!r} is not found once"
        workflow = workflow.replace(old, new)
    files = {"workflow.toml": workflow, "letters/en/not-taken-up.md": "Subject\n\nText\n"}
    for year in YEARS:
        number = f"SP{year[2:4]}{'B' if 'bis' in year else ''}"
        files[f"rounds/{year}.toml"] = PRIZES_2030.replace("SP30", number).replace("2030", year[:4])
    return read_programme("prizes", files, "prizes")


@dataclass
class Prizes:
    """Rounds of the prizes on a fresh database, with short names for what tests do over and over."""

    database: Database
    edits: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.programme = prizes(tuple(self.edits.items()))
        self.ear = Ear(Outbox(SENDER).queue)
        self.cycle = Cycle(self.database, self.ear)
        # what must hold is asked of the stage after the test
        self.stage = Stage(self.database, self.programme)
        self.stage.cycle, self.stage.ear = self.cycle, self.ear

    def open(self, *years: str) -> "Prizes":
        for year in years:
            now = at(year, "01-05T10:00")
            self.cycle.open_round(self.programme, year, by=STAFF, now=now)
            for email, role in ((STAFF, "staff"), (JUROR, "staff"), (JUROR, "jury")):
                self.cycle.add_person(
                    key(year), email=email, name=email, language="en", role=role, by=STAFF, now=now
                )
        return self

    def draft(self, year: str, who: str, organisation: str = "") -> str:
        """A dossier of `who@applicant.example`, with its one answer; the organisation is theirs if none is given."""
        email, now = applicant(who), at(year, "02-10T10:00")
        number = self.cycle.start_dossier(
            key(year), organisation=organisation or f"House of {who}", email=email, name=who, language="en", by=email,
            now=now,
        )  # fmt: skip
        self.cycle.answer(key(year), number, {"title": "Work"}, by=email, now=now)
        return number

    def submit(self, year: str, number: str, who: str, day: str = "02-12T10:00") -> None:
        self.cycle.act(key(year), number, "submit", by=applicant(who), now=at(year, day))

    def handed_in(self, year: str, who: str, organisation: str = "") -> str:
        number = self.draft(year, who, organisation)
        self.submit(year, number, who)
        return number

    def move(self, year: str, number: str, transition: str, *, by: str = STAFF, day: str = "03-10T10:00") -> None:
        self.cycle.act(key(year), number, transition, by=by, now=at(year, day))

    def awarded(self, year: str, who: str, organisation: str = "") -> str:
        """A dossier that is handed in, read and given the prize on 10 March."""
        number = self.handed_in(year, who, organisation)
        self.cycle.advance(at(year, "03-05T10:00"))
        self.move(year, number, "award", by=JUROR)
        return number

    def state(self, number: str) -> str:
        return self.stage.state(number)


def key(year: str) -> str:
    return f"prizes/{year}"


def at(year: str, local: str) -> int:
    """The instant of a local wall time of a year: `at("2030", "03-01T17:00")`."""
    wall = datetime.fromisoformat(f"{year[:4]}-{local}")
    return to_instant(wall.date(), wall.time(), "Europe/Brussels")
