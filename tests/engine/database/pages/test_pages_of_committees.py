"""What do the questions behind the committee's console answer, on either database, and how many are they?"""

from asked import counted
from sqlmodel import Session
from stage import CHAIR, MEMBER, NOTICE, READING, STAFF, STAFF_2, THIRD, Stage, applicant

from engine.cycle.batches import held
from engine.database.pages import matrix, releases
from engine.database.pages.assignments import last_assigned, unread
from engine.database.pages.awaited import unanswered, waiting
from engine.database.pages.conflicts import declared
from engine.database.pages.matrix import FILTERS, Table
from engine.database.pages.ranking import means_by_member, ranking
from engine.database.pages.releases import Moves
from engine.database.records import ConflictRow
from engine.rules.sharing import Unread

FIRST, SECOND, LAST = "SG30-001", "SG30-002", "SG30-003"


def read(stage: Stage) -> Stage:
    """Three dossiers before the jury: one done by a member, one that two stepped back from, one assigned."""
    for who in ("anna", "bert", "cleo"):
        stage.handed_in(who)
    stage.cycle.advance(READING)
    for number in (FIRST, LAST):
        stage.cycle.declare_clear(stage.key, number, by=MEMBER, now=READING)
    stage.cycle.score(stage.key, FIRST, {"quality": 7}, by=MEMBER, now=READING)
    stage.cycle.score(stage.key, SECOND, {"quality": 4}, by=MEMBER, now=READING)
    for number, member in ((SECOND, MEMBER), (SECOND, CHAIR)):
        stage.cycle.declare_conflict(stage.key, number, by=member, now=READING + 1)
    stage.cycle.assign(stage.key, "jury", add=[(LAST, MEMBER), (LAST, CHAIR)], by=STAFF, now=READING + 2)
    stage.cycle.add_contact(stage.key, LAST, email=THIRD, name="", language="en", by=STAFF, now=READING + 3)
    return stage


def table(stage: Stage, looker: int | None = None) -> Table:
    return Table(stage.programme.workflow, 1, "jury", "read", looker)


def test_the_matrix_says_how_far_each_member_is_with_each_dossier(stage: Stage) -> None:
    read(stage)
    ids = {stage.person_id(email): email for email in (CHAIR, MEMBER, THIRD)}
    with stage.database.reading() as session:
        lines = matrix.page(session, table(stage))
        cells = {
            (line.number, ids[person]): (cell.progress, cell.assigned, cell.waiting, cell.mean)
            for line in lines
            for person, cell in line.cells.items()
        }
        people = {one.email: one for one in matrix.progressed(session, table(stage)).members}
    assert cells == {
        (FIRST, CHAIR): ("unanswered", False, True, None),
        (FIRST, MEMBER): ("done", False, False, 7),
        (FIRST, THIRD): ("unanswered", False, True, None),
        (SECOND, CHAIR): ("conflict", False, False, None),
        (SECOND, MEMBER): ("conflict", False, False, 4),
        (SECOND, THIRD): ("unanswered", False, True, None),
        (LAST, CHAIR): ("unanswered", True, True, None),
        (LAST, MEMBER): ("left", True, True, None),
        (LAST, THIRD): ("theirs", False, False, None),
    }
    assert [(line.number, line.done, line.assigned, line.free, line.waiting) for line in lines] == [
        (FIRST, 1, 0, 3, 2), (SECOND, 0, 0, 1, 1), (LAST, 0, 2, 3, 2),
    ]  # fmt: skip
    counts = {
        email: (one.chair, one.assigned, one.asked, one.done, one.unanswered, one.conflicts, one.waiting)
        for email, one in people.items()
    }
    assert counts == {
        CHAIR: (True, 1, 2, 0, 2, 1, 2), MEMBER: (False, 1, 2, 1, 0, 1, 1), THIRD: (False, 0, 2, 0, 2, 0, 2),
    }  # fmt: skip


def test_each_filter_shows_what_it_counts(stage: Stage) -> None:
    read(stage)
    member = stage.person_id(MEMBER)
    with stage.database.reading() as session:
        shown = {one: [line.number for line in matrix.page(session, table(stage), one)] for one in FILTERS}
        counts = matrix.progressed(session, table(stage)).counts
        pages = [line.number for line in matrix.pages(session, table(stage), size=2)]
        hidden = [line.number for line in matrix.page(session, table(stage, member))]
        assert (matrix.has(session, table(stage), FIRST), matrix.has(session, table(stage, member), SECOND)) == (
            True, False,
        )  # fmt: skip
    assert shown == {
        "": [FIRST, SECOND, LAST], "waiting": [FIRST, SECOND, LAST], "conflicts": [SECOND], "quorum": [SECOND],
        "unasked": [FIRST, SECOND],
    }  # fmt: skip
    assert counts == {name: len(numbers) for name, numbers in shown.items()}
    assert (pages, hidden) == ([FIRST, SECOND, LAST], [FIRST, LAST])


def test_what_can_be_shared_out_names_who_may_not_and_who_reads_already(stage: Stage) -> None:
    read(stage)
    chair, member, third = (stage.person_id(one) for one in (CHAIR, MEMBER, THIRD))
    staff, second = stage.person_id(STAFF), stage.person_id(STAFF_2)
    with stage.database.reading() as session:
        found = unread(session, table(stage))
        last = last_assigned(session, table(stage), staff, READING)
        assert last_assigned(session, table(stage), staff, READING + 2) is None
        assert last_assigned(session, table(stage), second, READING) is None
    speaks = [stage.person_id(applicant(one)) for one in ("anna", "bert", "cleo")]
    assert found == [
        Unread(FIRST, frozenset({"en"}), frozenset(), frozenset({speaks[0]})),
        Unread(SECOND, frozenset({"en"}), frozenset(), frozenset({speaks[1], chair, member})),
        Unread(LAST, frozenset({"en"}), frozenset({chair, member}), frozenset({speaks[2], third})),
    ]
    assert last == (READING + 2, [(LAST, CHAIR), (LAST, MEMBER)])


def test_conflicts_are_told_with_what_follows_from_them(stage: Stage) -> None:
    read(stage)
    stage.cycle.recommend(stage.key, FIRST, "Yes", by=CHAIR, now=READING + 4)
    stage.cycle.verdict(stage.key, FIRST, "choose", by=CHAIR, now=READING + 4)
    stage.cycle.declare_conflict(stage.key, FIRST, by=CHAIR, now=READING + 5, reason="a niece")
    stage.cycle.declare_conflict(stage.key, LAST, by=STAFF, of=CHAIR, now=READING + 6)
    looker = stage.person_id(STAFF)
    ids = {stage.person_id(email): email for email in (CHAIR, MEMBER, THIRD)}
    with stage.database.reading() as session:
        found = declared(session, stage.programme.workflow, 1, "jury", looker)
        wanting = unanswered(session, table(stage), limit=2)
        more = unanswered(session, table(stage), limit=2, offset=1)
        left = waiting(session, table(stage), list(ids), limit=1)
    assert [(one.number, one.email, one.reason, one.minuted_by, one.marks, one.free, one.verdict) for one in found] == [
        (LAST, CHAIR, None, STAFF, 0, 2, False), (FIRST, CHAIR, "a niece", None, 0, 2, True),
        (SECOND, CHAIR, None, None, 0, 1, False), (SECOND, MEMBER, None, None, 1, 1, False),
    ]  # fmt: skip
    assert [(one.email, one.number) for one in wanting] == [(THIRD, FIRST), (THIRD, SECOND)]
    assert [one.number for one in more] == [SECOND]
    counts = {ids[person]: (its.count, [one.number for one in its.first]) for person, its in left.items()}
    assert counts == {MEMBER: (1, [LAST]), THIRD: (2, [FIRST])}


def decided(stage: Stage) -> Stage:
    """Four before the jury: one chosen, one declined, one chosen by a chair with a conflict since, one undecided."""
    numbers = stage.under_decision("anna", "bert", "cleo", "dora")
    for number, name in zip(numbers, ("choose", "decline", "choose"), strict=False):
        stage.cycle.verdict(stage.key, number, name, by=CHAIR, now=READING)
    stage.cycle.declare_conflict(stage.key, numbers[2], by=CHAIR, now=READING + 1)
    return stage


def moves(stage: Stage) -> Moves:
    return Moves(stage.programme.workflow, 1, "notice opens")


def test_a_batch_is_counted_with_its_letters_and_with_what_keeps_any_of_it_back(stage: Stage) -> None:
    decided(stage)
    for number in (FIRST, "SG30-003"):  # nothing is left of which she could read
        stage.cycle.declare_conflict(stage.key, number, by=THIRD, now=READING + 1)
    looker = stage.person_id(STAFF)
    with stage.database.reading() as session:
        assert releases.counts(session, moves(stage)) == {"choose": 2, "decline": 1}
        letters = releases.letters(session, moves(stage))
        back, undecided = releases.held_back(session, moves(stage), looker), releases.undecided(
            session, moves(stage), looker
        )
        scene = stage.cycle.look(session, stage.key, READING + 2)
        assert held(scene, "notice opens").size == 3
    assert [(one.letter, one.role, one.dossiers, one.letters) for one in letters] == [
        ("granted", "applicant", 2, 2), ("not-granted", "applicant", 1, 1), ("granted-list", "jury", 2, 2),
    ]  # fmt: skip
    assert [(number, [one.number for one in named]) for number, named in (back, undecided)] == [
        (1, ["SG30-003"]), (1, ["SG30-004"]),
    ]  # fmt: skip


def test_a_batch_names_nothing_that_whoever_looks_has_a_conflict_with(stage: Stage) -> None:
    decided(stage)
    looker = stage.person_id(STAFF)
    with stage.database.transaction() as session:
        for number in ("SG30-003", "SG30-004"):
            dossier = stage.cycle.look(session, stage.key, READING).dossier(number)
            session.add(ConflictRow(dossier_id=dossier.id or 0, person_id=looker, declared_at=READING + 2))
    stage.tampered = "staff declare no conflicts"
    with stage.database.reading() as session:
        assert releases.held_back(session, moves(stage), looker) == (1, [])
        assert releases.undecided(session, moves(stage), looker) == (1, [])
        choose = stage.programme.workflow.transitions["choose"]
        first = releases.first_of(session, moves(stage), choose, looker)
        assert first is not None
        assert first.number == FIRST
        assert [one.number for one in releases.changes(session, moves(stage), READING - 1, looker)] == [SECOND, FIRST]


def test_what_changed_since_an_approval_is_told_and_what_went_once_it_went(stage: Stage) -> None:
    decided(stage)
    stage.cycle.approve(stage.key, "notice opens", by=STAFF, now=READING + 2)
    stage.cycle.withdraw_verdict(stage.key, "SG30-003", by=STAFF, now=READING + 3, reason="a mistake")
    stage.cycle.verdict(stage.key, SECOND, "choose", by=STAFF, now=READING + 4)
    looker = stage.person_id(STAFF)
    with stage.database.reading() as session:
        found = releases.changes(session, moves(stage), READING + 2, looker)
        gone = releases.gone(session, moves(stage))
        assert gone is not None
        assert (gone.due_at, gone.ended_at, gone.waits) == (NOTICE, None, False)
        (approval,) = releases.approvals(session, 1, "notice opens")
        assert (approval.email, approval.at, approval.revoked_at) == (STAFF, READING + 2, None)
        assert approval.digest != held(stage.cycle.look(session, stage.key, READING + 5), "notice opens").digest
    assert [(one.number, one.what, one.name, one.replaces, one.actor) for one in found] == [
        (SECOND, "verdict recorded", "choose", "decline", STAFF),
        ("SG30-003", "verdict withdrawn", "choose", None, STAFF),
    ]
    stage.cycle.advance(NOTICE)
    with stage.database.reading() as session:
        gone = releases.gone(session, moves(stage))
        assert gone is not None
        assert (gone.ended_at, gone.waits) == (None, True)
    stage.cycle.approve(stage.key, "notice opens", by=STAFF_2, now=NOTICE + 1)
    with stage.database.reading() as session:
        gone = releases.gone(session, moves(stage))
    assert gone is not None
    assert (gone.ended_at, gone.moved, gone.held_back) == (NOTICE + 1, {"choose": 2}, {})
    assert gone.letters == [("granted", "en", "waiting", 2), ("granted-list", "en", "waiting", 3)]


def test_the_ranking_for_staff_has_each_members_mean_and_leaves_out_conflicts_alone(stage: Stage) -> None:
    read(stage)
    workflow, member, third = stage.programme.workflow, stage.person_id(MEMBER), stage.person_id(THIRD)
    with stage.database.reading() as session:
        assert means_by_member(session, workflow, 1, "read") == {(FIRST, member): 7.0}
        for_staff = ranking(session, workflow, 1, "read", without_conflict=third)
        for_member = ranking(session, workflow, 1, "read", without_ties=third)
    assert ([one.number for one in for_staff], [one.number for one in for_member]) == (
        [FIRST, SECOND, LAST], [FIRST, SECOND],
    )  # fmt: skip


def asked_by(stage: Stage, session: Session, looker: int) -> None:
    """Everything that the pages ask."""
    matrix.progressed(session, table(stage, looker))
    waiting(session, table(stage, looker), [looker], limit=1)
    for shown in FILTERS:
        matrix.page(session, table(stage, looker), shown)
    unread(session, table(stage, looker))
    declared(session, stage.programme.workflow, 1, "jury", looker)
    unanswered(session, table(stage, looker))
    for ask in (releases.counts, releases.letters):
        ask(session, moves(stage))
    for question in (releases.held_back, releases.undecided):
        question(session, moves(stage), looker)
    releases.changes(session, moves(stage), 0, looker)
    releases.gone(session, moves(stage))


def test_the_number_of_questions_does_not_depend_on_how_many_dossiers_there_are(stage: Stage) -> None:
    decided(stage)
    looker, asked = stage.person_id(STAFF), []
    for more in (0, 6):
        for place in range(more):
            stage.brought_in(f"more{place}", "read", READING + 9)
        with stage.database.reading() as session, counted(stage.database) as sent:
            asked_by(stage, session, looker)
        asked.append(len(sent))
    assert asked[0] == asked[1]
