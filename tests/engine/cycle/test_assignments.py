"""Is a member asked first exactly about what staff assigned to her, and reminded of nothing else?"""

import pytest
from sqlmodel import Session, col, select
from stage import CHAIR, MEMBER, READING, STAFF, STAFF_2, THIRD, Stage, applicant, refused

from engine.database.pages import judging
from engine.database.pages.awaited import Waiting
from engine.database.records import AssignmentRow, DossierRow, PersonRow, RoundRow
from engine.errors import Unknown

JURY = "jury"
DAY = 86_400_000_000


@pytest.fixture
def read(stage: Stage) -> Stage:
    """Three dossiers before the jury."""
    for who in ("anna", "bert", "cleo"):
        stage.handed_in(who)
    stage.cycle.advance(READING)
    return stage


FIRST, SECOND, LAST = "SG30-001", "SG30-002", "SG30-003"


def standing(stage: Stage) -> list[tuple[str, str]]:
    """(number, address) of every assignment that stands."""
    with stage.database.reading() as session:
        rows = session.exec(
            select(DossierRow.number, PersonRow.email)
            .join(AssignmentRow, col(AssignmentRow.dossier_id) == col(DossierRow.id))
            .join(PersonRow, col(PersonRow.id) == col(AssignmentRow.person_id))
            .where(col(AssignmentRow.ended_at).is_(None))
            .order_by(col(DossierRow.number), col(PersonRow.email))
        ).all()
    return list(rows)


def noted(stage: Stage, what: str) -> list[tuple[str, str]]:
    return [(row.actor, row.details["person"]) for row in stage.journal(what)]


def test_many_are_assigned_and_others_ended_in_one_act_and_what_stands_is_left(read: Stage) -> None:
    add = [(FIRST, MEMBER), (SECOND, MEMBER), (SECOND, THIRD.upper())]
    assert read.cycle.assign(read.key, JURY, add=add, by=STAFF, now=READING) == 3
    assert read.cycle.assign(
        read.key, JURY, add=[(FIRST, MEMBER), (FIRST, CHAIR)], remove=[(SECOND, MEMBER), (LAST, CHAIR)], by=STAFF_2,
        now=READING + 1,
    ) == 2  # fmt: skip
    assert standing(read) == [(FIRST, CHAIR), (FIRST, MEMBER), (SECOND, THIRD)]
    assert noted(read, "assigned") == [(STAFF, MEMBER), (STAFF, MEMBER), (STAFF, THIRD), (STAFF_2, CHAIR)]
    assert noted(read, "unassigned") == [(STAFF_2, MEMBER)]
    third = read.person_id(THIRD)
    with read.database.reading() as session:
        ties = judging.each(session, read.programme.workflow, third, 1, ["read"])
    assert [one.number for one in ties if one.given] == [SECOND]


def test_a_form_that_comes_twice_assigns_once(read: Stage) -> None:
    for _ in range(2):
        done = read.cycle.assign(read.key, JURY, add=[(FIRST, MEMBER)], by=STAFF, now=READING, once="a key")
        assert done == 1
    with refused("once"):
        read.cycle.assign(read.key, JURY, add=[(SECOND, MEMBER)], by=STAFF, now=READING, once="a key")
    assert standing(read) == [(FIRST, MEMBER)]


def test_whoever_may_not_be_asked_is_refused_by_name_and_nobody_is_assigned(read: Stage) -> None:
    read.cycle.declare_conflict(read.key, FIRST, by=THIRD, now=READING)
    read.cycle.add_contact(read.key, SECOND, email=CHAIR, name="", language="en", by=STAFF, now=READING)
    pairs = [(FIRST, MEMBER), (FIRST, THIRD), (SECOND, CHAIR), (LAST, applicant("anna"))]
    with refused("assign", "assign", "assign") as said:
        read.cycle.assign(read.key, JURY, add=pairs, by=STAFF, now=READING + 1)
    assert said == [
        f"{THIRD} has a conflict with {FIRST}", f"{CHAIR} speaks for {SECOND}", "anna is no member of the committee",
    ]  # fmt: skip
    with refused("role"):
        read.cycle.assign(read.key, JURY, add=[(FIRST, MEMBER)], by=CHAIR, now=READING + 1)
    read.cycle.act(read.key, LAST, "withdraw", by=applicant("cleo"), now=READING + 1)
    with refused("assign") as said:
        read.cycle.assign(read.key, JURY, add=[(LAST, MEMBER)], by=STAFF, now=READING + 2)
    assert said == [f"the committee does not judge {LAST} now"]
    for committee, number, email in [("panel", FIRST, MEMBER), (JURY, "SG30-009", MEMBER), (JURY, FIRST, "no@body")]:
        with pytest.raises(Unknown):
            read.cycle.assign(read.key, committee, add=[(number, email)], by=STAFF, now=READING + 2)
    assert standing(read) == []


def test_a_conflict_and_the_end_of_a_part_end_what_was_assigned(read: Stage) -> None:
    add = [(FIRST, MEMBER), (SECOND, MEMBER), (FIRST, THIRD), (SECOND, THIRD)]
    read.cycle.assign(read.key, JURY, add=add, by=STAFF, now=READING)
    read.cycle.declare_conflict(read.key, FIRST, by=MEMBER, now=READING + 1)
    assert standing(read) == [(FIRST, THIRD), (SECOND, MEMBER), (SECOND, THIRD)]
    read.cycle.remove_role(read.key, email=THIRD, role=JURY, by=STAFF, now=READING + 2)
    assert standing(read) == [(SECOND, MEMBER)]
    assert noted(read, "unassigned") == [(MEMBER, MEMBER), (STAFF, THIRD), (STAFF, THIRD)]


def test_staff_write_down_what_a_member_told_them_and_nobody_else_does(read: Stage) -> None:
    read.cycle.declare_conflict(read.key, FIRST, by=STAFF, of=MEMBER, reason="a niece", now=READING)
    read.cycle.declare_clear(read.key, SECOND, by=STAFF, of=MEMBER, now=READING)
    for what in ("conflict declared", "declared clear"):
        (row,) = read.journal(what)
        assert (row.actor, row.details["of"]) == (STAFF, MEMBER)
    with refused("conflict") as said:
        read.cycle.declare_conflict(read.key, FIRST, by=STAFF, of=MEMBER, now=READING + 1)
    assert said == [f"{MEMBER} has already declared this conflict"]
    with refused("role"):
        read.cycle.declare_conflict(read.key, SECOND, by=CHAIR, of=MEMBER, now=READING + 1)
    with refused("role"):
        read.cycle.declare_clear(read.key, LAST, by=CHAIR, of=MEMBER, now=READING + 1)
    with refused("conflict"):
        read.cycle.score(read.key, FIRST, {"quality": 5}, by=MEMBER, now=READING + 1)


def reminded(stage: Stage, *emails: str, now: int = READING) -> dict[str, list[str]]:
    """address -> the dossiers that are told, of each member who is reminded."""
    told: dict[str, list[str]] = {}

    def tell(_session: Session, person: PersonRow, waits: Waiting) -> bool:
        told[person.email] = [one.number for one in waits.first]
        return True

    assert list(stage.cycle.remind_members(stage.key, "read", emails, tell=tell, by=STAFF, now=now)) == sorted(told)
    return told


def test_a_member_is_reminded_of_what_is_wanted_of_her_and_of_nothing_that_she_has_ties_with(read: Stage) -> None:
    read.cycle.declare_conflict(read.key, FIRST, by=THIRD, now=READING)
    read.cycle.declare_clear(read.key, SECOND, by=THIRD, now=READING)
    read.cycle.score(read.key, SECOND, {"quality": 5}, by=THIRD, now=READING)
    assert reminded(read, THIRD, MEMBER) == {MEMBER: [FIRST, SECOND, LAST], THIRD: [LAST]}
    read.cycle.assign(read.key, JURY, add=[(SECOND, CHAIR), (LAST, MEMBER)], by=STAFF, now=READING)
    # where nobody is asked first, everybody is
    assert reminded(read, CHAIR, MEMBER) == {CHAIR: [FIRST, SECOND], MEMBER: [FIRST, LAST]}
    with refused("nobody"):
        reminded(read, THIRD, STAFF)
    assert [row.details["people"] for row in read.journal("members reminded")] == [
        {MEMBER: 3, THIRD: 1}, {CHAIR: 2, MEMBER: 2},
    ]  # fmt: skip


def test_nobody_is_reminded_once_it_is_too_late_or_by_whoever_is_not_staff(read: Stage) -> None:
    with refused("nobody"):
        reminded(read, MEMBER, now=READING + 40 * DAY)
    with refused("role"):
        read.cycle.remind_members(read.key, "read", [MEMBER], tell=lambda *_: True, by=MEMBER, now=READING)
    with pytest.raises(Unknown):
        read.cycle.remind_members(read.key, "draft", [MEMBER], tell=lambda *_: True, by=STAFF, now=READING)


def test_a_letter_that_cannot_be_queued_leaves_no_trace(read: Stage) -> None:
    def breaks(*_: object) -> bool:
        raise RuntimeError("no ink")

    with pytest.raises(RuntimeError):
        read.cycle.remind_members(read.key, "read", [MEMBER], tell=breaks, by=STAFF, now=READING)
    assert read.journal("members reminded") == []
    assert len(read.rows(RoundRow)) == 1
