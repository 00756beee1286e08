"""Do pages get what is there, of the right people, whatever the size, with a fixed number of queries?"""

from collections.abc import Callable, Sequence
from typing import Any

from asked import counted
from sqlmodel import Session
from stage import CALL, CHAIR, MEMBER, PDF, READING, STAFF, THIRD, Stage, applicant, at

from engine.cycle import Imported
from engine.cycle.scene import Shelf
from engine.database import looking
from engine.database.pages import calls, committee, dossiers, opinions, people, ranking
from engine.database.standings import standing_of
from engine.database.store import find_person, the_id
from engine.rules.facts import weighted_score
from engine.rules.roles import Standing

ANNA = applicant("anna")
BOOKED = ("coaching", "talk")
"""meetings that are agreed on with each dossier"""
SHELF = Shelf()


def id_of(session: Session, email: str) -> int:
    return the_id(find_person(session, email))


def head_of(session: Session, stage: Stage, number: str) -> dossiers.Head:
    head = dossiers.find(session, stage.key, number)
    assert head is not None
    return head


# ── Rounds and people ────────────────────────────────────────────────────────


def test_rounds_come_last_opened_first_with_their_rules(played: Stage) -> None:
    with played.database.reading() as session:
        found = looking.open_rounds(session, limit=50)
        assert [(one.key, SHELF.rules(session)(one.digest).name) for one in found] == [
            ("small/2030", "small"), ("visits/2030", "visits"), ("scholars/2030", "scholars"), ("panel/2030", "panel"),
            ("stages/2030", "stages"), ("network/2030", "network"), ("gate/2030", "gate"),
        ]  # fmt: skip
        assert [one.key for one in looking.open_rounds(session, limit=1, before=found[5].id)] == ["gate/2030"]
        assert calls.open_round(session, "small/2030") == calls.as_open(found[0])
        assert calls.open_round(session, "small/2031") is None


def test_a_round_is_dated_with_what_was_extended(played: Stage) -> None:
    with played.database.reading() as session:
        round = calls.open_round(session, "small/2030")
        assert round is not None
        rules = SHELF.rules(session)
        dorothy = head_of(session, played, "SG30-005")
        assert str(calls.dated(session, round, rules).calendar.edge("reading", "closes").day) == "2030-04-01"
        days = [
            str(calls.dated(session, round, rules, of).calendar.edge("call", "closes").day) for of in (None, dorothy.id)
        ]
        assert days == ["2030-03-01", "2030-03-05"]


def test_somebody_has_parts_and_dossiers_in_all_rounds(played: Stage) -> None:
    with played.database.reading() as session:
        chairs = people.parts_of(session, id_of(session, CHAIR))
        assert [(one.round, one.role, one.chair) for one in chairs] == [
            ("small/2030", "jury", True), ("visits/2030", "jury", True), ("scholars/2030", "board", True),
            ("panel/2030", "jury", True), ("stages/2030", "panel", True), ("network/2030", "jury", True),
            ("gate/2030", "jury", True),
        ]  # fmt: skip
        own = people.dossiers_of(session, id_of(session, ANNA), SHELF.rules(session))
        assert [(one.round, one.number, one.organisation, one.title, one.state) for one in own] == [
            ("small/2030", "SG30-001", "House of songs", "Songs", "working"),
            ("visits/2030", "VS30-001", "House of anna", "Work of anna", "declined"),
            ("scholars/2030", "SC30-001", "House of anna", "Work of anna", "chosen"),
            ("panel/2030", "PN30-001", "House of anna", "Work of anna", "reserve"),
            ("stages/2030", "ST30-001", "House of anna", "Work of anna", "shortlist"),
            ("network/2030", "LN30-001", "House of anna", "To listen", own[5].state),
            ("gate/2030", "GA30-001", "House of anna", "House of anna", own[6].state),
        ]
        assert own[0].owes_next is not None
        assert (own[0].owes_next.name, own[0].owes_next.position) == ("coaching", 1)
        page = people.dossiers_of(session, id_of(session, ANNA), SHELF.rules(session), before=own[0].id)
        assert page == own[1:]
        assert people.dossiers_of(session, id_of(session, STAFF), SHELF.rules(session)) == []


def test_letters_are_shown_to_whom_they_were_sent(played: Stage) -> None:
    with played.database.reading() as session:
        head = head_of(session, played, "SG30-001")
        own = people.letters_to(session, id_of(session, ANNA), head.id)
        others = people.letters_to(session, id_of(session, "second@applicant.example"), head.id)
        assert len(own) >= 3
        assert not {one.id for one in own} & {one.id for one in others}
        assert [one.id for one in own] == sorted((one.id for one in own), reverse=True)
        letter = people.letter(session, id_of(session, ANNA), own[0].id)
        assert letter is not None
        assert (letter.subject, letter.sent_at) == (own[0].subject, own[0].sent_at)
        assert people.letter(session, id_of(session, MEMBER), own[0].id) is None
        assert people.letters_to(session, id_of(session, MEMBER), head.id) == []


# ── One dossier ──────────────────────────────────────────────────────────────


def test_a_dossier_is_shown_whole(played: Stage) -> None:
    with played.database.reading() as session:
        dossier = dossiers.whole(session, head_of(session, played, "SG30-001"))
        heard = dossiers.whole(session, head_of(session, played, "SG30-002"))
    assert (dossier.head.organisation, dossier.head.state, dossier.head.received_at) == (
        "House of songs", "working", CALL + 11,
    )  # fmt: skip
    titles = [(one.version, one.value, one.by) for one in dossier.versions if one.question == "title"]
    assert titles == [(1, "Work of anna", ANNA), (2, "Songs", ANNA)]
    assert dossier.answers["title"].version == 2
    plan = dossier.answers["plan"].file
    assert plan is not None
    assert (plan.name, plan.size) == ("plan.pdf", len(PDF.content))
    assert dossier.values["amount"] == 4000
    assert [one.email for one in dossier.contacts] == [ANNA, "second@applicant.example"]
    assert [(one.name, one.by) for one in dossier.moves] == [
        ("submit", ANNA), ("take_up", None), ("choose", CHAIR), ("start", None)
    ]  # fmt: skip
    assert [(one.name, one.position, one.state) for one in dossier.obligations if one.name not in BOOKED][:3] == [
        ("kick_off", 1, "fulfilled"), ("accounts", 1, "excused"), ("report", 1, "fulfilled"),
    ]  # fmt: skip
    assert [(one.deliverable, one.obligation, one.late, one.by) for one in dossier.deliveries] == [
        ("report", ("report", 1), False, ANNA), ("accounts", ("accounts", 2), False, ANNA),
    ]  # fmt: skip
    assert (dossier.slots, [(one.meeting, one.position) for one in heard.slots]) == ((), [("kick_off", 3)])
    assert [(one.of, one.own) for one in dossier.extensions] == [("reading closes", False)]
    assert dossier.requests == ()


def test_what_was_asked_and_extended_is_shown_with_the_dossier_alone(played: Stage) -> None:
    with played.database.reading() as session:
        two = dossiers.whole(session, head_of(session, played, "SG30-002"))
        assert [(one.of, one.outcome) for one in two.requests] == [("accounts 1", "granted")]
        assert [(one.of, one.own) for one in two.extensions] == [("reading closes", False), ("accounts 1", True)]
        of_all = dossiers.requests(session, two.head.round_id)
        assert [(one.number, one.of, one.outcome) for one in of_all] == [
            ("SG30-006", "call closes", "refused"), ("SG30-002", "accounts 1", "granted"),
        ]  # fmt: skip
        assert dossiers.requests(session, two.head.round_id, only_open=True) == []
        assert dossiers.requests(session, two.head.round_id, after=of_all[0].id) == of_all[1:]


def test_what_is_not_there_is_nothing_and_names_nothing(played: Stage) -> None:
    with played.database.reading() as session:
        assert dossiers.find(session, "small/2030", "SG30-01") is None
        assert dossiers.find(session, "gate/2030", "SG30-001") is None


def test_who_somebody_is_to_a_dossier(played: Stage) -> None:
    with played.database.reading() as session:
        one, two = (head_of(session, played, number) for number in ("SG30-001", "SG30-002"))
        jury = frozenset({"jury"})

        def standing(email: str, head: dossiers.Head) -> Standing:
            return standing_of(session, head.round_id, id_of(session, email), head.id)

        assert standing(ANNA, one) == Standing(contact=True)
        assert standing(ANNA, two) == Standing()
        assert standing(MEMBER, one) == Standing(jury, cleared=True)
        assert standing(MEMBER, two) == Standing(jury)
        assert standing(THIRD, two) == Standing(jury, conflict=True)  # was clear, and then was not
        assert standing(CHAIR, one) == Standing(jury, jury)


# ── What the committee says ──────────────────────────────────────────────────


def test_the_applicant_reads_what_stood_when_the_verdict_took_effect_and_no_note(stage: Stage) -> None:
    (number,) = stage.under_decision("anna")

    def told() -> opinions.ToldWithVerdict:
        with stage.database.reading() as session:
            return opinions.told_with_verdict(session, head_of(session, stage, number).id)

    stage.cycle.comment(stage.key, number, "Sing.", to="applicant", by=MEMBER, now=READING)
    stage.cycle.comment(stage.key, number, "Hush.", to="committee", by=MEMBER, now=READING)
    stage.cycle.verdict(stage.key, number, "choose", by=CHAIR, now=READING)
    assert told() == opinions.ToldWithVerdict()
    stage.cycle.approve(stage.key, "notice opens", by=STAFF, now=READING)
    stage.cycle.advance(at("2030-04-05T09:00"))
    took_effect = told().took_effect_at
    assert told() == opinions.ToldWithVerdict(took_effect, (f"words for {number}",), ("Sing.",))
    assert told().took_effect


def test_a_members_opinion_is_her_own_and_all_are_told_apart(played: Stage) -> None:
    with played.database.reading() as session:
        head = head_of(session, played, "SG30-001")
        (member,) = opinions.opinions(session, head.id)
        (own,) = opinions.opinions(session, head.id, only=id_of(session, MEMBER))
        assert member == own
        assert (own.marks, own.comment, own.note, own.recommendation, own.advises, own.conflict) == (
            {"quality": 8.0}, "Sing on.", "", "better words", "choose", False,
        )  # fmt: skip
        (chair,) = opinions.opinions(session, head.id, only=id_of(session, CHAIR))
        assert (chair.marks, chair.recommendation) == ({}, "")


def reading(stage: Stage, *who: str) -> list[str]:
    numbers = [stage.handed_in(one, CALL + place) for place, one in enumerate(who)]
    stage.cycle.advance(READING)
    return numbers


def test_the_ranking_is_of_complete_marks_without_conflicts(stage: Stage) -> None:
    one, two, three, four = reading(stage, "anna", "bert", "cleo", "dora")
    key = stage.key
    marks = {one: {MEMBER: 6, CHAIR: 9}, two: {MEMBER: 8, THIRD: 1, CHAIR: 7}, three: {MEMBER: 7.5}}
    for number, given in marks.items():
        for member, mark in given.items():
            stage.cycle.score(key, number, {"quality": mark}, by=member, now=READING)
    stage.cycle.recommend(key, two, "Yes", by=MEMBER, now=READING, advises="choose")
    stage.cycle.recommend(key, two, "No", by=CHAIR, now=READING, advises="decline")
    stage.cycle.recommend(key, two, "Yes", by=THIRD, now=READING, advises="choose")
    stage.cycle.declare_conflict(key, two, by=THIRD, now=READING)
    stage.cycle.verdict(key, two, "choose", by=CHAIR, now=READING)
    rules = stage.programme.workflow
    with stage.database.reading() as session:
        found = ranking.ranking(session, rules, 1, "read")
        assert [(row.number, row.rank, row.mean, row.spread, row.members) for row in found] == [
            (one, 1, 7.5, 3.0, 2), (two, 1, 7.5, 1.0, 2), (three, 1, 7.5, 0.0, 1), (four, None, None, None, 0),
        ]  # fmt: skip
        assert [row.mean for row in found[:2]] == [
            weighted_score(rules.criteria, {"a": {"quality": a}, "b": {"quality": b}}) for a, b in ((6, 9), (8, 7))
        ]
        assert (found[1].verdict, found[1].advised) == ("choose", {"choose": 1, "decline": 1})
        assert ranking.ranking(session, rules, 1, "read", limit=1, offset=2) == found[2:3]
        assert ranking.lines(session, rules, 1, "read") == [ranking.Line("choose", 2, 0, 1)]
        without = ranking.ranking(session, rules, 1, "read", without_ties=id_of(session, THIRD))
        assert [row.number for row in without] == [one, three, four]


def test_places_that_were_given_before_move_the_line(stage: Stage) -> None:
    (one,) = stage.chosen("anna")
    late = stage.brought_in("bert", "read", at("2030-04-06T10:00"))
    rules = stage.programme.workflow
    with stage.database.reading() as session:
        (line,) = ranking.lines(session, rules, 1, "read")
        assert (line.cap, line.taken_elsewhere, line.standing, line.places) == (2, 1, 0, 1)
        assert [row.number for row in ranking.ranking(session, rules, 1, "read")] == [late]
        order = committee.running_order(session, rules, 1, "kick_off")
        assert [(row.position, row.number, row.attended) for row in order] == [(1, one, False)]


# ── How much it costs ────────────────────────────────────────────────────────

Ask = Callable[[Session, Stage, int], Any]


def _rules(session: Session) -> Any:
    return SHELF.rules(session)


ASKED: Sequence[tuple[str, int, Ask]] = [
    ("rounds", 1, lambda session, _stage, _: looking.open_rounds(session, limit=50)),
    ("parts", 1, lambda session, _stage, of: people.parts_of(session, of)),
    ("own dossiers", 4, lambda session, _stage, of: people.dossiers_of(session, of, _rules(session))),
    ("a dossier", 9, lambda session, stage, _: dossiers.whole(session, head_of(session, stage, "SG30-001"))),
    ("letters", 1, lambda session, _stage, of: people.letters_to(session, of, 1)),
    ("standing", 2, lambda session, _stage, of: standing_of(session, 1, of, 1)),
    ("told", 1, lambda session, _stage, _: opinions.told_with_verdict(session, 1)),
    ("opinions", 6, lambda session, _stage, _: opinions.opinions(session, 1)),
    ("ranking", 2, lambda session, stage, _: ranking.ranking(session, stage.programme.workflow, 1, "read")),
    ("lines", 2, lambda session, stage, _: ranking.lines(session, stage.programme.workflow, 1, "read")),
    ("order", 1, lambda session, stage, _: committee.running_order(session, stage.programme.workflow, 1, "kick_off")),
    ("requests", 1, lambda session, _stage, _: dossiers.requests(session, 1)),
]


def of_size(stage: Stage, size: int) -> int:
    """So many dossiers under decision, all of one person, with as many answers, requests and marks; gives who."""
    have = len(stage.states())
    rows = [
        Imported(f"House {place}", ANNA, "Anna", "en", state="read", received_at=CALL, answers={"title": f"W {place}"})
        for place in range(have, size)
    ]
    stage.cycle.import_dossiers(stage.key, rows, by=STAFF, now=READING + have)
    for place in range(have, size):
        number = f"SG30-{place + 1:03d}"
        stage.cycle.score(stage.key, number, {"quality": 1 + place % 9}, by=MEMBER, now=READING + 100 + place)
    for place in range(have, size):
        stage.cycle.add_contact(
            stage.key, "SG30-001", email=f"c{place}@x.example", name="", language="en", by=STAFF, now=READING + place
        )
    with stage.database.reading() as session:
        return id_of(session, ANNA)


def test_the_number_of_queries_does_not_depend_on_how_many_rows_there_are(stage: Stage) -> None:
    costs: list[dict[str, int]] = []
    stage.cycle.advance(READING)
    for size in (5, 50):
        who = of_size(stage, size)
        cost = {}
        for name, _, ask in ASKED:
            with stage.database.reading() as session:
                _rules(session)(stage.programme.digest)  # read once in a process
                with counted(stage.database) as sent:
                    ask(session, stage, who)
            cost[name] = len(sent)
        costs.append(cost)
    assert costs[0] == costs[1]
    assert costs[1] == {name: expected for name, expected, _ in ASKED}
