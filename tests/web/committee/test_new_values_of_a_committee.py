"""Does a chair give a new value with her decision on the page, and see until when each dossier is scored?"""

from datetime import date

from as_they_come import CAME, CHAIR, DAY, KEY, LAST, MEMBER, STAFF, hand_in, neighbours, open_it
from databases import fresh
from sqlmodel import select
from visiting import Site

from engine.database.records import DossierRow
from engine.database.store import current_answers, the_id

HERE = f"/committee/{KEY}"


def before_the_board(now: int = CAME + 60_000_000) -> tuple[Site, str]:
    site = Site(fresh(), now)
    open_it(site.cycle, neighbours())
    number = hand_in(site.cycle, amount=450)
    site.cycle.score(KEY, number, {"worth": 8}, by=CHAIR, now=CAME + 1)
    site.cycle.declare_clear(KEY, number, by=CHAIR, now=CAME + 2)
    return site, number


def test_the_amount_is_asked_with_the_decision_and_the_page_says_what_is_wrong() -> None:
    site, number = before_the_board()
    visit = site.visit(CHAIR)
    path = f"{HERE}/{number}/verdict"
    page = visit.get(path).text
    assert ('value="450"' in page, "goes a new value" in page) == (True, True)
    label = page.partition('<label for="a-amount">')[2].partition("</label>")[0]
    assert label == "How much do you ask for?"  # it is needed with that decision: nothing says "optional"
    wrong = visit.post(path, {"decision": "grant", "a-amount": ""}, on=path)
    assert (wrong.status_code, "Fill this in." in wrong.text) == (422, True)
    assert visit.post(path, {"decision": "grant", "a-amount": "300"}, on=path).status_code == 303
    with site.database.reading() as session:
        (row,) = session.exec(select(DossierRow)).all()
        assert (row.state, current_answers(session, the_id(row))["amount"]) == ("granted", 300)


def test_a_decision_that_sets_nothing_asks_for_nothing() -> None:
    site, number = before_the_board()
    path = f"{HERE}/{number}/verdict"
    assert site.visit(CHAIR).post(path, {"decision": "decline", "a-amount": ""}, on=path).status_code == 303


def test_a_member_reads_until_when_her_dossier_is_scored_and_it_waits_for_her_no_longer() -> None:
    site, number = before_the_board(LAST - 3_600_000_000)
    assert "22 February 2030" in site.visit(CHAIR).get(f"{HERE}/{number}").text
    site.clock.instant = LAST + 1
    assert "Closed" in site.visit(CHAIR).get(f"{HERE}/{number}").text


def test_who_has_not_scored_a_dossier_whose_own_time_is_nearly_over_is_late_with_it() -> None:
    site, first = before_the_board(LAST - 8 * DAY)
    site.cycle.advance(site.now)
    second = hand_in(site.cycle, "bert", LAST - 8 * DAY)
    console = f"/staff/{KEY}/committee"

    def late() -> tuple[int, int, int]:
        sheet = site.visit(STAFF).get(f"{console}.csv").text
        of = [sum("late" in line for line in sheet.splitlines() if line.startswith(one)) for one in (first, second)]
        return site.visit(MEMBER).get(HERE).text.count("Closes soon"), *of

    assert late() == (0, 0, 0)
    site.clock.instant = LAST - 6 * DAY
    assert late() == (1, 1, 0)  # the chair has scored the first
    assert "late, not answered" in site.visit(STAFF).get(console).text
    assert "1 member is late with what is asked of her" in site.visit(STAFF).get("/staff").text
    site.cycle.extend(
        KEY, "reading within", date(2030, 3, 20), reason="rain", dossier=first, by=STAFF, now=site.now
    )
    assert late() == (0, 0, 0)
    assert "late with what is asked" not in site.visit(STAFF).get("/staff").text
    site.clock.instant = LAST + 8 * DAY
    assert late() == (1, 0, 2)  # neither the chair nor the member has scored the second
