"""Do two worlds look the same to whoever may not see in what they differ? (P4, P3, A3)"""

import re
from collections.abc import Iterator, Sequence
from functools import cache

import pytest
from knocking import Answer, signed_in
from permissions import PERSONAS, browser_of
from secrets_of import SECRETS, Secret
from visiting import APPLICANT, ROUND, Site
from wandering import HERE, REPEATED, seen, wander
from world import OWN, SECOND_STAFF, again, contents, post, world

VIEWERS = (
    "anonymous", "contact", "applicant of another", "member cleared", "member unanswered", "member with a conflict",
    "chair unanswered", "chair with a conflict", "observer", "staff with a conflict", "nobody in particular",
)  # fmt: skip
QUICK = ("contact", "member cleared", "chair with a conflict", "staff with a conflict")
"""those in whose eyes the quick run looks: what is hidden from any of the viewers is hidden from one of them"""
OF_FEW_PAGES = ("contact", "member cleared", "chair with a conflict")
"""the same without who sees the console: how every page is answered is one middleware's"""
ORDER = f"/staff/{ROUND}/meetings/pitch/order"
"""where the running order of the pitch is planned"""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    made = world()
    yield made
    made.database.close()


@cache
def _as_it_is(
    site: Site, persona: str, past: re.Pattern[str] | None = REPEATED
) -> tuple[dict[str, Answer], list[str]]:
    """What somebody finds in the world as it is, and the tables in which looking around changed anything."""
    again(site)
    browser = browser_of(site, persona)
    before = contents(site)
    found = wander(browser, past=past)
    after = contents(site)
    return found, [name for name in before if before[name] != after[name]]


def _differences(
    site: Site, persona: str, secrets: list[Secret], past: re.Pattern[str] | None = REPEATED
) -> dict[str, object]:
    """The pages that are not what they were, once all that has happened, with where they begin to differ."""
    here = seen(_as_it_is(site, persona, past)[0])
    again(site)
    browser = browser_of(site, persona)
    for secret in secrets:
        secret.happens(site)
    post(site)
    there = seen(wander(browser, past=past))
    return {path: _first(here.get(path), there.get(path)) for path in here.keys() | there.keys()
            if here.get(path) != there.get(path)}  # fmt: skip


def _first(here: object, there: object) -> object:
    if not isinstance(here, tuple) or not isinstance(there, tuple):
        return "only in one of them"
    if here[0] != there[0]:
        return here[0], there[0]
    place = next((n for n, (a, b) in enumerate(zip(here[2], there[2], strict=False)) if a != b), None)
    if place is None:
        return set(here[1]) ^ set(there[1])
    return here[2][place - 60 : place + 80], there[2][place : place + 80]


def _quickly(*personas: str) -> Sequence[object]:
    """The viewers, of whom the quick run takes these."""
    return [one if one in personas else pytest.param(one, marks=pytest.mark.slow) for one in VIEWERS]


def test_the_quick_run_hides_every_secret_from_somebody() -> None:
    assert [secret.name for secret in SECRETS if not any(secret.is_hidden_from(one) for one in QUICK)] == []


@pytest.mark.parametrize("persona", _quickly(*QUICK))
def test_nobody_notices_what_is_not_theirs(site: Site, persona: str) -> None:
    hidden = [secret for secret in SECRETS if secret.is_hidden_from(persona)]
    found = _differences(site, persona, hidden)
    if persona == "staff with a conflict":
        # whoever plans the day must know who leaves the room when: that is all it says of a conflict
        assert [path for path in found if not path.startswith(ORDER)] == []
    else:
        assert found == {}


@pytest.mark.slow
@pytest.mark.parametrize("persona", [one for one in PERSONAS if one not in VIEWERS])
def test_nobody_else_notices_either(site: Site, persona: str) -> None:
    hidden = [secret for secret in SECRETS if secret.is_hidden_from(persona)]
    found = _differences(site, persona, hidden, past=None)
    if persona == "staff with a conflict":
        # whoever plans the day must know who leaves the room when: that is all it says of a conflict
        assert [path for path in found if not path.startswith(ORDER)] == []
    else:
        assert found == {}


@pytest.mark.slow
@pytest.mark.parametrize("secret", SECRETS, ids=lambda one: one.name)
@pytest.mark.parametrize("persona", VIEWERS)
def test_nobody_notices_any_one_secret(site: Site, persona: str, secret: Secret) -> None:
    if secret.is_hidden_from(persona):
        assert _differences(site, persona, [secret], past=None) == {}


@pytest.mark.parametrize("secret", [one for one in SECRETS if one.shown], ids=lambda one: one.name)
def test_whose_it_is_does_notice(site: Site, secret: Secret) -> None:
    """Or else the worlds would be the same, and nothing proved."""
    assert secret.shown is not None
    again(site)
    email, path = secret.shown
    browser = signed_in(site, email)
    before = browser.get(path)
    secret.happens(site)
    assert browser.get(path) != before


FRAMES = ("/page", "/preview", "/original", "/committee/remind/letter")
"""where a letter is shown in a frame"""


@pytest.mark.parametrize(
    "persona", [*_quickly(*OF_FEW_PAGES), *(pytest.param(one, marks=pytest.mark.slow) for one in ("staff", "chair"))]
)
def test_looking_changes_nothing_and_every_answer_says_what_browsers_must_not(site: Site, persona: str) -> None:
    """Nothing is run that is not ours, nothing is guessed, nothing of a person is kept by a browser or on the way."""
    found, changed = _as_it_is(site, persona)
    wrong = {path: ["failed"] for path, answer in found.items() if answer.status >= 500}
    for path, answer in found.items():
        policy = answer.header("content-security-policy")
        is_feed = answer.header("content-type").startswith("text/calendar")
        is_frame = path.partition("?")[0].endswith(FRAMES)
        cookies = [one for one in answer.all("set-cookie") if "HttpOnly" not in one or "SameSite=lax" not in one]
        said = {
            "csp": "default-src 'none'" in policy and "'unsafe-eval'" not in policy
            and ("script-src" not in policy or "'unsafe-inline'" not in policy),
            # a letter has its own styles, in a frame that runs nothing
            "inline": "'unsafe-inline'" not in policy or is_frame,
            "nosniff": answer.header("x-content-type-options") == "nosniff",
            "kept": answer.header("cache-control") == ("private, no-cache" if is_feed else "no-store"),
            "vary": answer.header("vary") == "Cookie, Accept-Language",
            "cookies": cookies == [],
            "script": ("<script>" not in answer.text and " style=" not in answer.text) or is_frame,
        }  # fmt: skip
        if not all(said.values()):
            wrong[path] = [name for name, right in said.items() if not right]
    assert (changed, wrong) == ([], {})


UNKNOWN = "sort=verdict&filter=award&q=elders&as=els%40impuls.example&person_id=1&role=staff&debug=1&format=json"
LISTS = {
    "contact": {"/dossiers": ("before",), f"/dossier/{ROUND}/{OWN}/messages": ("before",), "/sign-in": ("next",)},
    "chair": {"/committee": (), HERE: ("page", "show"), f"{HERE}/ranking": ("page", "state")},
}
"""persona -> list -> what it is asked with"""
FORGED_VALUES = ("", "-1", "0", "x", "9" * 30, "9" * 4500, "%00", "1e3", "%D9%A3", "award", "../..", "%F0%9F%92%A9")


@pytest.mark.parametrize("persona", LISTS)
def test_what_no_list_asks_for_changes_nothing_and_no_value_breaks_one(site: Site, persona: str) -> None:
    again(site)
    browser = browser_of(site, persona)
    told = {}
    for path, names in LISTS[persona].items():
        if seen({path: browser.get(f"{path}?{UNKNOWN}")}) != seen({path: browser.get(path)}):
            told[path] = 200
        told |= {
            f"{path}?{name}={value[:20]}": answer.status
            for name in names
            for value in FORGED_VALUES
            if (answer := browser.get(f"{path}?{name}={value}")).status not in (200, 404)
        }
    assert told == {}


def test_signing_in_is_answered_alike_for_whoever_is_known_and_whoever_is_not(site: Site) -> None:
    again(site)
    said = []
    for email in (APPLICANT, SECOND_STAFF, "nobody@at-all.example"):
        browser = browser_of(site, "anonymous")
        sent = browser.post("/sign-in", {"email": email, "next": "/dossiers"})
        waiting = browser.get(sent.onward)
        headers = [(name, value) for name, value in sent.headers if name != "location"]
        nonce = sent.onward.rpartition("/")[2]
        text = waiting.text.replace(email, "ADDRESS").replace(nonce, "NONCE")
        said.append((sent.status, headers, sent.body, waiting.status, text))
    assert [one[1:] for one in said] == [said[0][1:]] * 3
    assert {one[0] for one in said} == {303}
