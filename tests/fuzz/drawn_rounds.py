"""On which dates do the rounds of a drawn programme run?"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from drawn_dice import Dice, Table

ZONES = ("Europe/Brussels", "Europe/Brussels", "Europe/London", "America/New_York", "Pacific/Auckland", "UTC")
REGIONS = ("BE", "NL", "FR", "GB-ENG", "US", "BE-VLG")
DATED = ("2030-03-30", "2030-03-31", "2030-10-26", "2030-10-27", "2030-04-30")
"""days about which clocks are changed, and the end of a month"""


class Rounds(Dice):
    """Dates, extensions, notices and meetings of one round or several."""

    def draw_rounds(self) -> None:
        day = date(2030, 1, 7) + timedelta(days=self.dice.randint(0, 250))
        self.drawn.rounds["2030"] = self.round(day, "D30")
        if self.often(0.15):
            self.drawn.rounds["2031"] = self.several(day)
        elif self.often(0.15):
            self.drawn.rounds["2031"] = self.round(day + timedelta(days=365), "D31")

    def round(self, day: date, number: str) -> Table:
        """A round whose call opens on that day."""
        self.zone = self.one(*ZONES)
        table: Table = {"round": {
            "title": self.text(), "number": number, "timezone": self.zone,
            "mails_at": self.one(time(9), time(7, 30)), "holidays": self.one(*REGIONS),
        }}  # fmt: skip
        phases: Table = {}
        for name in self.phases:
            length = self.dice.randint(20, 60) if name == "call" else self.dice.randint(12, 50)
            length = self.dice.randint(40, 420) if name == "work" else length
            before = day
            phases[name], day = self.phase(name, day, length)
            if self.strands and not self.rolling and "on" not in phases[name] and self.often(0.25):
                self.dates_of_strands(phases[name], before, day)
            day += timedelta(days=self.dice.randint(1, 6) if self.often(0.8) else 0)
        table["phase"] = phases
        asked = _texts(self.drawn.rules)
        given = {name: one for name, one in self.given.items() if name == "budget" or name in asked}
        if given:
            table["given"] = given
        meetings = self.sessions(phases)
        if meetings:
            table["meeting"] = meetings
        if self.often(0.15):
            to = _last_day(phases["call"]) + timedelta(days=1)
            own = [one for one in self.strands if one in phases["call"]]
            if not self.rolling and to < _first_day(phases["step1"]):
                table["extension"] = [{"of": "call closes", "to": to, "decided": to - timedelta(days=20),
                                       "reason": self.text()}]  # fmt: skip
                if own:
                    table["extension"][0]["strand"] = own[0]
        if self.often(0.2):
            table["announcement"] = [{"on": _first_day(phases["call"]) + timedelta(days=3),
                                      "tell": self.tell("everyone")}]  # fmt: skip
            self.maybe(0.4, table["announcement"][0], about=lambda: [f"in_{self.middle[0]}"])
        return table

    def phase(self, name: str, day: date, length: int) -> tuple[Table, date]:
        """The dates of a phase that opens on that day, and the day after its last."""
        if name in self.middle and self.often(0.08):
            return {"on": day, **({"roll": "next working day"} if self.often(0.3) else {})}, day + timedelta(days=5)
        last = day + timedelta(days=length)
        near = [date.fromisoformat(one) for one in DATED]
        near = [one for one in near if day + timedelta(days=11) < one < last + timedelta(days=20)]
        if near and self.often(0.4):
            last = self.one(*near)
        table: Table = {"from": day, "to": last}
        if self.often(0.2):
            table["from"] = datetime.combine(day, time(self.one(0, 9, 12)))
            table["to"] = datetime.combine(last, self.one(time(17), time(23, 59), time(12, 30)))
        if name == "call":
            self.maybe(0.25, table, grace=self.one("60 seconds", "5 minutes", "1 hour"))
            if self.rolling:
                table["every"] = "1 month" if (last - day).days > 32 and self.often(0.5) else "2 weeks"
        if "every" not in table:
            self.maybe(0.15, table, roll="next working day")
        if self.often(0.1):
            table["zone"] = self.one(*(zone for zone in ZONES if zone != self.zone))
        return table, last + timedelta(days=4 if "roll" in table else 1)

    def dates_of_strands(self, phase: Table, day: date, after: date) -> None:
        """One strand has dates of its own in a phase, or each has."""
        last = min(_last_day(phase), after - timedelta(days=1)) - timedelta(days=self.dice.randint(1, 5))
        given: Table = {"from": day, "to": last}
        self.maybe(0.2, given, grace="60 seconds")
        self.maybe(0.2, given, roll="next working day")
        if self.often(0.7):
            phase[self.strands[0]] = given
            return
        whole = {key: phase.pop(key) for key in ("from", "to", "grace", "roll") if key in phase}
        for strand in self.strands:
            phase[strand] = given if strand == self.strands[0] else dict(whole)

    def sessions(self, phases: Table) -> Table:
        found: Table = {}
        for name, meeting in self.drawn.rules.get("meeting", {}).items():
            phase = meeting.get("during") or meeting.get("between", ["work opens"])[0].split()[0]
            by_itself = "within" in meeting or self.day in meeting.get("between", ())
            if by_itself or not self.often(0.8):
                continue
            if "per" not in meeting:
                found[name] = self.days(meeting, phases[phase])
                continue
            parts = self.strands if meeting["per"] == "strand" else self.choices(self.questions[meeting["per"]])
            for part in self.some(parts):
                own = phases[phase].get(part, phases[phase]) if meeting["per"] == "strand" else phases[phase]
                found.setdefault(name, {})[part] = self.days(meeting, own)
        return found

    def days(self, meeting: Table, phase: Table) -> list[Table]:
        """The days of one meeting, during a phase."""
        later = 0 if "on" in phase else self.dice.randint(1, 8)
        day = _first_day(phase) + timedelta(days=later)
        session: Table = {"on": day}
        if self.often(0.8) or "slots" in meeting:
            session["from"] = time(self.dice.randint(9, 14))
            self.maybe(0.7, session, to=time(18))
        self.maybe(0.4, session, place=self.text, online="https://meet.example/room")
        again = "on" not in phase and self.often(0.3)
        return [session, {**session, "on": day + timedelta(days=1)}] if again else [session]

    def several(self, day: date) -> Table:
        """Several rounds in one file, a year later."""
        whole = self.round(day + timedelta(days=365), "X")
        extension = whole.pop("extension", None)
        own = whole["round"]
        del own["title"], own["number"]
        own["spring"] = {"title": self.text(), "number": "S31"}
        own["autumn"] = {"title": self.text(), "number": "A31", "later": self.one("6 months", "26 weeks")}
        if extension is not None:
            self.drawn.texts.pop(extension[0]["reason"], None)
        return whole


def _texts(table: Any) -> set[str]:
    """Every text that stands as a value in tables."""
    if isinstance(table, Mapping):
        return set().union(*(_texts(one) for one in table.values()))
    if isinstance(table, list):
        return set().union(*(_texts(one) for one in table))
    return {table} if isinstance(table, str) else set()


def _by_strand(phase: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [one for one in phase.values() if isinstance(one, Mapping)]


def _first_day(phase: Mapping[str, Any]) -> date:
    given = phase.get("on") or phase.get("from") or min(_first_day(one) for one in _by_strand(phase))
    return given.date() if isinstance(given, datetime) else given  # type: ignore[no-any-return]


def _last_day(phase: Mapping[str, Any]) -> date:
    given = phase.get("on") or phase.get("to") or max(_last_day(one) for one in _by_strand(phase))
    return given.date() if isinstance(given, datetime) else given  # type: ignore[no-any-return]
