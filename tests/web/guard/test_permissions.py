"""Does everybody come in where the reviewed table says so, and nowhere else? (P1, P2)"""

from collections.abc import Iterator
from urllib.parse import quote, unquote

import pytest
from knocking import Answer, Knocker
from markupsafe import escape
from permissions import (
    PERSONAS,
    Row,
    browser_of,
    declared,
    dossiers,
    outcome,
    request,
    table,
    values,
    values_for,
)
from sqlmodel import col, select
from visiting import APPLICANT, ROUND, Site
from world import DRAFT, FOREIGN, LEFT, MISSING, OWN, OWN_DRAFT, PASSED, SOUTH, again, changed, contents, touched, world

from engine.database.records import DossierRow, NotificationRow
from engine.database.store import find_person

FORGED = {
    "role": "staff", "score": "10", "id": "1", "owner_id": "1", "received_at": "0", "released_at": "0",
    "person_id": "1", "state": "awarded", "by": "els@impuls.example", "chair": "1", "is_staff": "1", "now": "0",
    "dossier_id": "1", "entered_at": "0", "address": "eve@elders.example", "_method": "DELETE",
}  # fmt: skip
"""fields that no form of ours has"""
DRAWN = ("POST /sign-in", "POST /feed", "POST /call/{programme}/{round}/subscribe")
"""pages that draw something by lot, so that it differs each time"""
NUMBERS = (OWN, FOREIGN, PASSED, DRAFT, OWN_DRAFT, LEFT)
ACTORS = ("contact", "chair", "member cleared", "staff", "anonymous")
NOT_ROUTED = ("..", "%2e%2e%2f1")
"""with these the path is another one"""
DO_NOTHING_HERE = [
    "POST /sign-in/{nonce}", "POST /sign-in/{nonce}/{token}",  # no such request
    "POST /second-factor", "POST /second-factor/set-up",  # no code
    "POST /call/{programme}/{round}/start",  # the call is over
    "POST /call/{programme}/{round}/unsubscribe",  # she is told nothing
    "POST /dossier/{programme}/{round}/{number}/deliver/{deliverable}",  # no report
    "POST /dossier/{programme}/{round}/{number}/slot/{meeting}",  # the day is past
    "POST /staff/{programme}/{round}/act",  # it shows what would be done
    "POST /staff/{programme}/{round}/dossiers/{number}/applicant/lift",  # the rules ask no such thing
    "POST /staff/{programme}/{round}/dossiers/{number}/applicant/put-back",
    "POST /staff/{programme}/{round}/dossiers/{number}/applicant/part",  # it has no other name
    "POST /staff/{programme}/{round}/dossiers/{number}/attend/{meeting}",  # it is noted already
    "POST /staff/{programme}/{round}/dossiers/{number}/deliver/{deliverable}",  # no report
    "POST /staff/{programme}/{round}/message/page",  # it shows what would be written
    "POST /certificates/{number}/check",  # it looks
    "POST /staff/{programme}/{round}/payments",  # no sheet
    "POST /staff/{programme}/{round}/committee/undo",  # nothing was assigned just now
    "POST /staff/{programme}/{round}/committee/suggest",
    "POST /staff/{programme}/{round}/verdicts/{batch}",  # no digest
    "POST /staff/{programme}/{round}/address",  # no letter came back from there
    "POST /staff/{programme}/{round}/meetings/{meeting}/move",  # it shows who would hear of it
    "POST /staff/{programme}/{round}/meetings/{meeting}/cancel",  # somebody has changed it meanwhile
    "POST /staff/{programme}/{round}/meetings/{meeting}/invite",  # it lists the invitations
    "POST /staff/{programme}/{round}/meetings/{meeting}/attendance/list",  # it is years too early
    "POST /staff/{programme}/{round}/meetings/{meeting}/attendance/walk-in",
    "POST /staff/{programme}/{round}/outbox/cause",  # no reason to skip
    "POST /staff/{programme}/{round}/outbox/batch",  # nothing is held
    "POST /staff/{programme}/{round}/outbox/{id}/edit",  # it has left
    "POST /staff/{programme}/{round}/outbox/{id}/edit/preview", "POST /staff/{programme}/{round}/letters/{letter}",
    "POST /staff/{programme}/{round}/letters/{letter}/preview",  # nothing is kept, or it was opened never
    "POST /staff/{programme}/{round}/letters/{letter}/versions", "POST /staff/{programme}/{round}/words",
    "POST /staff/{programme}/{round}/meetings/{meeting}/order",  # it has changed meanwhile
    "POST /staff/{programme}/{round}/meetings/{meeting}/order/invitations",  # it was not shown
    "POST /staff/{programme}/{round}/meetings/{meeting}/order/declined",  # the day is past
    "POST /staff/rounds/new/folder", "POST /staff/rounds/new/copy", "POST /staff/rounds/new/upload",  # no file
    "POST /staff/rounds/draft/{draft}/dates", "POST /staff/rounds/draft/{draft}/open",  # it has changed meanwhile
    "POST /staff/{programme}/{round}/versions/propose", "POST /staff/{programme}/{round}/versions/replace",  # no file
    "POST /staff/rehearsals",  # nothing is chosen
    "POST /staff/rehearsals/one/{rehearsal}/cancel",  # it has ended
    "POST /staff/health", "POST /staff/{programme}/{round}/journal/verify",  # they look
    "POST /staff/{programme}/{round}/people/factor",  # there is none
    "POST /staff/{programme}/{round}/people/import",  # no file
    "POST /call/{programme}/{round}/meetings/{meeting}/sign-up",  # she has a seat already
    "POST /call/{programme}/{round}/seats/{seat}/answer",  # and no offer
]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    made = world()
    yield made
    made.database.close()


@pytest.fixture(autouse=True)
def _as_it_was(site: Site) -> None:
    again(site)


def test_every_page_has_a_row_and_every_row_a_page() -> None:
    assert sorted(table()) == sorted(declared())


def test_every_persona_stands_in_the_table_and_in_the_world(site: Site) -> None:
    for row in table().values():
        assert row.come_in | row.answer <= PERSONAS.keys()
    for persona in PERSONAS:
        assert browser_of(site, persona).get("/").status == 200


@pytest.mark.parametrize("persona", PERSONAS)
def test_who_comes_in_and_who_does_not(site: Site, persona: str) -> None:
    browser, known = browser_of(site, persona), values(site)
    wrong, before, rows = {}, touched(site), contents(site)
    kept = _Kept(site)
    for name, row in table().items():
        answer = request(browser, row, row.address(values_for(row, known)))
        got, expected = outcome(answer), row.expects(persona)
        if row.status is not None and expected == "in":
            got = "in" if answer.status == row.status else got
        if got != expected:
            wrong[name] = f"{expected}, and got {got} ({answer.status} {answer.onward})"
        if touched(site) != before:
            if expected != "in" and (changed := _changed(rows, contents(site), persona)):
                wrong[name] = f"{expected}, and yet {changed} changed"
            kept.put_back()
            before = touched(site)
    assert wrong == {}


@pytest.mark.parametrize("persona", dossiers())
def test_whose_dossiers_are_whose(site: Site, persona: str) -> None:
    browser = browser_of(site, persona)
    found: dict[str, list[str]] = {"dossier": [], "file": [], "committee": [], "asked": []}
    for number in NUMBERS:
        pages = {"dossier": f"/dossier/{ROUND}/{number}", "file": f"/dossier/{ROUND}/{number}/file/plan/1",
                 "committee": f"/committee/{ROUND}/{number}"}  # fmt: skip
        for page, path in pages.items():
            got = outcome(browser.get(path))
            if got != "404":
                found["asked" if got == "answer first" else page].append(number.removeprefix("CI19-"))
    assert found == dossiers()[persona]


OUTSIDERS = (
    "contact", "applicant of another", "member cleared", "member unanswered", "member with a conflict",
    "member who speaks for it", "observer", "staff of another programme",
)  # fmt: skip


@pytest.mark.parametrize("persona", [
    one if one in ("contact", "member with a conflict", "staff of another programme")
    else pytest.param(one, marks=pytest.mark.slow)
    for one in OUTSIDERS
])  # fmt: skip
def test_foreign_and_missing_are_one_answer_to_the_last_byte(site: Site, persona: str) -> None:
    browser, known = browser_of(site, persona), values(site)
    told = {}
    for name, row in table().items():
        if "{number}" not in row.path or row.method != "GET" or row.at == "under way":
            continue
        given = values_for(row, known)
        missing = request(browser, row, row.address(given, number=MISSING))
        assert missing.status == 404, name
        for number in (OWN, FOREIGN, DRAFT, LEFT):
            answer = request(browser, row, row.address(given, number=number))
            if outcome(answer) == "404" and plain(answer, number) != plain(missing, MISSING):
                told[f"{name} {number}"] = (answer.headers, missing.headers)
        for key in (SOUTH, "cera-impuls/2018", "nothing/2019"):
            programme, _, round = key.partition("/")
            there = row.address(given, programme=programme, round=round)
            answer = request(browser, row, there)
            if outcome(answer) == "404" and _but_for_path(answer, there) != _but_for_path(
                missing, row.address(given, number=MISSING)
            ):
                told[f"{name} in {key}"] = (answer.headers, missing.headers)
    assert told == {}


@pytest.mark.parametrize("persona", [
    "contact", "chair",
    *(pytest.param(one, marks=pytest.mark.slow) for one in ("applicant of another", "member cleared", "observer")),
])  # fmt: skip
def test_a_form_for_a_foreign_dossier_does_nothing_and_is_answered_as_for_a_missing_one(
    site: Site, persona: str
) -> None:
    browser, known = browser_of(site, persona), values(site)
    told, before = {}, contents(site)
    foreign = {"contact": FOREIGN, "applicant of another": OWN}.get(persona, OWN_DRAFT)
    for name, row in table().items():
        if "{number}" not in row.path or row.method != "POST":
            continue
        given = values_for(row, known)
        answers = [request(browser, row, row.address(given, programme="cera-impuls", round="2019", number=number),
                           {**FORGED, **row.form}) for number in (foreign, MISSING)]  # fmt: skip
        if (answers[0].status, plain(answers[0], foreign)) != (404, plain(answers[1], MISSING)):
            told[name] = answers[0].status
    assert (told, changed(before, contents(site))) == ({}, [])


FORMS_APART = 4
"""the quick run forges one form in so many"""


@pytest.mark.parametrize("apart", [FORMS_APART, pytest.param(1, marks=pytest.mark.slow)], ids=["some", "every"])
def test_what_no_form_has_is_not_taken_in(site: Site, apart: int) -> None:
    """The same comes of a form with forged fields as without them, table by table."""
    told = {}
    for persona, row in _acting()[::apart]:
        outcomes = []
        for form in (row.form, {**FORGED, **row.form}):
            browser, known, before = _at_home(site, persona)
            answer = request(browser, row, row.address(values_for(row, known)), form)
            after = contents(site)
            outcomes.append((answer.status, changed(before, after) if row.name in DRAWN else after))
        if outcomes[0] != outcomes[1]:
            told[f"{row.name} by {persona}"] = outcomes
    assert told == {}


_HOME: dict[str, dict[str, str]] = {}
"""persona -> what stands in the world once she has signed in, which is the same each time"""


def _at_home(site: Site, persona: str) -> tuple[Knocker, dict[str, str], dict[str, str]]:
    """Everything as it was, with the persona's browser, what stands in paths, and what stands in the world."""
    again(site)
    browser, known = browser_of(site, persona), values(site)
    if persona not in _HOME:
        _HOME[persona] = contents(site)
    return browser, known, _HOME[persona]


def _acting() -> list[tuple[str, Row]]:
    """Each form that may be sent, with somebody who may."""
    posts = [row for row in table().values() if row.method == "POST" and row.come_in]
    return [(next(one for one in ACTORS if one in row.come_in), row) for row in posts]


def test_the_forms_of_the_table_do_something_where_they_are_allowed(site: Site) -> None:
    """Or else it would prove little that they do nothing where they are not."""
    still = []
    for persona, row in _acting():
        browser, known, before = _at_home(site, persona)
        untouched = touched(site)
        request(browser, row, row.address(values_for(row, known)))
        # what has not been written to need not be read
        if touched(site) == untouched or contents(site) == before:
            still.append(row.name)
    assert sorted(still) == sorted(DO_NOTHING_HERE)


GARBAGE = ("x", "-1", "0", "1e3", "%00", "9" * 30, "1%20", "..", "%2e%2e%2f1", "%C2%B2", "None", "1;2")


def swaps(site: Site) -> dict[str, dict[str, tuple[str, ...]]]:
    """page -> what stands in its path -> ids that are there, and are not the contact's own there."""
    with site.database.reading() as session:
        letters = session.exec(
            select(NotificationRow.id, NotificationRow.person_id, DossierRow.number)
            .join(DossierRow, col(DossierRow.id) == col(NotificationRow.dossier_id), isouter=True)
        ).all()
        an = find_person(session, APPLICANT)
        assert an is not None
        foreign = tuple(str(id) for id, person, number in letters if (person, number) != (an.id, OWN))
    here = "/dossier/{programme}/{round}/{number}"
    return {
        f"GET {here}/message/{{id}}": {"id": foreign[:40]},
        f"GET {here}/message/{{id}}/page": {"id": foreign[:40]},
        f"GET {here}/file/{{question}}/{{version}}": {"version": ("2", "9"), "question": ("title", "report", "name")},
        f"GET {here}/delivered/{{delivery}}/{{question}}": {"delivery": ("2", "9"), "question": ("plan", "spent")},
        f"GET {here}/section/{{name}}": {"name": ("nothing", "report")},
        f"GET {here}/act/{{transition}}": {"transition": ("award", "turn_down", "submit", "stop", "lapse")},
        f"GET {here}/deliver/{{deliverable}}": {"deliverable": ("nothing", "plan")},
        "POST /account/session/{id}/end": {"id": ("1", "2", "3", "4")},
        "GET /kept/{nonce}": {"nonce": ("f" * 22,)},
        "POST /kept/{nonce}/forget": {"nonce": ("f" * 22,)},
        "GET /feed/{nonce}/{token}.ics": {"nonce": ("k" * 22,), "token": ("a" * 43,)},
        "GET /committee/{programme}/{round}/day/{meeting}": {"meeting": ("info_session", "nothing", "kick_off")},
    }  # fmt: skip


def test_no_id_of_somebody_else_opens_anything(site: Site) -> None:
    """The letters of co-applicants and of other dossiers, others' sessions, deliveries and kept forms; and garbage."""
    for persona in ("co-applicant", "applicant of another", "staff"):
        browser_of(site, persona)
    browsers = {persona: browser_of(site, persona) for persona in ("member cleared", "contact")}
    opened = {}
    for persona, browser in browsers.items():
        known = values(site)
        before = contents(site)
        for name, parts in swaps(site).items():
            row = table()[name]
            if persona not in row.come_in:
                continue
            given = values_for(row, known)
            for part, foreign in parts.items():
                answers = {
                    one: request(browser, row, row.address({**given, part: one})) for one in (*foreign, *GARBAGE)
                }
                opened |= {f"{name} {part}={one}": answer.status for one, answer in answers.items()
                           if answer.status != 404}  # fmt: skip
                pages = {_but_for_path(answer, row.address({**given, part: one})) for one, answer in answers.items()
                         if one not in NOT_ROUTED}  # fmt: skip
                if len(pages) > 1:
                    opened[f"{name} {part}"] = len(pages)
        assert changed(before, contents(site)) == []
    assert opened == {}


class _Kept:
    """The world with the sessions of the personas, to be put back."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.copy = world()
        self._backup(site, self.copy)

    def put_back(self) -> None:
        self._backup(self.copy, self.site)

    @staticmethod
    def _backup(source: Site, target: Site) -> None:
        here, there = source.database.writer.raw_connection(), target.database.writer.raw_connection()
        here.driver_connection.backup(there.driver_connection)
        here.close()
        there.close()


def _changed(before: dict[str, str], after: dict[str, str], persona: str) -> list[str]:
    """The same; but what an expired session sends is kept for its owner."""
    own = {"kept_form"} if persona == "expired session" else set()
    return [name for name in changed(before, after) if name not in own]


def plain(answer: Answer, number: str) -> tuple[int, tuple[tuple[str, str], ...], str]:
    """All of an answer, but for the number that it was asked about."""
    return answer.status, answer.headers, answer.text.replace(number, "NUMBER")


def _but_for_path(answer: Answer, path: str) -> tuple[int, tuple[tuple[str, str], ...], str]:
    """All of an answer, but for the path that was asked for, and the length that comes with it."""
    headers = tuple((name, value) for name, value in answer.headers if name != "content-length")
    shown = str(escape(unquote(path.partition("?")[0])))
    return answer.status, headers, answer.text.replace(shown, "PATH").replace(quote(unquote(shown)), "PATH")
