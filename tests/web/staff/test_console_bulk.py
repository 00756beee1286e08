"""Do staff see what moving several dossiers causes before they do it, and undo it from any page afterwards?"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from databases import BOTH, fresh_on
from sqlmodel import col, select
from visiting import ROUND, STAFF, Site, Visit, put_round

from engine.database.records import BatchRow, DossierRow, ExcuseRow, NotificationRow

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
HERE = f"/staff/{ROUND}"
ACT, ACTS = f"{HERE}/act", f"{HERE}/acts"
SECOND = "mia@impuls.example"
MINUTE = 60_000_000


def brought_in(site: Site, count: int, state: str = "in_rollout", language: str = "nl") -> list[str]:
    """Dossiers that staff bring in, further on."""
    return [
        site.cycle.start_dossier(
            ROUND, organisation=f"Huis {state} {place}", email=f"{language}{place}.{state}@huis.example",
            name=f"Indiener {place}", language=language, by=STAFF, now=site.now, state=state,
        )
        for place in range(count)
    ]  # fmt: skip


@contextmanager
def counting(site: Site) -> Iterator[list[str]]:
    """The questions that are put to the database meanwhile."""
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    for engine in {site.database.reader, site.database.writer}:
        sa.event.listen(engine, "before_cursor_execute", note)
    yield asked
    for engine in {site.database.reader, site.database.writer}:
        sa.event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def els(site: Site) -> Visit:
    return site.visit(STAFF)


def send(visit: Visit, path: str, fields: Any) -> Any:
    """Send a form that is at hand, with its own token."""
    return visit.client.post(path, data=fields, headers={"sec-fetch-site": "same-origin"})


def choose(visit: Visit, numbers: list[str], **more: Any) -> Any:
    return visit.post(ACT, {"number": numbers, **more}, on=HERE)


def form_on(page: Any) -> dict[str, Any]:
    """What the form sends that does what a page of consequences shows."""
    form = page.text.partition('/act/do"')[2].partition("</form>")[0]
    return {name: unescape(value) for name, value in HIDDEN.findall(form)}


def moved(visit: Visit, numbers: list[str], reason: str = "The house has closed", **more: Any) -> Any:
    """See what it causes, and do it."""
    fields = form_on(choose(visit, numbers, transition="stop"))
    return send(visit, f"{ACT}/do", {**fields, "reason": reason, **more})


def states(site: Site) -> dict[str, str]:
    with site.database.reading() as session:
        return dict(session.exec(select(DossierRow.number, DossierRow.state).order_by(col(DossierRow.number))).all())


def rows(site: Site, table: Any) -> list[Any]:
    with site.database.reading() as session:
        return list(session.exec(select(table)).all())


def test_what_can_be_done_for_all_is_offered_and_what_not_says_why(site: Site, els: Visit) -> None:
    going, elsewhere = brought_in(site, 2), brought_in(site, 1, "completed")
    page = choose(els, going)
    assert page.status_code == 200
    assert "2 dossiers chosen" in page.text
    assert 'class="choice" type="submit"><b>Stopped early' in page.text
    mixed = choose(els, [*going, *elsewhere]).text
    assert "No move is possible for all of them." in mixed
    assert "1 of 3: The dossier is “Completed” now: this is not possible from there." in mixed
    assert "Only the 2 that can" in mixed


def test_everything_that_would_follow_is_shown_and_nothing_is_done(site: Site, els: Visit) -> None:
    numbers = [*brought_in(site, 2), *brought_in(site, 1, language="fr")]
    before = states(site)
    page = choose(els, numbers, transition="stop").text
    assert "3 dossiers become “Stopped early”" in page
    for number in numbers:
        assert f">{number}</a>" in page
    assert "3 letters “stopped”" in page
    assert re.search(r"Dutch 2<span.*French 1<span", page)
    assert "The dossiers end there: nothing more is asked of them." in page
    assert "for 10 minutes, until the first letter leaves" in page
    assert (states(site), rows(site, BatchRow)) == (before, [])


def test_a_letter_of_it_can_be_read_before_it_is_written(site: Site, els: Visit) -> None:
    (number,) = brought_in(site, 1, language="fr")
    page = choose(els, [number], transition="stop").text
    (href,) = re.findall(rf'href="({ACT}/letter[^"]+)"', page)
    shown = els.get(href.replace("&amp;", "&"))
    assert shown.status_code == 200
    assert number in shown.text
    assert 'lang="fr"' in shown.text
    framed = els.get(href.replace("&amp;", "&").replace("/letter?", "/letter/page?"))
    assert "sandbox" in framed.headers["content-security-policy"]
    assert number in framed.text
    assert rows(site, BatchRow) == []
    for other in (f"number={number}&transition=stop&letter=stopped&role=applicant&language=nl",
                  "number=IP19-999&transition=stop&letter=stopped&role=applicant&language=fr",
                  f"number={number}&transition=praise&letter=stopped&role=applicant&language=fr",
                  f"number={number}&transition=complete&letter=completed&role=applicant&language=fr", ""):  # fmt: skip
        assert els.get(f"{ACT}/letter?{other}").status_code == 404


def test_it_is_done_and_the_banner_stands_on_every_page_until_it_is_undone(site: Site, els: Visit) -> None:
    numbers = brought_in(site, 3)
    done = moved(els, numbers)
    assert (done.status_code, done.headers["location"]) == (303, HERE)
    assert set(states(site).values()) == {"stopped"}
    for path in (HERE, f"{HERE}/dossiers", f"{HERE}/timeline", ACTS):
        page = els.get(path).text
        assert "Moved 3 dossiers to “Stopped early”. 3 letters leave at 10:10." in page, path
    undone = els.post(f"{ACTS}/1/undo", {}, on=ACTS)
    assert undone.status_code == 303
    page = els.get(ACTS).text
    assert "Undone: the dossiers are back where they were, and no letter leaves." in page
    assert "3 letters were cancelled." in page
    assert "leave at" not in page
    assert set(states(site).values()) == {"in_rollout"}
    # twice counts once
    assert els.post(f"{ACTS}/1/undo", {}, on=ACTS).status_code == 303


def test_letters_can_be_sent_at_once_and_then_it_is_not_undone(site: Site, els: Visit) -> None:
    moved(els, brought_in(site, 1))
    assert els.post(f"{ACTS}/1/send", {}, on=ACTS).status_code == 303
    assert [row.next_try_at for row in rows(site, NotificationRow) if row.batch_id] == [site.now]
    page = els.post(f"{ACTS}/1/undo", {}, on=ACTS)
    assert page.status_code == 409
    assert "Somebody let the letters leave" in page.text
    assert "Undo<" not in els.get(HERE).text


def test_after_the_first_letter_has_left_it_says_which_and_when(site: Site, els: Visit) -> None:
    (number,) = brought_in(site, 1)
    moved(els, [number])
    with site.database.transaction() as session:
        letter = session.exec(select(NotificationRow).where(col(NotificationRow.batch_id).is_not(None))).one()
        letter.status, letter.ended_at, letter.attempts = "sent", site.now + 10 * MINUTE, 1
    site.clock.instant += 11 * MINUTE
    page = els.post(f"{ACTS}/1/undo", {}, on=ACTS)
    assert page.status_code == 409
    assert "The letter “stopped” to nl0.in_rollout@huis.example left on" in page.text
    assert states(site)[number] == "stopped"


def test_any_of_the_staff_undoes_it_and_nobody_else(site: Site, els: Visit) -> None:
    site.cycle.add_person(ROUND, email=SECOND, name="Mia", language="nl", role="staff", by=STAFF, now=site.now)
    moved(els, brought_in(site, 1))
    assert site.visit("nl0.in_rollout@huis.example").post(f"{ACTS}/1/undo").status_code == 404
    assert site.visit(SECOND).post(f"{ACTS}/1/undo", {}, on=ACTS).status_code == 303
    assert "Undone by Mia" in els.get(ACTS).text


def test_dossiers_that_moved_meanwhile_are_told_with_what_changed_and_the_rest_goes_on(
    site: Site, els: Visit
) -> None:
    first, second, third = brought_in(site, 3)
    fields = form_on(choose(els, [first, second, third], transition="stop"))
    site.cycle.add_person(ROUND, email=SECOND, name="Mia", language="nl", role="staff", by=STAFF, now=site.now)
    site.cycle.act(ROUND, second, "stop", by=SECOND, now=site.now, reason="a quarrel")
    page = send(els, f"{ACT}/do", {**fields, "reason": "My own words, long thought about"})
    assert page.status_code == 409
    assert "1 thing has happened since you looked." in page.text
    assert "Became “Stopped early”." in page.text
    assert "Mia (mia@impuls.example)" in page.text
    assert "My own words, long thought about" in page.text
    assert states(site) == {first: "in_rollout", second: "stopped", third: "in_rollout"}
    again = page.text.partition("Go on with the other 2")[0].rpartition("<form")[2]
    fields = dict(HIDDEN.findall(again))
    assert fields["numbers"].split() == [first, third]
    shown = send(els, ACT, fields)
    assert "2 dossiers become" in shown.text
    assert "My own words, long thought about</textarea>" in shown.text
    assert send(els, f"{ACT}/do", {**form_on(shown), "reason": "closed"}).status_code == 303
    assert set(states(site).values()) == {"stopped"}


def test_who_may_not_move_any_more_is_left_out_and_told_why(site: Site, els: Visit) -> None:
    first, second = *brought_in(site, 1), *brought_in(site, 1, "completed")
    page = choose(els, [first, second], transition="stop").text
    assert "1 of those chosen will not move:" in page
    assert f"1: The dossier is “Completed” now: this is not possible from there. ({second})" in page
    assert form_on(choose(els, [first, second], transition="stop"))["numbers"] == first
    nobody = choose(els, [second], transition="stop").text
    assert "None of the dossiers can be moved so now." in nobody


def test_a_reason_that_is_asked_for_must_be_written(site: Site, els: Visit) -> None:
    numbers = brought_in(site, 1)
    page = moved(els, numbers, reason="  ")
    assert page.status_code == 422
    assert "Write the reason" in page.text
    assert rows(site, BatchRow) == []


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({}, 422, "Choose at least one dossier."),
        ({"number": "IP19-999"}, 404, ""),
        ({"number": "SG30-001", "transition": "stop"}, 404, ""),
        ({"numbers": "\n".join(f"IP19-{one}" for one in range(501))}, 422, "At most 500 dossiers"),
        ({"all": "1", "query": "state=completed"}, 422, "Choose at least one dossier."),
    ],
)
def test_a_choice_that_is_none_does_nothing(
    site: Site, els: Visit, fields: dict[str, Any], status: int, words: str
) -> None:
    brought_in(site, 1)
    page = els.post(ACT, fields, on=HERE)
    assert page.status_code == status
    assert words in page.text
    sent = els.post(f"{ACT}/do", {**fields, "transition": "stop", "reason": "x"}, on=HERE)
    assert sent.status_code in (404, 409, 422)
    assert rows(site, BatchRow) == []


@pytest.mark.parametrize("name", ["take_up", "shortlist", "withdraw", "praise", ""])
def test_what_is_no_move_of_staff_is_not_made(site: Site, els: Visit, name: str) -> None:
    numbers = brought_in(site, 1)
    page = els.post(f"{ACT}/do", {"number": numbers, "transition": name, "reason": "x"}, on=HERE)
    assert page.status_code in (404, 409, 422)
    assert set(states(site).values()) == {"in_rollout"}


@pytest.mark.parametrize("number", ["2", "0", "x", "9" * 30])
def test_an_act_that_is_not_there_is_neither_undone_nor_sent(site: Site, els: Visit, number: str) -> None:
    moved(els, brought_in(site, 1))
    assert [els.post(f"{ACTS}/{number}/{what}", {}, on=ACTS).status_code for what in ("undo", "send")] == [404, 404]


def test_all_that_match_are_chosen_by_the_filter_of_the_table(site: Site, els: Visit) -> None:
    numbers = brought_in(site, 3)
    brought_in(site, 2, "completed")
    page = els.post(ACT, {"all": "1", "query": "state=in_rollout&sort=-number"}, on=HERE).text
    assert "3 dossiers chosen" in page
    assert dict(HIDDEN.findall(page))["numbers"].split() == numbers


def test_something_else_is_done_on_its_own_page_with_the_numbers(site: Site, els: Visit) -> None:
    numbers = brought_in(site, 2)
    for do, path, name in (("message", "message", "number"), ("extend", "extend", "dossier"),
                           ("assign", "assign", "number")):  # fmt: skip
        gone = choose(els, numbers, do=do)
        query = "&".join(f"{name}={number}" for number in numbers)
        assert (gone.status_code, gone.headers["location"]) == (303, f"{HERE}/{path}?{query}")


def test_a_form_that_is_sent_twice_moves_once(site: Site, els: Visit) -> None:
    fields = {**form_on(choose(els, brought_in(site, 2), transition="stop")), "reason": "closed"}
    assert [send(els, f"{ACT}/do", fields).status_code for _ in range(2)] == [303, 303]
    assert len(rows(site, BatchRow)) == 1


def test_a_dossier_with_a_conflict_is_none_of_hers(site: Site, els: Visit) -> None:
    number, other = brought_in(site, 2, "in_rollout")
    site.cycle.move(ROUND, [number, other], "stop", by=STAFF, now=site.now, reason="Closed", undo_for=MINUTE)
    site.cycle.add_person(ROUND, email=STAFF, name="Els", language="nl", role="jury", by=STAFF, now=site.now)
    named = re.compile(r"/dossiers/(CI19-\d+)")
    assert sorted(set(named.findall(els.get(ACTS).text))) == [number, other]
    site.cycle.declare_conflict(ROUND, number, by=STAFF, now=site.now)
    assert choose(els, [number]).status_code == 404
    assert set(named.findall(els.get(ACTS).text)) == {other}


def test_the_pages_cost_the_same_however_many_are_chosen(site: Site, els: Visit) -> None:
    few, many = brought_in(site, 2, "completed"), brought_in(site, 12, "declined")
    counts = []
    for numbers in (few, many):
        fields = {"csrf": els.csrf(HERE), "number": numbers}
        with counting(site) as asked:
            assert send(els, ACT, fields).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
    moved(els, brought_in(site, 3))
    with counting(site) as once:
        els.get(ACTS)
    for _ in range(3):
        moved(els, brought_in(site, 1, "awarded"))
    with counting(site) as more:
        els.get(ACTS)
    assert len(once) == len(more)


# ── Two of the staff on one dossier ──────────────────────────────────────────


def test_the_second_of_two_on_one_dossier_is_told_what_the_first_did(site: Site, els: Visit) -> None:
    (number,) = brought_in(site, 1)
    site.cycle.add_person(ROUND, email=SECOND, name="Mia", language="nl", role="staff", by=STAFF, now=site.now)
    mia, page = site.visit(SECOND), f"{HERE}/dossiers/{number}/excuse/coaching-1"
    shown = [dict(HIDDEN.findall(visit.get(page).text.partition("console-main")[2])) for visit in (els, mia)]
    assert send(els, page, {**shown[0], "do": "excuse", "reason": "a birth"}).status_code == 303
    told = send(mia, page, {**shown[1], "do": "excuse", "reason": "An illness, as I heard"})
    assert told.status_code == 409
    assert "Els Peeters (els@impuls.example): Excused" in told.text
    assert "An illness, as I heard" in told.text
    with site.database.reading() as session:
        assert [row.reason for row in session.exec(select(ExcuseRow))] == ["a birth"]


def test_a_move_on_the_page_of_a_dossier_is_seen_first_and_can_be_undone(site: Site, els: Visit) -> None:
    (number,) = brought_in(site, 1)
    page = f"{HERE}/dossiers/{number}/act/stop"
    stale = dict(HIDDEN.findall(els.get(page).text.partition("console-main")[2]))
    assert els.post(page, {**stale, "reason": "closed"}, on=page).status_code == 303
    assert "Moved 1 dossier to “Stopped early”." in els.get(f"{HERE}/dossiers/{number}").text
    els.post(f"{ACTS}/1/undo", {}, on=ACTS)
    assert states(site) == {number: "in_rollout"}
    assert els.post(page, {**stale, "once": "another", "reason": "closed"}, on=page).status_code == 409


def _on(kind: str) -> list[str]:
    """What the pages say on one kind of database, from the choice to the undoing."""
    with fresh_on(kind) as database:
        put_round(database)
        site = Site(database)
        numbers = [*brought_in(site, 2), *brought_in(site, 1, "completed")]
        els = site.visit(STAFF)
        said = [choose(els, numbers).text, choose(els, numbers, transition="stop").text]
        said.append(moved(els, numbers[:2]).headers["location"])
        said.append(els.get(ACTS).text)
        # what is tried uses up numbers on PostgreSQL
        (number,) = set(re.findall(r"/acts/(\d+)/undo", said[-1]))
        els.post(f"{ACTS}/{number}/undo", {}, on=ACTS)
        said.append(els.get(ACTS).text)
        drawn = r'name="(csrf|once|seen)" value="[^"]+"|(?<=/acts/)\d+(?=/)|(?<=id="act-)\d+'
        return [re.sub(drawn, "", one) for one in said]


def test_the_pages_are_the_same_on_both_databases() -> None:
    on_sqlite, on_postgresql = map(_on, BOTH)
    assert on_sqlite == on_postgresql
    assert "Undone by" in on_sqlite[-1]
