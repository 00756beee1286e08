"""Is somebody whose right has ended out with the very next request, in any browser and with any form? (P6)"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from knocking import Knocker, signed_in
from permissions import outcome
from visiting import APPLICANT, COLLEAGUE, MEMBER, OBSERVER, ROUND, STAFF, Site
from world import MARKING, OWN, OWN_DRAFT, SECOND_STAFF, again, changed, contents, world

from engine.database.access import sessions
from engine.database.store import find_person, the_id

READING, DOSSIER = f"/committee/{ROUND}/{OWN}", f"/dossier/{ROUND}/{OWN_DRAFT}"
ROUNDS = 50


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    made = world()
    yield made
    made.database.close()


def _conflict(site: Site, email: str) -> None:
    answer = signed_in(site, email, which=9).post(f"{READING}/conflict", {"answer": "yes", "reason": "A cousin"})
    assert answer.status == 303


def _no_member(site: Site, email: str) -> None:
    site.cycle.remove_role(ROUND, email=email, role="jury", by=STAFF, now=site.now)


def _no_observer(site: Site, email: str) -> None:
    site.cycle.remove_role(ROUND, email=email, role="jury observer", by=STAFF, now=site.now)


def _no_staff(site: Site, email: str) -> None:
    site.cycle.remove_role(ROUND, email=email, role="staff", by=STAFF, now=site.now)


def _no_contact(site: Site, email: str) -> None:
    answer = signed_in(site, APPLICANT, which=9).post(f"{DOSSIER}/people/remove", {"email": email})
    assert answer.status == 303


def _signed_out(site: Site, email: str) -> None:
    answer = signed_in(site, email, which=9).post("/account/sign-out-everywhere")
    assert answer.status == 303


def _ended_elsewhere(site: Site, email: str) -> None:
    """The session of the first browser, ended on the page of the account in another."""
    other = signed_in(site, email, which=9)
    with site.database.reading() as session:
        person = find_person(session, email)
        assert person is not None
        first = min(one.id or 0 for one in sessions.of_person(session, the_id(person), site.now))
    assert other.post(f"/account/session/{first}/end").status == 303


@dataclass(frozen=True)
class Ending:
    """How a right ends, of whom, what it opened, and what becomes of who asks then."""

    name: str
    ends: Callable[[Site, str], None]
    email: str
    pages: tuple[str, ...]
    forms: tuple[tuple[str, dict[str, str]], ...]
    then: tuple[str, ...] = ("404",)


MINE = ((READING, {"mark_artistic": "3", "note": "A note"}), (f"{READING}/autosave", {"note": "Another note"}))
DRAFTS = (
    (f"{DOSSIER}/section/project", {"a-title": "Another title"}),
    (f"{DOSSIER}/section/project/draft", {"a-title": "A third title"}),
    (f"{DOSSIER}/submit", {"declared": "yes", "once": "a key"}),
)
SIGNED_OUT = ("sign in", "403")
"""to a page, and to a form of the session that is over"""
JUDGED = (READING, f"/dossier/{ROUND}/{OWN}/file/plan/1")
ENDINGS = (
    Ending("a conflict is declared", _conflict, MARKING, JUDGED, MINE),
    Ending("a member leaves", _no_member, MEMBER, (*JUDGED, f"/committee/{ROUND}"), MINE),
    Ending("an observer leaves", _no_observer, OBSERVER, (*JUDGED, f"/committee/{ROUND}/day/pitch"), ()),
    Ending("somebody is no longer staff", _no_staff, SECOND_STAFF, (READING, f"/committee/{ROUND}/ranking"),
           ((f"{READING}/verdict", {"decision": "turn_down", "reason": "No"}),)),
    Ending("a colleague leaves", _no_contact, COLLEAGUE, (DOSSIER, f"{DOSSIER}/file/plan/1"), DRAFTS),
    Ending("signed out everywhere", _signed_out, COLLEAGUE, (DOSSIER, "/dossiers"), DRAFTS, SIGNED_OUT),
    Ending("signed out from another browser", _ended_elsewhere, MEMBER, (READING, "/account"), MINE, SIGNED_OUT),
)  # fmt: skip


def _ask(browser: Knocker, ending: Ending, how: random.Random) -> str:
    """One request of those that the right opened, a page or an open form."""
    asked = how.choice([*ending.pages, *ending.forms])
    return outcome(browser.get(asked) if isinstance(asked, str) else browser.post(*asked))


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda one: one.name)
def test_the_next_request_is_out(site: Site, ending: Ending) -> None:
    """Requests before and after in two browsers: those before come in, and none after does, or does anything."""
    for turn in range(ROUNDS // len(ENDINGS) + 1):
        how = random.Random(f"{ending.name} {turn}")  # which requests are made is no secret
        again(site)
        browsers = [signed_in(site, ending.email, which=which) for which in (1, 2)]
        before = [_ask(how.choice(browsers), ending, how) for _ in range(how.randrange(3))]
        assert set(before) <= {"in"}, before
        out = browsers if ending.ends is not _ended_elsewhere else browsers[:1]
        ending.ends(site, ending.email)
        known = contents(site)
        after = [_ask(how.choice(out), ending, how) for _ in range(1 + how.randrange(3))]
        assert (set(after) - set(ending.then), changed(known, contents(site))) == (set(), [])


def test_what_was_kept_for_somebody_is_not_sent_once_the_right_has_ended(site: Site) -> None:
    """A form that came in when a session was over is sent after signing in: by the rights that hold by then."""
    again(site)
    late = signed_in(site, COLLEAGUE, seen=site.now - 24 * 3_600_000_000)
    kept = late.post(f"{DOSSIER}/section/project", {"a-title": "Another title"}).onward.rpartition("%2Fkept%2F")[2]
    back = signed_in(site, COLLEAGUE, which=2)
    assert back.get(f"/kept/{kept}").status == 200
    _no_contact(site, COLLEAGUE)
    known = contents(site)
    answer = back.post(f"{DOSSIER}/section/project", {"kept": kept})
    assert (answer.status, changed(known, contents(site))) == (404, [])
