"""Do staff see all of a dossier, do what may be done with it, and tell each other what they know?"""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import select
from visiting import (
    APPLICANT,
    CHAIR,
    CONTACT,
    FOURTH,
    MEMBER,
    OBSERVER,
    PDF,
    ROUND,
    SENDER,
    STAFF,
    Site,
    Visit,
    at,
)

from engine.cycle import Imported, Upload
from engine.database.records import AnswerRow, ContactRow, NoteRow, NotificationRow
from notifications.postman import Postman
from notifications.rendering import Renderer
from notifications.transport import Mailbox

AT = f"/staff/{ROUND}"
TABS = ("", "/answers", "/documents", "/scores", "/letters", "/timeline", "/journal")
READING = at("2019-03-09 10:00")
SECOND = "tim@impuls.example"
NAUGHTY = "<script>alert(1)</script> {{ 7*7 }} ' OR 1=1 -- \u202e Ω 🎻"


@pytest.fixture
def number(site: Site) -> str:
    """A dossier in preselection, on which one member has given marks and another has a conflict."""
    made = site.handed_in()
    site.clock.instant = READING
    site.cycle.advance(site.now)
    site.cycle.declare_clear(ROUND, made, by=MEMBER, now=site.now)
    marks = dict.fromkeys(("participation", "artistic", "learning"), 8)
    site.cycle.score(ROUND, made, marks, by=MEMBER, now=site.now)
    site.cycle.recommend(ROUND, made, "Warm en helder.", by=MEMBER, now=site.now, advises="shortlist")
    site.cycle.declare_conflict(ROUND, made, by=FOURTH, now=site.now, reason="Mijn broer.")
    return made


def words(answer: Any) -> str:
    """What a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def rows(site: Site, table: Any) -> list[Any]:
    with site.database.reading() as session:
        return list(session.exec(select(table)).all())


@contextmanager
def questions(site: Site) -> Iterator[list[str]]:
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    for engine in {site.database.reader, site.database.writer}:
        sa.event.listen(engine, "before_cursor_execute", note)
    yield asked
    for engine in {site.database.reader, site.database.writer}:
        sa.event.remove(engine, "before_cursor_execute", note)


def brought(site: Site, state: str, email: str = "bo@huis.example") -> str:
    """A dossier that staff bring in, in that state."""
    received = None if state == "draft" else 1
    row = Imported("Huis", email, "Bo", "nl", state=state, received_at=received)
    (number,) = site.cycle.import_dossiers(ROUND, [row], by=STAFF, now=site.now)
    return str(number)


def staff(site: Site) -> Visit:
    return site.visit(STAFF)


# ── What is there to be seen ────────────────────────────────────────────────


def test_every_tab_says_what_belongs_to_it(site: Site, number: str) -> None:
    visit, said = staff(site), {}
    for tab in TABS:
        answer = visit.get(f"{AT}/dossiers/{number}{tab}")
        assert answer.status_code == 200, tab
        assert answer.text.count("<h1") == 1
        assert answer.text.count('aria-current="page"') == 2  # the tab, and the place at the side
        said[tab] = words(answer)
    assert "Werk van De Brug" in said[""]
    assert "20,000" in said[""]
    assert "This is what was handed in: nothing has changed since." in said["/answers"]
    assert "Samen koken en vertellen." in said["/answers"]
    assert "plan.pdf" in said["/documents"]
    assert "Mijn broer." in said["/scores"]
    assert "1 of 3" in said["/scores"]
    assert "in preselection" in said["/letters"]
    assert "Became “Submitted”." in said["/journal"]
    assert "State: Draft → Submitted" in said["/journal"]


def test_what_happens_next_by_itself_is_said_with_its_day_and_its_letters(site: Site, number: str) -> None:
    visit = staff(site)
    before = words(visit.get(f"{AT}/dossiers/{number}"))
    assert "It stays where it is until somebody acts." in before
    assert "None stands on this dossier" in before
    site.cycle.verdict(ROUND, number, "shortlist", by=CHAIR, now=site.now)
    after = words(visit.get(f"{AT}/dossiers/{number}"))
    assert "On Sunday 31 March 2019, 09:00 (Brussels): It becomes “Invited to pitch”." in after
    assert "“invited to pitch” to those who speak for it" in after




def test_a_draft_lapses_by_itself_and_its_own_date_counts(site: Site) -> None:
    number = site.draft(complete=False)
    said = words(staff(site).get(f"{AT}/dossiers/{number}"))
    assert "On Friday 1 March 2019, 24:00 (Brussels): It becomes “Not submitted”." in said
    assert "4 answers are missing" in said or "5 answers are missing" in said


def test_only_moves_that_the_machine_allows_are_offered_and_others_say_why(site: Site, number: str) -> None:
    said = words(staff(site).get(f"{AT}/dossiers/{number}"))
    assert "Invited to pitch" in said
    assert "Stopped early" not in said  # not from here
    other = brought(site, "lapsed")
    said = words(staff(site).get(f"{AT}/dossiers/{other}"))
    assert "Nothing is for the staff or a committee to decide in this state." in said


def test_what_was_changed_after_it_was_handed_in_is_shown_beside_what_it_was(site: Site) -> None:
    number = site.handed_in()
    with site.database.transaction() as session:
        first = session.exec(select(AnswerRow).where(AnswerRow.question == "partner")).one()
        session.add(
            AnswerRow(
                dossier_id=first.dossier_id, question="partner", version=9, value="Stad Gent",
                given_at=site.now + 60_000_000, given_by=first.given_by,
            )
        )  # fmt: skip
    said = words(staff(site).get(f"{AT}/dossiers/{number}/answers"))
    assert "1 answer has changed since it was handed in." in said
    assert "When it was handed in: OCMW Stad Gent" in said


def test_one_goes_from_dossier_to_dossier_in_the_round_or_among_those_in_a_state(site: Site) -> None:
    one, draft, two = site.handed_in("a@x.example"), site.draft("b@x.example"), site.handed_in("c@x.example")
    visit = staff(site)
    assert f'href="{AT}/dossiers/{draft}" rel="next"' in visit.get(f"{AT}/dossiers/{one}").text
    inside = visit.get(f"{AT}/dossiers/{one}?state=submitted").text
    assert f'href="{AT}/dossiers/{two}?state=submitted" rel="next"' in inside
    assert f'href="{AT}/dossiers/{one}/answers?state=submitted"' in inside
    assert 'rel="prev"' not in inside


@pytest.mark.parametrize("tab", ["", "/scores", "/timeline"])
def test_a_page_asks_no_more_of_the_database_for_more_dossiers(site: Site, number: str, tab: str) -> None:
    visit, counted = staff(site), []
    for more in range(2):
        visit.get(f"{AT}/dossiers/{number}{tab}")
        with questions(site) as asked:
            visit.get(f"{AT}/dossiers/{number}{tab}")
        counted.append(len(asked))
        for place in range(3 * (1 - more)):
            brought(site, "in_preselection", f"huis{place}@x.example")
    assert counted[0] == counted[1]


@pytest.mark.parametrize("email", [APPLICANT, CHAIR, MEMBER, OBSERVER])
def test_nobody_else_finds_the_pages(site: Site, number: str, email: str) -> None:
    visit = site.visit(email)
    assert {visit.get(f"{AT}/dossiers/{number}{tab}").status_code for tab in TABS} == {404}


def test_a_letter_is_shown_as_its_reader_gets_it(site: Site, number: str) -> None:
    visit = staff(site)
    listed = visit.get(f"{AT}/dossiers/{number}/letters").text
    letter = re.findall(rf'href="{AT}/dossiers/{number}/letters/(\d+)"', listed)[0]
    page = visit.get(f"{AT}/dossiers/{number}/letters/{letter}")
    assert "sandbox" in page.text
    frame = visit.get(f"{AT}/dossiers/{number}/letters/{letter}/page")
    assert "sandbox" in frame.headers["content-security-policy"]
    assert '<html lang="nl"' in frame.text
    assert visit.get(f"{AT}/dossiers/{number}/letters/999999").status_code == 404
    other = brought(site, "draft")
    assert visit.get(f"{AT}/dossiers/{other}/letters/{letter}").status_code == 404


# ── Acts ────────────────────────────────────────────────────────────────────


@pytest.fixture
def awarded(site: Site) -> str:
    """A dossier that was brought in as awarded."""
    site.clock.instant = at("2019-06-01 10:00")
    site.cycle.advance(site.now)
    return brought(site, "awarded", APPLICANT)


def test_an_act_says_its_consequences_first_and_is_then_done_once(site: Site, awarded: str) -> None:
    visit, page = staff(site), f"{AT}/dossiers/{awarded}/act/stop"
    said = words(visit.get(page))
    assert "The dossier becomes “Stopped early”." in said
    assert "1 letter “stopped” goes to those who speak for it (nl 1)" in said
    assert "stopped" not in [row.letter for row in rows(site, NotificationRow)]
    assert visit.post(page, {"once": "k"}, on=page).status_code == 422  # without a reason
    for _ in range(2):
        assert visit.post(page, {"reason": "Zij stoppen.", "once": "k"}, on=page).status_code == 303
    assert [row.letter for row in rows(site, NotificationRow)].count("stopped") == 1
    assert "Became “Stopped early”." in words(visit.get(f"{AT}/dossiers/{awarded}/journal"))


def test_an_act_that_is_not_possible_says_why_and_does_nothing(site: Site, number: str) -> None:
    visit, page = staff(site), f"{AT}/dossiers/{number}/act/stop"
    assert "This cannot be done now" in words(visit.get(page))
    assert visit.post(page, {"reason": "x"}, on=page).status_code == 409
    assert visit.get(f"{AT}/dossiers/{number}/act/shortlist").status_code == 404  # a verdict
    assert visit.get(f"{AT}/dossiers/{number}/act/withdraw").status_code == 404  # the applicant's
    assert visit.get(f"{AT}/dossiers/{number}/act/nothing").status_code == 404


def test_the_second_of_two_who_act_is_told_what_the_first_did_and_nothing_is_overwritten(
    site: Site, awarded: str
) -> None:
    site.cycle.add_person(ROUND, email=SECOND, name="Tim", language="nl", role="staff", by=STAFF, now=site.now)
    visit, page = staff(site), f"{AT}/dossiers/{awarded}/act/stop"
    seen = re.findall(r'name="seen" value="(\d+)"', visit.get(page).text)[0]
    site.cycle.excuse(ROUND, awarded, "kick_off", reason="Ziek", by=SECOND, now=site.now)
    answer = visit.post(page, {"reason": "Zij stoppen.", "seen": seen, "once": "k"}, on=page)
    assert answer.status_code == 409
    said = words(answer)
    assert "Nothing was overwritten: 10:00 Tim (tim@impuls.example): Excused: Kick-off (mandatory) 1." in said
    assert "Zij stoppen.</textarea>" in answer.text
    assert "stopped" not in [row.letter for row in rows(site, NotificationRow)]
    again = re.findall(r'name="seen" value="(\d+)"', answer.text)[0]
    assert visit.post(page, {"reason": "Zij stoppen.", "seen": again, "once": "k"}, on=page).status_code == 303
    here = f"{AT}/dossiers/{awarded}"
    old = visit.post(f"{here}/people", {"email": "jo@brug.example", "seen": seen}, on=here)
    assert (old.status_code, "jo@brug.example" in old.text) == (409, True)


def test_who_came_and_what_is_excused_is_recorded(site: Site, awarded: str) -> None:
    visit, here = staff(site), f"{AT}/dossiers/{awarded}"
    page = f"{here}/excuse/kick_off-1"
    answer = visit.post(page, {"reason": ""}, on=page)
    assert (answer.status_code, "Write down the reason." in words(answer)) == (422, True)
    site.clock.instant = at("2019-06-20 18:00")
    visit = staff(site)
    page = f"{here}/attend/kick_off"
    assert visit.post(page, {"do": "attend"}, on=page).headers["location"] == here
    assert "Came to: Kick-off" in words(visit.get(f"{here}/journal"))
    assert visit.post(page, {"do": "attend"}, on=page).status_code == 409
    assert visit.get(f"{here}/attend/dancing").status_code == 404


def test_what_came_by_post_is_handed_in_by_staff(site: Site) -> None:
    site.clock.instant = at("2020-08-01 10:00")
    site.cycle.advance(site.now)
    number = brought(site, "in_rollout")
    visit, page = staff(site), f"{AT}/dossiers/{number}/deliver/interim_report"
    assert visit.post(page, {"once": "k"}, on=page).status_code == 422
    files = {"a-report": ("verslag.pdf", PDF, "application/pdf")}
    assert visit.post(page, {"once": "k"}, on=page, files=files).status_code == 303
    assert "Handed in: Annual interim report." in words(visit.get(f"{AT}/dossiers/{number}/journal"))


def test_somebody_comes_to_speak_for_it_and_leaves_again(site: Site, number: str) -> None:
    visit, here = staff(site), f"{AT}/dossiers/{number}"
    wrong = visit.post(f"{here}/people", {"email": "no address", "name": "X"}, on=here)
    assert (wrong.status_code, 'value="no address"' in wrong.text) == (422, True)
    assert visit.post(f"{here}/people", {"email": "Jo@brug.example", "language": "fr"}, on=here).status_code == 303
    assert len(rows(site, ContactRow)) == 2
    assert rows(site, NotificationRow)[-1].letter == "co-applicant"
    for email, status in (("jo@brug.example", 303), (APPLICANT, 409)):
        assert visit.post(f"{here}/people/remove", {"email": email}, on=here).status_code == status
    assert len(rows(site, ContactRow)) == 1


# ── Notes ───────────────────────────────────────────────────────────────────


def test_a_note_is_kept_changed_and_removed(site: Site, number: str) -> None:
    visit, here = staff(site), f"{AT}/dossiers/{number}"
    for _ in range(2):
        assert visit.post(f"{here}/notes", {"words": NAUGHTY, "once": "k"}, on=here).status_code == 303
    (row,) = rows(site, NoteRow)
    page = visit.get(here)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }}" in page.text
    assert "<script>alert" not in page.text
    note = f"{here}/notes/{row.id}"
    assert visit.post(note, {"words": "Zij schreven."}, on=note).status_code == 303
    assert visit.post(note, {"do": "remove"}, on=note).status_code == 409  # it was changed meanwhile
    note = f"{here}/notes/{row.id + 1}"
    assert visit.post(note, {"do": "remove"}, on=note).status_code == 303
    assert "1 note was removed" in words(visit.get(here))
    assert visit.post(f"{here}/notes", {"words": " "}, on=here).status_code == 422
    assert visit.get(f"{here}/notes/999").status_code == 404


def test_the_second_of_two_is_told_what_stands_there_and_keeps_what_was_typed(site: Site, number: str) -> None:
    site.cycle.add_person(ROUND, email=SECOND, name="Tim", language="nl", role="staff", by=STAFF, now=site.now)
    mine, other, here = staff(site), site.visit(SECOND), f"{AT}/dossiers/{number}"
    mine.post(f"{here}/notes", {"words": "Zij belden."}, on=here)
    note = f"{here}/notes/{rows(site, NoteRow)[0].id}"
    assert other.post(note, {"words": "Tim belde terug."}, on=note).status_code == 303
    answer = mine.post(note, {"words": "Niemand belde."}, on=here)
    assert answer.status_code == 409
    said = words(answer)
    assert "Tim has changed this note meanwhile. Nothing was overwritten." in said
    assert "Tim belde terug." in said
    assert "Niemand belde.</textarea>" in answer.text
    assert [row.words for row in rows(site, NoteRow) if row.ended_at is None] == ["Tim belde terug."]


# ── Messages ────────────────────────────────────────────────────────────────


def typed(*numbers: str, do: str = "send", **more: str) -> dict[str, Any]:
    return {"number": list(numbers), "subject-nl": "Open dag", "text-nl": "Kom **kijken**.", "do": do, **more}


def test_a_message_is_seen_first_and_then_sent_once_to_all(site: Site, number: str) -> None:
    other = brought(site, "draft")
    visit, page = staff(site), f"{AT}/message?number={number}&number={other}"
    assert "To 2 dossiers" in words(visit.get(page))
    seen = visit.post(f"{AT}/message", typed(number, other, do="preview"), on=page)
    assert "Beste Bo," in words(seen)
    assert "Kom kijken." in words(seen)
    assert not [row for row in rows(site, NotificationRow) if row.letter == "staff-message"]
    frame = visit.post(f"{AT}/message/page", typed(number, language="nl"), on=page)
    assert "<strong" in frame.text
    assert "sandbox" in frame.headers["content-security-policy"]
    for _ in range(2):
        assert visit.post(f"{AT}/message", typed(number, other, once="k"), on=page).status_code == 303
    sent = [row for row in rows(site, NotificationRow) if row.letter == "staff-message"]
    assert sorted(row.address for row in sent) == [APPLICANT, "bo@huis.example"]
    assert "Message sent: “Open dag”." in words(visit.get(f"{AT}/dossiers/{number}/journal"))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"subject-nl": "", "text-nl": ""}, "Write a subject and a text."),
        ({"text-nl": ""}, "The message lacks its text."),
        ({"subject-nl": "s" * 121}, "A subject has 120 characters at most."),
        ({"text-nl": "[x](http://evil.example)"}, "A link in the text leads nowhere from a letter"),
    ],
)
def test_a_message_that_will_not_do_is_shown_again_with_all_that_was_typed(
    site: Site, number: str, fields: dict[str, str], sentence: str
) -> None:
    visit, page = staff(site), f"{AT}/message?number={number}"
    for do in ("preview", "send"):
        answer = visit.post(f"{AT}/message", {**typed(number, do=do), **fields}, on=page)
        assert (answer.status_code, sentence in words(answer)) == (422, True)
    assert not [row for row in rows(site, NotificationRow) if row.letter == "staff-message"]


def test_naughty_texts_are_sent_as_they_are_and_run_nowhere(site: Site, number: str) -> None:
    visit, page = staff(site), f"{AT}/message?number={number}"
    fields = {"subject-nl": NAUGHTY, "text-nl": NAUGHTY}
    seen = visit.post(f"{AT}/message", {**typed(number, do="preview"), **fields}, on=page)
    assert "<script>alert" not in seen.text
    frame = visit.post(f"{AT}/message/page", {**typed(number, language="nl"), **fields}, on=page)
    assert "<script>alert" not in frame.text
    assert visit.post(f"{AT}/message", {**typed(number), **fields}, on=page).status_code == 303


def test_what_is_missing_is_asked_for_in_the_readers_language(site: Site, number: str) -> None:
    draft = brought(site, "draft")
    site.cycle.add_contact(ROUND, draft, email="lou@huis.example", name="Lou", language="fr", by=STAFF, now=site.now)
    visit, page = staff(site), f"{AT}/message?number={draft}&number={number}&asks=1"
    begun = visit.get(page)
    assert "Nothing is missing from these, and they get no letter:" in words(begun)
    assert 'lang="fr"' in begun.text
    fields = {
        "number": [draft, number], "asks": "1", "do": "preview", "subject-nl": "Nog iets", "text-nl": "Graag nog dit.",
        "subject-fr": "Il manque", "text-fr": "Merci d’envoyer ceci.",
    }
    seen = words(visit.post(f"{AT}/message", fields, on=page))
    assert "- Naam van het traject" in seen
    assert "Il manque encore dans votre dossier" in seen


def test_a_message_about_nothing_is_no_page(site: Site, number: str) -> None:
    visit = staff(site)
    for query in ("", "?number=CI19-999", f"?number={number}&number=x"):
        assert visit.get(f"{AT}/message{query}").status_code == 404


def test_an_applicant_finds_the_message_under_the_letters_of_the_dossier(site: Site, number: str) -> None:
    visit, page = staff(site), f"{AT}/message?number={number}"
    visit.post(f"{AT}/message", typed(number), on=page)
    mailbox = Mailbox(site.clock)
    postman = Postman(site.database, mailbox, Renderer(CONTACT), sender=SENDER, shelf=site.shelf)
    asyncio.run(postman.deliver(site.clock))
    assert "Open dag" in words(site.visit(APPLICANT).get(f"/dossier/{ROUND}/{number}/messages"))
    threads = [re.findall(rb"^References: (\S+)", one.raw, re.MULTILINE) for one in mailbox.letters
               if one.recipient == APPLICANT]  # fmt: skip
    assert len(threads) > 1
    assert threads == [threads[0]] * len(threads)  # one thread: that of the dossier


def test_a_file_can_be_taken_from_the_list_of_documents(site: Site, number: str) -> None:
    visit = staff(site)
    page = visit.get(f"{AT}/dossiers/{number}/documents").text
    (href,) = set(re.findall(r'href="(/dossier/[^"]+/file/[^"]+)"', page))
    assert visit.get(href).content == PDF
    assert Upload("plan.pdf", PDF).digest in page
