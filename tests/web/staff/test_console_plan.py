"""What do staff see and do while they plan a day of slots, and what do applicants answer?"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pitch_day import CONFLICTS, FIFTH, HERE, confirm, grid, number_at, pitch_site, plan_now, published, speaker
from sqlmodel import SQLModel, col, select
from visiting import FOURTH, MEMBER, OBSERVER, ROUND, STAFF, Site, Visit

from bench.console_world import counted
from engine.cycle.admitting import Asked
from engine.cycle.meetings import Sitting
from engine.database.records import InvitationRow, NotificationRow, TurnRow
from engine.database.running_orders import sitting_of
from engine.database.store import find_person, the_id
from engine.rules.running_order import Break, Plan
from engine.rules.suggested_order import Wish
from web.staff.plan.plans import from_address, in_address


@pytest.fixture
def site() -> Iterator[Site]:
    made = pitch_site()
    yield made
    made.database.close()


def rows(site: Site, table: type[SQLModel]) -> list[Any]:
    with site.database.reading() as session:
        found = list(session.exec(select(table)).all())
        session.expunge_all()
        return found


def invited(site: Site) -> int:
    """How many letters about invitations there are."""
    return sum(row.thread is not None for row in rows(site, NotificationRow))


def words_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_grid_shows_who_is_heard_when_and_what_speaks_against_it(site: Site) -> None:
    site.cycle.wish_slot(ROUND, number_at(0), "pitch", Wish("afternoon"), by=STAFF, now=site.now)
    page = words_of(site.visit(STAFF).get(HERE).text)
    assert "12 slots of 20 + 5 min" in page
    assert page.count("conflict Sam Otto") == len(CONFLICTS)
    assert "Wish: in the afternoon not met" in page
    assert "10:45 –11:05, 12:25 –12:45 leaves 2 times" in page.replace(" – ", " –")
    assert "CI19-013 Papa Praat, Peer support for new fathers" in page


def test_a_plan_is_saved_without_a_word_to_anybody(site: Site) -> None:
    staff = site.visit(STAFF)
    form = {**grid(staff), "slot_1": number_at(12), "lock": "1", "first": "09:00", "do": "save"}
    answer = staff.post(HERE, form, on=HERE)
    assert (answer.status_code, answer.headers["location"], invited(site)) == (303, HERE, 0)
    plan = plan_now(site)
    assert (plan.places[1], plan.locked, plan.first) == (number_at(12), frozenset({1}), time(9))
    assert number_at(0) not in plan.places.values()
    # who was on the page before is told, and nothing of hers is kept
    late = staff.post(HERE, {**form, "slot_1": "", "once": "l" * 22}, on=HERE)
    assert (late.status_code, "Somebody has changed the running order" in late.text) == (409, True)
    assert plan_now(site) == plan


def test_a_day_that_cannot_be_is_said_beside_what_was_typed(site: Site) -> None:
    staff = site.visit(STAFF)
    form = {**grid(staff), "first": "20:30", "after_1": "12", "minutes_1": "0", "do": "save"}
    answer = staff.post(HERE, form, on=HERE)
    assert answer.status_code == 422
    assert "A break stands between two slots: after slot 1 to 11." in answer.text
    form = {**grid(staff), "first": "20:30", "do": "save"}
    answer = staff.post(HERE, form, on=HERE)
    assert "A slot outside the day: slot 9 would last from 23:50 to 00:10." in answer.text
    assert 'value="20:30"' in answer.text
    assert plan_now(site).first is None


def test_after_publication_a_change_is_looked_at_first_and_is_exactly_what_was_shown(site: Site) -> None:
    published(site)
    staff, before = site.visit(STAFF), invited(site)
    answer = staff.post(HERE, {**grid(staff), "swap": "1", "with": "2", "do": "swap"}, on=HERE)
    page = staff.get(answer.headers["location"]).text
    assert ("2 changed, 17 unchanged." in page, plan_now(site).places[1], invited(site)) == (
        True, number_at(0), before
    )  # fmt: skip
    sent = confirm(staff, answer)
    assert (sent.status_code, plan_now(site).places[1], invited(site)) == (303, number_at(1), before + 2)
    # the same once more: it was shown of another order
    again = staff.post(f"{HERE}/invitations", {"shown": "x", "plan": in_address(plan_now(site).swapped(1, 2))}, on=HERE)
    assert (again.status_code, "Look at the invitations once more." in again.text) == (409, True)
    assert invited(site) == before + 2


def test_staff_see_whom_nobody_can_write_to_and_who_is_asked_elsewhere(site: Site) -> None:
    sitting = Sitting(date(2019, 5, 9), time(10), time(12), "Brussel")
    meeting = site.cycle.plan_meeting(ROUND, "pitch", sitting, by=STAFF, now=site.now)
    site.cycle.invite(ROUND, meeting, [Asked(FIFTH, "jury")], by=STAFF, now=site.now)
    with site.database.transaction() as session:
        person = find_person(session, speaker(2))
        assert person is not None
        letter = session.exec(
            select(NotificationRow).where(col(NotificationRow.person_id) == person.id).order_by(
                col(NotificationRow.id).desc())
        ).first()  # fmt: skip
        assert letter is not None
        letter.status = "failed"
        session.add(letter)
    page = words_of(site.visit(STAFF).get(HERE).text)
    assert "two meetings at once Pitch to the selection committee, 10:00 to 12:00" in page
    assert "The room is taken by another meeting as well: pitch (cera-impuls/2019, 9 May 2019, 10:00)" in page
    assert "letters fail" in page
    assert "Nobody of CI19-003 can be written to." in site.visit(STAFF).get(f"{HERE}/invitations").text


def test_staff_with_a_conflict_plan_the_others_and_never_learn_which_it_is(site: Site) -> None:
    other, number = "uma@impuls.example", number_at(3)
    for role in ("staff", "jury"):
        site.cycle.add_person(ROUND, email=other, name="Uma", language="en", role=role, by=STAFF, now=site.now)
    site.cycle.declare_conflict(ROUND, number, by=other, now=site.now)
    published(site)
    uma = site.visit(other)
    swap = uma.post(HERE, {**grid(uma), "swap": "1", "with": "2", "do": "swap"}, on=HERE)
    paths = (HERE, f"{HERE}?suggest=1", swap.headers["location"], f"{HERE}/door", f"{HERE}/sheets")
    seen = "".join(uma.get(path).text for path in paths) + "".join(paths)
    assert [secret for secret in (number, "Night-shift childcare", "Moonlight", speaker(3)) if secret in seen] == []
    assert confirm(uma, swap).status_code == 303
    assert (plan_now(site).places[4], plan_now(site).places[1]) == (number, number_at(1))
    assert uma.post(f"{HERE}/wish", {"number": number, "wish": "morning"}, on=HERE).status_code == 404


def test_a_run_sheet_says_when_its_reader_leaves_and_names_nothing_of_that(site: Site) -> None:
    site.cycle.change_order(
        ROUND, "pitch", replace(plan_now(site), breaks=(Break(5, 20, "Koffie"),)), by=STAFF, now=site.now
    )
    sheets = site.visit(STAFF).get(f"{HERE}/sheets").text.split('class="run-sheet')
    (sam,) = (words_of(one) for one in sheets if "Sam Otto" in one)
    assert sam.count("Leave the room") == len(CONFLICTS)
    assert [number for number in map(number_at, range(12)) if number not in sam] == [number_at(3), number_at(7)]
    assert "Koffie" in sam
    door = words_of(site.visit(STAFF).get(f"{HERE}/door").text)
    assert ("Leave the room" in door, "Sam Otto" in door, "11:35 –11:55 Koffie" in door.replace(" – ", " –")) == (
        False, False, True
    )  # fmt: skip
    own = words_of(site.visit(FOURTH).get(f"/committee/{ROUND}/day/pitch").text)
    assert "This order may still change" in own
    assert "You are needed from 09:30 to 14:45." in own
    assert "You leave the room: 10:45 –11:05, 12:45 –13:05." in own.replace(" – ", " –")
    assert [one for one in (number_at(3), number_at(7)) if one in own] == []


def test_an_applicant_confirms_or_asks_for_another_slot(site: Site) -> None:
    path = f"/dossier/{ROUND}/{number_at(0)}/slot/pitch"
    an = site.visit(speaker(0))
    assert an.get(path).status_code == 404  # nobody is asked yet
    published(site)
    assert f'href="{path}"' in an.get(f"/dossier/{ROUND}/{number_at(0)}").text
    for form, sentence in (
        ({}, "Choose an answer."), ({"answer": "other"}, "Say what would suit you."),
        ({"answer": "other", "words": "Later", "wish": "not before"},
         "Say which hour it should not be before or after."),
    ):  # fmt: skip
        answer = an.post(path, form, on=path)
        assert (answer.status_code, sentence in answer.text) == (422, True)
    assert an.post(path, {"answer": "confirm"}, on=path).status_code == 303
    form = {"answer": "other", "words": "Na de les graag", "wish": "not before", "hour": "14:00"}
    assert an.post(path, form, on=path).status_code == 303
    (own,) = (row for row in rows(site, InvitationRow) if row.wants_other)
    assert (own.answer, own.wants_other, [(row.wish, row.hour) for row in rows(site, TurnRow)]) == (
        "tentative", "Na de les graag", [("not before", "14:00:00")]
    )  # fmt: skip
    page = words_of(site.visit(STAFF).get(HERE).text)
    assert "asks for another slot Indiener 0: “Na de les graag” Wish: not before 14:00 not met" in page
    assert (
        number_at(0) not in site.visit(STAFF).get(f"{HERE}?suggest=1").text.partition("Wishes that it does not")[2][:99]
    )


def test_an_invitation_leads_an_applicant_to_the_slot_and_a_member_to_her_day(site: Site) -> None:
    published(site)
    uids = {(row.person_id, row.dossier_id is None): row.uid for row in rows(site, InvitationRow)}
    with site.database.reading() as session:
        an, sam = (find_person(session, email) for email in (speaker(0), FOURTH))
        assert an is not None
        assert sam is not None
        own, hers = uids[the_id(an), False], uids[the_id(sam), True]
    page = site.visit(speaker(0)).get(f"/invitations/{own}").text
    assert f'href="/dossier/{ROUND}/{number_at(0)}/slot/pitch"' in page
    assert f'href="/committee/{ROUND}/day/pitch"' in site.visit(FOURTH).get(f"/invitations/{hers}").text


def test_what_is_turned_down_is_seen_by_staff_and_by_the_committee(site: Site) -> None:
    published(site)
    staff = site.visit(STAFF)
    form = {"number": number_at(5), "once": "d" * 22}
    answers = [staff.post(f"{HERE}/declined", form, on=HERE).status_code for _ in range(2)]
    assert (answers, plan_now(site).places[6]) == ([303, 303], number_at(12))
    page = words_of(staff.get(HERE).text)
    assert "Turned a slot down CI19-006 Tweedehands rolstoelen" in page
    day = words_of(site.visit(MEMBER).get(f"/committee/{ROUND}/day/pitch").text)
    assert ("CI19-013" in day, "CI19-006" in day) == (True, False)
    mine = site.visit(speaker(5))
    assert mine.get(f"/dossier/{ROUND}/{number_at(5)}/slot/pitch").status_code == 404


def test_without_a_day_there_is_nothing_to_plan(site: Site) -> None:
    site.cycle.cancel_meeting(ROUND, _pitch(site), reason="Staking", by=STAFF, now=site.now)
    staff = site.visit(STAFF)
    for path in (HERE, f"{HERE}/invitations", f"{HERE}/door", f"{HERE}/sheets"):
        assert "Say first when it takes place." in staff.get(path).text
    assert staff.get(HERE.replace("pitch", "kick_off")).status_code == 404
    assert site.visit(OBSERVER).get(HERE).status_code == 404


def _pitch(site: Site) -> int:
    with site.database.reading() as session:
        row = sitting_of(session, 1, "pitch")
        assert row is not None
        return the_id(row)


def test_the_reserve_list_is_put_in_order(site: Site) -> None:
    staff = site.visit(STAFF)
    assert staff.post(HERE, {**grid(staff), "slot_1": "", "do": "save"}, on=HERE).status_code == 303
    assert staff.post(HERE, {**grid(staff), "do": f"up {number_at(12)}"}, on=HERE).status_code == 303
    page = words_of(staff.get(HERE).text.partition('id="reserve"')[2])
    assert page.index(number_at(12)) < page.index(number_at(0))


def test_the_pages_ask_as_often_for_three_dossiers_as_for_fifteen(site: Site) -> None:
    staff = site.visit(STAFF)
    pages = ("", "/invitations", "/door", "/sheets")
    queries(site, staff, HERE)  # what a process asks once
    full = [queries(site, staff, f"{HERE}{tail}") for tail in pages]
    plan = plan_now(site)
    few = replace(plan, places={at: one for at, one in plan.places.items() if at < 4})
    site.cycle.change_order(ROUND, "pitch", few, by=STAFF, now=site.now)
    assert [queries(site, staff, f"{HERE}{tail}") for tail in pages] == full
    assert max(full) < 45


def queries(site: Site, visit: Visit, page: str) -> int:
    """The statements that showing a page costs."""
    with counted(site.database) as sent:
        assert visit.get(page).status_code == 200
    return len(sent)


PLANS = st.builds(
    Plan,
    st.dictionaries(st.integers(1, 40), st.text(min_size=1, max_size=9), max_size=5),
    st.frozensets(st.integers(1, 40), max_size=4),
    st.none() | st.builds(time, st.integers(0, 23), st.integers(0, 59)),
    st.lists(st.builds(Break, st.integers(1, 40), st.integers(1, 90), st.text(max_size=9)), max_size=3).map(tuple),
    st.lists(st.text(max_size=9), max_size=3).map(tuple),
)


@settings(max_examples=40, deadline=None)
@given(PLANS)
def test_an_address_carries_a_plan_as_it_is(plan: Plan) -> None:
    assert from_address(in_address(plan)) == plan


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60) | st.recursive(st.none() | st.integers() | st.text(max_size=4), st.lists).map(json.dumps))
def test_an_address_that_carries_something_else_carries_no_plan(text: str) -> None:
    found = from_address(text)
    assert found is None or isinstance(found, Plan)
