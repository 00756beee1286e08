"""Do staff see what is to be paid, record it once, bring a sheet of it, and does the applicant see what was paid?"""

import csv
import io
from collections.abc import Iterator

import pytest
from databases import fresh
from paid_grants import paid_grants
from sqlmodel import select
from visiting import APPLICANT, CALL, CHAIR, PEOPLE, ROUND, STAFF, Site, Visit, at

from engine.database.records import PaymentRow

LIST, NUMBER = f"/staff/{ROUND}/payments", "CI19-001"
DOSSIER = f"/staff/{ROUND}/dossiers/{NUMBER}"
ONE = f"{DOSSIER}/payments/support-1"
READING = at("2019-03-04 10:00")


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site(fresh(), at("2018-12-01 10:00"))
    site.cycle.open_round(paid_grants(), "2019", by=STAFF, now=site.now)
    for email, name, language, role, chair in PEOPLE:
        site.cycle.add_person(
            ROUND, email=email, name=name, language=language, role=role, chair=chair, by=STAFF, now=site.now
        )  # fmt: skip
    site.clock.instant = CALL
    assert site.handed_in() == NUMBER
    site.clock.instant = READING
    site.cycle.advance(site.now)
    yield site
    site.database.close()


def paid(site: Site) -> list[tuple[int, str, str, bool]]:
    with site.database.reading() as session:
        rows = session.exec(select(PaymentRow)).all()
        return [(row.cents, row.day, row.reference, row.taken_back_at is None) for row in rows]


def fields(visit: Visit, **given: str) -> dict[str, str]:
    page = visit.get(ONE).text
    hidden = {name: page.partition(f'name="{name}" value="')[2].partition('"')[0] for name in ("seen", "once")}
    return hidden | {"do": "record", "amount": "15.000", "day": "2019-03-04", "reference": "Bank 7"} | given


def test_staff_see_what_is_to_be_paid_and_record_it_in_parts_and_once(site: Site) -> None:
    visit = site.visit(STAFF)
    page = visit.get(LIST).text
    assert ("Support is paid" in page, "€20,000" in page, "To be paid 1" in page) == (True, True, True)
    assert "€20,000" in visit.get(DOSSIER).text
    given = fields(visit)
    assert [visit.post(ONE, given, on=ONE).status_code for _ in range(2)] == [303, 303]
    assert paid(site) == [(1_500_000, "2019-03-04", "Bank 7", True)]
    assert 'name="amount" inputmode="decimal" value="5000"' in visit.get(ONE).text
    more = visit.post(ONE, fields(visit, amount="5000.01"), on=ONE)
    assert (more.status_code, "€5,000.01 is more than the €5,000 that are left." in more.text) == (422, True)
    assert 'value="5000.01"' in more.text
    nonsense = visit.post(ONE, fields(visit, day="soon"), on=ONE)
    assert (nonsense.status_code, "and the day as 2019-03-01" in nonsense.text) == (422, True)
    assert visit.post(ONE, fields(visit, amount="5000"), on=ONE).status_code == 303
    assert ("Paid 1" in visit.get(LIST).text, "Record a payment" in visit.get(ONE).text) == (True, False)


def test_a_mistake_is_taken_back_with_a_reason_and_owed_again(site: Site) -> None:
    visit = site.visit(STAFF)
    visit.post(ONE, fields(visit), on=ONE)
    for reason, status in (("", 422), ("another account", 303)):
        sent = visit.post(ONE, {"do": "take back", "payment": "1", "reason": reason}, on=ONE)
        assert sent.status_code == status
    assert paid(site) == [(1_500_000, "2019-03-04", "Bank 7", False)]
    assert "taken back by Els Peeters: another account" in visit.get(ONE).text
    assert visit.post(ONE, {"do": "take back", "payment": "9", "reason": "x"}, on=ONE).status_code == 404
    assert visit.get(f"{DOSSIER}/payments/support-2").status_code == 404


def test_the_sheet_goes_to_the_bank_and_comes_back_whole_or_not_at_all(site: Site) -> None:
    visit = site.visit(STAFF)
    text = visit.get(f"{LIST}.csv?show=to-pay").text.removeprefix("\ufeff")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["dossier"], row["promise"], row["amount"], row["day"], row["last_day"]) == (
        NUMBER, "support", "20000", "", "2019-03-07"
    )
    filled = text.replace("20000,,", "20000,2019-03-04,B1")

    def bring(content: str) -> tuple[int, str]:
        page = visit.get(LIST).text
        csrf = page.partition('name="csrf" value="')[2].partition('"')[0]
        sent = visit.client.post(
            LIST, data={"csrf": csrf}, files={"sheet": ("paid.csv", content.encode(), "text/csv")},
            headers={"origin": "http://testserver"},
        )  # fmt: skip
        return sent.status_code, sent.text

    wrong = bring(filled + filled.splitlines()[1].replace("20000,2019", "1,2019") + "\r\n")
    assert (wrong[0], "Nothing of the sheet was recorded:" in wrong[1], paid(site)) == (422, True, [])
    assert "Line 3: €1 is more than the €0 that are left." in wrong[1]
    assert (bring("a,b\r\n1,2\r\n")[0], bring("")[0]) == (422, 422)
    assert [bring(filled)[0], bring(filled)[0]] == [303, 303]
    assert paid(site) == [(2_000_000, "2019-03-04", "B1", True)]


def test_the_applicant_sees_what_is_to_be_paid_and_what_was(site: Site) -> None:
    applicant, here = site.visit(APPLICANT), f"/dossier/{ROUND}/{NUMBER}"
    assert "€20,000, by 7 March 2019" in applicant.get(here).text
    visit = site.visit(STAFF)
    visit.post(ONE, fields(visit, amount="20000"), on=ONE)
    page = applicant.get(here).text
    assert ("Paid: €20,000 on 4 March 2019 (Bank 7)" in page, "To be paid" in page) == (True, False)


def test_what_is_late_is_on_the_list_of_today_and_staff_alone_see_these_pages(site: Site) -> None:
    visit = site.visit(STAFF)
    assert "1 payment is due this week" in visit.get("/staff").text
    site.clock.instant = at("2019-03-12 10:00")
    site.cycle.advance(site.now)
    visit = site.visit(STAFF)
    assert "1 payment is late" in visit.get("/staff").text
    assert "Late 1" in visit.get(f"{LIST}?show=late").text
    for path in (LIST, f"{LIST}.csv", ONE):
        assert site.visit(CHAIR).get(path).status_code == 404
