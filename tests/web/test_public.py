"""What anybody sees: which calls are open, what one asks, its calendar."""

import re

import pytest
from icalendar import Calendar
from sqlmodel import col, select
from starlette.testclient import TestClient
from visiting import APPLICANT, BEFORE, CALL, LAST_DAY, MEMBER, ROUND, STAFF, Site, at

from engine.database.records import NotificationRow, SignInRow, SubscriptionRow
from engine.database.store import find_person, roles_of, the_id

PATH = f"/call/{ROUND}"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
"""what a mail program sends (RFC 8058)"""


@pytest.mark.parametrize(
    ("now", "says"),
    [
        (BEFORE, "Opens soon"),
        (CALL, "until Friday 1 March 2019, 24:00 (Brussels)"),
        (LAST_DAY, "10 minutes left"),
        (at("2019-03-02 00:00"), "Calls that are over"),
    ],
)
def test_the_start_page_says_where_each_call_stands(site: Site, now: int, says: str) -> None:
    site.clock.instant = now
    page = site.visit().get("/").text
    assert says in page
    assert f'href="{PATH}"' in page


def test_a_call_says_what_is_asked_by_when_and_whom_to_ask(site: Site) -> None:
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", site.visit(language="nl").get(PATH).text))
    for said in ("Cera Impulsprogramma 2019-2022", "Projectplan (pdf)", "Onafhankelijke selectiecommissie",
                 "Artistieke kwaliteit", "Els Peeters", "els@impuls.example", "24 januari 2019", "Gent"):  # fmt: skip
        assert said in page, said


def test_an_extension_for_all_is_on_the_page_and_in_the_calendar_at_once(site: Site) -> None:
    from datetime import date

    site.cycle.extend(ROUND, "call closes", date(2019, 3, 8), reason="Storing", by=STAFF, now=site.now)
    visit = site.visit()
    assert "Friday 8 March 2019, 24:00" in visit.get(PATH).text
    feed = Calendar.from_ical(visit.get(f"{PATH}/calendar.ics").content)
    days = {str(event["uid"]): event.end for event in feed.events}
    assert days[f"{ROUND}/deadline/submit@testserver"] == date(2019, 3, 9)


def test_the_calendar_of_a_round_stays_the_same_to_the_byte_while_nothing_changes(site: Site) -> None:
    first = site.visit().get(f"{PATH}/calendar.ics")
    site.handed_in()
    site.clock.instant = at("2019-02-01 10:00")
    second = site.visit().get(f"{PATH}/calendar.ics")
    assert first.headers["content-type"].startswith("text/calendar")
    assert first.content == second.content


def test_somebody_asks_to_be_told_and_not_to_be_told_any_more(site: Site) -> None:
    def roles() -> set[str]:
        with site.database.reading() as session:
            person = find_person(session, MEMBER)
            assert person is not None
            return {row.role for row in roles_of(session, 1, the_id(person))}

    visit = site.visit(MEMBER)
    assert visit.post(f"{PATH}/subscribe", {}, on=PATH).headers["location"] == PATH
    assert roles() == {"jury", "everyone"}
    assert "You will be told by mail." in visit.get(PATH).text
    assert visit.post(f"{PATH}/unsubscribe", {}, on=PATH).status_code == 303
    assert roles() == {"jury"}


def test_a_stranger_who_asks_to_be_told_says_first_which_address_is_theirs(site: Site) -> None:
    stranger = site.visit()
    wrong = stranger.post(f"{PATH}/subscribe", {"email": "nobody"}, on=f"{PATH}/subscribe")
    assert (wrong.status_code, "Enter an email address in the right form" in wrong.text) == (422, True)
    answer = stranger.post(f"{PATH}/subscribe", {"email": "New@public.example"}, on=f"{PATH}/subscribe")
    assert (answer.status_code, answer.headers["location"].startswith("/sign-in/")) == (303, True)
    assert subscriptions_of(site) == []
    with site.database.reading() as session:
        (asked,) = session.exec(select(SignInRow)).all()
        (letter,) = session.exec(select(NotificationRow)).all()
    assert (asked.email, asked.next, letter.letter) == ("new@public.example", f"{PATH}/subscribe", "sign-in")


def subscriptions_of(site: Site) -> list[tuple[str, bool]]:
    """(programme, whether it stands) of each subscription."""
    with site.database.reading() as session:
        rows = session.exec(select(SubscriptionRow).order_by(col(SubscriptionRow.id))).all()
        return [(row.programme, row.ended_at is None) for row in rows]


def test_who_has_followed_the_link_asks_with_one_button_and_ends_it_without_signing_in(site: Site) -> None:
    visit = site.visit(MEMBER)
    assert MEMBER in visit.get(f"{PATH}/subscribe").text
    assert subscriptions_of(site) == []
    assert visit.post(f"{PATH}/subscribe", {}, on=f"{PATH}/subscribe").status_code == 303
    with site.database.reading() as session:
        (letter,) = session.exec(select(NotificationRow).where(NotificationRow.letter == "subscribed")).all()
        stop = letter.facts["stop"].removeprefix("http://testserver")
    assert "Tell me no more" in site.visit().get(stop).text
    assert subscriptions_of(site) == [("cera-impuls", True)]
    for _ in range(2):  # without a page of ours, and perhaps twice
        answer = TestClient(site.app).post(stop, data=ONE_CLICK)
        assert (answer.status_code, "You will not be told any more." in answer.text) == (200, True)
    assert subscriptions_of(site) == [("cera-impuls", False)]
    with site.database.reading() as session:
        person = find_person(session, MEMBER)
        assert person is not None
        assert {row.role for row in roles_of(session, 1, the_id(person))} == {"jury"}
    assert site.visit().get("/told-no-more/somebody-elses").status_code == 404
    assert TestClient(site.app).post("/told-no-more/somebody-elses", data=ONE_CLICK).status_code == 404


def test_pages_come_in_the_language_that_is_asked_for(site: Site) -> None:
    visit = site.visit(language="de-DE, fr-BE;q=0.8, en;q=0.5")
    assert '<html lang="fr"' in visit.get("/").text
    assert '<html lang="nl"' in visit.get("/?lang=nl").text
    assert '<html lang="nl"' in visit.get("/").text, "chosen once, it stays"
    assert '<html lang="nl"' in visit.get("/?lang=xx").text
    own = site.visit(MEMBER, language="").get("/", headers={"accept-language": "en"}).text
    assert '<html lang="fr"' in own, "a person's own goes before the browser's"


def test_what_a_dossier_holds_shows_nowhere_in_public(site: Site) -> None:
    before = site.visit().get(PATH).text, site.visit().get("/").text
    site.handed_in(APPLICANT, "Geheim vzw")
    assert (site.visit().get(PATH).text, site.visit().get("/").text) == before


def test_another_language_leads_to_the_same_list(site: Site) -> None:
    page = site.visit(language="en").get("/?q=brug&q=hof&lang=fr").text
    assert 'href="/?q=brug&amp;q=hof&amp;lang=nl"' in page
