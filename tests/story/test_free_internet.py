"""Open calls for a better internet, told once: six a year, a knock-out, five of seven, two stages, milestones."""

from datetime import date

from played_round import PlayedRound, address, refused
from sqlmodel import col, select

from engine.database.records import DeliveryRow, DossierRow, ObligationRow, PromisedRow

STAFF = "els@internet.example"
REVIEWERS = ("ann@reading.example", "bob@reading.example")
BOARD = ("chair@board.example", "member@board.example")
PARTS = (
    (STAFF, "staff", False), (REVIEWERS[0], "reviewers", True), (REVIEWERS[1], "reviewers", False),
    (BOARD[0], "board", True), (BOARD[1], "board", False),
)  # fmt: skip
OCTOBER, APRIL = "free-internet/2024-october", "free-internet/2024-april"
MILESTONES = [
    {"what": "Design", "day": "2025-02-15", "money": 10000}, {"what": "Release", "day": "2025-06-30", "money": 20000},
]  # fmt: skip


def proposal(who: str, amount: int = 30000) -> dict[str, object]:
    return {
        "title": f"Project {who}", "abstract": "What it is.", "kind": "Software", "licence": "GPL-3.0-or-later",
        "amount": amount, "milestones": MILESTONES,
    }  # fmt: skip


def test_there_are_six_calls_a_year_each_until_noon_of_the_first_of_a_second_month() -> None:
    play = PlayedRound("free-internet", "2024-october", PARTS, "2024-07-01T10:00")
    closes = {name: one.phases["call"].closes for name, one in play.programme.rounds.items()}
    assert [(edge.day, edge.hour and edge.hour.hour) for edge in closes.values()] == [
        (date(2024, 10, 1), 12), (date(2024, 12, 1), 12), (date(2025, 2, 1), 12),
        (date(2025, 4, 1), 12), (date(2025, 6, 1), 12), (date(2025, 8, 1), 12),
    ]  # fmt: skip


def test_a_call_from_the_knock_out_to_the_last_milestone_and_the_next_call_beside_it() -> None:
    play = PlayedRound("free-internet", "2024-october", PARTS, "2024-07-01T10:00")
    at, cycle = play.at, play.cycle
    number = {}
    for who in ("acorn", "beech", "chestnut", "dogwood", "elm"):
        number[who] = play.draft(who, proposal(who), at("2024-09-20T10:00"))
        if who == "acorn":  # a licence is asked of software
            cycle.answer(OCTOBER, number[who], {"licence": ""}, by=address(who), now=at("2024-09-21T10:00"))
            with refused("form"):
                cycle.act(OCTOBER, number[who], "submit", by=address(who), now=at("2024-09-22T10:00"))
            cycle.answer(OCTOBER, number[who], {"kind": "Something else"}, by=address(who), now=at("2024-09-23T10:00"))
        cycle.act(OCTOBER, number[who], "submit", by=address(who), now=at("2024-10-01T12:00"))
    acorn, beech, chestnut, dogwood, elm = number.values()

    # the knock-out, and five of seven
    with refused("reason"):
        cycle.act(OCTOBER, elm, "knock_out", by=STAFF, now=at("2024-10-03T10:00"))
    cycle.act(OCTOBER, elm, "knock_out", by=STAFF, now=at("2024-10-03T10:00"), reason="It is no project of its own.")
    now = at("2024-10-20T10:00")
    for one, marks in {
        acorn: ((6, 6, 6), (5, 5, 5)), beech: ((5, 5, 5), (5, 5, 5)), chestnut: ((6, 7, 6), (6, 7, 6)),
        dogwood: ((6, 4, 5), (6, 4, 5)),  # 30 % of 6, 40 % of 4 and 30 % of 5 are 4.9
    }.items():  # fmt: skip
        cycle.assign(OCTOBER, "reviewers", add=[(one, member) for member in REVIEWERS], by=STAFF, now=now)
        for member, (technical, relevance, value) in zip(REVIEWERS, marks, strict=True):
            given = {"technical": technical, "relevance": relevance, "value": value}
            cycle.score(OCTOBER, one, given, by=member, now=now)
    cycle.advance(at("2024-11-01T09:00"))
    assert play.states() == {
        acorn: "second_stage", beech: "second_stage", chestnut: "second_stage", dogwood: "not_selected",
        elm: "ineligible",
    }  # fmt: skip

    # questions: who answers goes on, and silence is an answer
    words = {"words": "We have thought of that."}
    for who in ("acorn", "chestnut"):
        cycle.deliver(OCTOBER, number[who], "answers", words, by=address(who), now=at("2024-11-10T10:00"))
    for day in ("2024-11-11T10:00", "2024-11-14T10:00", "2024-11-21T09:00"):
        cycle.advance(at(day))
    assert play.states() == {
        acorn: "in_review", beech: "not_selected", chestnut: "in_review", dogwood: "not_selected", elm: "ineligible",
    }  # fmt: skip
    assert play.letters("obligation-reminder") == sorted([address("beech")] * 2)

    # the committee, which writes and gives no marks; 60,000 are there
    now = at("2024-12-01T10:00")
    for one in (acorn, chestnut):
        cycle.recommend(OCTOBER, one, "Worth doing.", by=BOARD[1], now=now)
        cycle.verdict(OCTOBER, one, "grant", by=BOARD[0], now=now)
    cycle.approve(OCTOBER, "running opens", by=STAFF, now=now)
    cycle.advance(at("2024-12-12T09:00"))
    assert {one: play.states()[one] for one in (acorn, chestnut)} == {acorn: "granted", chestnut: "granted"}

    # whoever was not selected tries again in the next call, on the same rules
    play.open("2024-april", PARTS, at("2024-12-12T10:00"))
    again = proposal("beech") | {"earlier": f"{OCTOBER}/{beech}"}
    second = play.draft("beech", again, at("2025-02-02T10:00"), APRIL)
    cycle.act(APRIL, second, "submit", by=address("beech"), now=at("2025-02-10T12:00"))
    assert play.states(APRIL) == {second: "submitted"}

    # milestones, as they were declared
    with play.database.reading() as session:
        owed = select(ObligationRow.name, ObligationRow.position, ObligationRow.last_day)
        rows = session.exec(owed.where(col(ObligationRow.name) == "milestone")).all()
        assert sorted(tuple(row) for row in rows) == [
            ("milestone", 1, "2025-02-15"), ("milestone", 1, "2025-02-15"), ("milestone", 2, "2025-06-30"),
            ("milestone", 2, "2025-06-30"),
        ]  # fmt: skip
    with refused("fulfilled", "fulfilled"):
        cycle.act(OCTOBER, acorn, "complete", by=STAFF, now=at("2025-01-10T10:00"))
    cycle.advance(at("2025-02-17T09:00"))
    assert play.letters("milestone-overdue") == [STAFF]  # one letter, of both

    # each is paid for once it is accepted, in full or in parts, and with the last the project is complete
    with refused("payment"):  # the design is not accepted yet
        cycle.record_payment(
            OCTOBER, acorn, "milestones_paid", 10000, day=date(2025, 2, 18), by=STAFF, now=at("2025-02-18T10:00")
        )
    for position, day in ((1, "2025-02-20T10:00"), (2, "2025-06-20T10:00")):
        given = {"done": "See the repository.", "sum": 10000 * position}
        cycle.deliver(OCTOBER, acorn, "milestone", given, by=address("acorn"), now=at(day))
        with play.database.reading() as session:
            newest = session.exec(select(DeliveryRow.id).order_by(col(DeliveryRow.id).desc())).first()
        assert newest is not None
        cycle.review(OCTOBER, acorn, newest, accepted=True, by=STAFF, now=at(day) + 1)
    assert promised(play, acorn) == [
        (1, "Design", 10000_00, "2025-03-22", False), (2, "Release", 20000_00, "2025-07-20", False)
    ]  # fmt: skip
    assert promised(play, chestnut) == [(1, "Design", 10000_00, None, False), (2, "Release", 20000_00, None, False)]
    assert play.letters("not-paid") == [STAFF]  # thirty days after the design was accepted
    for position, amount, day in ((1, 10000, date(2025, 6, 23)), (2, 12500.5, date(2025, 6, 24))):
        cycle.record_payment(
            OCTOBER, acorn, "milestones_paid", amount, position=position, day=day, reference=f"NL {position}", by=STAFF,
            now=at("2025-06-24T10:00"),
        )  # fmt: skip
    cycle.act(OCTOBER, acorn, "complete", by=STAFF, now=at("2025-07-01T10:00"))
    assert play.states()[acorn] == "completed"
    with refused("amount"):
        cycle.record_payment(
            OCTOBER, acorn, "milestones_paid", 7500, position=2, day=date(2025, 7, 2), by=STAFF,
            now=at("2025-07-02T10:00"),
        )  # fmt: skip
    cycle.record_payment(  # what was accepted is owed to whoever is complete, too
        OCTOBER, acorn, "milestones_paid", 7499.5, position=2, day=date(2025, 7, 2), by=STAFF,
        now=at("2025-07-02T10:00"),
    )  # fmt: skip
    assert promised(play, acorn) == [
        (1, "Design", 10000_00, "2025-03-22", True), (2, "Release", 20000_00, "2025-07-20", True)
    ]  # fmt: skip
    cycle.act(OCTOBER, chestnut, "stop", by=STAFF, now=at("2025-07-03T10:00"), reason="They have gone elsewhere.")
    assert promised(play, chestnut) == []  # nothing is owed any more
    cycle.advance(at("2025-08-01T10:00"))
    assert play.letters("not-paid") == [STAFF]
    assert play.broken() == []


def promised(play: PlayedRound, number: str) -> list[tuple[int, str | None, int, str | None, bool]]:
    """(row, what, cents, last day, whether it is paid) of what a dossier is owed or was paid."""
    with play.database.reading() as session:
        rows = session.exec(
            select(PromisedRow)
            .join(DossierRow, col(DossierRow.id) == col(PromisedRow.dossier_id))
            .where(col(DossierRow.number) == number, col(PromisedRow.ended_at).is_(None))
            .order_by(col(PromisedRow.position))
        ).all()
        return [(row.position, row.what, row.cents, row.last_day, row.kept_at is not None) for row in rows]
