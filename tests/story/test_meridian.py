"""Meridian 3, a national competition of 2018, told once: two gates, then six projects and 25 million together."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from email.headerregistry import Address
from pathlib import Path

import pytest
from databases import fresh
from sqlmodel import col, func, select

from engine.cycle import Cycle
from engine.cycle.acting import Upload
from engine.database.invariants import INVARIANTS, check
from engine.database.records import DossierRow, JournalRow, NotificationRow, RoundRow
from engine.errors import Refused
from engine.files.reading import load
from engine.rules.moments import to_instant
from notifications.outbox import Outbox

HERE = Path(__file__).parent
KEY = "meridian/2018"
STAFF, STAFF_2 = "els@meridian.example", "jo@meridian.example"
ASSESSORS = [f"assessor{n}@reading.example" for n in (1, 2, 3, 4)]
PANEL = [f"panel{n}@interviews.example" for n in (1, 2, 3)]
YES, NO = 2, 1
MILLION = 1_000_000
GRANTS = {
    "alder": 5, "birch": 5, "cedar": 5, "elder": 4, "fir": 4, "hazel": 3, "juniper": 2, "larch": 2, "maple": 2,
    "oak": 2,
}  # fmt: skip
"""who asks for how many millions; numbers are given in this order"""
NUMBER = {who: f"M3-{place:03d}" for place, who in enumerate(GRANTS, start=1)}


def at(local: str) -> int:
    """The instant of a wall time in London."""
    wall = datetime.fromisoformat(local)
    return to_instant(wall.date(), wall.time(), "Europe/London")


@contextmanager
def refused(*codes: str) -> Iterator[None]:
    with pytest.raises(Refused) as told:
        yield
    assert sorted(reason.code for reason in told.value.reasons) == sorted(codes)


class Competition:
    """The round on a fresh database, with short names for what happens over and over."""

    def __init__(self) -> None:
        self.database = fresh()
        self.cycle = Cycle(self.database, Outbox(Address("Meridian", addr_spec=STAFF)).queue)
        now = at("2018-06-01T10:00")
        self.cycle.open_round(load(HERE / "programmes" / "meridian"), "2018", by=STAFF, now=now)
        parts = [(STAFF, "staff"), (STAFF_2, "staff"), *((one, "assessors") for one in ASSESSORS),
                 *((one, "panel") for one in PANEL)]  # fmt: skip
        for email, role in parts:
            self.cycle.add_person(
                KEY, email=email, name=email, language="en", role=role, by=STAFF, now=now,
                chair=email in (ASSESSORS[0], PANEL[0]),
            )  # fmt: skip

    def registers(self, who: str, *, apart: str | None = None) -> None:
        email, now = f"{who}@projects.example", at("2018-06-20T10:00")
        number = self.cycle.start_dossier(
            KEY, organisation=f"{who.title()} plc", email=email, name=who, language="en", by=email, now=now
        )
        assert number == NUMBER[who]
        answers = {
            "title": f"Project {who}", "costs": 2 * max(GRANTS[who], 1) * MILLION if GRANTS[who] <= 4 else 8 * MILLION,
            "grant": GRANTS[who] * MILLION, "industry": 40, "lead": "A business",
        }  # fmt: skip
        self.cycle.answer(KEY, number, answers | ({"apart": apart} if apart else {}), by=email, now=now)
        self.cycle.act(KEY, number, "register", by=email, now=now)

    def applies(self, who: str, now: int) -> None:
        self.cycle.deliver(
            KEY, NUMBER[who], "application", {"case": "It is needed."}, by=f"{who}@projects.example", now=now,
            files={"plan": Upload("plan.pdf", b"%PDF-1.4 plan")},
        )  # fmt: skip

    def assess(self, who: str, marks: Mapping[str, tuple[int, int, int]]) -> None:
        """What each assessor says: in scope, worth funding, and the same mark for everything else."""
        now = at("2018-09-20T10:00")
        self.cycle.assign(KEY, "assessors", add=[(NUMBER[who], one) for one in marks], by=STAFF, now=now)
        for one, (in_scope, worth, mark) in marks.items():
            given = {"in_scope": in_scope, "worth": worth, "need": mark, "approach": mark, "value": mark}
            self.cycle.score(KEY, NUMBER[who], given, by=one, now=now)

    def states(self) -> dict[str, str]:
        called = {number: who for who, number in NUMBER.items()}
        with self.database.reading() as session:
            rows = session.exec(select(DossierRow).order_by(col(DossierRow.number))).all()
            return {called[row.number]: row.state for row in rows}

    def broken(self) -> list[tuple[str, tuple[str, ...]]]:
        """What must hold and does not."""
        with self.database.reading() as session:
            now = session.exec(select(func.max(JournalRow.recorded_at))).one()
            found = check(session, now, session.exec(select(RoundRow)).all(), invariants=INVARIANTS)
            return [(one.invariant.name, one.offending) for one in found if one.offending]

    def letters(self, letter: str) -> list[str]:
        with self.database.reading() as session:
            found = select(NotificationRow.address).where(col(NotificationRow.letter) == letter)
            return sorted(session.exec(found).all())


def test_the_competition_from_the_call_to_the_last_silence() -> None:
    play = Competition()
    for who in GRANTS:
        play.registers(who, apart=f"Ann Other, {ASSESSORS[3]}" if who == "alder" else None)
    # one organisation, one project
    with refused("once_per"):
        number = play.cycle.start_dossier(
            KEY, organisation="ALDER plc.", email="second@projects.example", name="Second", language="en",
            by="second@projects.example", now=at("2018-07-02T10:00"),
        )  # fmt: skip
        answers = {"title": "Again", "costs": 4 * MILLION, "grant": 2 * MILLION, "industry": 40, "lead": "A business"}
        play.cycle.answer(KEY, number, answers, by="second@projects.example", now=at("2018-07-02T10:00"))
        play.cycle.act(KEY, number, "register", by="second@projects.example", now=at("2018-07-02T10:00"))
    NUMBER["second"] = "M3-011"

    # noon belongs to the day: what arrives then is on time, and what does not come at all is over
    for who in GRANTS:
        if who != "oak":
            play.applies(who, at("2018-09-05T12:00"))
    play.cycle.advance(at("2018-09-05T12:05"))
    assert play.states() == dict.fromkeys(GRANTS, "submitted") | {"oak": "lapsed", "second": "lapsed"}

    # the first gate: most of three say yes twice, and seven out of ten
    first, second, third, fourth = ASSESSORS
    good, fair = (YES, YES, 8), (YES, YES, 7)
    for who in ("birch", "cedar", "elder", "fir", "hazel", "juniper"):
        play.assess(who, {first: good, second: fair, third: (YES, NO, 7)})
    with refused("assign"):  # she is one whom the applicant has kept away
        play.assess("alder", {fourth: good})
    play.assess("alder", {first: good, second: good, third: good})
    play.assess("larch", {first: (NO, YES, 9), second: (NO, YES, 9), third: (YES, YES, 9)})
    play.assess("maple", {first: (YES, YES, 7), second: (YES, YES, 7), third: (YES, YES, 6)})
    play.cycle.advance(at("2018-10-06T10:00"))
    invited = ("alder", "birch", "cedar", "elder", "fir", "hazel", "juniper")
    gone = {"larch": "below_line", "maple": "below_line", "oak": "lapsed", "second": "lapsed"}
    assert play.states() == dict.fromkeys(invited, "invited") | gone
    assert play.letters("below-line") == ["larch@projects.example", "maple@projects.example"]

    # a reply to the assessors, while it can still be heard
    words = {"words": "They overlooked page 4."}
    play.cycle.deliver(KEY, NUMBER["alder"], "reply", words, by="alder@projects.example", now=at("2018-10-11T09:00"))

    # the second gate: six places and the money together, whichever is gone first
    now = at("2018-10-18T17:00")
    for who in invited:
        play.cycle.attend(KEY, NUMBER[who], "interview", by=STAFF, now=now)
        for one in PANEL:
            play.cycle.score(KEY, NUMBER[who], {"interview": 8}, by=one, now=now)
    for who in ("alder", "birch", "cedar", "elder", "fir"):
        play.cycle.verdict(KEY, NUMBER[who], "award", by=PANEL[0], now=now)
    with refused("budget"):  # 23 of 25 million are held, and it asks 3
        play.cycle.verdict(KEY, NUMBER["hazel"], "award", by=PANEL[0], now=now)
    play.cycle.verdict(KEY, NUMBER["juniper"], "award", by=PANEL[0], now=now)
    with refused("at_most", "budget"):
        play.cycle.verdict(KEY, NUMBER["hazel"], "award", by=PANEL[0], now=now)
    play.cycle.verdict(KEY, NUMBER["hazel"], "decline", by=PANEL[0], now=now)

    # nobody outside knows before the day, and two people let it go
    for staff in (STAFF, STAFF_2):
        play.cycle.approve(KEY, "decision opens", by=staff, now=at("2018-11-01T10:00"))
    play.cycle.advance(at("2018-11-09T08:59"))
    assert play.letters("offered") == []
    play.cycle.advance(at("2018-11-09T09:00"))
    offered = tuple(who for who in invited if who != "hazel")
    assert play.states() == dict.fromkeys(offered, "offered") | {"hazel": "not_awarded"} | gone
    assert play.letters("offered") == sorted(f"{who}@projects.example" for who in offered)

    # thirty days to answer: who says nothing is asked twice, and then has said no
    for who in ("alder", "birch", "cedar", "elder"):
        play.cycle.act(KEY, NUMBER[who], "accept", by=f"{who}@projects.example", now=at("2018-11-20T10:00"))
    for day in ("2018-11-23T10:00", "2018-12-04T10:00"):
        play.cycle.advance(at(day))
    play.cycle.act(KEY, NUMBER["fir"], "turn_down_offer", by="fir@projects.example", now=at("2018-12-09T23:00"))
    assert play.letters("answer-the-offer") == ["fir@projects.example"] * 2 + ["juniper@projects.example"] * 2
    play.cycle.advance(at("2018-12-10T09:00"))
    assert play.states() == {
        "alder": "set_up", "birch": "set_up", "cedar": "set_up", "elder": "set_up", "fir": "turned_down",
        "hazel": "not_awarded", "juniper": "lapsed",
    } | gone  # fmt: skip
    assert play.broken() == []
