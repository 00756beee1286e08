"""How do people get a seat on the public pages, wait for one, take an offer, and give a seat back?"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from seated import SESSION, seated_site, sign_up
from sqlmodel import col, select
from visiting import ROUND, STAFF, Site, Visit, at

from engine.cycle.meetings import Sitting, as_sitting
from engine.database.records import MeetingRow, PersonRow, SeatRow
from engine.database.store import the_id
from web.signing_in import letters

MINE = "/meetings"


@pytest.fixture
def site() -> Iterator[Site]:
    site = seated_site()
    yield site
    site.database.close()


def states(site: Site) -> list[tuple[str, str]]:
    """(who, what they have), in the order in which it was received."""
    with site.database.reading() as session:
        rows = session.exec(
            select(PersonRow.email, SeatRow.state).join(SeatRow, col(SeatRow.person_id) == col(PersonRow.id))
            .order_by(col(SeatRow.asked_at), col(SeatRow.id))
        ).all()  # fmt: skip
    return [(email.partition("@")[0], state) for email, state in rows]


def seat_path(site: Site, who: str) -> str:
    with site.database.reading() as session:
        seat = session.exec(
            select(SeatRow).join(PersonRow, col(PersonRow.id) == col(SeatRow.person_id))
            .where(col(PersonRow.email) == f"{who}@public.example").order_by(col(SeatRow.id).desc())
        ).first()  # fmt: skip
        assert seat is not None
        return f"/call/{ROUND}/seats/{the_id(seat)}"


def words(page: Any) -> str:
    """What a page says in its middle, without its marks."""
    main = page.text.partition("<main")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def public(who: str) -> str:
    return f"{who}@public.example"


def test_a_page_says_how_many_seats_are_left_and_then_how_many_people_wait(site: Site) -> None:
    visit = site.visit()
    assert "2 of 2 seats left" in words(visit.get(SESSION))
    sign_up(site, "ann")
    assert "1 of 2 seats left" in words(visit.get(SESSION))
    sign_up(site, "bob")
    assert "Full: nobody waits yet" in words(visit.get(SESSION))
    sign_up(site, "cas", "dee")
    for path in (SESSION, f"/call/{ROUND}/meetings", f"/call/{ROUND}"):
        assert "Full: 2 people wait" in words(visit.get(path)), path


def test_a_stranger_gives_an_address_opens_the_link_and_confirms_with_one_button(site: Site) -> None:
    visit = site.visit()
    sent = visit.post(f"{SESSION}/sign-up", {"email": "Ann@Public.example", "name": "Ann Claes"}, on=SESSION)
    nonce = re.fullmatch(r"/sign-in/([\w-]+)", sent.headers["location"])
    assert nonce is not None
    assert states(site) == []  # an address that nobody has confirmed takes no seat
    code = site.office.keys.code(nonce[1])
    onward = visit.post(f"/sign-in/{nonce[1]}", {"code": code}, on=f"/sign-in/{nonce[1]}").headers["location"]
    assert onward == f"{SESSION}/sign-up?name=Ann+Claes"
    page = visit.get(onward)
    assert 'value="Ann Claes"' in page.text
    assert states(site) == []  # nor does opening the page
    once = re.search(r'name="once" value="([^"]+)"', page.text)
    assert once is not None
    for _ in range(2):
        done = visit.post(f"{SESSION}/sign-up", {"name": "Ann Claes", "once": once[1]}, on=SESSION)
        assert (done.status_code, done.headers["location"]) == (303, SESSION)
    assert states(site) == [("ann", "held")]
    assert "You have a seat" in words(visit.get(SESSION))
    assert visit.get(f"{SESSION}/sign-up").headers["location"] == SESSION


def test_what_is_no_address_is_said_and_nothing_typed_is_lost(site: Site) -> None:
    answer = site.visit().post(f"{SESSION}/sign-up", {"email": "no address", "name": "Ann"}, on=SESSION)
    assert answer.status_code == 422
    assert 'value="no address"' in answer.text
    assert 'value="Ann"' in answer.text
    assert "Enter an email address in the right form" in words(answer)


def test_what_fills_in_the_hidden_field_gets_no_letter_and_no_seat(site: Site) -> None:
    sent = site.visit().post(
        f"{SESSION}/sign-up", {"email": public("bot"), "website": "http://spam.example"}, on=SESSION
    )
    assert (sent.headers["location"], states(site)) == (SESSION, [])


def test_letters_to_one_address_are_limited_here_as_on_every_other_page(site: Site) -> None:
    visit = site.visit()
    came = [
        visit.post(f"{SESSION}/sign-up", {"email": public("ann")}, on=SESSION).status_code
        for _ in range(letters.MOST_AN_ADDRESS + 1)
    ]
    assert came == [303, 303, 303, 429]


def test_a_form_that_comes_after_the_session_is_over_is_kept(site: Site) -> None:
    sign_up(site, "ann")
    visit = site.visit(public("ann"))
    path = seat_path(site, "ann") + "/give-back"
    token = visit.csrf(path)
    site.clock.instant += 13 * 3_600_000_000
    sent = visit.post(path, {"csrf": token}, on="/sign-in")
    assert sent.headers["location"].startswith("/sign-in?next=")
    assert states(site) == [("ann", "held")]


def test_the_list_tells_each_their_place_and_an_offer_its_last_moment_and_two_buttons(site: Site) -> None:
    sign_up(site, "ann", "bob", "cas", "dee")
    dee = site.visit(public("dee"))
    assert "Waiting list, place 2" in words(dee.get(MINE))
    assert "Place 2" in words(dee.get(SESSION))
    ann = site.visit(public("ann"))
    path = seat_path(site, "ann") + "/give-back"
    assert "goes to the next on the list at once" in words(ann.get(path))
    assert ann.post(path, {}, on=path).headers["location"] == MINE
    assert "Given back" in words(ann.get(MINE))
    cas = site.visit(public("cas"))
    said = words(cas.get(MINE))
    assert "A seat is offered to you: Information session" in said
    assert "Answer until Friday 18 January 2019, 24:00 (Brussels)" in said
    assert "place 1" in words(dee.get(MINE))
    answer = seat_path(site, "cas") + "/answer"
    assert cas.post(answer, {"answer": "no"}, on=MINE).status_code == 303
    assert "You passed the seat on" in words(cas.get(MINE))
    assert dee.post(seat_path(site, "dee") + "/answer", {"answer": "yes"}, on=MINE).status_code == 303
    assert states(site) == [("ann", "given back"), ("bob", "held"), ("cas", "refused"), ("dee", "held")]


def test_nobody_answers_or_gives_back_for_somebody_else(site: Site) -> None:
    sign_up(site, "ann", "bob", "cas")
    bob = site.visit(public("bob"))
    for path in (seat_path(site, "ann") + "/give-back", seat_path(site, "cas") + "/answer"):
        assert bob.post(path, {"answer": "yes"}, on=MINE).status_code == 404
    assert bob.get(seat_path(site, "ann") + "/give-back").status_code == 404
    assert states(site) == [("ann", "held"), ("bob", "held"), ("cas", "waiting")]


def test_an_answer_that_comes_too_late_says_so(site: Site) -> None:
    sign_up(site, "ann", "bob", "cas")
    site.cycle.give_back(ROUND, int(seat_path(site, "ann").rpartition("/")[2]), by=public("ann"), now=site.now)
    cas = site.visit(public("cas"))
    token = cas.csrf(MINE)
    site.clock.instant = at("2019-01-19 00:01")
    late = site.visit(public("cas")).post(seat_path(site, "cas") + "/answer", {"answer": "yes"}, on=MINE)
    assert (token != "", late.status_code) == (True, 409)
    assert "This offer was not answered in time" in words(late)
    assert "An offer was not answered in time" in words(site.visit(public("cas")).get(MINE))


def test_the_address_on_line_is_shown_to_those_alone_who_have_a_seat(site: Site) -> None:
    with site.database.reading() as session:
        row = session.exec(select(MeetingRow).where(col(MeetingRow.name) == "info_session")).first()
        assert row is not None
        before = as_sitting(row)
    moved = Sitting(before.day, before.start, before.end, before.place, "https://meet.example/secret")
    site.cycle.move_meeting(ROUND, 1, moved, reason="also on line", by=STAFF, now=site.now)
    sign_up(site, "ann", "bob", "cas")

    def sees(visit: Visit) -> list[bool]:
        return ["https://meet.example/secret" in visit.get(path).text for path in (SESSION, MINE)]

    assert sees(site.visit(public("ann"))) == [True, True]
    assert sees(site.visit(public("cas"))) == [False, False]
    assert "whoever has a seat gets the address by mail" in words(site.visit().get(SESSION))
    assert "meet.example" not in site.visit().get(SESSION).text


def test_a_meeting_that_is_over_or_cancelled_takes_nobody_any_more(site: Site) -> None:
    sign_up(site, "ann", "bob")
    site.cycle.cancel_meeting(ROUND, 2, reason="The hall burnt down", by=STAFF, now=site.now)
    other = f"/call/{ROUND}/meetings/2"
    assert "The hall burnt down" in words(site.visit().get(other))
    assert site.visit(public("ann")).post(f"{other}/sign-up", {}, on=other).status_code in (404, 409)
    site.clock.instant = at("2019-01-24 10:00")
    assert "Nobody can sign up any more." in words(site.visit().get(SESSION))
    visit = site.visit(public("bob"))
    assert visit.post(f"{SESSION}/sign-up", {}, on=MINE).status_code == 409
    assert "You had a seat" in words(visit.get(MINE))
    assert site.visit().get(f"/call/{ROUND}/meetings/99").status_code == 404


def test_nothing_signed_up_for_says_where_to_begin_in_every_language(site: Site) -> None:
    with site.database.transaction() as session:
        session.add(PersonRow(email=public("eve"), name="", language="nl"))
    for language, said in (("nl", "Geen bijeenkomsten op komst"), ("fr", "Aucune rencontre à venir"),
                           ("en", "No meetings to come")):  # fmt: skip
        assert said in words(site.visit(public("eve"), language).get(MINE))
