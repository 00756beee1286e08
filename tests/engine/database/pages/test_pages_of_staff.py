"""What do the pages of one dossier, and of what needs staff today, ask of the database, on both kinds alike?"""

from dataclasses import replace
from datetime import date

from stage import CALL, CHAIR, MEMBER, NOTICE, READING, STAFF, STAFF_2, THIRD, Stage, applicant, at

from engine.database.pages import one_dossier
from engine.database.pages.late import Late, late_members
from engine.database.pages.notes import notes
from engine.database.pages.today import Stuck, waiting
from engine.database.pages.wanting import Wanting, dossiers_named, wanting
from engine.database.store import find_dossier, find_round, the_id
from engine.rules.assessing import assessment_in

DAY = 86_400_000_000


def of(stage: Stage, number: str) -> int:
    with stage.database.reading() as session:
        return the_id(find_dossier(session, find_round(session, stage.key), number))


def test_notes_come_with_what_they_said_before(stage: Stage) -> None:
    number = stage.draft()
    one = stage.cycle.write_note(stage.key, number, "One", by=STAFF, now=CALL)
    two = stage.cycle.write_note(stage.key, number, "Two", by=STAFF, now=CALL + 1)
    three = stage.cycle.replace_note(stage.key, number, one, "One, again", by=STAFF_2, now=CALL + 2)
    stage.cycle.remove_note(stage.key, number, two, by=STAFF_2, now=CALL + 3)
    with stage.database.reading() as session:
        found = notes(session, of(stage, number))
    assert [(one.now.id, one.now.words, one.now.by, one.removed) for one in found] == [
        (three, "One, again", STAFF_2, None), (two, "Two", STAFF, (CALL + 3, STAFF_2)),
    ]  # fmt: skip
    assert [(one.words, one.at) for one in found[0].before] == [("One", CALL)]


def test_what_is_missing_is_what_the_form_still_asks(stage: Stage) -> None:
    empty, complete = stage.draft("anna", complete=False), stage.draft("bert")
    expected = {empty: of(stage, empty), complete: of(stage, complete)}
    with stage.database.reading() as session:
        ids = dossiers_named(session, 1, [complete, empty, "SG30-999"])
        assert ids == expected
        found = wanting(session, stage.programme.workflow, ids.values(), CALL)
    assert found == {ids[empty]: Wanting(empty, ("Title", "How much?"))}


def test_a_dossiers_own_deadline_stands_in_place_of_the_rounds(stage: Stage) -> None:
    one, two = stage.draft("anna"), stage.draft("bert")
    stage.cycle.extend(stage.key, "call closes", date(2030, 3, 5), reason="ill", by=STAFF, now=CALL, dossier=one)

    def lapses(number: str) -> list[str]:
        its = of(stage, number)
        with stage.database.reading() as session:
            rows = one_dossier.deadlines_of(session, 1, its, number)
            return [row.local for row in rows if row.name == "lapse"]

    assert (lapses(one), lapses(two)) == (["2030-03-06T00:00:00"], ["2030-03-02T00:00:00"])


def test_letters_and_journal_of_a_dossier_come_newest_first_and_in_parts(stage: Stage) -> None:
    number = stage.handed_in()
    stage.cycle.advance(READING)
    its = of(stage, number)
    with stage.database.reading() as session:
        found = one_dossier.letters_about(session, its)
        assert [one.letter for one in found] == ["being-read", "received"]
        assert one_dossier.letters_about(session, its, before=found[0].id) == found[1:]
        rows = one_dossier.journal_of(session, its)
        assert [row.what for row in rows] == [
            "transition", "transition", "handed in", "answers given", "dossier started",
        ]  # fmt: skip
        later = one_dossier.journal_of(session, its, limit=2, before=rows[1].id)
        assert [row.what for row in later] == ["handed in", "answers given"]
        assert one_dossier.letter_row(session, 999, found[0].id) is None


def test_what_waits_is_counted_by_round(stage: Stage) -> None:
    one, two = stage.under_decision("anna", "bert")
    stage.cycle.verdict(stage.key, one, "choose", by=CHAIR, now=READING + 1)
    stage.cycle.verdict(stage.key, two, "choose", by=CHAIR, now=READING + 2)
    stage.cycle.withdraw_verdict(stage.key, two, by=CHAIR, now=READING + 3, reason=None)
    stage.cycle.declare_conflict(stage.key, two, by=THIRD, now=READING + 4)
    stage.cycle.approve(stage.key, "notice opens", by=STAFF, now=READING + 5)
    looker = stage.person_id(STAFF)
    with stage.database.reading() as session:
        found = waiting(session, [1], looker=looker, since=READING, now=READING, until=NOTICE + DAY)
    assert found.states == {(1, "read"): 2}
    assert [(one.transition, one.count, one.changed_at) for one in found.batches] == [("choose", 1, READING + 3)]
    assert found.approvals == [(1, "notice opens", READING + 5)]
    assert found.conflicts == {1: (1, two)}
    assert "verdicts" in [one.kind for one in found.coming]
    assert found.happened[1]["verdict recorded"] == 2
    assert (found.overdue, found.stuck, found.requests, found.letters) == ({}, [], {}, {})


def test_what_is_stuck_and_overdue_is_counted_without_what_one_stepped_back_from(stage: Stage) -> None:
    stage.chosen("anna", "bert")
    now = at("2030-06-10T09:00")
    stage.cycle.advance(now)
    with stage.database.reading() as session:
        found = waiting(session, [1], looker=stage.person_id(STAFF), since=now, now=now, until=now)
    (stuck,) = found.stuck
    assert (stuck.transition, stuck.state, stuck.count, stuck.number) == ("start", "chosen", 2, "SG30-001")
    assert found.overdue == {(1, "chosen"): (2, "SG30-001")}
    stage.cycle.add_person(stage.key, email=STAFF, name="", language="en", role="jury", by=STAFF, now=now)
    stage.cycle.declare_conflict(stage.key, "SG30-001", by=STAFF, now=now)
    with stage.database.reading() as session:
        found = waiting(session, [1], looker=stage.person_id(STAFF), since=now, now=now, until=now)
    assert [(one.count, one.number) for one in found.stuck] == [(1, "SG30-002")]


def test_a_verdict_that_was_held_back_is_stuck_until_another_follows(stage: Stage) -> None:
    (one,) = stage.under_decision("anna")
    stage.cycle.verdict(stage.key, one, "choose", by=CHAIR, now=READING)
    stage.cycle.declare_conflict(stage.key, one, by=CHAIR, now=READING)
    stage.cycle.approve(stage.key, "notice opens", by=STAFF, now=READING)
    stage.cycle.advance(NOTICE)
    looker = stage.person_id(STAFF)
    with stage.database.reading() as session:
        found = waiting(session, [1], looker=looker, since=NOTICE, now=NOTICE, until=NOTICE)
        assert found.stuck == [Stuck(1, "choose", "read", 1, one, NOTICE)]
    stage.cycle.verdict(stage.key, one, "decline", by=STAFF, now=NOTICE + 1, reason="heard again")
    with stage.database.reading() as session:
        assert waiting(session, [1], looker=looker, since=NOTICE, now=NOTICE, until=NOTICE).stuck == []


def test_members_are_late_for_what_they_have_not_said_and_may_say(stage: Stage) -> None:
    one, two = (stage.handed_in(who) for who in ("anna", "bert"))
    stage.cycle.advance(READING)
    stage.cycle.score(stage.key, one, {"quality": 7}, by=MEMBER, now=READING)
    stage.cycle.declare_conflict(stage.key, two, by=MEMBER, now=READING)
    stage.cycle.add_contact(stage.key, two, email=THIRD, name="", language="en", by=applicant("bert"), now=READING)
    by_the_jury = assessment_in(stage.programme.workflow, "read")
    assert by_the_jury is not None
    wanted, states = {(1, "read"): by_the_jury}, {(1, "read"): 2}
    with stage.database.reading() as session:
        assert late_members(session, wanted, states) == [Late(1, "read", CHAIR, 2), Late(1, "read", THIRD, 1)]
        # without criteria a recommendation is wanted
        words = {(1, "read"): replace(by_the_jury, criteria=())}
        assert late_members(session, words, states)[1] == Late(1, "read", MEMBER, 1)
        assert late_members(session, {}, states) == []
