"""Whoever is asked to a meeting answers on a page of their own, and finds it in their calendar once."""

import re
from datetime import date, time
from typing import Any

import pytest
from icalendar import Calendar
from sqlmodel import col, select
from visiting import APPLICANT, CALL, CHAIR, COLLEAGUE, ROUND, STAFF, STRANGER, Site, Visit, at, prepared

from engine.cycle.admitting import Asked
from engine.cycle.meetings import Sitting, as_sitting
from engine.cycle.order_plans import Plan, judge
from engine.database.records import InvitationRow, MeetingRow, PersonRow

SPRING, DOOR, EVENING = at("2019-06-01 10:00"), at("2019-06-20 09:30"), at("2019-06-20 18:00")


@pytest.fixture
def site() -> Site:
    """The round in June: two who speak for a dossier, and the chair, are asked to the kick-off, there and online."""
    site = Site(prepared("sqlite://"), CALL)
    site.clock.instant = SPRING
    site.cycle.advance(SPRING)
    number = site.cycle.start_dossier(
        ROUND, organisation="De Brug", email=APPLICANT, name="An Mols", language="nl", by=STAFF, now=SPRING,
        number="CI19-001", state="awarded",
    )  # fmt: skip
    site.cycle.add_contact(ROUND, number, email=COLLEAGUE, name="Jef", language="fr", by=STAFF, now=SPRING)
    move(site, start="10:00", end="12:30", online="https://meet.example/kick-off")
    asked = [Asked(APPLICANT, "applicant", number), Asked(COLLEAGUE, "applicant", number), Asked(CHAIR, "jury")]
    site.cycle.invite(ROUND, 5, asked, by=STAFF, now=SPRING)
    site.cycle.add_person(ROUND, email=STRANGER, name="Eve", language="en", role="everyone", by=STAFF, now=SPRING)
    return site


def move(site: Site, now: int = SPRING, **changed: Any) -> None:
    with site.database.reading() as session:
        was = as_sitting(session.get_one(MeetingRow, 5))
    hours = {name: time.fromisoformat(changed.pop(name)) for name in ("start", "end") if name in changed}
    sitting = Sitting(**{**{name: getattr(was, name) for name in Sitting.__slots__}, **hours, **changed})
    site.cycle.move_meeting(ROUND, 5, sitting, reason="De trein staakt.", by=STAFF, now=now)


def invitation(site: Site, email: str) -> InvitationRow:
    with site.database.reading() as session:
        wanted = select(InvitationRow).join(PersonRow, col(PersonRow.id) == col(InvitationRow.person_id))
        row = session.exec(wanted.where(col(PersonRow.email) == email)).one()
        session.expunge_all()
        return row


def path_of(site: Site, email: str) -> str:
    return f"/invitations/{invitation(site, email).uid}"


def feed_of(site: Site, email: str, more: str = "") -> list[Any]:
    visit = site.visit(email)
    found = re.search(r'href="(/feed/[^"]+\.ics)"', visit.get("/feed").text)
    if found is None:
        visit.post("/feed", on="/feed")
        found = re.search(r'href="(/feed/[^"]+\.ics)"', visit.get("/feed").text)
    assert found is not None
    return list(Calendar.from_ical(site.visit().get(found[1] + more).text).walk("VEVENT"))


def meetings_in(events: list[Any]) -> list[tuple[str, str, str]]:
    return [
        (str(one["uid"]), str(one.get("status", "")), one["dtstart"].dt.isoformat())
        for one in events
        if "@" not in str(one["uid"]) or "kick_off/1@" in str(one["uid"])
    ]


def test_the_page_says_what_when_where_and_how_to_be_there_online(site: Site) -> None:
    page = site.visit(APPLICANT).get(path_of(site, APPLICANT)).text
    for said in ("Thursday 20 June 2019, 10:00 to 12:30 (Brussels)", "Leuven, and online", "https://meet.example/kick-off",
                 "Your dossier owes this meeting", "CI19-001"):  # fmt: skip
        assert said in page, said
    assert re.findall(r'name="answer" value="(\w+)"', page) == ["accepted", "tentative", "declined"]


@pytest.mark.parametrize("who", [COLLEAGUE, STRANGER, STAFF])
def test_for_anybody_else_it_is_not_there(site: Site, who: str) -> None:
    path = path_of(site, APPLICANT)
    visit = site.visit(who)
    for tail in ("", ".ics"):
        assert visit.get(path + tail).status_code == 404
    assert visit.post(path, {"answer": "accepted"}, on="/feed").status_code == 404
    assert invitation(site, APPLICANT).answer is None
    assert site.visit().get(path).headers["location"].startswith("/sign-in")


def test_looking_changes_nothing_and_an_answer_is_kept_with_its_words(site: Site) -> None:
    path, visit = path_of(site, APPLICANT), site.visit(APPLICANT)
    visit.get(path)
    visit.get(f"{path}?answer=accepted")
    assert invitation(site, APPLICANT).answer is None
    assert visit.post(path, {"answer": "never"}, on=path).status_code == 422
    visit.post(path, {"answer": "accepted", "words": "Met z'n tweeën."}, on=path)
    row = invitation(site, APPLICANT)
    assert (row.answer, row.words, row.answered_via, row.answered_at) == (
        "accepted", "Met z'n tweeën.", "page", SPRING
    )
    assert "You come" in visit.get(path).text
    assert "You come" in visit.get(f"/dossier/{ROUND}/CI19-001").text


def test_whoever_owes_it_says_why_they_cannot_come_and_others_need_not(site: Site) -> None:
    path, visit = path_of(site, APPLICANT), site.visit(APPLICANT)
    assert visit.post(path, {"answer": "declined"}, on=path).status_code == 422
    assert visit.post(path, {"answer": "declined", "words": "Ik word geopereerd."}, on=path).status_code == 303
    path, visit = path_of(site, CHAIR), site.visit(CHAIR)
    assert visit.post(path, {"answer": "declined"}, on=path).status_code == 303


def test_an_answer_can_be_changed_until_it_is_over_and_is_asked_anew_when_it_moves(site: Site) -> None:
    path, visit = path_of(site, CHAIR), site.visit(CHAIR)
    visit.post(path, {"answer": "accepted"}, on=path)
    visit.post(path, {"answer": "tentative"}, on=path)
    assert invitation(site, CHAIR).answer == "tentative"
    move(site, start="11:00")
    page = visit.get(path).text
    assert "This was changed: De trein staakt." in page
    assert "11:00 to 12:30" in page
    assert invitation(site, CHAIR).answer is None
    site.clock.instant = EVENING
    visit = site.visit(CHAIR)
    page = visit.get(path).text
    assert "This meeting is over. You did not answer." in page
    assert "https://meet.example" not in page
    assert visit.post(path, {"answer": "accepted"}, on="/feed").status_code == 409


def test_what_is_asked_stands_where_people_begin(site: Site) -> None:
    for who, page in (
        (APPLICANT, f"/dossier/{ROUND}/CI19-001"), (APPLICANT, "/dossiers"), (CHAIR, "/committee"),
    ):  # fmt: skip
        assert f'href="{path_of(site, who)}"' in site.visit(who).get(page).text, page
    assert "Please answer" in site.visit(CHAIR).get("/committee").text
    assert "/invitations/" not in site.visit(STRANGER).get("/dossiers").text


def test_the_feed_has_the_very_entry_of_the_mail_and_each_meeting_once(site: Site) -> None:
    row = invitation(site, CHAIR)
    assert meetings_in(feed_of(site, CHAIR)) == [(row.uid, "TENTATIVE", "2019-06-20T10:00:00+02:00")]
    (event,) = [one for one in feed_of(site, CHAIR) if str(one["uid"]) == row.uid]
    assert str(event["description"]) == "Online: https://meet.example/kick-off"
    assert ("ATTENDEE" in event, "METHOD" in event) == (False, False)
    single = Calendar.from_ical(site.visit(CHAIR).get(f"/invitations/{row.uid}.ics").text).walk("VEVENT")
    assert [str(one["uid"]) for one in single] == [row.uid]
    own = meetings_in(feed_of(site, APPLICANT))
    assert own == [(invitation(site, APPLICANT).uid, "TENTATIVE", "2019-06-20T10:00:00+02:00")]


def test_what_a_calendar_has_from_the_mail_or_nobody_goes_to_is_left_out_of_the_feed(site: Site) -> None:
    uid = invitation(site, CHAIR).uid
    site.cycle.answer_invitation(ROUND, uid, "accepted", via="mail", by=CHAIR, now=SPRING, sequence=0, stamp=SPRING)
    assert meetings_in(feed_of(site, CHAIR)) == []
    path = path_of(site, APPLICANT)
    site.visit(APPLICANT).post(path, {"answer": "declined", "words": "Ziek"}, on=path)
    assert meetings_in(feed_of(site, APPLICANT)) == []
    assert meetings_in(feed_of(site, COLLEAGUE)) != []
    assert meetings_in(feed_of(site, COLLEAGUE, "?without=invitations")) == []


def test_a_cancelled_meeting_is_cancelled_in_every_feed(site: Site) -> None:
    site.cycle.cancel_meeting(ROUND, 5, reason="Storm", by=STAFF, now=SPRING)
    row = invitation(site, CHAIR)
    (event,) = [one for one in feed_of(site, CHAIR) if str(one["uid"]) == row.uid]
    assert (str(event["status"]), event["sequence"], str(event["transp"])) == ("CANCELLED", 1, "TRANSPARENT")
    assert "meet.example" not in str(event)
    staff = [one for one in feed_of(site, STAFF) if "meeting/kick_off/1" in str(one["uid"])]
    assert [str(one["status"]) for one in staff] == ["CANCELLED"]


def test_nobody_reads_the_address_online_who_is_not_asked(site: Site) -> None:
    site.cycle.plan_meeting(
        ROUND, "closing_conference",
        Sitting(date(2022, 11, 1), online="https://meet.example/closing"), by=STAFF, now=SPRING,
    )  # fmt: skip
    for text in (
        site.visit().get(f"/call/{ROUND}").text, site.visit().get(f"/call/{ROUND}/calendar.ics").text,
        str(feed_of(site, STRANGER)), str(feed_of(site, APPLICANT)),
    ):  # fmt: skip
        assert "meet.example/closing" not in text


def test_whoever_came_prints_a_certificate_and_anybody_sees_that_it_is_genuine(site: Site) -> None:
    site.clock.instant = DOOR
    site.cycle.record_presence(ROUND, 5, APPLICANT, number="CI19-001", by=STAFF, now=DOOR)
    visit: Visit = site.visit(APPLICANT)
    found = re.search(r'href="(/certificates/[^"]+)"', visit.get("/certificates").text)
    assert found is not None
    page = visit.get(found[1]).text
    for said in ("Certificate of attendance", "An Mols", "Kick-off (mandatory)", "2.5 hours in all", found[1][14:]):
        assert said in page, said
    assert "Attestation de présence" in site.visit(APPLICANT, "fr").get(found[1]).text
    check = f"{found[1]}/check"
    genuine = site.visit().get(check).text
    assert "This certificate is genuine" in genuine
    assert "Mols" not in genuine
    assert "Yes, it is made out to an  mols." in site.visit().post(check, {"name": "an  mols"}, on=check).text
    assert "No, it is not made out to Eve." in site.visit().post(check, {"name": "Eve"}, on=check).text
    assert site.visit().get(check.replace(found[1][-5:], "00000")).status_code == 404
    for who in (COLLEAGUE, STAFF):
        assert site.visit(who).get(found[1]).status_code == 404
    site.cycle.correct_presence(ROUND, 1, by=STAFF, now=DOOR)
    assert site.visit().get(check).status_code == 404
    assert "No certificate yet" in visit.get("/certificates").text


def test_whoever_is_asked_to_a_slot_answers_on_the_page_of_the_slot() -> None:
    now = at("2019-05-01 10:00")
    other = Site(prepared("sqlite://"), now)
    other.cycle.advance(now)
    number = other.cycle.start_dossier(
        ROUND, organisation="De Brug", email=APPLICANT, name="An", language="nl", by=STAFF, now=now, state="shortlisted"
    )
    other.cycle.change_order(ROUND, "pitch", Plan({1: number}), by=STAFF, now=now)
    with other.database.reading() as session:
        shown = judge(other.cycle.look(session, ROUND, now), "pitch", None).digest
    other.cycle.publish_order(ROUND, "pitch", by=STAFF, now=now, shown=shown)
    visit, path = other.visit(APPLICANT), path_of(other, APPLICANT)
    slot = f"/dossier/{ROUND}/{number}/slot/pitch"
    page = visit.get(path).text
    assert (f'href="{slot}"' in page, 'name="answer"' in page) == (True, False)
    assert visit.post(path, {"answer": "declined"}, on="/feed").headers["location"] == slot
    assert invitation(other, APPLICANT).answer is None
