"""What may a letter name, and what does each name say in the reader's language?

What was pinned when the notification was written is plain JSON in the language of the rules. Here it becomes the
names that a letter uses: dates in words, the programme's own texts translated. What people typed stays plain text.
"""

import re
from collections.abc import Mapping
from datetime import date, time, timedelta
from email.headerregistry import Address
from types import SimpleNamespace
from typing import Any

from engine.calendars.writing import URL
from engine.files.reading import Programme
from engine.rules.moments import from_instant
from engine.rules.round import BY_APPLICANT
from notifications.dates import Day, Hours, When, edge, instant, money, number
from notifications.escaping import prose
from notifications.languages import CONCERNED, named
from notifications.reasons import say_reason

Facts = Mapping[str, Any]
NUMBER = re.compile(r"-?\d+(\.\d+)?")
INVITATION = "invitation"
"""the fact that asks somebody to come, and the name by which a letter knows it"""
SEAT = "seat"
"""the same of a seat at a meeting, or of a place in its waiting list"""
STOP = "told no more"
"""the path at which whoever asked to be told ends it with one click; no letter names it, it stands below each"""
CLOCKS = "clocks"
"""the fact of a letter to applicants: the zone by which their dossier goes, where it is not the round's"""
SEATED = "seat and invitation"
"""both: whoever has a seat is asked to come"""


def page_of(facts: Facts, site: str) -> list[str]:
    """The addresses of our own pages to which a letter with these facts leads, if it leads to any."""
    return [f"{site}{facts[name]['path']}" for name in (INVITATION, SEAT) if name in facts and site]


class Own(str):
    """A text of ours, such as the address people write back to: nobody outside has typed it."""

    __slots__ = ()


class Amount:
    """An amount of the programme's currency."""

    def __init__(self, value: int | float, currency: str, language: str) -> None:
        self.value = value
        self._said = money(value, currency, language)

    def __str__(self) -> str:
        return self._said


class Reader:
    """One letter's reader: a language, the clocks of the round, and where our pages are (empty: nobody knows).

    `zones` are the clocks of the phases that have their own, and `clocks` those of the dossier that the letter is to
    its applicants about; without one, what goes by the clocks of each applicant is said to do so.
    """

    def __init__(
        self, programme: Programme, language: str, zone: str, site: str = "", zones: Mapping[str, str] | None = None,
        clocks: str | None = None,
    ) -> None:  # fmt: skip
        self.zones = zones or {}
        self.clocks = clocks
        self.programme = programme
        self.language = language
        self.zone = zone
        self.site = site

    def text(self, text: str) -> str:
        return self.programme.translate(text, self.language)

    def day(self, written: str, zone: str | None = None) -> Day:
        return Day(date.fromisoformat(written), self.language, zone)

    def edge(self, facts: Facts) -> When:
        hour = time.fromisoformat(facts["hour"]) if facts["hour"] else None
        zone = self._told_in(facts.get("zone")) or self.zone
        return edge(date.fromisoformat(facts["day"]), hour, facts["edge"], zone, self.language)

    def _told_in(self, zone: str | None) -> str | None:
        """Whose clocks are said, where a phase goes by those of each applicant and it is known whose they are."""
        return self.clocks or zone if zone == BY_APPLICANT else zone

    def instant(self, at: int) -> When:
        return instant(from_instant(at, self.zone), self.zone, self.language)

    def hours(self, facts: Facts) -> Hours:
        start, end = (time.fromisoformat(facts[name]) if facts[name] else None for name in ("start", "end"))
        return Hours(self.day(facts["day"]), start, end)

    def session(self, facts: Facts) -> SimpleNamespace:
        hours = self.hours(facts)
        place = self.text(facts["place"]) if facts["place"] else None
        start, end = Hours(hours.day, hours.start).time, Hours(hours.day, hours.end).time
        when = f"{hours}, {place}" if place else str(hours)
        when = f"{self.text(facts['of'])}: {when}" if "of" in facts else when
        return SimpleNamespace(day=hours.day, start=start, end=end, place=place, when=when)

    def meeting(self, facts: Facts) -> SimpleNamespace:
        sessions = [self.session(session) for session in facts["sessions"]]
        title, when = self.text(facts["title"]), "; ".join(session.when for session in sessions)
        return SimpleNamespace(title=title, sessions=sessions, when=when)

    def obligation(self, facts: Facts) -> SimpleNamespace:
        workflow = self.programme.workflow
        owed = workflow.obligations[facts["name"]]
        title = workflow.meeting(owed.attend).title if owed.attend else workflow.deliverables[owed.deliver or ""].title
        zone = self._told_in(self.zones.get(owed.window.end.phase)) if owed.window else None
        if zone is None and self.clocks not in (None, self.zone):
            zone = self.zone  # whoever lives by other clocks is told by whose a day ends that does not go by theirs
        said = {"title": self.text(title), "last_day": self.day(facts["last_day"], zone)}
        return SimpleNamespace(**{**facts, **said, "meeting": owed.attend, "deliverable": owed.deliver})

    def payment(self, facts: Facts) -> SimpleNamespace:
        return SimpleNamespace(
            title=facts["what"] or self.text(facts["promise"]), amount=self.amount(facts["amount"]),
            day=self.day(facts["day"]), reference=facts["reference"],
        )  # fmt: skip

    def slot(self, facts: Facts) -> SimpleNamespace:
        starts, ends = (from_instant(facts[name], self.zone) for name in ("starts_at", "ends_at"))
        hours = Hours(Day(starts.date(), self.language), starts.time(), ends.time())
        start, end = Hours(hours.day, hours.start).time, Hours(hours.day, hours.end).time
        said = {"day": hours.day, "start": start, "end": end, "when": When(hours, self.zone)}
        return SimpleNamespace(meeting=facts["meeting"], position=facts["position"], **said)

    def invitation(self, facts: Facts) -> SimpleNamespace:
        zone, path, was = facts["zone"], facts["path"], facts["was"]
        now, before = self._whereabouts(facts, zone), self._whereabouts(was, zone) if was else {}
        changed = [str(before[name]) for name in before if before[name] and str(before[name]) != str(now[name])]
        return SimpleNamespace(
            title=self.text(facts["title"]),
            **now,
            reason=facts["reason"],
            was=SimpleNamespace(**before) if was else None,
            # an answer to another hour counts no more; one to another place does
            moved=was is not None and any(was[name] != facts[name] for name in ("day", "starts_at", "ends_at")),
            before=changed,
            path=Own(path),
            url=Own(f"{self.site}{path}" if self.site else ""),
        )

    def _whereabouts(self, facts: Facts, zone: str) -> dict[str, Any]:
        """When and where something takes place, on the clocks of where it does."""
        instants, online = (facts["starts_at"], facts["ends_at"]), facts["online"]
        start, end = (None if at is None else from_instant(at, zone).time().replace(microsecond=0) for at in instants)
        return {
            "when": When(Hours(self.day(facts["day"]), start, end), zone),
            "place": self.text(facts["place"]) if facts["place"] else None,
            # staff have typed it, and people go there
            "online": Own(online) if online and URL.fullmatch(online) else online,
        }

    def seat(self, facts: Facts) -> SimpleNamespace:
        start, end = (time.fromisoformat(facts[name]) if facts[name] else None for name in ("start", "end"))
        until = facts["answer_by"]
        return SimpleNamespace(
            title=self.text(facts["title"]),
            when=When(Hours(self.day(facts["day"]), start, end), self.zone),
            place=self.text(facts["place"]) if facts["place"] else None,
            is_online=facts["is_online"],
            place_in_list=facts["place_in_list"],
            answer_by=None if until is None else self.before(until),
            reason=facts["reason"],
            was=facts["was"],
            from_list=facts["from_list"],
            has_time=facts["within"] is not None,
            url=Own(f"{self.site}{facts['path']}" if self.site else ""),
        )

    def before(self, instant: int) -> When:
        """The end of a time, of which `instant` is the first after: a midnight belongs to the day before."""
        local = from_instant(instant, self.zone)
        whole_days = local.time() == time(0)
        day = local.date() - timedelta(days=1) if whole_days else local.date()
        return edge(day, None if whole_days else local.time(), "closes", self.zone, self.language)

    def reason(self, facts: Facts) -> str:
        said = {name: self._of_reason(name, value) for name, value in facts.items()}
        if {"score", "floor"} <= facts.keys() and said["score"] == said["floor"]:
            said["score"] = number(facts["score"], self.language, exactly=True)
        return say_reason(self.language, facts["code"], facts["sentence"], said)

    def _of_reason(self, name: str, value: Any) -> str:
        """A fact of a reason, as the reader writes days, amounts, numbers, and what the programme calls things."""
        match name:
            case "last_day" | "on":
                return str(self.day(value))
            case "amount" | "amount_left":
                return str(self.amount(value))
            case "obligation":
                return self._owed(value)
            case "choices":
                return ", ".join(self.text(one) for one in value.split(", "))
            case "score" | "floor" | "mark":
                return self.text(value) if isinstance(value, str) and not NUMBER.fullmatch(value) else number(
                    value, self.language
                )
        return number(value, self.language) if isinstance(value, int | float) else self.text(str(value))

    def _owed(self, named: str) -> str:
        """What is owed, by the title of what is handed in or come to: `Report 2`; a title stays one."""
        name, _, position = named.rpartition(" ")
        workflow = self.programme.workflow
        owed = workflow.obligations.get(name)
        if owed is None:
            return self.text(named)
        title = workflow.meeting(owed.attend).title if owed.attend else workflow.deliverables[owed.deliver or ""].title
        return f"{self.text(title)} {position}"

    def amount(self, value: int | float) -> Amount:
        return Amount(value, self.programme.workflow.currency or "EUR", self.language)


def shared_names(reader: Reader, shared: Facts, own: Facts, contact: Address) -> dict[str, Any]:
    """The names that every letter may use. `own` are the facts of one dossier: its dates, with its extensions, and
    which meetings are its own, where there is one for each strand or answer."""
    phases = own.get("phases") or {}
    round = shared["round"]
    edges = {
        name: SimpleNamespace(
            title=reader.text(phase["title"]),
            **{edge: reader.edge({**phase, **phases.get(name, {})}[edge]) for edge in ("opens", "closes")},
        )
        for name, phase in shared["phases"].items()
    }
    meetings = {name: reader.meeting(meeting) for name, meeting in shared["meetings"].items()}
    meetings |= {name: meetings[its] for name, its in (own.get("meetings") or {}).items() if its}
    return {
        "programme": reader.text(shared["programme"]),
        "round": SimpleNamespace(title=reader.text(round["title"]), number=round["number"], key=round["key"]),
        "phase": SimpleNamespace(**edges),
        "meeting": SimpleNamespace(**meetings),
        "grace": shared["grace"],
        "contact": SimpleNamespace(name=Own(contact.display_name), email=Own(contact.addr_spec)),
    }


def _dossier(reader: Reader, facts: Facts) -> SimpleNamespace:
    said = dict(facts)
    if "state" in facts:
        said["state"] = reader.text(facts["state"])
    if "strand" in facts:
        said["strand"] = reader.text(facts["strand"])
    if "reasons" in facts:
        said["reasons"] = [reader.reason(reason) for reason in facts["reasons"]]
    if facts.get("amount") is not None:
        said["amount"] = reader.amount(facts["amount"])
    return SimpleNamespace(**said)


def _extension(reader: Reader, facts: Facts) -> SimpleNamespace:
    said = {"of": reader.text(facts["of"]), "old": reader.edge(facts["old"]), "new": reader.edge(facts["new"])}
    return SimpleNamespace(**{**facts, **said})


def _message(reader: Reader, facts: Facts, number: str) -> SimpleNamespace:
    """What staff wrote, in the reader's language where it was written in that, and what this dossier lacks."""
    written = facts["words"]
    language = reader.language if reader.language in written else next(iter(written))
    asked = facts["asked"].get(number, {"questions": [], "owed": []})
    return SimpleNamespace(
        subject=written[language]["subject"],
        text=prose(written[language]["text"]),
        by=facts["by"],
        written_in=None if language == reader.language else named(language, reader.language),
        questions=[reader.text(one) for one in asked["questions"]],
        owed=[reader.obligation(one) for one in asked["owed"]],
    )


def own_names(reader: Reader, facts: Facts) -> dict[str, Any]:
    """The names of one person's letter: of the one dossier, or of the bundle."""
    names: dict[str, Any] = {name: value for name, value in facts.items() if name not in ("phases", "meetings", CLOCKS)}
    names["person"] = SimpleNamespace(**facts["person"])
    if "dossier" in facts:
        names["dossier"] = _dossier(reader, facts["dossier"])
    if "obligations" in facts:
        names["received"] = reader.instant(facts["received"]) if facts["received"] else None
        names["slot"] = reader.slot(facts["slot"]) if facts["slot"] else None
        names["missing"] = [reader.text(sentence) for sentence in facts["missing"]]
        names["obligations"] = [reader.obligation(owed) for owed in facts["obligations"]]
    if "dossiers" in facts:
        names["dossiers"] = [_dossier(reader, line) for line in facts["dossiers"]]
    if CONCERNED in facts:
        names[CONCERNED] = True
    if INVITATION in facts:
        names[INVITATION] = reader.invitation(facts[INVITATION])
        # whoever judges hears of a dossier as in a bundle
        names.setdefault("dossier", next(iter(names.get("dossiers", ())), None))
    if SEAT in facts:
        names[SEAT] = reader.seat(facts[SEAT])
        names.setdefault("dossier", None)
    if "reminded" in facts:
        names["reminded"] = [reader.obligation(owed) for owed in facts["reminded"]]
    if "review" in facts:
        review = facts["review"]
        names["review"] = SimpleNamespace(of=reader.obligation(review["of"]), words=review["words"])
    if "payments" in facts:
        names["payments"] = [reader.payment(one) for one in facts["payments"]]
    if "proposal" in facts:
        proposal = facts["proposal"]
        times = [reader.session(one) for one in proposal["times"]]
        said = {"of": reader.obligation(proposal["of"]), "times": times}
        names["proposal"] = SimpleNamespace(**{**proposal, **said})
    if "extension" in facts:
        names["extension"] = _extension(reader, facts["extension"])
    if "message" in facts:
        names["message"] = _message(reader, facts["message"], facts["dossier"]["number"])
    if "promise" in facts:
        promise = facts["promise"]
        names["promise"] = SimpleNamespace(title=reader.text(promise["title"]), before=reader.edge(promise["before"]))
    return names
