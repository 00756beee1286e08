"""Do the questions about the dates of a round tell what has happened in one that was played, and at a fixed cost?"""

from datetime import date

from asked import counted
from played_rounds import UNDO
from sqlmodel import Session
from stage import CALL, MEMBER, STAFF, Stage, applicant, at

from engine.database.pages import extensions, timeline
from engine.database.store import find_person, find_round, the_id

ENDED = ("declined", "lapsed", "withdrawn", "done")


def of(session: Session, played: Stage) -> int:
    return the_id(find_round(session, played.key))


def staff_id(session: Session) -> int:
    person = find_person(session, STAFF)
    assert person is not None
    return the_id(person)


def test_what_the_calendar_did_comes_with_its_end_and_for_how_many(played: Stage) -> None:
    with played.database.reading() as session:
        found = timeline.happenings(session, of(session, played))
    assert [one.due_at for one in found] == sorted(one.due_at for one in found)
    by_key = {one.key: one for one in found}
    lapse = by_key["transition lapse"]
    assert (lapse.ending, lapse.own, lapse.due_at) == ("fired", {}, at("2030-03-02T00:00"))
    own = by_key["transition lapse SG30-005"]
    assert (sum(own.own.values()), own.cause, own.due_at) == (1, "transition lapse", at("2030-03-06T00:00"))
    assert by_key["reminder unfinished 1"].ending == "missed"
    owed = [one for one in found if one.kind in ("overdue", "obligation reminder")]
    assert owed != []
    assert {(one.name, one.moment) for one in owed} == {("", "")}


def test_late_is_what_came_after_it_could(played: Stage) -> None:
    with played.database.reading() as session:
        found = {one.key: one for one in timeline.happenings(session, of(session, played), owed=False)}
    assert found["reminder unfinished 2"].late_by == at("2030-02-27T10:00") - at("2030-02-26T09:00")
    assert not any(one.kind in ("overdue", "obligation reminder") for one in found.values())


def test_moves_and_letters_are_counted_by_what_caused_them(played: Stage) -> None:
    with played.database.reading() as session:
        round_id = of(session, played)
        moves = timeline.moves(session, round_id)
        causes = ["transition lapse", "reminder unfinished 2"]
        told = timeline.letters_of(session, round_id, causes)
    lapsed = [one for one in played.transitions() if one[1] == "lapse"]
    closes = at("2030-03-02T00:00")
    assert moves["lapse", closes] == len([one for one in lapsed if one[4] == closes])
    assert told["transition lapse", closes].letters == moves["lapse", closes]
    assert {name for name, _ in told} <= {*causes, timeline.REMINDING}


def test_what_is_owed_is_counted_by_its_last_day(played: Stage) -> None:
    with played.database.reading() as session:
        round_id = of(session, played)
        due = timeline.owed(session, round_id, ENDED)
        dues = extensions.open_dues(session, round_id, ENDED)
        narrowed = extensions.open_dues(session, round_id, ENDED, ["SG30-002"])
    reports = [one for one in due if one.name == "report"]
    assert sum(one.fulfilled for one in reports) == 2
    assert all(one.dossiers >= one.fulfilled + one.excused for one in due)
    assert {one.dossiers for one in narrowed} <= {1}
    assert {one.name for one in dues} <= {"report", "accounts", "kick_off", "coaching", "talk"}


def test_every_extension_is_told_with_who_decided_it_and_what_was_taken_back(played: Stage) -> None:
    with played.database.reading() as session:
        round_id, who = of(session, played), staff_id(session)
        given = extensions.given(session, round_id, who)
        sums = extensions.sums(session, round_id, who)
        pages = [
            one for start in range(0, 9, 2) for one in extensions.given(session, round_id, who, limit=2, offset=start)
        ]
        later = extensions.undoable(session, round_id, CALL + 45)
    assert [(one.number, one.of, one.days, one.undone_at is not None) for one in reversed(given)] == [
        ("SG30-005", "call closes", 4, False), ("SG30-005", "call closes", 3, True),
        ("SG30-006", "call closes", 7, True), ("", "reading closes", 3, False), ("SG30-002", "accounts 1", 18, False),
    ]  # fmt: skip
    assert pages == list(given)
    assert {one.number: one.times for one in given} == {"SG30-005": 1, "SG30-006": 0, "": 0, "SG30-002": 1}
    several = [one for one in given if one.undone_at]
    assert {one.decision for one in several} == {min(one.id for one in several)}
    granted = next(one for one in given if one.number == "SG30-002")
    assert (granted.decided_at, granted.asked_at) == (at("2031-02-03T09:00"), at("2031-02-02T10:00"))
    assert (sums.for_all, sums.for_one, sums.dossiers, sums.taken_back) == (1, 2, 2, 2)
    assert (sums.asked, sums.granted, sums.refused) == (2, 1, 1)
    assert later == []  # it was taken back


def test_what_applicants_asked_comes_with_how_often_they_got_time(played: Stage) -> None:
    with played.database.reading() as session:
        asked = extensions.asked(session, of(session, played), staff_id(session))
        (one,) = extensions.asked(session, of(session, played), staff_id(session), number=asked[0].id)
    assert [(row.number, row.outcome, row.answered_by, row.granted_before) for row in asked] == [
        ("SG30-002", "granted", STAFF, 1), ("SG30-006", "refused", STAFF, 0),
    ]  # fmt: skip
    assert one == asked[0]


def test_who_has_a_conflict_with_a_dossier_is_not_told_of_its_time(stage: Stage) -> None:
    one, other = stage.draft("anna"), stage.handed_in("bert")
    for number in (one, other):
        stage.cycle.extend_each(
            stage.key, "call closes", date(2030, 3, 8), reason="snow", by=STAFF, now=CALL, dossiers=[number],
            undo_for=UNDO,
        )  # fmt: skip
    stage.cycle.ask_extension(stage.key, one, of="call closes", reason="ill", by=applicant("anna"), now=CALL)
    stage.cycle.declare_conflict(stage.key, one, by=MEMBER, now=CALL)
    tied = stage.person_id(MEMBER)
    with stage.database.reading() as session:
        assert [found.number for found in extensions.given(session, 1, tied)] == [other]
        assert extensions.asked(session, 1, tied) == []
        assert extensions.sums(session, 1, tied) == extensions.Sums(0, 1, 1, 0, 0, 0, 0)
        undoable = extensions.undoable(session, 1, CALL)
        concerned = extensions.concerned(session, undoable[-1].id, staff_id(session))
        assert extensions.concerned(session, undoable[-1].id, tied).first == []
    assert [(found.dossiers, found.letters, found.until) for found in undoable] == [(1, 1, CALL + UNDO)] * 2
    assert (concerned.dossiers, concerned.first) == (1, [(one, "House of anna")])


def test_each_question_costs_the_same_however_many_dossiers_there_are(stage: Stage) -> None:
    costs = []
    for number in range(2):
        for who in range(1 + number * 4):
            stage.draft(f"d{number}{who}")
        with counted(stage.database) as sent, stage.database.reading() as session:
            timeline.happenings(session, 1)
            timeline.owed(session, 1, ENDED)
            timeline.readers(session, 1)
            timeline.letters_by_hour(session, 1)
            extensions.given(session, 1, 1)
            extensions.asked(session, 1, 1)
            extensions.undoable(session, 1, CALL)
            extensions.open_dues(session, 1, ENDED)
        costs.append(len(sent))
    assert costs == [9, 9]
