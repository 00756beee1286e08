"""Meridian 3, a national competition of 2018, told once: two gates, then six projects and 25 million together."""

from collections.abc import Mapping

from played_round import PlayedRound, address, refused

from engine.cycle.acting import Upload

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
NUMBER = {who: f"M3-{place:03d}" for place, who in enumerate((*GRANTS, "second"), start=1)}


PARTS = (
    (STAFF, "staff", False), (STAFF_2, "staff", False),
    *((one, "assessors", one == ASSESSORS[0]) for one in ASSESSORS),
    *((one, "panel", one == PANEL[0]) for one in PANEL),
)  # fmt: skip


class Competition(PlayedRound):
    """The competition, by the names of its projects."""

    def __init__(self) -> None:
        super().__init__("meridian", "2018", PARTS, "2018-06-01T10:00")

    def registers(self, who: str, *, apart: str | None = None) -> None:
        now, asks = self.at("2018-06-20T10:00"), GRANTS[who]
        answers = answers_of(who, asks) | ({"apart": apart} if apart else {})
        assert self.draft(who, answers, now) == NUMBER[who]
        self.cycle.act(KEY, NUMBER[who], "register", by=address(who), now=now)

    def applies(self, who: str, now: int) -> None:
        self.cycle.deliver(
            KEY, NUMBER[who], "application", {"case": "It is needed."}, by=address(who), now=now,
            files={"plan": Upload("plan.pdf", b"%PDF-1.4 plan")},
        )  # fmt: skip

    def assess(self, who: str, marks: Mapping[str, tuple[int, int, int]]) -> None:
        """What each assessor says: in scope, worth funding, and the same mark for everything else."""
        now = self.at("2018-09-20T10:00")
        self.cycle.assign(KEY, "assessors", add=[(NUMBER[who], one) for one in marks], by=STAFF, now=now)
        for one, (in_scope, worth, mark) in marks.items():
            given = {"in_scope": in_scope, "worth": worth, "need": mark, "approach": mark, "value": mark}
            self.cycle.score(KEY, NUMBER[who], given, by=one, now=now)

    def of_each(self) -> dict[str, str]:
        """project -> state"""
        called = {number: who for who, number in NUMBER.items()}
        return {called[number]: state for number, state in self.states().items()}


def answers_of(who: str, asks: int) -> dict[str, object]:
    """What a project says that asks for so many millions, half of its costs."""
    return {
        "title": f"Project {who}", "costs": 2 * asks * MILLION, "grant": asks * MILLION, "industry": asks * MILLION,
        "lead": "A business",
    }  # fmt: skip


def test_the_competition_from_the_call_to_the_last_silence() -> None:
    play = Competition()
    for who in GRANTS:
        play.registers(who, apart=f"Ann Other, {ASSESSORS[3]}" if who == "alder" else None)
    # one organisation, one project
    with refused("once_per"):
        number = play.cycle.start_dossier(
            KEY, organisation="ALDER plc.", email=address("second"), name="Second", language="en",
            by=address("second"), now=play.at("2018-07-02T10:00"),
        )  # fmt: skip
        by, now = address("second"), play.at("2018-07-02T10:00")
        play.cycle.answer(KEY, number, answers_of("again", 2), by=by, now=now)
        play.cycle.act(KEY, number, "register", by=by, now=now)

    # a project asks for half of its costs at most, and industry bears three tenths of them
    with refused("answer", "answer"):
        play.cycle.answer(KEY, number, {"grant": 2_000_001, "industry": 1_199_999}, by=by, now=now)
    play.cycle.answer(KEY, number, {"industry": 1_200_000}, by=by, now=now)
    # so it must stay when the costs change: of 5 million industry would bear 1.5
    with refused("answer"):
        play.cycle.answer(KEY, number, {"costs": 5 * MILLION}, by=by, now=now)
    play.cycle.answer(KEY, number, {"costs": 5 * MILLION, "industry": 1_500_000}, by=by, now=now)

    # noon belongs to the day: what arrives then is on time, and what does not come at all is over
    for who in GRANTS:
        if who != "oak":
            play.applies(who, play.at("2018-09-05T12:00"))
    play.cycle.advance(play.at("2018-09-05T12:05"))
    assert play.of_each() == dict.fromkeys(GRANTS, "submitted") | {"oak": "lapsed", "second": "lapsed"}

    # the first gate: most of three say yes twice, and seven out of ten
    first, second, third, fourth = ASSESSORS
    good, fair = (YES, YES, 8), (YES, YES, 7)
    for who in ("birch", "cedar", "elder", "fir", "hazel", "juniper"):
        play.assess(who, {first: good, second: fair, third: (YES, NO, 7)})
    # a fourth is far from the three others: staff set her marks aside, and say why
    play.assess("juniper", {fourth: (NO, NO, 1)})
    play.cycle.set_aside(
        KEY, NUMBER["juniper"], fourth, reason="Six marks below every other.", by=STAFF, now=play.at("2018-10-01T10:00")
    )
    with refused("assign"):  # she is one whom the applicant has kept away
        play.assess("alder", {fourth: good})
    play.assess("alder", {first: good, second: good, third: good})
    play.assess("larch", {first: (NO, YES, 9), second: (NO, YES, 9), third: (YES, YES, 9)})
    play.assess("maple", {first: (YES, YES, 7), second: (YES, YES, 7), third: (YES, YES, 6)})
    play.cycle.advance(play.at("2018-10-06T10:00"))
    invited = ("alder", "birch", "cedar", "elder", "fir", "hazel", "juniper")
    gone = {"larch": "below_line", "maple": "below_line", "oak": "lapsed", "second": "lapsed"}
    assert play.of_each() == dict.fromkeys(invited, "invited") | gone
    assert play.letters("below-line") == ["larch@projects.example", "maple@projects.example"]

    # a reply to the assessors, while it can still be heard
    words = {"words": "They overlooked page 4."}
    play.cycle.deliver(KEY, NUMBER["alder"], "reply", words, by=address("alder"), now=play.at("2018-10-11T09:00"))

    # the second gate: six places and the money together, whichever is gone first
    now = play.at("2018-10-18T17:00")
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
        play.cycle.approve(KEY, "decision opens", by=staff, now=play.at("2018-11-01T10:00"))
    play.cycle.advance(play.at("2018-11-09T08:59"))
    assert play.letters("offered") == []
    play.cycle.advance(play.at("2018-11-09T09:00"))
    offered = tuple(who for who in invited if who != "hazel")
    assert play.of_each() == dict.fromkeys(offered, "offered") | {"hazel": "not_awarded"} | gone
    assert play.letters("offered") == sorted(f"{who}@projects.example" for who in offered)

    # thirty days to answer: who says nothing is asked twice, and then has said no
    for who in ("alder", "birch", "cedar", "elder"):
        play.cycle.act(KEY, NUMBER[who], "accept", by=address(who), now=play.at("2018-11-20T10:00"))
    for day in ("2018-11-23T10:00", "2018-12-04T10:00"):
        play.cycle.advance(play.at(day))
    play.cycle.act(KEY, NUMBER["fir"], "turn_down_offer", by=address("fir"), now=play.at("2018-12-09T23:00"))
    assert play.letters("answer-the-offer") == ["fir@projects.example"] * 2 + ["juniper@projects.example"] * 2
    play.cycle.advance(play.at("2018-12-10T09:00"))
    assert play.of_each() == {
        "alder": "set_up", "birch": "set_up", "cedar": "set_up", "elder": "set_up", "fir": "turned_down",
        "hazel": "not_awarded", "juniper": "lapsed",
    } | gone  # fmt: skip
    assert play.broken() == []
