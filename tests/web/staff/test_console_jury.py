"""What do staff see of a committee, and what do they do about who reads what?"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select
from visiting import CHAIR, FOURTH, MEMBER, ROUND, STAFF, THIRD, Site, Visit, at, prepared

from engine.cycle import Imported
from engine.database.records import AssignmentRow, ConflictRow, DossierRow, NotificationRow, PersonRow

sys.path.insert(0, str(Path(__file__).parents[1] / "committee"))
from jury_room import before_the_jury, cleared, counting, marked

HERE = f"/staff/{ROUND}/committee"
MINE = f"/committee/{ROUND}"
LATE = at("2019-03-25 11:00")
STATE = "in_preselection"


@pytest.fixture
def site() -> Iterator[Site]:
    """In memory: these tests ask nothing of the disk."""
    database = prepared("sqlite://")
    yield Site(database)
    database.close()


def standing(site: Site) -> list[tuple[str, str]]:
    """(number, address) of every assignment that stands."""
    with site.database.reading() as session:
        rows = session.exec(
            select(DossierRow.number, PersonRow.email)
            .join(AssignmentRow, col(AssignmentRow.dossier_id) == col(DossierRow.id))
            .join(PersonRow, col(PersonRow.id) == col(AssignmentRow.person_id))
            .where(col(AssignmentRow.ended_at).is_(None))
            .order_by(col(DossierRow.number), col(PersonRow.email))
        ).all()
    return list(rows)


def cells(page: Any, table: str = "matrix") -> dict[str, list[str]]:
    """number -> what stands in each cell of a row of a table, in words."""
    body = page.text.partition(f'<table class="{table}">')[2].partition("</table>")[0]
    found = {}
    for row in body.split("</tr>"):
        if number := re.search(r"CI19-\d+", row):
            texts = re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)
            found[number[0]] = [" ".join(re.sub(r"<[^>]+>", " ", text).split()) for text in texts]
    return found


def hidden(page: Any, name: str) -> str:
    """What a hidden field of a form holds."""
    found = re.search(f'name="{name}" value="([^"]*)"', page.text)
    assert found is not None, name
    return found[1]


def send(visit: Visit, path: str, page: Any, fields: dict[str, Any]) -> Any:
    """A form of a page that is open already."""
    given = {"csrf": hidden(page, "csrf"), "state": STATE, **fields}
    return visit.client.post(path, data=given, headers={"sec-fetch-site": "same-origin"})


def test_the_matrix_says_who_is_late_who_stepped_back_and_who_is_asked_first(site: Site) -> None:
    first, second, third = before_the_jury(site, 3)
    marked(site, first, CHAIR, 8)
    cleared(site, first, MEMBER)
    for member in (THIRD, FOURTH):
        site.cycle.declare_conflict(ROUND, second, by=member, now=site.now)
    site.cycle.assign(ROUND, "jury", add=[(third, MEMBER)], by=STAFF, now=site.now)
    site.cycle.add_contact(ROUND, third, email=CHAIR, name="", language="nl", by=STAFF, now=site.now)
    visit = site.visit(STAFF)
    page = visit.get(HERE)
    # Bo (chair), Ine, Noor, Sam; then how many are done, and how many are left to decide
    assert cells(page) == {
        first: ["done", "not answered", "open", "not answered", "1", "4"],
        second: ["not answered", "conflict", "not answered", "conflict", "0", "2, 3 needed"],
        third: ["own dossier", "not answered", "asked first: not answered", "not answered", "0", "4"],
    }
    assert "What is open then is late from Sunday 24 March 2019, 09:00 (Brussels)." in " ".join(page.text.split())
    site.clock.instant = LATE
    visit = site.visit(STAFF)
    page = visit.get(f"{HERE}?marks=1")
    assert cells(page)[first] == ["8 done", "late, not answered", "late", "late, not answered", "1", "4"]
    assert cells(page)[third][1:3] == ["not answered", "asked first: late, not answered"]
    for shown, numbers in {
        "waiting": [first, second, third], "conflicts": [second], "quorum": [second], "unasked": [first, second],
        "nonsense": [first, second, third],
    }.items():  # fmt: skip
        assert list(cells(visit.get(f"{HERE}?show={shown}"))) == numbers, shown


def test_a_round_in_which_nothing_lies_before_the_committee_says_what_will(site: Site) -> None:
    visit = site.visit(STAFF)
    assert "Nothing to read yet" in visit.get(HERE).text
    assert "Nothing to suggest" in visit.get(f"{HERE}/suggest").text
    assert "Nobody to remind" in visit.get(f"{HERE}/remind").text
    assert "Nothing to rank" in visit.get(f"{HERE}/ranking").text
    assert "No dossier is chosen" in visit.get(f"{HERE}/assign").text
    for tail in ("", ".csv", "/assign", "/suggest", "/conflicts", "/remind", "/ranking", "/ranking.csv"):
        assert visit.get(f"{HERE}{tail}?state=draft").status_code == 404, tail


def test_readers_are_chosen_by_hand_undone_with_one_button_and_what_another_did_meanwhile_stays(site: Site) -> None:
    first, second = before_the_jury(site, 2)
    visit = site.visit(STAFF)
    page = visit.get(f"{HERE}/assign?state={STATE}&number={first}&number={second}")
    site.cycle.assign(ROUND, "jury", add=[(first, THIRD)], by=STAFF, now=site.now - 1)
    pairs = [f"{first}|{MEMBER}", f"{second}|{CHAIR}"]
    fields = {"number": [first, second], "pair": pairs, "once": hidden(page, "once")}
    for _ in range(2):  # a double click
        assert send(visit, f"{HERE}/assign", page, fields).status_code == 303
    # she did not see that Ine was asked, and takes nothing away that she did not see
    assert standing(site) == [(first, THIRD), (first, MEMBER), (second, CHAIR)]
    page = visit.get(HERE)
    assert "You assigned 2 readers at 10:00." in page.text
    undo = {"since": hidden(page, "since"), "once": hidden(page, "once")}
    assert send(visit, f"{HERE}/undo", page, undo).status_code == 303
    assert standing(site) == [(first, THIRD)]
    assert send(visit, f"{HERE}/undo", page, undo | {"once": "another"}).status_code == 409
    page = visit.get(f"{HERE}/assign?state={STATE}&number={first}")
    fields = {"number": [first], "was": [f"{first}|{THIRD}"], "once": hidden(page, "once")}
    assert send(visit, f"{HERE}/assign", page, fields).status_code == 303
    assert standing(site) == []


def test_who_may_not_be_asked_is_refused_by_name_and_what_was_ticked_stays_ticked(site: Site) -> None:
    first, second = before_the_jury(site, 2)
    visit = site.visit(STAFF)
    page = visit.get(f"{HERE}/assign?state={STATE}&number={first}&number={second}")
    site.cycle.declare_conflict(ROUND, first, by=MEMBER, now=site.now)
    pairs = [f"{first}|{MEMBER}", f"{second}|{CHAIR}"]
    fields = {"number": [first, second], "pair": pairs, "once": hidden(page, "once")}
    answer = send(visit, f"{HERE}/assign", page, fields)
    assert (answer.status_code, f"Noor Claes has a conflict with {first}." in answer.text, standing(site)) == (
        409, True, [],
    )  # fmt: skip
    assert f'value="{second}|{CHAIR}" checked' in answer.text
    assert cells(answer, "boxes")[first][2] == "not possible"
    fields["pair"] = [f"{first}|nobody@jury.example"]
    assert send(visit, f"{HERE}/assign", page, fields).status_code == 409
    fields |= {"pair": ["CI19-999|" + CHAIR], "once": "another key"}
    assert send(visit, f"{HERE}/assign", page, fields).status_code in (404, 409)
    assert standing(site) == []


def test_a_proposal_is_shown_changed_by_hand_and_kept_once(site: Site) -> None:
    numbers = before_the_jury(site, 4)
    site.cycle.declare_conflict(ROUND, numbers[0], by=MEMBER, now=site.now)
    visit = site.visit(STAFF)
    path = f"{HERE}/suggest?state={STATE}&each=2"
    page = visit.get(path)
    pairs = re.findall(r'name="pair" value="([^"]+)" checked', page.text)
    assert (len(pairs), f"{numbers[0]}|{MEMBER}" in pairs, standing(site)) == (8, False, [])
    assert sorted(sum(one.endswith(email) for one in pairs) for email in (CHAIR, MEMBER, THIRD, FOURTH)) == [2, 2, 2, 2]
    kept = [one for one in pairs if not one.startswith(numbers[3])] + [f"{numbers[3]}|{CHAIR}"]
    fields = {
        "number": numbers, "pair": kept, "digest": hidden(page, "digest"), "each": "2", "language": "0",
        "once": hidden(page, "once"),
    }  # fmt: skip
    for _ in range(2):
        assert send(visit, f"{HERE}/suggest", page, fields).status_code == 303
    assert standing(site) == sorted(tuple(one.split("|")) for one in kept)
    page = visit.get(path)
    assert re.findall(r'name="pair" value="([^"]+)" checked', page.text).count(f"{numbers[3]}|{CHAIR}") == 1


def test_a_proposal_that_does_not_fit_any_more_is_not_kept(site: Site) -> None:
    numbers = before_the_jury(site, 2)
    visit = site.visit(STAFF)
    page = visit.get(f"{HERE}/suggest?state={STATE}&each=1")
    pairs = re.findall(r'name="pair" value="([^"]+)" checked', page.text)
    site.cycle.declare_conflict(ROUND, numbers[0], by=pairs[0].partition("|")[2], now=site.now)
    fields = {"number": numbers, "pair": pairs, "digest": hidden(page, "digest"), "each": "1", "language": "0",
              "once": hidden(page, "once")}  # fmt: skip
    answer = send(visit, f"{HERE}/suggest", page, fields)
    assert (answer.status_code, "Something has changed since this was proposed." in answer.text, standing(site)) == (
        409, True, [],
    )  # fmt: skip
    for each in ("0", "-1", "x", "99999999999", "1e3"):
        assert visit.get(f"{HERE}/suggest?state={STATE}&each={each}").status_code == 200


def test_members_find_what_they_are_asked_first_at_the_top_counted(site: Site) -> None:
    numbers = before_the_jury(site, 4)
    site.cycle.assign(ROUND, "jury", add=[(numbers[2], MEMBER), (numbers[3], MEMBER)], by=STAFF, now=site.now)
    marked(site, numbers[3], MEMBER, 7)
    visit = site.visit(MEMBER)
    page = visit.get(f"{MINE}?show=all")
    listed = re.findall(rf'href="{MINE}/(CI19-\d+)"', page.text.partition('<ul class="list">')[2])
    assert listed == [numbers[2], numbers[3], numbers[0], numbers[1]]
    assert "You are asked first about 2 of them, which come first here: 1 left." in page.text
    assert f"Continue with {numbers[2]}" in page.text
    # the others read everything, and are asked first about nothing
    page = site.visit(THIRD).get(MINE)
    assert ("asked first" in page.text, f"Continue with {numbers[0]}" in page.text) == (False, True)
    assert site.visit(THIRD).get(f"{MINE}/{numbers[2]}/conflict").status_code == 200


def test_staff_write_down_a_conflict_or_that_there_is_none_and_see_what_follows(site: Site) -> None:
    first, second = before_the_jury(site, 2)
    marked(site, first, MEMBER, 8)
    visit = site.visit(STAFF)
    path = f"{HERE}/conflicts"

    def write(**fields: str) -> Any:
        return visit.post(path, {"state": STATE, **fields}, on=path)

    assert write(number=first, member=MEMBER, answer="yes", reason="A niece").status_code == 303
    assert write(number=second, member=THIRD, answer="no").status_code == 303
    page = visit.get(path)
    text = " ".join(re.sub(r"<[^>]+>", " ", page.text).split())
    assert "1 conflict declared" in text
    assert f"written down by {STAFF}" in text
    assert "A niece 3 marks do not count any more. 3 members are left to decide." in text
    assert "6 answers are wanting" in text  # of eight: one stepped back, and one has none
    assert site.visit(MEMBER).get(f"{MINE}/{first}").status_code == 404
    assert site.visit(THIRD).get(f"{MINE}/{second}").status_code == 200
    answer = write(number=first, member=MEMBER, answer="yes")
    assert (answer.status_code, "Noor Claes has declared this conflict already." in answer.text) == (409, True)
    answer = write(number="CI19-999", member="eve@elders.example", answer="perhaps", reason="Because")
    assert (answer.status_code, "Because" in answer.text) == (422, True)
    for sentence in ("There is no dossier CI19-999 here.", "Choose a member of", "Say whether there is a conflict."):
        assert sentence in answer.text
    with site.database.reading() as session:
        assert len(session.exec(select(ConflictRow)).all()) == 1


def letters(site: Site) -> list[tuple[str, str, list[str]]]:
    """(address, language, dossiers) of each reminder."""
    with site.database.reading() as session:
        rows = session.exec(
            select(NotificationRow).where(col(NotificationRow.letter) == "opinions-wanted").order_by(
                col(NotificationRow.id)
            )
        ).all()  # fmt: skip
        return [(row.address, row.language, [one["number"] for one in row.facts["dossiers"]]) for row in rows]


def test_the_late_get_one_letter_each_that_lists_what_waits_and_nobody_two_on_a_day(site: Site) -> None:
    first, second = before_the_jury(site, 2)
    marked(site, first, CHAIR, 8)
    site.cycle.declare_conflict(ROUND, second, by=MEMBER, now=site.now)
    site.cycle.assign(ROUND, "jury", add=[(second, CHAIR)], by=STAFF, now=site.now)
    site.clock.instant = LATE
    visit = site.visit(STAFF)
    path = f"{HERE}/remind?state={STATE}"
    page = visit.get(path)
    # Bo has second to say; Ine, Noor and Sam have first: of second Bo is asked first
    assert re.findall(r'name="member" value="([^"]+)" checked', page.text) == [CHAIR, THIRD, MEMBER, FOURTH]
    frame = visit.get(f"{HERE}/remind/letter?state={STATE}&member={MEMBER}")
    assert ("sandbox" in frame.headers["content-security-policy"], first in frame.text, second in frame.text) == (
        True, True, False,
    )  # fmt: skip
    assert letters(site) == []
    answer = visit.post(f"{HERE}/remind", {"state": STATE, "member": [CHAIR, MEMBER]}, on=path)
    assert answer.status_code == 303
    assert letters(site) == [(CHAIR, "nl", [second]), (MEMBER, "fr", [first])]
    page = visit.get(path)
    assert re.findall(r'name="member" value="([^"]+)"', page.text) == [THIRD, FOURTH]
    assert page.text.count("today, so not again") == 2
    site.clock.instant += 60_000_000
    answer = visit.post(f"{HERE}/remind", {"state": STATE, "member": [CHAIR]}, on=path)
    assert (answer.status_code, "or they were reminded today" in answer.text) == (409, True)
    assert visit.post(f"{HERE}/remind", {"state": STATE}, on=path).status_code == 422
    site.clock.instant += 24 * 3_600_000_000
    visit = site.visit(STAFF)
    assert visit.post(f"{HERE}/remind", {"state": STATE, "member": [CHAIR]}, on=path).status_code == 303
    assert [address for address, _, _ in letters(site)] == [CHAIR, MEMBER, CHAIR]


@pytest.mark.parametrize("member", ["", "eve@elders.example", STAFF])
def test_there_is_no_letter_for_whom_nothing_is_wanted_of(site: Site, member: str) -> None:
    before_the_jury(site, 1)
    assert site.visit(STAFF).get(f"{HERE}/remind/letter?member={member}").status_code == 404


def test_the_file_has_a_line_a_member_and_dossier_and_runs_nothing(site: Site) -> None:
    (number,) = before_the_jury(site, 1)
    with site.database.transaction() as session:
        row = session.exec(select(DossierRow).where(col(DossierRow.number) == number)).one()
        row.organisation = "=HYPERLINK(1)"
        session.add(row)
    marked(site, number, MEMBER, 8)
    answer = site.visit(STAFF).get(f"{HERE}.csv?state={STATE}")
    lines = answer.text.removeprefix("\ufeff").splitlines()
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert lines[0] == "Number,Title,Organisation,Member,Mail address,Asked first,Progress,Mark"
    assert f"{number},Werk van De Brug 1,'=HYPERLINK(1),Noor Claes,noor@jury.example,no,done,8" in lines
    assert len(lines) == 5


def test_staff_with_a_conflict_find_nothing_of_that_dossier(site: Site) -> None:
    first, second = before_the_jury(site, 2)
    site.cycle.add_person(
        ROUND, email=STAFF, name="Els", language="nl", role="jury", chair=False, by=STAFF, now=site.now
    )
    site.cycle.declare_conflict(ROUND, first, by=STAFF, now=site.now)
    visit = site.visit(STAFF)
    assert list(cells(visit.get(HERE))) == [second]
    for tail in ("?marks=1", ".csv", "/conflicts", "/suggest", "/ranking", "/ranking.csv", "/remind"):
        assert first not in visit.get(HERE + tail).text, tail
    answer = visit.get(f"{HERE}/assign?number={first}&number={second}")
    assert (f'value="{first}"' in answer.text, f'value="{second}"' in answer.text) == (False, True)
    fields = {"state": STATE, "number": first, "member": MEMBER, "answer": "yes"}
    answer = visit.post(f"{HERE}/conflicts", fields, on=f"{HERE}/conflicts")
    assert (answer.status_code, f"There is no dossier {first} here." in answer.text) == (422, True)


def test_a_page_asks_the_database_as_much_for_many_dossiers_as_for_few(site: Site) -> None:
    counts: dict[str, list[int]] = {}
    before_the_jury(site, 2)
    for more in (0, 10):
        houses = [
            Imported(f"Huis {place}", f"h{place}@huis.example", "", "nl", state=STATE, received_at=site.now,
                     answers={"title": f"Huis {place}"})
            for place in range(more)
        ]  # fmt: skip
        site.cycle.import_dossiers(ROUND, houses, by=STAFF, now=site.now)
        visit = site.visit(STAFF)
        for tail in ("", "/suggest", "/conflicts", "/remind", "/ranking?alike=1", "?show=waiting"):
            visit.get(HERE + tail)
            with counting(site) as asked:
                assert visit.get(HERE + tail).status_code == 200
            counts.setdefault(tail, []).append(len(asked))
    assert [tail for tail, (few, many) in counts.items() if few != many] == []
