"""Signing in by mail: a link or a code, good once, for who asked."""

import re

import pyotp
import pytest
from sqlmodel import select
from visiting import MEMBER, STAFF, Site, Visit

from engine.database.records import NotificationRow, PersonRow, SessionRow, SignInRow

MINUTE = 60_000_000
NEW = "nieuw@brug.example"


def ask(visit: Visit, email: str = NEW, next: str = "/account") -> str:
    """Ask for a letter; gives the nonce of the request."""
    answer = visit.post("/sign-in", {"email": email, "next": next}, on="/sign-in")
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"].rpartition("/")[2])


def link(site: Site, nonce: str) -> str:
    return f"/sign-in/{nonce}/{site.office.keys.token('sign-in', nonce)}"


def who(visit: Visit) -> str | None:
    """Whom the pages take a browser for."""
    found = re.search(r'class="unseen">Signed in as </span>([^<]+)<', visit.get("/").text)
    return found[1] if found else None


def test_the_code_signs_in_where_it_was_asked_for(site: Site) -> None:
    visit = site.visit()
    nonce = ask(visit)
    page = f"/sign-in/{nonce}"
    code = site.office.keys.code(nonce)
    answer = visit.post(page, {"code": f"{code[:3]} {code[3:]}"}, on=page)
    assert (answer.status_code, answer.headers["location"], who(visit)) == (303, "/account", NEW)
    again = visit.post(page, {"code": code})
    assert again.status_code == 410


def test_the_code_alone_does_not_sign_in_elsewhere(site: Site) -> None:
    nonce = ask(site.visit())
    other = site.visit()
    answer = other.post(f"/sign-in/{nonce}", {"code": site.office.keys.code(nonce)})
    assert (answer.status_code, who(other)) == (410, None)


def test_opening_the_link_spends_nothing_and_the_button_signs_in(site: Site) -> None:
    visit = site.visit()
    path = link(site, ask(visit))
    scanner = site.visit()
    for _ in range(3):
        assert [scanner.client.head(path).status_code, scanner.get(path).status_code] == [200, 200]
    # some scanners press the button as well: in their browser it is not enough
    assert scanner.post(path, {}, on=path).status_code == 422
    assert (who(scanner), who(visit)) == (None, None)
    assert visit.post(path, {}, on=path).status_code == 303
    assert who(visit) == NEW


def test_in_another_browser_link_and_code_together_sign_in(site: Site) -> None:
    nonce = ask(site.visit())
    telephone = site.visit()
    path = link(site, nonce)
    assert "another browser" in telephone.get(path).text
    assert telephone.post(path, {"code": "000000"}, on=path).status_code == 422
    assert telephone.post(path, {"code": site.office.keys.code(nonce)}, on=path).status_code == 303
    assert who(telephone) == NEW


def test_after_five_wrong_codes_or_ten_minutes_a_new_letter_is_needed(site: Site) -> None:
    visit = site.visit()
    nonce = ask(visit)
    page, code = f"/sign-in/{nonce}", site.office.keys.code(nonce)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    answers = [visit.post(page, {"code": wrong}, on="/sign-in") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [422] * 4 + [410]
    assert "You can try once more." in answers[3].text
    assert visit.post(page, {"code": code}, on="/sign-in").status_code == 410
    late = ask(visit)
    site.clock.instant += 10 * MINUTE
    assert visit.post(f"/sign-in/{late}", {"code": site.office.keys.code(late)}, on="/sign-in").status_code == 410
    assert who(visit) is None


def test_the_newest_letter_of_a_browser_makes_the_earlier_one_void(site: Site) -> None:
    visit = site.visit()
    first, second = ask(visit), ask(visit)
    answers = [
        visit.post(f"/sign-in/{one}", {"code": site.office.keys.code(one)}, on="/sign-in").status_code
        for one in (first, second)
    ]
    assert answers == [410, 303]


def test_known_and_unknown_addresses_get_one_answer_and_one_letter(site: Site) -> None:
    def seen(email: str) -> tuple[int, str, int]:
        visit = site.visit()
        answer = visit.post("/sign-in", {"email": email, "next": "/"}, on="/sign-in")
        page = visit.get(answer.headers["location"])
        with site.database.reading() as session:
            letters = session.exec(select(NotificationRow).where(NotificationRow.address == email)).all()
        text = re.sub(r'value="[^"]*"|/sign-in/[\w-]+', "", page.text).replace(email, "ADDRESS")
        return answer.status_code, text, len([one for one in letters if one.letter == "sign-in"])

    assert seen(MEMBER) == seen("nobody@nowhere.example")
    with site.database.reading() as session:
        assert session.exec(select(PersonRow).where(PersonRow.email == "nobody@nowhere.example")).all() == []


def test_an_address_is_written_to_three_times_in_a_quarter_of_an_hour(site: Site) -> None:
    visit = site.visit()
    for _ in range(3):
        ask(visit)
    refused = visit.post("/sign-in", {"email": NEW, "next": "/"}, on="/sign-in")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "900")
    assert ask(visit, "somebody@else.example")
    site.clock.instant += 16 * MINUTE
    assert ask(visit)


def test_a_forged_header_does_not_pass_for_another_caller(site: Site) -> None:
    for number in range(60):
        visit = site.visit()
        visit.client.headers["x-forwarded-for"] = f"198.51.100.{number}"
        ask(visit, f"a{number}@brug.example")
    visit = site.visit()
    visit.client.headers["x-forwarded-for"] = "198.51.100.77"
    assert visit.post("/sign-in", {"email": "b@brug.example", "next": "/"}, on="/sign-in").status_code == 429


@pytest.mark.parametrize(
    "email", ["", "an", "an@", "@brug.example", "an@brug.example,eve@elders.example", "a b@c.example"]
)
def test_what_is_no_address_is_said_by_the_field(site: Site, email: str) -> None:
    answer = site.visit().post("/sign-in", {"email": email, "next": "/"}, on="/sign-in")
    assert (answer.status_code, "<title>Error: Sign in" in answer.text) == (422, True)


@pytest.mark.parametrize(
    "next", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "x"]
)
def test_nobody_is_sent_on_to_another_site(site: Site, next: str) -> None:
    visit = site.visit()
    nonce = ask(visit, next=next)
    answer = visit.post(f"/sign-in/{nonce}", {"code": site.office.keys.code(nonce)}, on="/sign-in")
    assert answer.headers["location"] == "/"


def test_no_secret_stands_in_the_database(site: Site) -> None:
    visit = site.visit()
    nonce = ask(visit)
    visit.post(f"/sign-in/{nonce}", {"code": site.office.keys.code(nonce)}, on="/sign-in")
    cookie = visit.client.cookies["grantcycle-session"]
    with site.database.reading() as session:
        rows = [row for table in (SignInRow, SessionRow, NotificationRow) for row in session.exec(select(table))]
        text = "\n".join(row.model_dump_json() for row in rows)
    secrets = (site.office.keys.code(nonce), site.office.keys.token("sign-in", nonce), cookie)
    assert [secret for secret in secrets if secret in text] == []


def test_signing_out_ends_the_session_on_the_server(site: Site) -> None:
    visit = site.visit(MEMBER)
    cookie = visit.client.cookies["grantcycle-session"]
    assert visit.post("/sign-out", {}).status_code == 303
    visit.client.cookies.set("grantcycle-session", cookie, domain="testserver.local", path="/")
    assert (who(visit), visit.get("/account").status_code) == (None, 303)


def test_a_session_ends_when_it_is_left_alone_and_another_can_be_ended_from_here(site: Site) -> None:
    here, there = site.visit(MEMBER), site.visit(MEMBER)
    site.clock.instant += 11 * 60 * MINUTE
    assert (here.get("/account").status_code, there.get("/account").status_code) == (200, 200)
    ends = re.findall(r"/account/session/\d+/end", here.get("/account").text)
    assert here.post(ends[0], {}, on="/account").status_code == 303
    assert there.get("/account").status_code == 303
    site.clock.instant += 12 * 60 * MINUTE
    assert here.get("/account").status_code == 303


def test_nobody_ends_the_session_of_somebody_else(site: Site) -> None:
    member, staff = site.visit(MEMBER), site.visit(STAFF)
    with site.database.reading() as session:
        other = session.exec(select(SessionRow.id).order_by(SessionRow.id.desc())).first()  # type: ignore[union-attr]
    assert member.post(f"/account/session/{other}/end", {}, on="/account").status_code == 404
    assert staff.get("/account").status_code == 200


def test_staff_do_nothing_before_their_second_factor(site: Site) -> None:
    visit = site.visit(STAFF, proved=False)
    assert visit.get("/account").headers["location"] == "/second-factor?next=%2Faccount"
    assert visit.get("/second-factor").headers["location"] == "/second-factor/set-up"
    page = visit.get("/second-factor/set-up").text
    fields = {name: re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("nonce", "seal", "csrf")}  # type: ignore[index]
    totp, seconds = pyotp.TOTP(site.office.keys.authenticator(fields["nonce"])), site.now // 10**6
    here = {"sec-fetch-site": "same-origin"}
    wrong = visit.client.post("/second-factor/set-up", data={**fields, "code": "12345"}, headers=here)
    assert wrong.status_code == 422
    another = pyotp.TOTP(site.office.keys.authenticator("another"))
    forged = {**fields, "nonce": "another", "code": another.at(seconds)}
    assert visit.client.post("/second-factor/set-up", data=forged, headers=here).status_code == 403
    before = visit.client.cookies["grantcycle-session"]
    right = visit.client.post("/second-factor/set-up", data={**fields, "code": totp.at(seconds)}, headers=here)
    codes = re.findall(r"<code>([a-z2-9]{5}-[a-z2-9]{5})</code>", right.text)
    assert (right.status_code, len(codes), visit.client.cookies["grantcycle-session"] != before) == (200, 10, True)
    assert visit.get("/account").status_code == 200

    second = site.visit(STAFF, proved=False)
    assert second.get("/second-factor/set-up").status_code == 409
    code = {"code": totp.at(seconds), "next": "/account"}
    assert second.post("/second-factor", code, on="/second-factor").status_code == 422, "a code is good once"
    site.clock.instant += 31_000_000
    fresh = {"code": totp.at(site.now // 10**6), "next": "/account"}
    assert second.post("/second-factor", fresh, on="/second-factor").headers["location"] == "/account"
    assert second.get("/account").status_code == 200
    third = site.visit(STAFF, proved=False)
    recovery = {"code": codes[0].upper(), "next": "/"}
    assert third.post("/second-factor", recovery, on="/second-factor").status_code == 303
    fourth = site.visit(STAFF, proved=False)
    assert fourth.post("/second-factor", recovery, on="/second-factor").status_code == 422, "so is a recovery code"


def test_a_second_factor_cannot_be_guessed(site: Site) -> None:
    test_staff_do_nothing_before_their_second_factor(site)
    visit = site.visit(STAFF, proved=False)
    answers = [
        visit.post("/second-factor", {"code": f"{guess:06}", "next": "/"}, on="/second-factor").status_code
        for guess in range(12)
    ]
    assert (set(answers[:8]), answers[-1]) == ({422}, 429)
