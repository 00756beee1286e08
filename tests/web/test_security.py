"""What every answer says to a browser, and what is turned away at the door."""

import re

import pytest
from fastapi import FastAPI
from starlette.routing import Route
from visiting import APPLICANT, MEMBER, STAFF, Site

from web import areas
from web.policy import Policy
from web.routes import must_declare
from web.security import ALWAYS

PATHS = ("/", "/sign-in", "/call/cera-impuls/2019", "/call/cera-impuls/1999", "/nothing/here", "/account", "/dossiers",
         "/committee", "/mailbox", "/sign-in/unknown", "/sign-in/unknown/token")  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("who", [None, STAFF, MEMBER])
def test_every_answer_carries_the_headers(site: Site, path: str, who: str | None) -> None:
    answer = site.visit(who).get(path)
    assert {name: answer.headers.get(name) for name in ALWAYS} == dict(ALWAYS)
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_a_file_of_ours_may_be_kept_for_ever_and_says_what_it_is(site: Site) -> None:
    visit = site.visit()
    sheet = re.search(r'href="(/static/[0-9a-f]{12}/style\.css)"', visit.get("/").text)
    assert sheet is not None
    answer = visit.get(sheet[1])
    assert (answer.status_code, answer.headers["content-type"], answer.headers["cache-control"]) == (
        200, "text/css; charset=utf-8", "public, max-age=31536000, immutable",
    )  # fmt: skip
    assert visit.get("/static/x/../../office.py").status_code == 404


def test_over_https_the_browser_is_told_to_stay_there_and_cookies_are_bound_to_the_host(site: Site) -> None:
    from dataclasses import replace

    from starlette.testclient import TestClient

    from web.app import create_app

    office = replace(site.office, base_url="https://impuls.example")
    client = TestClient(create_app(office), base_url="https://impuls.example", follow_redirects=False)
    answer = client.get("/")
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-browser=")
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 303),
        ({"sec-fetch-site": "none"}, 303),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "http://testserver"}, 303),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({}, 403),
    ],
)
def test_what_another_site_sends_is_turned_away(site: Site, headers: dict[str, str], status: int) -> None:
    visit = site.visit(STAFF)
    fields = {"csrf": visit.csrf("/account"), "name": "Els", "language": "nl"}
    assert visit.client.post("/account", data=fields, headers=headers).status_code == status


def test_a_form_without_its_own_token_changes_nothing(site: Site) -> None:
    visit, other = site.visit(MEMBER), site.visit(STAFF)
    here = {"sec-fetch-site": "same-origin"}
    for given in ({}, {"csrf": ""}, {"csrf": "x" * 32}, {"csrf": other.csrf("/account")}):
        answer = visit.client.post("/account", data={"name": "Evil", "language": "nl", **given}, headers=here)
        assert answer.status_code == 403
    assert 'value="Noor Claes"' in visit.get("/account").text


def test_a_route_without_a_policy_does_not_start() -> None:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.router.routes.append(Route("/leak", lambda _: None))
    with pytest.raises(RuntimeError, match="the route /leak declares no policy"):
        must_declare(app, without=("/static",))


def test_every_page_was_declared_with_a_policy() -> None:
    declared = [one for area in areas.ALL for one in area.declared]
    assert declared
    assert [one.path for one in declared if not isinstance(one.policy, Policy)] == []


def test_nothing_tells_of_the_program_behind_the_pages(site: Site) -> None:
    visit = site.visit()
    assert [visit.get(path).status_code for path in ("/docs", "/openapi.json", "/redoc")] == [404, 404, 404]
    assert "server" not in visit.get("/").headers


def test_foreign_and_missing_are_one_answer(site: Site) -> None:
    number = site.draft(APPLICANT)
    visit = site.visit(MEMBER)
    visit.get("/")
    foreign, missing = (visit.get(f"/dossier/cera-impuls/2019/{one}") for one in (number, "CI19-999"))
    clean = [re.sub(r"CI19-\d+", "NUMBER", one.text) for one in (foreign, missing)]
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert clean[0] == clean[1]
    assert dict(foreign.headers) == dict(missing.headers)
