"""On what are the rules about earlier dossiers tried: small prizes, every year, in several rounds of one database."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from stage import SENDER, Ear, Stage, applicant
from yearly_prizes import JUROR, STAFF, at, key, prizes

from engine.cycle import Cycle
from engine.database.connection import Database
from notifications.outbox import Outbox


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
