"""What staff read of a round as a whole: its workflow, its journal, its people, and how the installation fares."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import select
from visiting import APPLICANT, CHAIR, FOURTH, MEMBER, OBSERVER, ROUND, STAFF, Site, Visit, cera
from workshop_site import equip, folder

from engine.database import holds
from engine.database.access import factors
from engine.database.pages.parts import members
from engine.database.records import JournalRow, NotificationRow
from engine.database.store import find_person, the_id
from engine.files.reading import read_programme
from web.keys import digest
from web.office import Setting, Workshop
from web.staff.rounds.happened import SENTENCES
from web.staff.rounds.texts import as_html

AT = f"/staff/{ROUND}"
SECOND = "tim@impuls.example"


@pytest.fixture
def staff(site: Site) -> Visit:
    return equip(site).visit(STAFF)


def rows(site: Site, table: Any, *where: Any) -> list[Any]:
    with site.database.reading() as session:
        found = session.exec(select(table).where(*where)).all()
        session.expunge_all()
    return list(found)


# ── The workflow ────────────────────────────────────────────────────────────


def test_the_diagram_counts_and_leads_on_and_needs_no_style_of_its_own(site: Site, staff: Visit) -> None:
    site.draft()
    site.handed_in("jef@brug.example", "Jef")
    page = staff.get(f"{AT}/workflow").text
    svg = page[page.index("<svg xmlns") : page.index("</svg>", page.index("<svg xmlns"))]
    assert re.findall(r'<text class="count"[^>]*>([^<]+)<', svg) == ["1 dossier", "1 dossier"]
    assert f'<a href="{AT}/workflow/state/submitted">' in svg
    assert ("<style" in page, " style=" in page, 'role="img"' in svg) == (False, False, False)
    assert f'{AT}/dossiers?state=submitted">1</a>' in page
    assert 'href="/staff/rehearsals?round=open%20cera-impuls%2F2019"' in page


def test_a_state_says_what_it_is_called_for_whom_and_what_hangs_on_it(staff: Visit) -> None:
    page = staff.get(f"{AT}/workflow/state/shortlisted").text
    for said in ("Invited to pitch", "In the pitch round", "invited-to-pitch", "not-awarded", "17 May 2019, 09:00",
                 "takes effect Monday 20 May 2019, 09:00 (Brussels)", "at_most = 6"):  # fmt: skip
        assert said in page
    assert staff.get(f"{AT}/workflow/state/nowhere").status_code == 404


def test_the_rules_are_read_aloud_in_the_readers_language(site: Site) -> None:
    equip(site)
    for language, said in (("nl", "van maandag 17 december 2018"), ("fr", "du lundi 17 décembre 2018"),
                           ("en", "from Monday 17 December 2018")):  # fmt: skip
        page = site.visit(STAFF, language).get(f"{AT}/workflow/words").text
        assert (said in page, page.count("<h1")) == (True, 1)


def test_a_text_has_an_anchor_for_each_line_and_its_complaints_where_they_stand(staff: Visit) -> None:
    page = staff.get(f"{AT}/workflow/text?file=rounds/2019.toml").text
    line = page[page.index('id="L16"') : page.index('id="L17"')]
    assert ('class="marked"' in line, "2019-03-31 is a Sunday" in line) == (True, True)
    assert 'id="L54"' in page
    check = staff.get(f"{AT}/workflow/check").text
    assert f'href="{AT}/workflow/text?file=rounds%2F2019.toml#L16"' in check
    assert staff.get(f"{AT}/workflow/text?file=../config.toml").status_code == 404


def test_what_the_folder_says_by_now_is_shown_line_by_line(site: Site, tmp_path: Path, staff: Visit) -> None:
    assert "is not on this machine" in staff.get(f"{AT}/workflow/difference").text
    root = folder(tmp_path / "workflows")
    equip(site, root)
    assert "exactly what the round runs on" in staff.get(f"{AT}/workflow/difference").text
    file = root / "cera-impuls" / "rounds" / "2019.toml"
    file.write_text(file.read_text().replace("approval        = { on = 2019-05-20 }", "approval = { on = 2019-05-21 }"))
    page = staff.get(f"{AT}/workflow/difference").text
    assert "<del>approval        = { on = 2019-05-20 }</del>" in page
    assert "<ins>approval = { on = 2019-05-21 }</ins>" in page
    assert "says something else by now" in staff.get(f"{AT}/workflow").text
    file.write_bytes(b"\xff")  # what cannot be read breaks no page
    assert "is not on this machine, or cannot be read" in staff.get(f"{AT}/workflow/difference").text


def test_what_stands_in_a_programmes_texts_becomes_no_html_and_no_link_that_runs() -> None:
    html = as_html("# Round\n\n<script>x()</script> [go](javascript:x()) *so*\n")
    assert html == (
        "<h2>Round</h2>\n<p>&lt;script&gt;x()&lt;/script&gt; [go](javascript:x()) <em>so</em></p>\n"
    )  # fmt: skip


# ── The journal ─────────────────────────────────────────────────────────────


def test_the_journal_is_read_in_words_page_by_page_and_filtered(site: Site, staff: Visit) -> None:
    number = site.handed_in()
    for place in range(60):
        site.cycle.introduce(ROUND, number, name=f"An {place}", by=APPLICANT, now=site.now + place)
    first = staff.get(f"{AT}/journal").text
    older = re.search(r'rel="next" href="\?([^"]+)"', first)
    assert older is not None
    second = staff.get(f"{AT}/journal?{older[1]}").text
    ids = [re.findall(r"An (\d+)", page) for page in (first, second)]
    assert (len(ids[0]), set(ids[0]) & set(ids[1]), len({*ids[0], *ids[1]})) == (50, set(), 60)
    one = staff.get(f"{AT}/journal?what=transition&number={number}&actor={APPLICANT}").text
    assert (one.count("From “Draft” to “Submitted”"), one.count('<th scope="row">')) == (1, 1)
    assert "Nothing such has happened" in staff.get(f"{AT}/journal?since=2030-01-01").text
    wrong = staff.get(f"{AT}/journal?until=yesterday")
    assert (wrong.status_code, 'aria-invalid="true"' in wrong.text) == (422, True)


def test_the_journal_leaves_as_a_file_that_no_spreadsheet_takes_for_formulas(site: Site, staff: Visit) -> None:
    site.handed_in("=1+1@brug.example", '=HYPERLINK("x")')  # an address may begin like a formula
    kept = rows(site, JournalRow)
    answer = staff.get(f"{AT}/journal.csv")
    table = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert (len(table), answer.headers["content-type"]) == (len(kept) + 1, "text/csv; charset=utf-8")
    assert [cell for row in table for cell in row if cell[:1] in "=+-@" and cell] == []
    assert "'=1+1@brug.example" in {row[2] for row in table}
    lines = [json.loads(line) for line in staff.get(f"{AT}/journal.jsonl").text.splitlines()]
    assert [(one["what"], one["actor"], one["details"]) for one in lines] == [
        (row.what, row.actor, row.details) for row in kept
    ]
    filtered = staff.get(f"{AT}/journal.jsonl?what=role+given").text.splitlines()
    assert len(filtered) == sum(row.what == "role given" for row in kept)


def test_the_chain_is_followed_and_one_changed_row_is_told(site: Site, staff: Visit) -> None:
    whole = staff.post(f"{AT}/journal/verify", on=f"{AT}/journal").text
    assert f"The chain is whole: {len(rows(site, JournalRow))} rows in" in whole
    with site.database.writer.begin() as connection:
        connection.execute(sa.text("DROP TRIGGER journal_no_update"))
        connection.execute(sa.text("UPDATE journal SET actor = 'nobody' WHERE id = 2"))
    broken = staff.post(f"{AT}/journal/verify", on=f"{AT}/journal").text
    assert "The journal is not the one that was written" in broken
    assert "are not the ones that were written" in broken


def test_staff_with_a_conflict_read_nothing_of_that_dossier_in_the_journal(site: Site) -> None:
    site.cycle.add_person(ROUND, email=STAFF, name="", language="nl", role="jury", by=STAFF, now=site.now)
    number, other = site.handed_in(), site.handed_in("jef@brug.example", "Jef")
    site.clock.instant += 47 * 86_400_000_000
    site.cycle.advance(site.now)
    site.cycle.declare_conflict(ROUND, number, by=STAFF, now=site.now, reason="My cousin.")
    visit = equip(site).visit(STAFF)
    for path in ("journal", "journal.csv", "journal.jsonl"):
        text = visit.get(f"{AT}/{path}").text
        assert (path, number in text, other in text) == (path, False, True)
    assert "Nothing such has happened" in visit.get(f"{AT}/journal?number={number}").text


# ── People ──────────────────────────────────────────────────────────────────


def parts(site: Site) -> set[tuple[str, str, bool]]:
    with site.database.reading() as session:
        return {(one.email, one.role, one.chair) for one in members(session, 1)}


def test_somebody_is_given_a_part_told_by_mail_made_chair_and_let_go(site: Site, staff: Visit) -> None:
    people = f"{AT}/people"
    fields = {"email": " New@Jury.example ", "name": "Nieuw Lid", "language": "fr", "role": "jury", "invite": "1"}
    assert staff.post(people, fields, on=people).status_code == 303
    assert ("new@jury.example", "jury", False) in parts(site)
    (letter,) = rows(site, NotificationRow, NotificationRow.letter == "part-given")
    assert (letter.address, letter.language, letter.facts["part"], letter.facts["link"]) == (
        "new@jury.example", "fr", "member", f"http://testserver/committee/{ROUND}",
    )  # fmt: skip
    again = {"email": "new@jury.example", "role": "jury"}
    staff.post(f"{people}/invite", again, on=people)  # twice a day is once
    assert len(rows(site, NotificationRow, NotificationRow.letter == "part-given")) == 1
    staff.post(f"{people}/chair", {**again, "chair": "1"}, on=people)
    assert ("new@jury.example", "jury", True) in parts(site)
    staff.post(f"{people}/chair", {**again, "chair": ""}, on=people)
    staff.post(f"{people}/end", again, on=people)
    assert "new@jury.example" not in {email for email, _, _ in parts(site)}


def test_the_last_of_the_staff_stays_and_wrong_addresses_give_nobody_a_part(site: Site, staff: Visit) -> None:
    people, before = f"{AT}/people", parts(site)
    assert "Somebody must run the round" in staff.get(people).text
    assert staff.post(f"{people}/end", {"email": STAFF, "role": "staff"}, on=people).status_code == 409
    wrong = {"name": "X", "language": "nl", "role": "jury"}
    for changes in ({"email": "no address"}, {"email": "x@y.example", "role": "everyone"},
                    {"email": "x@y.example", "language": "de"}):  # fmt: skip
        assert staff.post(people, {**wrong, **changes}, on=people).status_code == 422
    assert parts(site) == before


SHEET = "round,name,email,language,role,chair\n"


def test_a_list_comes_in_whole_or_not_at_all(site: Site, staff: Visit) -> None:
    people, before = f"{AT}/people", parts(site)

    def send(text: bytes, name: str = "people.csv") -> Any:
        return staff.client.post(
            f"{people}/import", data={"csrf": staff.csrf(people)}, files={"file": (name, text)},
            headers={"sec-fetch-site": "same-origin"},
        )  # fmt: skip

    good = f"{ROUND},Lea Smet,lea@jury.example,nl,jury,yes\n"
    for bad, said in (
        (f"{ROUND},Jo,jo@jury.example,de,jury,\n", "language"),
        (f"{ROUND},Jo,not an address,nl,jury,\n", "is not an address"),
        ("zuid-impuls/2019,Jo,jo@jury.example,nl,jury,\n", "round"),
        (f"{ROUND},Jo,jo@jury.example,nl,jury observer,yes\n", "only a committee has a chair"),
    ):
        answer = send((SHEET + good + bad).encode())
        assert (answer.status_code, said in answer.text, "people.csv:3" in answer.text) == (422, True, True)
    assert [send(b"\xff\xfe").status_code, send(b"x", "people.xlsx").status_code] == [422, 422]
    assert parts(site) == before
    assert send((SHEET + good).encode()).status_code == 303
    assert parts(site) - before == {("lea@jury.example", "jury", True)}


def test_a_lost_second_factor_is_taken_away_told_and_journaled(site: Site, staff: Visit) -> None:
    people = f"{AT}/people"
    site.cycle.add_person(ROUND, email=SECOND, name="Tim", language="nl", role="staff", by=STAFF, now=site.now)
    with site.database.transaction() as session:
        person = find_person(session, SECOND)
        assert person is not None
        factors.put(session, the_id(person), "n" * 22, 1, [digest("code")], site.now)
    theirs = site.visit(SECOND)
    assert theirs.get(people).status_code == 200
    own = staff.post(f"{people}/factor", {"email": STAFF}, on=people)
    assert (own.status_code, "Nobody takes their own second step away" in own.text) == (409, True)
    assert staff.post(f"{people}/factor", {"email": SECOND}, on=people).status_code == 303
    with site.database.reading() as session:
        assert factors.of_person(session, the_id(person)) is None
    assert theirs.get(people).status_code == 303  # signed out everywhere
    assert [row.address for row in rows(site, NotificationRow, NotificationRow.letter == "second-factor-changed")] == [
        SECOND
    ]
    (told,) = rows(site, JournalRow, JournalRow.what == "second factor removed")
    assert (told.actor, told.details) == (STAFF, {"person": SECOND})


def test_people_of_all_rounds_are_found_by_name_and_only_in_ones_own_rounds(site: Site, staff: Visit) -> None:
    page = staff.get("/staff/people").text
    assert all(email in page for email in (STAFF, CHAIR, MEMBER, OBSERVER))
    found = staff.get("/staff/people?q=noor").text
    assert (MEMBER in found, FOURTH in found) == (True, False)
    south = read_programme("zuid-impuls", cera().files, "")
    site.cycle.open_round(south, "2019", by="flo@zuid.example", now=site.now, as_of=site.now)
    site.cycle.add_person(
        "zuid-impuls/2019", email="flo@zuid.example", name="Flo", language="nl", role="staff", by=STAFF, now=site.now
    )
    assert "flo@zuid.example" not in staff.get("/staff/people").text
    rounds = staff.get("/staff/rounds").text
    assert ("zuid-impuls/2019" in rounds, 'href="/staff/zuid-impuls/2019"' in rounds) == (True, False)


# ── The installation ────────────────────────────────────────────────────────


def test_health_says_what_is_late_held_and_wrong_and_what_to_do(site: Site, staff: Visit) -> None:
    site.cycle.advance(site.now)
    assert "All is well" in staff.get("/staff/health").text
    with site.database.transaction() as session:
        holds.put(session, holds.CLOCK, "the clock was set", {}, site.now)
    held = staff.get("/staff/health").text
    assert ("the clock was set" in held, "grantcycle clock --help" in held) == (True, True)
    site.clock.instant += 50 * 86_400_000_000
    late = site.visit(STAFF)
    assert "A deadline should have fired and has not" in late.get("/staff/health").text
    green = late.post("/staff/health", on="/staff/health").text
    assert "hold in your rounds, examined" in green
    with site.database.writer.begin() as connection:
        connection.execute(sa.text("UPDATE round SET number = 'XX' WHERE id = 1"))
    red = late.post("/staff/health", on="/staff/health").text
    assert "A round is the one that was opened" in red
    answers = [late.post("/staff/health", on="/staff/health").status_code for _ in range(4)]
    assert answers[-1] == 429


def test_settings_are_shown_with_where_they_come_from_and_secrets_never(site: Site, staff: Visit) -> None:
    shown = (
        Setting("mail", "host", "relay.example", "file", "GRANTCYCLE_MAIL__HOST"),
        Setting("mail", "password", "***", "environment", "GRANTCYCLE_MAIL__PASSWORD", is_secret=True),
    )
    object.__setattr__(site.office, "workshop", Workshop(settings=lambda: shown))
    page = staff.get("/staff/settings").text
    assert ("relay.example" in page, "given, and never shown" in page, "***" in page) == (True, True, False)


def test_the_list_of_rounds_says_how_each_stands(site: Site, staff: Visit) -> None:
    site.handed_in()
    page = staff.get("/staff/rounds").text
    assert f'<a href="/staff/{ROUND}/dossiers">1</a>' in page
    assert re.search(r'data-label="Now" class="text">\s*Call', page)
    assert "14 days before the end of the phase “Call”, " in page
    assert '<time datetime="2019-02-15T08:00:00Z">15 Feb 2019, 09:00</time>' in page


def test_everything_that_happens_has_a_sentence_in_the_journal() -> None:
    noted = {
        kind for file in (Path(__file__).parents[3] / "engine/cycle").glob("*.py")
        for kind in re.findall(r'\.note\(\s*"([a-z ]+)"', file.read_text("utf-8"))
    }  # fmt: skip
    assert len(noted) > 50
    assert sorted(noted - SENTENCES.keys()) == []
