"""Do staff see all of a round's dates, as they stand, and are forms that will not do refused with nothing half done?"""

import html
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlmodel import SQLModel, col, select
from visiting import APPLICANT, COLLEAGUE, MEMBER, ROUND, STAFF, Site, Visit, at, prepared

from engine.database.records import ExtensionRequestRow, ExtensionRow, NotificationRow

AT = f"/staff/{ROUND}"
LATER = "2019-03-08"
UNDO = 600_000_000


@pytest.fixture
def site() -> Iterator[Site]:
    """The installation in memory: these tests ask nothing of the disk."""
    database = prepared("sqlite://")
    yield Site(database)
    database.close()


@pytest.fixture
def staff(site: Site) -> Visit:
    """The console, six days after the first reminder of a draft that is three days before its deadline."""
    site.handed_in("an1@brug.example", "De Brug 1")
    site.draft(APPLICANT, "De Brug")
    site.draft(COLLEAGUE, "=Jef")
    site.clock.instant = at("2019-02-20 10:00")
    site.cycle.advance(site.now)
    return site.visit(STAFF)


def words(page: Any) -> str:
    """What a page says, without its markup."""
    main = page.text[page.text.index("<main") : page.text.index("</main>")]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", main)))


def rows_of(page: Any) -> list[list[str]]:
    """The cells of the table of a page."""
    body = page.text[page.text.index("<tbody>") : page.text.index("</tbody>")]
    return [
        [re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", cell))).strip()
         for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)]
        for row in body.split("</tr>")[:-1]
    ]  # fmt: skip


def kept(site: Site) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with site.database.reading() as session:
        return {
            name: sorted(map(repr, session.connection().execute(table.select())))  # type: ignore[misc]
            for name, table in SQLModel.metadata.tables.items()
        }


def asking(**more: str) -> dict[str, str]:
    """The form to move the end of the call for the two drafts."""
    return {
        "moment": "call closes", "whom": "some", "numbers": "CI19-002, CI19-003", "day": LATER, "hour": "",
        "reason": "Snow", "do": "preview", **more,
    }  # fmt: skip


def send(visit: Visit, **more: str) -> Any:
    return visit.post(f"{AT}/extend", asking(**more), on=f"{AT}/extend")


def move(visit: Visit, **more: str) -> Any:
    """Both steps."""
    preview = send(visit, **more)
    once = re.search(r'name="once" value="([^"]+)"', preview.text)
    assert once is not None, words(preview)
    return send(visit, **more, do="extend", once=once[1])


# ── The timeline ─────────────────────────────────────────────────────────────


def test_the_picture_shows_the_phases_with_links_and_nothing_inline(staff: Visit) -> None:
    page = staff.get(f"{AT}/timeline?zoom=selection")
    picture = page.text[page.text.index("<svg class=\"timeline\"") :]
    picture = picture[: picture.index("</svg>")]
    assert re.search(r"\s(style|on\w+)=|<script", picture) is None
    assert "/extend?moment=call+closes" in picture
    assert [name for name in ("Call", "Pitch", "Closing conference", "Today 20 Feb") if name not in picture] == []


@pytest.mark.parametrize(
    "query", ["zoom=decades", "from=2019-02-30", "from=1900-01-01", "zoom=weeks&from=x", "from=9999-12-31"]
)
def test_days_that_are_none_are_not_there(staff: Visit, query: str) -> None:
    assert staff.get(f"{AT}/timeline?{query}").status_code == 404


def test_one_looks_earlier_and_later_by_links(staff: Visit) -> None:
    page = staff.get(f"{AT}/timeline?zoom=weeks&from=2019-02-11").text
    links = {rel: html.unescape(href) for rel, href in re.findall(r'rel="(prev|next)" href="([^"]+)"', page)}
    assert links == {
        "prev": f"{AT}/timeline?zoom=weeks&from=2019-01-21", "next": f"{AT}/timeline?zoom=weeks&from=2019-03-04",
    }  # fmt: skip
    assert all(staff.get(href).status_code == 200 for href in links.values())
    assert 'rel="prev"' not in staff.get(f"{AT}/timeline?zoom=round").text


def test_odd_days_are_warned_about(staff: Visit) -> None:
    said = words(staff.get(f"{AT}/timeline"))
    assert "“Preselection” closes on Sunday 31 March 2019: a weekend, the clocks change. Move it" in said


def test_a_warning_is_gone_when_the_deadline_is_past(site: Site) -> None:
    site.clock.instant = at("2023-01-01 10:00")
    site.cycle.advance(site.now)
    assert "No deadline ahead falls on a weekend" in words(site.visit(STAFF).get(f"{AT}/timeline"))


# ── As a list ────────────────────────────────────────────────────────────────


def test_what_comes_stands_in_the_list_with_its_dossiers_and_letters(staff: Visit) -> None:
    lines = [(row[0], row[1], row[3], row[4]) for row in rows_of(staff.get(f"{AT}/timeline/list?phase=call"))]
    assert lines == [
        ("Tue 26 Feb 2019, 09:00", "Reminder about “Draft”, 3 days before “Call” closes", "2", "up to 2"),
        ("Fri 1 Mar 2019, 24:00", "“Call” closes", "2", ""),
        ("Fri 1 Mar 2019, 24:00", "“Draft” becomes “Not submitted”", "2", "up to 2"),
        ("Fri 1 Mar 2019, 24:00", "“Submitted” becomes “In preselection”", "1", "up to 5"),
    ]


@pytest.mark.usefixtures("staff")
def test_what_is_past_says_how_it_ended_and_leads_to_what_it_caused(site: Site) -> None:
    site.clock.instant = at("2019-03-02 05:00")
    site.cycle.advance(site.now)
    page = site.visit(STAFF).get(f"{AT}/timeline/list?when=past&phase=call")
    lines = {row[1]: (row[3], row[4], row[5]) for row in rows_of(page)}
    assert lines["“Submitted” becomes “In preselection”"] == ("1", "5", "done, late by 4 hours")
    assert lines["Reminder about “Draft”, 14 days before “Call” closes"][1:] == ("2", "done, late by 5 days")
    assert lines["Reminder about “Draft”, 3 days before “Call” closes"][2] == "missed: it came too late to be of use"
    assert f'{AT}/outbox?cause=transition+take_up' in html.unescape(page.text)


def test_the_list_is_narrowed_and_paged_and_a_filter_that_is_none_is_not_there(staff: Visit) -> None:
    kinds = {row[2] for row in rows_of(staff.get(f"{AT}/timeline/list?when=all&kind=promise"))}
    assert kinds == {"Promise"}
    assert "Nothing of the calendar is so" in words(staff.get(f"{AT}/timeline/list?when=past&kind=promise"))
    assert rows_of(staff.get(f"{AT}/timeline/list?when=all&page=999")) != []
    for query in ("when=never", "kind=x", "phase=nowhere"):
        assert staff.get(f"{AT}/timeline/list?{query}").status_code == 404


# ── Moving a deadline ────────────────────────────────────────────────────────


def test_first_one_sees_who_is_affected_and_nothing_has_moved(site: Site, staff: Visit) -> None:
    before = kept(site)
    said = words(send(staff))
    assert before == kept(site)
    for sentence in (
        "2 dossiers: CI19-002 De Brug, CI19-003 =Jef", "from Friday 1 March 2019 → Friday 8 March 2019 (2 dossiers)",
        "Reminder, 3 days before “Call” closes: planned Tue 5 Mar 2019, 09:00 (2 dossiers)",
        "Independent selection committee: 22 days to decide in place of 29.",
        "2 letters “deadline-extended”, 2 people: 2 Dutch",
        "They leave at 10:10. Until then you can take this back.", "Move it for 2 dossiers",
    ):  # fmt: skip
        assert sentence in said


def test_what_was_seen_is_what_is_done(site: Site, staff: Visit) -> None:
    assert move(staff).headers["location"] == f"{AT}/extensions"
    with site.database.reading() as session:
        rows = session.exec(select(ExtensionRow).order_by(col(ExtensionRow.id))).all()
        assert [(row.of, row.new_day, row.reason, row.first_id) for row in rows] == [
            ("call closes", LATER, "Snow", None), ("call closes", LATER, "Snow", rows[0].id),
        ]  # fmt: skip
        told = session.exec(select(NotificationRow).where(col(NotificationRow.letter) == "deadline-extended")).all()
        assert {(row.status, row.leaves_at) for row in told} == {("waiting", site.now + UNDO)}
        assert len(told) == 2
    assert "2 letters leave at 10:10." in words(staff.get(f"{AT}/extensions"))


def test_a_form_that_is_sent_twice_moves_once(site: Site, staff: Visit) -> None:
    for _ in range(2):
        assert send(staff, do="extend", once="the same key").status_code == 303
    with site.database.reading() as session:
        assert len(session.exec(select(ExtensionRow)).all()) == 2


def test_the_letter_can_be_read_before_it_is_written(site: Site, staff: Visit) -> None:
    page = send(staff).text
    path = html.unescape(re.findall(r'href="([^"]+/extend/letter[^"]+)"', page)[0])
    before = kept(site)
    assert "Nieuwe datum voor dossier CI19-002: vr 8 maart" in words(staff.get(path))
    assert "sandbox" in staff.get(path.replace("/letter?", "/letter/page?")).headers["content-security-policy"]
    assert staff.get(path.replace("language=nl", "language=xx")).status_code == 404
    assert staff.get(path.replace("2019-03-08", "2019-02-08")).status_code == 404
    assert kept(site) == before


WRONG = {
    "past": ({"day": "2019-02-01"}, "That is in the past."),
    "same": ({"day": "2019-03-01"}, "CI19-002: It is on that date already."),
    "no day": ({"day": "soon"}, "Give a day, for example 2019-02-20."),
    "no such day": ({"day": "2019-02-30"}, "Give a day, for example 2019-02-20."),
    "far": ({"day": "2319-02-28"}, "Give a day, for example 2019-02-20."),
    "no hour": ({"hour": "noon"}, "Give an hour such as 17:00."),
    "lost hour": ({"day": "2019-03-31", "hour": "02:30"}, "it does not exist. Choose another."),
    "no reason": ({"reason": "  "}, "Say why. It is shown to applicants."),
    "nothing chosen": ({"moment": ""}, "Choose a date that can still be moved."),
    "no such date": ({"moment": "call shuts"}, "Choose a date that can still be moved."),
    "fired": ({"moment": "call opens", "day": "2019-03-02"}, "Choose a date that can still be moved."),
    "order": ({"moment": "preselection closes", "whom": "all", "day": "2019-02-25"}, "It would close before it opens."),
    "nobody": ({"numbers": ""}, "Say for which dossiers."),
    "no such dossier": ({"numbers": "CI19-002 CI19-999"}, "No dossier of yours is called CI19-999."),
}


@pytest.mark.parametrize("do", ["preview", "extend"])
def test_what_will_not_do_is_said_by_the_field_and_nothing_is_kept(site: Site, staff: Visit, do: str) -> None:
    before, wrong = kept(site), {}
    for what, (fields, sentence) in WRONG.items():
        page = send(staff, **fields, do=do)
        is_typed = "reason" in fields or "Snow" in page.text  # nothing typed is lost
        found = (page.status_code, kept(site) == before, sentence in words(page), is_typed)
        if (*found, 'aria-invalid="true"' in page.text) != (422, True, True, True, True):
            wrong[what] = (found, words(page))
    assert wrong == {}


def test_one_who_may_not_have_it_keeps_all_from_having_it(site: Site, staff: Visit) -> None:
    site.cycle.extend(ROUND, "call closes", date(2019, 3, 8), reason="ill", by=STAFF, now=site.now, dossier="CI19-003")
    before = kept(site)
    page = send(staff, do="extend")
    assert page.status_code == 422
    assert "CI19-003: It is on that date already." in words(page)
    assert kept(site) == before


@pytest.mark.usefixtures("staff")
def test_a_conflict_takes_a_dossier_out_of_sight(site: Site) -> None:
    site.cycle.add_person(ROUND, email=MEMBER, name="Noor", language="nl", role="staff", by=STAFF, now=site.now)
    site.cycle.ask_extension(
        ROUND, "CI19-002", of="call closes", to=date(2019, 3, 8), reason="Flood", by=APPLICANT, now=site.now
    )
    site.cycle.extend(ROUND, "call closes", date(2019, 3, 4), reason="Mud", by=STAFF, now=site.now, dossier="CI19-002")
    noor = site.visit(MEMBER)
    assert "CI19-002" in words(noor.get(f"{AT}/requests"))
    site.cycle.declare_conflict(ROUND, "CI19-002", by=MEMBER, now=site.now)
    assert "CI19-002" not in words(noor.get(f"{AT}/requests"))
    assert "CI19-002" not in words(noor.get(f"{AT}/extensions"))
    assert "CI19-002" not in noor.get(f"{AT}/extensions.csv").text
    assert noor.get(f"{AT}/extend?request=1").status_code == 404
    refused = noor.post(f"{AT}/requests/1/refuse", {"reason": "No"}, on=f"{AT}/extend")
    assert refused.status_code == 404
    assert "No dossier of yours is called CI19-002." in words(send(noor, numbers="CI19-002"))


# ── Taking it back ───────────────────────────────────────────────────────────


def test_an_extension_is_taken_back_until_its_time_is_over(site: Site, staff: Visit) -> None:
    move(staff)
    page = staff.get(f"{AT}/extensions")
    (path,) = re.findall(r'action="([^"]+/undo)"', page.text)
    assert staff.post(path, {}, on=f"{AT}/extensions").headers["location"] == f"{AT}/extensions"
    page = staff.get(f"{AT}/extensions")
    assert "Taken back 2" in words(page)
    assert "/undo" not in page.text
    with site.database.reading() as session:
        told = session.exec(select(NotificationRow).where(col(NotificationRow.letter) == "deadline-extended")).all()
        assert [row.status for row in told] == ["cancelled", "cancelled"]


def test_too_late_to_take_it_back_is_a_page_that_says_what_helps(site: Site, staff: Visit) -> None:
    move(staff)
    (path,) = re.findall(r'action="([^"]+/undo)"', staff.get(f"{AT}/extensions").text)
    site.clock.instant += UNDO
    staff = site.visit(STAFF)
    before = kept(site)
    page = staff.post(path, {}, on=f"{AT}/extend")
    assert page.status_code == 409
    assert "The time to take it back is over." in words(page)
    assert kept(site) == before
    assert "/undo" not in staff.get(f"{AT}/extensions").text
    assert staff.post(f"{AT}/extensions/999/undo", {}, on=f"{AT}/extend").status_code == 404
    assert staff.post(f"{AT}/extensions/x/undo", {}, on=f"{AT}/extend").status_code == 404


# ── What applicants ask ──────────────────────────────────────────────────────


@pytest.fixture
def asked(site: Site, staff: Visit) -> Visit:
    """The console three hours after an applicant has asked for a week more."""
    assert staff.get(f"{AT}/requests").status_code == 200
    site.cycle.ask_extension(
        ROUND, "CI19-002", of="call closes", to=date(2019, 3, 8), reason="Flood", by=APPLICANT, now=site.now
    )
    site.clock.instant += 3 * 3_600_000_000
    return site.visit(STAFF)


def test_a_request_is_granted_through_the_same_preview(asked: Visit) -> None:
    assert "CI19-002 De Brug Not answered yet" in words(asked.get(f"{AT}/requests"))
    assert 'value="2019-03-08"' in asked.get(f"{AT}/extend?request=1").text
    fields = {"request": "1", "moment": "call closes", "whom": "some", "numbers": "CI19-002", "reason": ""}
    preview = asked.post(f"{AT}/extend", asking(**fields), on=f"{AT}/extend")
    assert "1 dossier: CI19-002 De Brug" in words(preview)
    assert asked.post(f"{AT}/extend", asking(**fields, do="extend"), on=f"{AT}/extend").status_code == 303
    assert "Granted" in words(asked.get(f"{AT}/requests"))
    (row,) = rows_of(asked.get(f"{AT}/extensions"))
    assert [row[0], *row[4:6], row[7]] == ["CI19-002 De Brug", "+7", "Flood", "3 hours"]
    again = asked.post(f"{AT}/extend", asking(**fields, do="extend"), on=f"{AT}/extend")
    assert again.status_code == 404


def test_a_request_is_refused_with_a_reason_that_the_applicant_reads(site: Site, asked: Visit) -> None:
    page = asked.post(f"{AT}/requests/1/refuse", {"reason": " "}, on=f"{AT}/requests")
    assert (page.status_code, "A refusal says why." in words(page)) == (422, True)
    assert asked.post(f"{AT}/requests/1/refuse", {"reason": "Others managed."}, on=f"{AT}/requests").status_code == 303
    with site.database.reading() as session:
        request = session.exec(select(ExtensionRequestRow)).one()
        assert (request.outcome, request.answer) == ("refused", "Others managed.")
        refusals = select(NotificationRow).where(col(NotificationRow.letter) == "extension-refused")
        (letter,) = session.exec(refusals).all()
        assert (letter.address, letter.facts["reason"]) == (APPLICANT, "Others managed.")
    page = asked.post(f"{AT}/requests/1/refuse", {"reason": "Again"}, on=f"{AT}/extend")
    assert (page.status_code, "This has been answered already." in words(page)) == (409, True)
    assert asked.get(f"{AT}/extensions.csv").text.splitlines()[1].endswith(",refused")


def test_the_file_of_extensions_has_no_formula_in_it(staff: Visit) -> None:
    move(staff, reason='=HYPERLINK("x")')
    lines = staff.get(f"{AT}/extensions.csv").text.splitlines()
    assert lines[0].startswith("\ufeffdecided_at,dossier,organisation,of,old,new,days,reason")
    assert [line.split(",")[2] for line in lines[1:]] == ["'=Jef", "De Brug"]
    assert all("\"'=HYPERLINK(\"\"x\"\")\"" in line for line in lines[1:])
