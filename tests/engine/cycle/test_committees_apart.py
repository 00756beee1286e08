"""Is there one committee for each strand or answer, and does each see and judge its own dossiers only?"""

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
from copies import Copy
from sqlmodel import Session, col, select
from stage import BEFORE, CALL, PROGRAMMES, READING, STAFF, Stage, applicant, at, programme, refused

from engine.cycle import scene
from engine.cycle.fitting import reasons_not_to_run_on
from engine.cycle.people import PartGiven
from engine.database.cohort.guards import hold
from engine.database.cohort.scores import complete_members, score
from engine.database.connection import Database
from engine.database.pages import awaited, bookings, committee, conflicts, judging, late, marks, matrix, ranking
from engine.database.pages.one_dossier import members_of
from engine.database.pages.opinions import opinions
from engine.database.records import AssignmentRow, DossierRow, NotificationRow, PersonRow, RoleRow
from engine.database.sitting import elsewhere_among, sitting_elsewhere
from engine.database.standings import standing_of
from engine.database.store import facts_of, find_dossier, find_person, find_round, free_members, score_of, the_id
from engine.errors import GrantcycleError, Unknown
from engine.files.reading import Programme
from engine.rules.assessing import assessment_in
from engine.rules.guards import judge
from engine.rules.roles import may_judge, may_know_of, may_read
from engine.rules.round import Session as Sitting
from engine.rules.workflow import Workflow
from notifications import bundling

ARTS, ARTS_2, LAW, BOTH = "arts@panel.example", "second@panel.example", "law@panel.example", "both@panel.example"
ALL, WATCHES = "all@panel.example", "watches@academy.example"
YOUNG, SENIOR, COUNCIL = "young@board.example", "senior@board.example", "chair@council.example"
HEARING = at("2030-04-02T10:00")
PARTS = (
    (ARTS, "panel", "Arts", True), (ARTS_2, "panel", "Arts", False), (LAW, "panel", "Law", True),
    (BOTH, "panel", "Arts", False), (BOTH, "panel", "Physics", True), (ALL, "panel", "", False),
    (WATCHES, "panel observer", "Law", False), (YOUNG, "board", "young", True), (SENIOR, "board", "senior", True),
    (COUNCIL, "council", "", True),
)  # fmt: skip


OPENED: dict[str, Copy] = {}
"""kind of database -> one in which the round is open and everybody has their part"""


def scholars(edits: dict[str, str] | None = None) -> Programme:
    folder = PROGRAMMES / "scholars"
    return programme(
        (folder / "workflow.toml").read_text("utf-8"), (folder / "rounds/2030.toml").read_text("utf-8"),
        name="scholars", edits=edits,
    )  # fmt: skip


@pytest.fixture
def panels(database: Database) -> Stage:
    stage, kind = Stage(database, scholars()), database.writer.dialect.name
    if kind in OPENED:
        OPENED[kind].write(database)
        return stage
    stage.cycle.open_round(stage.programme, "2030", by=STAFF, now=BEFORE)
    stage.cycle.add_person(stage.key, email=STAFF, name="Staff", language="en", role="staff", by=STAFF, now=BEFORE)
    for email, role, scope, chair in PARTS:
        stage.cycle.add_person(
            stage.key, email=email, name=email, language="en", role=role, chair=chair, scope=scope, by=STAFF, now=BEFORE
        )
    OPENED[kind] = Copy(database)
    return stage


def handed_in(stage: Stage, who: str, field: str, strand: str = "young", **answers: Any) -> str:
    email = applicant(who)
    number = stage.cycle.start_dossier(
        stage.key, organisation=f"House of {who}", email=email, name=who, language="en", strand=strand, by=email,
        now=CALL,
    )  # fmt: skip
    stage.cycle.answer(
        stage.key, number, {"title": who, "field": field, "amount": 900, **answers}, by=email, now=CALL
    )
    stage.cycle.act(stage.key, number, "submit", by=email, now=CALL)
    return number


def marked(stage: Stage, number: str, by: str, mark: float) -> None:
    stage.cycle.declare_clear(stage.key, number, by=by, now=READING)
    stage.cycle.score(stage.key, number, {"quality": mark}, by=by, now=READING)
    stage.cycle.recommend(stage.key, number, f"words of {by}", by=by, now=READING)


def rules(stage: Stage) -> Workflow:
    return stage.programme.rules_of("2030")


def looking(stage: Stage, ask: Callable[[Session, Any], Any]) -> Any:
    """What a question gives, of the session and a dossier by its number."""
    with stage.database.reading() as session:
        return ask(session, lambda number: find_dossier(session, find_round(session, stage.key), number))


def found(session: Session, email: str) -> int:
    person = find_person(session, email)
    assert person is not None
    return the_id(person)


def known_by(stage: Stage, email: str, rule: Callable[..., Any] = may_know_of) -> list[str]:
    """The dossiers of which somebody may know (or what else is asked), by the rules."""
    with stage.database.reading() as session:
        person = stage.person_id(email)
        return [
            one.number
            for one in session.exec(select(DossierRow).order_by(col(DossierRow.number))).all()
            if rule(standing_of(session, 1, person, the_id(one)), rules(stage), one.state) is None
        ]


def listed_for(stage: Stage, email: str) -> list[str]:
    """The dossiers in the list of a member, as its page has them."""
    with stage.database.reading() as session:
        person = stage.person_id(email)
        return [one.number for one in judging.each(session, rules(stage), person, 1, list(rules(stage).states))]


# ── Who sits where ───────────────────────────────────────────────────────────


def test_a_part_is_for_a_strand_or_an_answer_that_the_round_has(panels: Stage) -> None:
    def give(role: str, scope: str, email: str = "new@panel.example") -> None:
        part = PartGiven(email, "New", "en", role, scope=scope)
        panels.cycle.add_people(panels.key, [part], by=STAFF, now=BEFORE)

    with pytest.raises(Unknown, match='there is no answer to "field" "Art"; did you mean "Arts"'):
        give("panel", "Art")
    with pytest.raises(Unknown, match='there is no strand "Arts"'):
        give("board observer", "Arts")
    with pytest.raises(GrantcycleError, match='"council" is one for all, and not for "Arts"'):
        give("council", "Arts")
    with refused("role") as said:
        give("panel", "Law", ALL)
    assert said == [
        f'{ALL} has the part "panel" for all already, and would have it for Law too; take the one away first'
    ]
    with refused("role"):
        give("panel", "", ARTS)
    give("panel", "Arts", ARTS)  # who has it keeps it
    before = len(panels.rows(RoleRow))
    panels.cycle.remove_role(panels.key, email=BOTH, role="panel", scope="Arts", by=STAFF, now=BEFORE)
    kept = [(one.scope, one.chair) for one in panels.rows(RoleRow) if one.person_id == panels.person_id(BOTH)]
    assert (kept, len(panels.rows(RoleRow))) == ([("Physics", True)], before - 1)
    with refused("role"):
        panels.cycle.remove_role(panels.key, email=BOTH, role="panel", by=STAFF, now=BEFORE)


def test_each_knows_of_reads_and_lists_its_own_dossiers_only(panels: Stage) -> None:
    arts, law, physics = (handed_in(panels, who, field) for who, field in
                          (("a", "Arts"), ("b", "Law"), ("c", "Physics")))  # fmt: skip
    panels.cycle.declare_clear(panels.key, law, by=LAW, now=READING)
    expected = {
        ARTS: [arts], LAW: [law], BOTH: [arts, physics], ALL: [arts, law, physics], WATCHES: [law], YOUNG: [],
        COUNCIL: [], STAFF: [arts, law, physics],
    }  # fmt: skip
    assert {email: known_by(panels, email) for email in expected} == expected
    assert {email: listed_for(panels, email) for email in expected} == expected
    assert (known_by(panels, LAW, may_read), known_by(panels, WATCHES, may_read)) == ([law], [law])
    assert known_by(panels, ARTS, lambda standing, *_: may_judge("panel", standing)) == [arts]
    with refused("role"):
        panels.cycle.score(panels.key, law, {"quality": 3}, by=ARTS, now=READING)
    with refused("role"):
        panels.cycle.declare_clear(panels.key, law, by=ARTS, now=READING)
    with refused("role"):
        panels.cycle.recommend(panels.key, physics, "words", by=LAW, now=READING)


def test_a_chair_acts_on_the_dossiers_of_her_own_committee(panels: Stage) -> None:
    arts = handed_in(panels, "a", "Arts")
    for other in (LAW, BOTH, ALL):
        with refused("role"):
            panels.cycle.act(panels.key, arts, "send_on", answers={"field": "Law"}, by=other, now=READING)
    panels.cycle.act(panels.key, arts, "send_on", answers={"field": "Law"}, by=ARTS, now=READING)
    assert (known_by(panels, ARTS), known_by(panels, LAW)) == ([], [arts])


def test_members_of_the_dossiers_committee_are_counted(panels: Stage) -> None:
    arts, law = handed_in(panels, "a", "Arts"), handed_in(panels, "b", "Law")
    panels.cycle.declare_conflict(panels.key, law, by=LAW, reason=None, now=READING)

    def counted(session: Session, of: Any) -> Any:
        table = matrix.Table(rules(panels), 1, "panel", "handed")
        part = matrix.Table(rules(panels), 1, "panel", "handed", scope="Law")
        wanted = marks.wanted(rules(panels), {"panel": 5, "board": 1, "council": 1})
        return {
            "free": [free_members(session, 1, "panel", the_id(of(one))) for one in (arts, law)],
            "seated": judging.seated(session, 1, "panel", "handed"),
            "stepped back": judging.stepped_back(session, 1, "panel", "handed"),
            "on the board": list(session.exec(select(wanted).select_from(DossierRow).order_by(col(DossierRow.number)))),
            "cells": {line.number: len(line.cells) for line in matrix.page(session, table)},
            "of law": [one.email for one in matrix.members(session, part)],
            "lines of law": [line.number for line in matrix.page(session, part)],
            "on its page": [person.email for person, _ in members_of(session, the_id(of(law)), "panel")],
            "unanswered": sorted((one.number, one.email) for one in awaited.unanswered(session, table)),
            "declared": [(one.number, one.free) for one in conflicts.declared(session, rules(panels), 1, "panel", 0)],
        }

    assert looking(panels, counted) == {
        "free": [4, 1], "seated": {arts: 4, law: 2}, "stepped back": {law: 1}, "on the board": [4, 1],
        "cells": {arts: 4, law: 2}, "of law": [LAW, ALL], "lines of law": [law], "on its page": [LAW, ALL],
        "unanswered": sorted([(arts, ARTS), (arts, ARTS_2), (arts, BOTH), (arts, ALL), (law, ALL)]),
        "declared": [(law, 1)],
    }  # fmt: skip


# ── What a dossier takes along ───────────────────────────────────────────────


def test_a_dossier_that_goes_to_another_committee_is_judged_there_anew(panels: Stage) -> None:
    arts = handed_in(panels, "a", "Arts")
    for email, mark in ((ARTS, 9.0), (ALL, 3.0)):
        marked(panels, arts, email, mark)
    panels.cycle.assign(panels.key, "panel", add=[(arts, ARTS_2), (arts, ALL)], remove=[], by=STAFF, now=READING)
    guards = rules(panels).transitions["hear"].guards[1:]

    def stands(session: Session, of: Any) -> Any:
        dossier = of(arts)
        one = assessment_in(rules(panels), "handed")
        assert one is not None
        (listed,) = ranking.ranking(session, rules(panels), 1, "handed")
        holds = session.exec(select(hold(guards, rules(panels))).where(col(DossierRow.id) == dossier.id)).one()
        facts = facts_of(session, rules(panels), dossier, guards)
        assert bool(holds) == (not judge(guards, facts, rules(panels)))
        in_sql = select(score(rules(panels)), complete_members(rules(panels))).select_from(DossierRow)
        scored = session.exec(in_sql.where(col(DossierRow.id) == dossier.id)).one()
        assert scored == (listed.mean, listed.members)
        assert score_of(session, rules(panels), the_id(dossier)) == listed.mean
        return (
            listed.mean, listed.members, bool(holds), facts.recommended,
            [one.email for one in opinions(session, the_id(dossier), assessment="reading")],
            [row.person_id for row in session.exec(select(AssignmentRow).where(col(AssignmentRow.ended_at).is_(None)))],
        )

    every, of_all = panels.person_id(ARTS_2), panels.person_id(ALL)
    assert looking(panels, stands) == (6.0, 2, True, True, [ARTS, ALL], [every, of_all])
    panels.cycle.act(panels.key, arts, "send_on", answers={"field": "Law"}, by=ARTS, now=READING)
    assert looking(panels, stands) == (3.0, 1, True, True, [ALL], [of_all])
    panels.cycle.remove_role(panels.key, email=ALL, role="panel", by=STAFF, now=READING)
    marked(panels, arts, LAW, 5.0)
    panels.cycle.act(panels.key, arts, "send_on", answers={"field": "Arts"}, by=LAW, now=READING)
    # who has left counts as before, and what was said here before counts again
    assert looking(panels, stands)[0] == 6.0


def test_a_score_that_one_board_agreed_on_is_none_of_the_other(panels: Stage) -> None:
    young = to_the_boards(panels, ("a", "Arts", "young"))[0]
    panels.cycle.agree(panels.key, young, {"fit": 8}, by=YOUNG, now=HEARING)
    panels.cycle.act(panels.key, young, "regrade", answers={"strand": "senior"}, by=STAFF, now=HEARING)

    def agreed(session: Session, of: Any) -> Any:
        one = assessment_in(rules(panels), "heard")
        assert one is not None
        (listed,) = ranking.ranking(session, rules(panels), 1, "heard")
        asked = ranking.agreed_of_all(session, rules(panels), 1, "heard", one)
        return score_of(session, rules(panels), the_id(of(young))), listed.mean, asked

    assert looking(panels, agreed) == (None, None, {})
    panels.cycle.agree(panels.key, young, {"fit": 4}, by=SENIOR, now=HEARING)
    assert looking(panels, agreed) == (4.0, 4.0, {young: {"fit": 4.0}})


def test_a_verdict_that_stands_keeps_a_dossier_where_it_is(panels: Stage) -> None:
    young = to_the_boards(panels, ("a", "Arts", "young"))[0]
    with refused("role"):
        panels.cycle.verdict(panels.key, young, "drop", by=SENIOR, now=HEARING)
    panels.cycle.verdict(panels.key, young, "drop", by=YOUNG, now=HEARING)
    for change in (
        lambda: panels.cycle.change_strand(panels.key, young, "senior", by=STAFF, reason="older", now=HEARING),
        lambda: panels.cycle.act(panels.key, young, "regrade", answers={"strand": "senior"}, by=STAFF, now=HEARING),
    ):
        with refused("verdict") as said:
            change()
        assert said == [
            f'a verdict of "Board" stands on {young} ("Declined"), and it would lie before another committee of that '
            "name; take the verdict back first"
        ]
    panels.cycle.withdraw_verdict(panels.key, young, by=YOUNG, reason="older", now=HEARING)
    panels.cycle.change_strand(panels.key, young, "senior", by=STAFF, reason="older", now=HEARING)
    assert (known_by(panels, YOUNG), known_by(panels, SENIOR)) == ([], [young])


def to_the_boards(stage: Stage, *dossiers: tuple[str, str, str]) -> list[str]:
    """Dossiers that their panels have read, and the calendar has brought before the boards."""
    numbers = [handed_in(stage, who, field, strand) for who, field, strand in dossiers]
    for number in numbers:
        marked(stage, number, ALL, 8.0)
    stage.cycle.advance(at("2030-03-30T00:01"))
    assert {stage.state(number) for number in numbers} == {"heard"}
    return numbers


def test_each_committee_gives_an_order_of_its_own(panels: Stage) -> None:
    first, second, older, oldest = to_the_boards(
        panels, ("a", "Arts", "young"), ("b", "Law", "young"), ("c", "Arts", "senior"), ("d", "Law", "senior")
    )
    with refused("role"):
        panels.cycle.give_order(panels.key, "heard", [second, older], by=YOUNG, now=HEARING)
    panels.cycle.give_order(panels.key, "heard", [oldest, older], by=SENIOR, now=HEARING)
    panels.cycle.give_order(panels.key, "heard", [second], by=YOUNG, now=HEARING)

    def places(session: Session, _: Any) -> Any:
        return ranking.given_places(session, rules(panels), 1, "heard")

    assert looking(panels, places) == {second: 1, oldest: 1, older: 2}
    panels.cycle.give_order(panels.key, "heard", [older, first, oldest, second], by=STAFF, now=HEARING)
    assert looking(panels, places) == {older: 1, oldest: 2, first: 1, second: 2}
    panels.cycle.act(panels.key, first, "regrade", answers={"strand": "senior"}, by=STAFF, now=HEARING)
    assert looking(panels, places) == {older: 1, oldest: 2, second: 2}
    panels.cycle.advance(at("2030-04-27T00:01"))
    # in the list of the young the second comes first now; among the senior the one that came has no place
    assert [panels.state(one) for one in (first, second, older, oldest)] == ["heard", "chosen", "chosen", "heard"]


# ── Letters, pages and hours ─────────────────────────────────────────────────


def test_a_letter_to_committees_tells_each_of_its_own_dossiers_once(panels: Stage) -> None:
    arts, law = to_the_boards(panels, ("a", "Arts", "young"), ("b", "Law", "senior"))
    with panels.database.reading() as session:
        rows = session.exec(
            select(NotificationRow, PersonRow.email)
            .join(PersonRow, col(PersonRow.id) == col(NotificationRow.person_id))
            .where(col(NotificationRow.letter).in_(("went-on", "to-hear")))
        ).all()
        told = {email: [line["number"] for line in row.facts["dossiers"]] for row, email in rows}
    assert told == {
        ARTS: [arts], ARTS_2: [arts], BOTH: [arts], LAW: [law], ALL: [arts, law], YOUNG: [arts], SENIOR: [law]
    }
    assert len(rows) == len(told)


def test_a_letter_that_cannot_list_all_lists_the_first_of_each_committee_and_counts_what_else_is_its_own(
    panels: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (scene, bundling):
        monkeypatch.setattr(module, "LINES", 1)
    asked = ("a", "Arts", "young"), ("b", "Arts", "young"), ("c", "Law", "young"), ("d", "Law", "senior")
    numbers = [handed_in(panels, *one) for one in asked]
    panels.cycle.declare_conflict(panels.key, numbers[3], by=LAW, now=CALL)
    for place, number in enumerate(numbers):
        marked(panels, number, ALL, 9.0 - place)
    panels.cycle.advance(at("2030-03-30T00:01"))
    with panels.database.reading() as session:
        rows = session.exec(
            select(NotificationRow, PersonRow.email)
            .join(PersonRow, col(PersonRow.id) == col(NotificationRow.person_id))
            .where(col(NotificationRow.letter) == "went-on")
        ).all()
        told = {
            email: ([line["number"] for line in row.facts["dossiers"]], row.facts.get("more", 0)) for row, email in rows
        }
    arts, law = numbers[0], numbers[2]
    assert told == {ARTS: ([arts], 1), ARTS_2: ([arts], 1), BOTH: ([arts], 1), LAW: ([law], 0), ALL: ([arts], 3)}


def test_who_is_late_is_late_with_her_own(panels: Stage) -> None:
    arts, _ = handed_in(panels, "a", "Arts"), handed_in(panels, "b", "Law")
    handed_in(panels, "c", "Physics")
    marked(panels, arts, ARTS, 5.0)
    one = assessment_in(rules(panels), "handed")
    assert one is not None

    def wanting(session: Session, _: Any) -> Any:
        found = late.late_members(session, {(1, "handed"): one}, {(1, "handed"): 3})
        return {member.name: member.left for member in found}

    assert looking(panels, wanting) == {ARTS_2: 1, LAW: 1, BOTH: 2, ALL: 3}


def test_an_hour_is_booked_with_ones_own_committee(panels: Stage) -> None:
    young, _ = to_the_boards(panels, ("a", "Arts", "young"), ("b", "Law", "senior"))
    for email, hour in ((SENIOR, 10), (YOUNG, 14)):
        sitting = Sitting(date(2030, 4, 10), time(hour), time(hour, 30), place="Ghent")
        panels.cycle.give_hours(panels.key, "talk", [sitting], by=email, now=HEARING)

    def free(session: Session, of: Any) -> Any:
        others = sitting_elsewhere(session, rules(panels), the_id(of(young)), "board")
        found = bookings.hours(session, 1, "talk", since=HEARING, only_free=True, besides=others)
        return [one.start for one in found]

    assert looking(panels, free) == ["14:00"]
    with refused("hours") as said:
        panels.cycle.book_hour(panels.key, young, 1, of="talk 1", by=applicant("a"), now=HEARING)
    assert said == ["this hour is one of another committee"]
    panels.cycle.book_hour(panels.key, young, 2, of="talk 1", by=applicant("a"), now=HEARING)


def test_whoever_is_kept_away_is_so_in_the_committee_that_may_come_to_read(panels: Stage) -> None:
    arts = handed_in(panels, "a", "Arts", away=LAW)
    panels.cycle.act(panels.key, arts, "send_on", answers={"field": "Law"}, by=ARTS, now=READING)
    assert (known_by(panels, LAW), known_by(panels, ALL)) == ([], [arts])


def test_a_member_of_another_committee_does_not_do_what_is_left_to_members(panels: Stage) -> None:
    arts = handed_in(panels, "a", "Arts")
    part = PartGiven(STAFF, "Staff", "en", "panel", scope="Law")
    panels.cycle.add_people(panels.key, [part], by=STAFF, now=READING)
    guards = rules(panels).transitions["turn_down"].guards

    def may(session: Session, of: Any) -> Any:
        dossier, person = of(arts), found(session, STAFF)
        in_sql = select(hold(guards, rules(panels), person=col(PersonRow.id))).select_from(PersonRow).join(
            DossierRow, col(DossierRow.id) == dossier.id
        )
        facts = facts_of(session, rules(panels), dossier, guards, person_id=person)
        return bool(session.exec(in_sql.where(col(PersonRow.id) == person)).one()), not judge(
            guards, facts, rules(panels)
        )

    assert looking(panels, may) == (False, False)
    with refused("member_of"):
        panels.cycle.act(panels.key, arts, "turn_down", by=STAFF, now=READING)
    panels.cycle.act(panels.key, arts, "send_on", answers={"field": "Law"}, by=ARTS, now=READING)
    assert looking(panels, may) == (True, True)


def test_a_running_order_shows_a_member_her_own(panels: Stage) -> None:
    handed_in(panels, "a", "Arts")

    def seen(session: Session, email: str) -> int:
        return len(
            session.exec(
                select(DossierRow.id).where(committee.seated_beside(found(session, email)))
            ).all()
        )  # fmt: skip

    with panels.database.reading() as session:
        assert [seen(session, email) for email in (ARTS, LAW, ALL, STAFF)] == [1, 0, 1, 1]


def test_who_sits_for_one_field_and_watches_all_of_them_hears_all(panels: Stage) -> None:
    law = handed_in(panels, "b", "Law")
    roles = ("panel", "panel observer")

    def deaf() -> set[str]:
        """Who has one of the roles, and hears nothing of the dossier."""
        with panels.database.reading() as session:
            dossier = the_id(find_dossier(session, find_round(session, panels.key), law))
            pairs = elsewhere_among(session, [dossier], roles)
            return {session.get_one(PersonRow, person).email for _, person in pairs}

    assert deaf() == {ARTS, ARTS_2, BOTH}
    panels.cycle.add_person(
        panels.key, email=ARTS, name="Arts", language="en", role="panel observer", by=STAFF, now=CALL
    )
    assert deaf() == {ARTS_2, BOTH}


# ── The rules change ─────────────────────────────────────────────────────────


def test_rules_that_know_no_such_seat_are_not_taken(panels: Stage) -> None:
    other = scholars({'per       = "field"\n': ""})
    with panels.database.transaction() as session:
        found = reasons_not_to_run_on(panels.cycle.look(session, panels.key, CALL), other, {})
    assert [str(one) for one in found] == [
        '3 people have the part "panel" for "Arts", and the new rules have none for that',
        '1 people have the part "panel" for "Law", and the new rules have none for that',
        '1 people have the part "panel" for "Physics", and the new rules have none for that',
        '1 people have the part "panel observer" for "Law", and the new rules have none for that',
    ]
