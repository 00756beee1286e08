"""What is handed in of somebody's own accord counts where the rules leave it open, and nowhere else."""

from typing import Any

import pytest
import sqlalchemy as sa
from databases import BOTH, fresh_on
from sqlmodel import Session
from two_stages import ANSWERS, APPLICANT, CHAIR, KEY, STAFF, instant, opened, started

from engine.cycle import Cycle
from engine.database.invariants import check
from engine.database.pages import dossiers
from engine.database.store import find_dossier, find_round
from engine.errors import Refused

NOW = instant(2030, 1, 15)
READING, INVITED = instant(2030, 3, 4), instant(2030, 3, 18)
PLAN = {"what": "Twelve limes along the lane"}
VISIT = {"seen": "A good lane", "fit": "Yes"}


def read(cycle: Cycle, number: str = "GS30-001") -> dossiers.Dossier:
    with cycle.database.reading() as session:
        head = dossiers.find(session, KEY, number)
        assert head is not None
        return dossiers.whole(session, head)


def handed_in(cycle: Cycle) -> str:
    number = started(cycle, NOW)
    cycle.answer(KEY, number, ANSWERS, by=APPLICANT, now=NOW)
    cycle.act(KEY, number, "hand_in", by=APPLICANT, now=NOW)
    return number


def invited(cycle: Cycle) -> str:
    number = handed_in(cycle)
    cycle.verdict(KEY, number, "invite", by=CHAIR, now=READING)
    cycle.advance(INVITED)
    assert read(cycle).head.state == "invited"
    return number


def offending(cycle: Cycle) -> list[str]:
    """What doctor finds in the round."""
    with cycle.database.reading() as session:
        found = check(session, INVITED + 10, [find_round(session, KEY)])
        return [sentence for one in found for sentence in one.offending]


def refusals(refused: pytest.ExceptionInfo[Refused]) -> list[tuple[str, str]]:
    return [(one.code, one.sentence) for one in refused.value.reasons]


@pytest.mark.parametrize("url", BOTH)
def test_a_second_form_opens_when_the_first_is_accepted_and_the_newest_version_counts(url: Any) -> None:
    with fresh_on(url) as database:
        cycle = opened(database)
        number = handed_in(cycle)
        with pytest.raises(Refused) as early:
            cycle.deliver(KEY, number, "plan", PLAN, by=APPLICANT, now=READING)
        assert refusals(early) == [
            ("obligation", f'"Planting plan" (plan) is not handed in while {number} is "read"')
        ]
        cycle.verdict(KEY, number, "invite", by=CHAIR, now=READING)
        cycle.advance(INVITED)
        with pytest.raises(Refused) as missing:
            cycle.act(KEY, number, "plan", by=APPLICANT, now=INVITED)
        assert refusals(missing) == [("delivered", '"Planting plan" (plan) has not been handed in')]
        with pytest.raises(Refused) as empty:
            cycle.deliver(KEY, number, "plan", {}, by=APPLICANT, now=INVITED)
        assert refusals(empty) == [("form", '"What do you plant, and where?" (what) is not answered')]
        for words in ("First thoughts", "Second thoughts"):
            cycle.deliver(KEY, number, "plan", {"what": words}, by=APPLICANT, now=INVITED)
        cycle.act(KEY, number, "plan", by=APPLICANT, now=INVITED)
        found = read(cycle)
        assert (found.head.state, [one.answers["what"] for one in found.deliveries]) == (
            "working", ["First thoughts", "Second thoughts"]
        )  # fmt: skip
        assert [(one.obligation, one.late) for one in found.deliveries] == [(None, False)] * 2
        with pytest.raises(Refused):
            cycle.deliver(KEY, number, "plan", PLAN, by=APPLICANT, now=INVITED + 1)


def test_a_report_that_is_owed_is_still_handed_in_for_what_owes_it() -> None:
    cycle = opened()
    number = invited(cycle)
    cycle.deliver(KEY, number, "plan", PLAN, by=APPLICANT, now=INVITED)
    cycle.act(KEY, number, "plan", by=APPLICANT, now=INVITED)
    report = {"planted": 3, "spent": ANSWERS["milestones"]}
    cycle.deliver(KEY, number, "report", report, by=APPLICANT, now=instant(2030, 5, 2))
    assert [(one.deliverable, one.obligation) for one in read(cycle).deliveries] == [
        ("plan", None), ("report", ("report", 1))
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("deliverable", "answers", "by", "code"),
    [
        ("plan", PLAN, CHAIR, "role"),
        ("visit", VISIT, APPLICANT, "role"),
        ("advice", {"words": "Fine"}, APPLICANT, "role"),
        ("advice", {"words": "Fine"}, CHAIR, "role"),
    ],
)
def test_nobody_hands_in_what_is_left_to_others(deliverable: str, answers: Any, by: str, code: str) -> None:
    cycle = opened()
    number = invited(cycle)
    with pytest.raises(Refused) as refused:
        cycle.deliver(KEY, number, deliverable, answers, by=by, now=INVITED)
    assert [one.code for one in refused.value.reasons] == [code]


def test_a_member_hands_in_for_the_committee_unless_there_is_a_conflict_and_staff_for_anybody() -> None:
    cycle = opened()
    number = invited(cycle)
    cycle.deliver(KEY, number, "visit", VISIT, by=CHAIR, now=INVITED)
    cycle.declare_conflict(KEY, number, by=CHAIR, now=INVITED + 1)
    with pytest.raises(Refused) as refused:
        cycle.deliver(KEY, number, "visit", VISIT, by=CHAIR, now=INVITED + 2)
    assert [one.code for one in refused.value.reasons] == ["conflict"]
    for deliverable, answers in (("visit", VISIT), ("advice", {"words": "Fine"}), ("plan", PLAN)):
        cycle.deliver(KEY, number, deliverable, answers, by=STAFF, now=INVITED + 3)
    assert [(one.deliverable, one.by) for one in read(cycle).deliveries] == [
        ("visit", CHAIR), ("visit", STAFF), ("advice", STAFF), ("plan", STAFF)
    ]  # fmt: skip


def test_doctor_finds_what_counts_without_being_asked_for() -> None:
    cycle = opened()
    number = invited(cycle)
    cycle.deliver(KEY, number, "plan", PLAN, by=APPLICANT, now=INVITED)
    assert offending(cycle) == []
    with Session(cycle.database.writer) as session:
        session.connection().execute(sa.text("UPDATE delivery SET deliverable = 'report'"))
        session.commit()
        assert find_dossier(session, find_round(session, KEY), number).state == "invited"
    assert f"{number}: report was handed in, and nothing asked for it" in offending(cycle)
