"""How do applicants and staff agree on a time on their pages, and how are hours given and booked there?"""

import re
from collections.abc import Iterator
from datetime import date, time
from typing import Any

import pytest
from databases import fresh
from sqlmodel import select
from visiting import APPLICANT, CHAIR, PEOPLE, ROUND, STAFF, Site, Visit, at, cera, prepared

from engine.cycle.meetings import Sitting
from engine.database.records import HourRow, MeetingRow, ProposalRow
from engine.files.reading import Programme, read_programme

NUMBER = "CI19-001"
THEIRS, OURS = f"/dossier/{ROUND}/{NUMBER}/meeting/coaching-4", f"/staff/{ROUND}/dossiers/{NUMBER}/meeting/coaching-4"
NOW = at("2020-09-10 10:00")
OVER = "2019-06-18 10:00"


def _at_work(site: Site) -> Site:
    """One dossier in its second year."""
    site.clock.instant = at(OVER)
    site.cycle.start_dossier(
        ROUND, organisation="De Brug", email=APPLICANT, name="An", language="nl", by=STAFF, now=site.now,
        state="awarded",
    )  # fmt: skip
    site.cycle.attend(ROUND, NUMBER, "kick_off", by=STAFF, now=at("2019-06-21 10:00"))
    site.cycle.advance(NOW)
    site.clock.instant = NOW
    return site


@pytest.fixture
def site() -> Iterator[Site]:
    database = prepared("sqlite://")
    yield _at_work(Site(database))
    database.close()


def _booked_with_the_jury() -> Programme:
    """The shipped programme, but the jury gives the hours of coaching."""
    programme = cera()
    before = '[meeting.coaching]\n'
    text = programme.files["workflow.toml"]
    assert text.count(before) == 1
    more = 'book_with = "jury"\nslots = { minutes = 60, pause = 15 }\n'
    return read_programme("cera-impuls", {**programme.files, "workflow.toml": text.replace(before, before + more)}, "x")


@pytest.fixture
def booking() -> Iterator[Site]:
    site = Site(fresh(), at("2018-12-01 10:00"))
    site.cycle.open_round(_booked_with_the_jury(), "2019", by=STAFF, now=site.now)
    for email, name, language, role, chair in PEOPLE:
        site.cycle.add_person(
            ROUND, email=email, name=name, language=language, role=role, chair=chair, by=STAFF, now=site.now
        )
    yield _at_work(site)
    site.database.close()


def fields(visit: Visit, path: str, **given: str) -> dict[str, str]:
    """A form of the page, filled in."""
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', visit.get(path).text))
    return {**hidden, **{name.replace("_", "-"): value for name, value in given.items()}}


def proposal(**more: str) -> dict[str, str]:
    return {"do": "propose", "day_1": "2020-10-05", "from_1": "10:00", "to_1": "12:00", "place": "Gent", **more}


def rows(site: Site, table: Any) -> list[Any]:
    with site.database.reading() as session:
        found = list(session.exec(select(table)).all())
        session.expunge_all()
        return found


def booked(site: Site) -> list[tuple[str, str | None, int]]:
    stand = [row for row in rows(site, MeetingRow) if row.dossier_id and not row.cancelled_at]
    return [(row.day, row.start, row.sequence) for row in stand]


def test_an_applicant_proposes_staff_accept_and_both_see_what_is_booked(site: Site) -> None:
    an, els = site.visit(APPLICANT), site.visit(STAFF)
    sent = an.post(THEIRS, fields(an, THEIRS, **proposal(day_2="2020-10-06", from_2="09:00", to_2="10:00")), on=THEIRS)
    assert (sent.status_code, sent.headers["location"]) == (303, THEIRS)
    assert "Times that wait for your answer" in els.get(f"/staff/{ROUND}/obligations").text
    sent = els.post(OURS, fields(els, OURS, do="accept", time="2"), on=OURS)
    assert (sent.status_code, booked(site)) == (303, [("2020-10-06", "09:00:00", 0)])
    for visit, path in ((an, THEIRS), (els, OURS)):
        assert "Tuesday 6 October 2020, 09:00-10:00" in visit.get(path).text
    assert "Times that wait for your answer" not in els.get(f"/staff/{ROUND}/obligations").text


def test_times_that_are_not_right_are_said_so_and_nothing_typed_is_lost(site: Site) -> None:
    an = site.visit(APPLICANT)
    given = fields(an, THEIRS, **proposal(from_1="", words="Graag.", online="ftp://x"))
    sent = an.post(THEIRS, given, on=THEIRS)
    assert (sent.status_code, ">Graag.</textarea>" in sent.text) == (422, True)
    assert "Time 1: give a day, and from when until when." in sent.text
    assert "An address on line begins with https://." in sent.text
    sent = an.post(THEIRS, fields(an, THEIRS, **proposal(day_1="2020-09-01")), on=THEIRS)
    assert (sent.status_code, "Tuesday 1 September 2020 is past." in sent.text) == (422, True)
    assert rows(site, ProposalRow) == []


def test_declining_needs_words_which_the_other_side_reads(site: Site) -> None:
    an, els = site.visit(APPLICANT), site.visit(STAFF)
    els.post(OURS, fields(els, OURS, **proposal()), on=OURS)
    sent = an.post(THEIRS, fields(an, THEIRS, do="decline", answer=""), on=THEIRS)
    assert (sent.status_code, "Write down the reason." in sent.text) == (422, True)
    assert an.post(THEIRS, fields(an, THEIRS, do="decline", answer="Wij zijn weg."), on=THEIRS).status_code == 303
    assert "Wij zijn weg." in els.get(OURS).text


def test_two_meetings_at_once_are_warned_of_and_not_refused(site: Site) -> None:
    an, els = site.visit(APPLICANT), site.visit(STAFF)
    for path, visit, other, answer in ((THEIRS, an, OURS, els), (THEIRS[:-1] + "5", an, OURS[:-1] + "5", els)):
        visit.post(path, fields(visit, path, **proposal()), on=path)
        warned = "is asked to “Learning network coaching session” at 10:00 that day." in answer.get(other).text
        assert warned is path.endswith("5")
        assert answer.post(other, fields(answer, other, do="accept", time="1"), on=other).status_code == 303
    assert booked(site) == [("2020-10-05", "10:00:00", 0), ("2020-10-05", "10:00:00", 0)]


def test_what_is_no_meeting_or_not_owed_is_not_there(site: Site) -> None:
    an = site.visit(APPLICANT)
    found = [
        an.get(f"/dossier/{ROUND}/{NUMBER}/meeting/{of}").status_code
        for of in ("interim_report-1", "coaching-99", "coaching-0", "nothing-1", "coaching")
    ]
    assert found == [404] * 5


HOURS = f"/committee/{ROUND}/hours/coaching"


def test_a_member_gives_several_hours_at_once_and_takes_a_free_one_back(booking: Site) -> None:
    bo = booking.visit(CHAIR)
    assert HOURS in bo.get(f"/committee/{ROUND}").text
    given = fields(bo, HOURS, do="give", day_1="2020-10-05", from_1="09:00", to_1="11:30", place="Gent")
    assert bo.post(HOURS, given, on=HOURS).status_code == 303
    assert [(row.start, row.end) for row in rows(booking, HourRow)] == [
        ("09:00:00", "10:00:00"), ("10:15:00", "11:15:00"),
    ]  # fmt: skip
    assert bo.post(HOURS, fields(bo, HOURS, do="remove", hour="1"), on=HOURS).status_code == 303
    assert [row.removed_at is None for row in rows(booking, HourRow)] == [False, True]
    short = bo.post(HOURS, fields(bo, HOURS, do="give", day_1="2020-10-06", from_1="09:00", to_1="09:30"), on=HOURS)
    assert (short.status_code, "Line 1: less than 60 minutes." in short.text) == (422, True)


def test_a_contact_books_an_hour_moves_it_and_gives_it_back(booking: Site) -> None:
    hours = [Sitting(date(2020, 10, 5), time(hour), time(hour + 1), "Gent") for hour in (9, 10)]
    booking.cycle.give_hours(ROUND, "coaching", hours, by=CHAIR, now=booking.now)
    an = booking.visit(APPLICANT)
    for hour, start, sequence in ((1, "09:00:00", 0), (2, "10:00:00", 1)):
        assert an.post(THEIRS, fields(an, THEIRS, do="book", hour=str(hour)), on=THEIRS).status_code == 303
        assert booked(booking) == [("2020-10-05", start, sequence)]
    assert f"Booked: {NUMBER}" in booking.visit(CHAIR).get(HOURS).text
    assert an.post(THEIRS, fields(an, THEIRS, do="give back", hour="2"), on=THEIRS).status_code == 303
    assert booked(booking) == []


def test_whoever_gives_no_hours_finds_no_page_for_them(booking: Site) -> None:
    assert [booking.visit(who).get(path).status_code for who, path in (
        (STAFF, f"/staff/{ROUND}/hours/coaching"), (CHAIR, f"/committee/{ROUND}/hours/pitch"), (APPLICANT, HOURS),
    )] == [404] * 3  # fmt: skip
