"""Staff plan meetings, ask people to them, move and cancel them, and note who came."""

import re
from datetime import date, time
from typing import Any

import pytest
from sqlmodel import col, select
from visiting import APPLICANT, CALL, CHAIR, COLLEAGUE, ROUND, STAFF, STRANGER, Site, Visit, at, prepared

from engine.cycle.admitting import Asked
from engine.cycle.meetings import Sitting
from engine.database.records import InvitationRow, MeetingRow, NotificationRow, ObligationRow, PersonRow, PresenceRow

AT = f"/staff/{ROUND}/meetings"
SPRING, DOOR, LATER = at("2019-06-01 10:00"), at("2019-06-20 09:30"), at("2019-06-21 09:00")
KICK_OFF = f"{AT}/5"


@pytest.fixture
def site() -> Site:
    """The round in June, with a dossier that owes the kick-off, for which two people speak."""
    site = Site(prepared("sqlite://"), CALL)
    site.clock.instant = SPRING
    site.cycle.advance(SPRING)
    number = site.cycle.start_dossier(
        ROUND, organisation="De Brug", email=APPLICANT, name="An Mols", language="nl", by=STAFF, now=SPRING,
        number="CI19-001", state="awarded",
    )  # fmt: skip
    site.cycle.add_contact(ROUND, number, email=COLLEAGUE, name="Jef", language="fr", by=STAFF, now=SPRING)
    return site


def rows(site: Site, table: Any) -> list[Any]:
    with site.database.reading() as session:
        found = list(session.exec(select(table).order_by(col(table.id))).all())
        session.expunge_all()
        return found


def uid_of(site: Site, email: str) -> str:
    with site.database.reading() as session:
        wanted = select(InvitationRow.uid).join(PersonRow, col(PersonRow.id) == col(InvitationRow.person_id))
        return session.exec(wanted.where(col(PersonRow.email) == email)).one()


def ask_everybody(visit: Visit) -> Any:
    page = visit.get(f"{KICK_OFF}/invite?role=applicant&role=jury").text
    people = re.findall(r'name="person" value="([^"]+)"', page)
    fields = {"role": ["applicant", "jury"], "shown": str(len(people)), "person": people, "do": "send", "once": "k"}
    return visit.post(f"{KICK_OFF}/invite", fields, on=f"{KICK_OFF}/invite?role=applicant")


def move(visit: Visit, **changed: str) -> Any:
    given = {"day": "2019-06-20", "start": "10:00", "end": "12:30", "place": "Leuven", "online": "", "seats": "",
             "reason": "De zaal is vrij.", **changed}  # fmt: skip
    page = visit.post(f"{KICK_OFF}/move", {**given, "do": "preview"}, on=f"{KICK_OFF}/move")
    sequence = re.search(r'name="sequence" value="(\d+)"', page.text)
    if sequence is None:
        return page
    return visit.post(f"{KICK_OFF}/move", {**given, "do": "move", "sequence": sequence[1]}, on=f"{KICK_OFF}/move")


def test_all_meetings_stand_in_order_of_time_and_what_waits_is_said(site: Site) -> None:
    page = site.visit(STAFF).get(AT).text
    assert page.count('class="leaf"') == 6
    waiting = page[page.index('id="waits"') : page.index("To come")]
    assert re.findall(r'href="[^"]*">([^<]+)</a>', waiting) == [
        "Kick-off (mandatory)", "Learning network coaching session", "Annual working visit",
        "Closing conference",
    ]  # fmt: skip
    assert waiting.count("mandatory</span>") == 4


def test_a_meeting_is_planned_after_what_is_odd_about_it_was_seen(site: Site) -> None:
    visit, page = site.visit(STAFF), f"{AT}/plan?meeting=coaching"
    given = {"meeting": "coaching", "day": "2019-11-11", "start": "10:00", "end": "12:00", "place": "Gent",
             "online": "https://meet.example/one", "seats": "8", "once": "k"}  # fmt: skip
    warned = visit.post(f"{AT}/plan", given, on=page)
    assert warned.status_code == 200
    assert "is a holiday" in warned.text
    assert len(rows(site, MeetingRow)) == 6
    seen = re.search(r'name="seen" value="([^"]+)"', warned.text)
    assert seen is not None
    done = visit.post(f"{AT}/plan", {**given, "seen": seen[1]}, on=page)
    assert done.headers["location"] == f"{AT}/7"
    assert visit.post(f"{AT}/plan", {**given, "seen": seen[1]}, on=page).headers["location"] == f"{AT}/7"
    (planned,) = [row for row in rows(site, MeetingRow) if row.name == "coaching"]
    assert (planned.day, planned.start, planned.place, planned.online, planned.seats) == (
        "2019-11-11", "10:00:00", "Gent", "https://meet.example/one", 8
    )  # fmt: skip
    # the room, and the hour, are taken
    again = visit.post(f"{AT}/plan", {**given, "once": "l", "seen": ""}, on=page).text
    assert "Gent is taken" in again


NO_TIMES: tuple[tuple[dict[str, str], str], ...] = (
    ({"day": "2019-05-01"}, "is past"),
    ({"day": "never"}, "Give a day"),
    ({"start": "12:00", "end": "10:00"}, "ends after it begins"),
    ({"day": "2019-12-20"}, "Move that phase first"),
    ({"end": "25:99"}, "Ends at: give an hour"),
    ({"online": "meet.example"}, "begins with https"),
    ({"reason": ""}, "Say why"),
)


def test_what_is_no_time_for_a_meeting_is_refused_and_nothing_typed_is_lost(site: Site) -> None:
    visit = site.visit(STAFF)
    for changed, says in NO_TIMES:
        page = move(visit, **changed)
        assert page.status_code in (409, 422), changed
        assert says in page.text, changed
        assert 'value="Leuven"' in page.text, changed
    assert [row.sequence for row in rows(site, MeetingRow)] == [0] * 6


def test_an_hour_that_the_clocks_skip_is_refused_and_one_that_they_double_is_warned_of(site: Site) -> None:
    visit, page = site.visit(STAFF), f"{AT}/plan?meeting=coaching"
    given = {"meeting": "coaching", "start": "02:30", "end": "", "place": "", "online": "", "seats": ""}
    skipped = visit.post(f"{AT}/plan", {**given, "day": "2020-03-29", "seen": "2020-03-29|02:30:00||"}, on=page)
    assert (skipped.status_code, "The clocks skip this hour" in skipped.text) == (409, True)
    assert "happens twice on that day" in visit.post(f"{AT}/plan", {**given, "day": "2019-10-27"}, on=page).text


def test_whoever_is_asked_to_two_meetings_at_once_is_named(site: Site) -> None:
    visit = site.visit(STAFF)
    ask_everybody(visit)
    other = site.cycle.plan_meeting(
        ROUND, "kick_off", Sitting(date(2019, 6, 20), time(11), time(12), "Leuven"), by=STAFF, now=SPRING
    )
    site.cycle.invite(ROUND, other, [Asked(CHAIR, "jury")], by=STAFF, now=SPRING)
    assert "1 person is asked to another meeting at that time: Bo Adams" in visit.get(KICK_OFF).text
    assert "is taken" in visit.get(f"{AT}/{other}").text


def test_every_invitation_is_listed_and_then_all_leave_together(site: Site) -> None:
    visit = site.visit(STAFF)
    listed = visit.get(f"{KICK_OFF}/invite?role=applicant&role=jury").text
    assert re.findall(r'name="person" value="([^"]+)"', listed)[:2] == [
        "an@brug.example|applicant|CI19-001", "jef@brug.example|applicant|CI19-001"
    ]
    assert ask_everybody(visit).headers["location"] == KICK_OFF
    assert len(rows(site, InvitationRow)) == 6
    assert ask_everybody(visit).status_code == 422  # nobody is left, and the list says so
    assert "6 asked" in visit.get(AT).text
    # whoever was added meanwhile was not on the list
    page = visit.get(f"{KICK_OFF}/invite?role=staff").text
    assert "1 invitation" in page
    fields = {"role": "staff", "shown": "2", "person": [f"{STAFF}|staff|"], "do": "send"}
    assert visit.post(f"{KICK_OFF}/invite", fields, on=f"{KICK_OFF}/invite").status_code == 409


def test_a_moved_meeting_says_before_and_after_who_hears_of_it_and_moves_everywhere(site: Site) -> None:
    visit = site.visit(STAFF)
    ask_everybody(visit)
    preview = visit.post(
        f"{KICK_OFF}/move",
        {"day": "2019-06-20", "start": "10:00", "end": "12:30", "place": "Gent", "reason": "Staking", "do": "preview"},
        on=f"{KICK_OFF}/move",
    ).text
    assert "6 people are told now by mail" in preview
    assert "asked again" in preview
    assert move(visit, place="Gent").headers["location"] == KICK_OFF
    assert [row.letter for row in rows(site, NotificationRow)].count("invitation-changed") == 6
    feed = site.visit().get(f"/call/{ROUND}/calendar.ics").text
    assert "Kick-off, mandatory" not in feed
    days = site.visit(APPLICANT).get(f"/dossier/{ROUND}/CI19-001").text
    assert "10:00-12:30" in days
    assert "Ghent" in days


def test_two_who_change_a_meeting_at_once_do_not_undo_each_other(site: Site) -> None:
    visit = site.visit(STAFF)
    sequence = str(rows(site, MeetingRow)[4].changed_at)
    move(visit)
    fields = {"day": "2019-06-20", "start": "14:00", "reason": "x", "do": "move", "sequence": sequence}
    assert visit.post(f"{KICK_OFF}/move", fields, on=f"{KICK_OFF}/move").status_code == 409
    fields = {"reason": "x", "sequence": sequence}
    assert visit.post(f"{KICK_OFF}/cancel", fields, on=f"{KICK_OFF}/cancel").status_code == 409


def test_a_cancelled_meeting_is_said_to_be_and_everybody_hears_why(site: Site) -> None:
    visit = site.visit(STAFF)
    ask_everybody(visit)
    page = visit.get(f"{KICK_OFF}/cancel").text
    assert "6 people are told not to come" in page
    assert visit.post(f"{KICK_OFF}/cancel", {"reason": ""}, on=f"{KICK_OFF}/cancel").status_code == 422
    sequence = re.search(r'name="sequence" value="(\d+)"', page)
    assert sequence is not None
    done = visit.post(f"{KICK_OFF}/cancel", {"reason": "Storm", "sequence": sequence[1]}, on=f"{KICK_OFF}/cancel")
    assert done.headers["location"] == KICK_OFF
    assert [row.letter for row in rows(site, NotificationRow)].count("invitation-cancelled") == 6
    assert "This meeting was cancelled. Storm" in visit.get(KICK_OFF).text
    own = site.visit(APPLICANT).get(f"/invitations/{uid_of(site, APPLICANT)}").text
    assert "You need not come" in own
    assert "Storm" in own


def test_answers_come_in_with_their_words_and_who_is_silent_is_reminded_once_a_day(site: Site) -> None:
    visit = site.visit(STAFF)
    ask_everybody(visit)
    uid = uid_of(site, APPLICANT)
    site.cycle.answer_invitation(ROUND, uid, "declined", via="page", by=APPLICANT, now=SPRING, words="Ik ben ziek.")
    page = visit.get(KICK_OFF).text
    assert "“Ik ben ziek.”" in page
    assert "No answer 5" in page
    assert visit.post(f"{KICK_OFF}/remind", on=f"{KICK_OFF}/remind").headers["location"] == KICK_OFF
    told = [row for row in rows(site, NotificationRow) if row.letter == "answer-wanted"]
    assert len(told) == 5
    assert told[0].facts["link"].startswith("http://testserver/invitations/")
    assert visit.post(f"{KICK_OFF}/remind", on=f"{KICK_OFF}/remind").status_code == 409
    # staff write down what somebody said by telephone, and take an invitation back
    visit.post(f"{KICK_OFF}/invitations/{uid_of(site, CHAIR)}/answer", {"answer": "accepted"}, on=KICK_OFF)
    visit.post(f"{KICK_OFF}/invitations/{uid}/withdraw", {"words": "Rust goed uit"}, on=KICK_OFF)
    found = {row.uid: row for row in rows(site, InvitationRow)}
    assert (found[uid_of(site, CHAIR)].answered_via, found[uid].cancelled_at) == ("staff", SPRING)


def test_at_the_door_one_button_each_and_what_was_owed_is_fulfilled(site: Site) -> None:
    visit = site.visit(STAFF)
    ask_everybody(visit)
    here = f"{KICK_OFF}/attendance"
    early = visit.get(here).text
    assert "from the day of the meeting on" in early
    assert 'value="came"' not in early
    site.clock.instant = DOOR
    visit = site.visit(STAFF)
    page = visit.get(f"{here}?find=mols").text
    assert page.count('value="came"') == 1
    who = f"{APPLICANT}|CI19-001"
    assert visit.post(here, {"who": who, "do": "came", "called": "An Mols"}, on=here).headers["location"] == here
    assert visit.post(here, {"who": who, "do": "came"}, on=here).status_code == 303  # at the other door
    (row,) = rows(site, PresenceRow)
    assert (row.came, row.recorded_at) == (True, DOOR)
    (owed,) = [one for one in rows(site, ObligationRow) if one.name == "kick_off"]
    assert owed.fulfilled_at == DOOR
    assert visit.post(f"{here}/correct", {"presence": "1", "called": "An"}, on=here).status_code == 303
    (owed,) = [one for one in rows(site, ObligationRow) if one.name == "kick_off"]
    assert owed.fulfilled_at is None


def test_afterwards_all_came_but_some_and_an_excuse_takes_over_what_they_wrote(site: Site) -> None:
    visit = site.visit(STAFF)
    ask_everybody(visit)
    uid = uid_of(site, COLLEAGUE)
    site.cycle.answer_invitation(ROUND, uid, "declined", via="page", by=COLLEAGUE, now=SPRING, words="Je suis malade.")
    site.clock.instant = LATER
    visit = site.visit(STAFF)
    here = f"{KICK_OFF}/attendance"
    page = visit.get(f"{here}?as=list").text
    ticked = re.findall(r'name="came" value="([^"]+)" checked', page)
    assert f"{COLLEAGUE}|CI19-001" not in ticked
    assert len(ticked) == 5
    visit.post(f"{here}/list", {"came": ticked}, on=here)
    assert 'value="Je suis malade."' in visit.get(here).text
    fields = {"who": f"{COLLEAGUE}|CI19-001", "do": "excuse", "reason": "Je suis malade."}
    visit.post(here, fields, on=here)
    assert sorted(row.came for row in rows(site, PresenceRow)) == [False, *[True] * 5]
    assert visit.post(here, {**fields, "reason": ""}, on=here).status_code in (303, 422)


def test_somebody_else_walks_in_and_gets_a_certificate(site: Site) -> None:
    site.clock.instant = DOOR
    visit, here = site.visit(STAFF), f"{KICK_OFF}/attendance"
    walk = {"name": "Eve Elders", "email": STRANGER, "number": "CI19-001"}
    assert visit.post(f"{here}/walk-in", {**walk, "email": "none"}, on=here).status_code == 422
    assert visit.post(f"{here}/walk-in", {**walk, "number": "CI19-999"}, on=here).status_code == 422
    assert visit.post(f"{here}/walk-in", walk, on=here).status_code == 303
    page = visit.get(f"{KICK_OFF}/certificates").text
    assert page.count('class="sheet"') == 1
    assert "Eve Elders" in page


def test_staff_with_a_conflict_find_neither_the_dossier_nor_its_people(site: Site) -> None:
    visit = site.visit(STAFF)
    ask_everybody(visit)
    site.cycle.start_dossier(
        ROUND, organisation="Elders", email=STRANGER, name="Eve", language="en", by=STAFF, now=SPRING,
        number="CI19-002", state="awarded",
    )  # fmt: skip
    not_asked = f"{KICK_OFF}/invite?role=applicant"
    assert STRANGER in visit.get(not_asked).text
    site.clock.instant = DOOR
    site.cycle.record_presence(ROUND, 5, APPLICANT, number="CI19-001", by=STAFF, now=DOOR)
    site.cycle.add_person(ROUND, email=STAFF, name="", language="nl", role="jury", by=STAFF, now=DOOR)
    for number in ("CI19-001", "CI19-002"):
        site.cycle.declare_conflict(ROUND, number, by=STAFF, now=DOOR)
    visit = site.visit(STAFF)
    for page in ("", "/invite?role=applicant", "/attendance", "/attendance?as=list", "/remind", "/certificates"):
        text = visit.get(KICK_OFF + page).text
        assert "An Mols" not in text, page
        assert "CI19-00" not in text, page
        assert STRANGER not in text, page
    here = f"{KICK_OFF}/attendance"
    assert visit.post(here, {"who": f"{COLLEAGUE}|CI19-001", "do": "came"}, on=here).status_code == 409
    assert visit.post(f"{here}/correct", {"presence": "1"}, on=here).status_code == 409
    for tail in ("answer", "withdraw"):
        path = f"{KICK_OFF}/invitations/{uid_of(site, APPLICANT)}/{tail}"
        assert visit.post(path, {"answer": "accepted"}, on=KICK_OFF).status_code == 404


def test_a_meeting_that_is_none_is_not_there(site: Site) -> None:
    visit = site.visit(STAFF)
    for path in ("99", "x", "1٣", "9" * 30):
        assert visit.get(f"{AT}/{path}").status_code == 404
