"""Who are the people whose permissions are tried, and what does the reviewed table expect of each?"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from knocking import Answer, Knocker, signed_in
from sqlmodel import col, select
from visiting import APPLICANT, CHAIR, COLLEAGUE, FOURTH, MEMBER, OBSERVER, ROUND, STAFF, STRANGER, THIRD, Site
from world import (
    CONFLICTED_CHAIR,
    CONFLICTED_STAFF,
    EARLIER,
    FEED,
    FORMER_COLLEAGUE,
    FORMER_MEMBER,
    KEPT,
    NOBODY,
    OTHER_CHAIR,
    OTHER_MEMBER,
    OTHER_STAFF,
    OWN,
    OWN_DRAFT,
    SPEAKING_MEMBER,
    UNDER_WAY,
    conference,
)

from engine.database.records import (
    DeliveryRow,
    DossierRow,
    ExtensionRow,
    InvitationRow,
    NoteRow,
    NotificationRow,
    SeatRow,
    SessionRow,
)
from engine.database.store import find_person, the_id
from web import areas
from web.invitations.certificates import number_of
from web.routes import Declared

FILE = Path(__file__).parent / "permissions.toml"
DAY = 24 * 3_600_000_000
PERSONAS = {
    "anonymous": None,
    "expired session": APPLICANT,
    "staff without second factor": STAFF,
    "contact": APPLICANT,
    "co-applicant": COLLEAGUE,
    "former contact": FORMER_COLLEAGUE,
    "applicant of another": STRANGER,
    "member cleared": MEMBER,
    "member unanswered": THIRD,
    "member with a conflict": FOURTH,
    "member who speaks for it": SPEAKING_MEMBER,
    "former member": FORMER_MEMBER,
    "chair": CHAIR,
    "chair unanswered": OTHER_CHAIR,
    "chair with a conflict": CONFLICTED_CHAIR,
    "observer": OBSERVER,
    "staff": STAFF,
    "staff with a conflict": CONFLICTED_STAFF,
    "staff of another programme": OTHER_STAFF,
    "member of another programme": OTHER_MEMBER,
    "nobody in particular": NOBODY,
}
"""name -> whose address it is"""
PLACES = {"own": (ROUND, OWN), "own draft": (ROUND, OWN_DRAFT), "under way": (EARLIER, UNDER_WAY)}
"""which dossier a row is about"""
NOT_IN = {"anonymous": "sign in", "expired session": "sign in", "staff without second factor": "prove"}
PARAMETER = re.compile(r"{(\w+)}")


@dataclass(frozen=True)
class Row:
    """What the table says of one page."""

    name: str
    come_in: frozenset[str]
    answer: frozenset[str]
    otherwise: str | None
    at: str
    query: str
    status: int | None
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def method(self) -> str:
        return self.name.partition(" ")[0]

    @property
    def path(self) -> str:
        return self.name.partition(" ")[2]

    def expects(self, persona: str) -> str:
        """`in`, `answer first`, `sign in`, `prove` or `404`."""
        if persona in self.come_in:
            return "in"
        if persona in self.answer:
            return "answer first"
        return self.otherwise or NOT_IN.get(persona, "404")

    def address(self, values: Mapping[str, str], **others: str) -> str:
        """The path with everything filled in, `others` before what the row says."""
        key, number = PLACES[self.at]
        programme, _, round = key.partition("/")
        given = {"number": number, **values, "programme": programme, "round": round, **others}
        query = f"?{self.query}" if self.query else ""
        return PARAMETER.sub(lambda one: given[one[1]], self.path) + query


@cache
def table() -> Mapping[str, Row]:
    """The reviewed rows, by `METHOD path`."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    groups: dict[str, list[str]] = told.pop("people")
    told.pop("dossiers")
    for part in sorted(FILE.with_suffix("").glob("*.toml")):  # the console's pages, part by part
        told |= tomllib.loads(part.read_text(encoding="utf-8"))

    def people(names: list[str]) -> frozenset[str]:
        found = [people(groups[name]) if name in groups else {_known(name)} for name in names]
        return frozenset(persona for some in found for persona in some)

    return {
        name: Row(
            name, people(one.pop("in")), people(one.pop("answer", [])), one.pop("otherwise", None),
            one.pop("at", "own"), one.pop("query", ""), one.pop("status", None), **one,
        )
        for name, one in told.items()
    }  # fmt: skip


def dossiers() -> Mapping[str, Mapping[str, list[str]]]:
    """persona -> page -> the numbers of the round under which she finds something."""
    told: Mapping[str, Mapping[str, list[str]]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["dossiers"]
    return told


def _known(persona: str) -> str:
    assert persona in PERSONAS, f"nobody is called {persona}"
    return persona


def declared() -> dict[str, Declared]:
    """Every page, by `METHOD path`."""
    return {f"{one.method} {one.path}": one for area in areas.ALL for one in area.declared}


def browser_of(site: Site, persona: str) -> Knocker:
    """The browser of one of the personas."""
    email = PERSONAS[persona]
    if email is None:
        return Knocker(site)
    seen = site.now - DAY if persona == "expired session" else None
    which = list(PERSONAS).index(persona)
    return signed_in(site, email, seen=seen, proved=persona != "staff without second factor", which=which)


def values(site: Site) -> dict[str, str]:
    """What stands in paths when the contact is at home: her letter, her first session, her delivery."""
    with site.database.reading() as session:
        person = find_person(session, APPLICANT)
        assert person is not None
        letter = session.exec(
            select(NotificationRow.id)
            .join(DossierRow, col(DossierRow.id) == col(NotificationRow.dossier_id))
            .where(
                col(NotificationRow.person_id) == person.id, col(NotificationRow.status) == "sent",
                col(DossierRow.number) == OWN, col(NotificationRow.address) == APPLICANT,
            )
            .order_by(col(NotificationRow.id))
        ).first()  # fmt: skip
        delivery = session.exec(select(DeliveryRow.id)).one()
        note = session.exec(select(NoteRow.id).order_by(col(NoteRow.id))).first()
        extension = session.exec(select(ExtensionRow.id).where(col(ExtensionRow.undo_until).is_not(None))).one()
        seat = session.exec(select(SeatRow.id).where(col(SeatRow.person_id) == the_id(person))).one()
        to_come = select(InvitationRow.uid).where(
            col(InvitationRow.person_id) == person.id, col(InvitationRow.meeting_id) == 6,
            col(InvitationRow.role) == "applicant",
        )  # fmt: skip
        invitation = session.exec(to_come).one()
        certificate = number_of(site.office.keys, the_id(person), ROUND, "pitch")
        own = session.exec(
            select(SessionRow.id).where(col(SessionRow.person_id) == the_id(person)).order_by(col(SessionRow.id))
        ).first()
    return {
        "id": str(letter), "delivery": str(delivery), "session": str(own or 0), "nonce": FEED, "kept": KEPT,
        "token": site.office.keys.token("feed", FEED), "name": "project", "transition": "withdraw",
        "letter": "awarded", "deliverable": "interim_report", "question": "plan", "version": "1", "meeting": "pitch",
        "conference": str(conference(site)), "seat": str(seat), "batch": "1", "of": "pitch", "note": str(note),
        "extension": str(extension), "request": "1",
        "uid": invitation, "number of certificate": certificate, "mail": "1",
        "draft": "1", "rehearsal": "1", "other": "1", "state": "submitted",
        "promise": "notice-1",
    }  # fmt: skip


def values_for(row: Row, known: Mapping[str, str]) -> dict[str, str]:
    """The same, as one page calls them: an `id` is a session or a letter, a `nonce` a feed or a kept form."""
    given = dict(known)
    if row.path.startswith("/account/"):
        given["id"] = known["session"]
    if row.path.startswith("/kept/"):
        given["nonce"] = known["kept"]
    if row.path.startswith("/told-no-more/"):
        given["nonce"] = "in-a-letter-of-hers"
    if ("/meetings/" in row.path and "/order" not in row.path) or "/seats/" in row.path:
        given["meeting"] = known["conference"]
    if row.path.startswith("/certificates/"):
        given["number"] = known["number of certificate"]
    if "/notes/" in row.path:
        given["id"] = known["note"]
    if "/dossiers/" in row.path:
        given["transition"] = "stop"
    if "/verdicts/" in row.path:
        given["batch"] = "approval-opens"
    if "/meeting/{of}" in row.path:
        given["of"] = "coaching-5"
    if "/delivered/" in row.path:
        given["question"] = "report"
    return given


def outcome(answer: Answer) -> str:
    """What became of a request: `in`, `answer first`, `sign in`, `prove`, `404`, or another status."""
    if answer.status == 303:
        if answer.onward.startswith("/sign-in?"):
            return "sign in"
        if answer.onward.startswith("/second-factor?"):
            return "prove"
        return "answer first" if answer.onward.endswith("/conflict") else "in"
    return "in" if answer.status in (200, 204, 409, 410, 422) else str(answer.status)


def request(browser: Knocker, row: Row, path: str, form: Mapping[str, Any] | None = None) -> Answer:
    """Ask for a page as its row says, with the row's own form unless another is given."""
    return browser.get(path) if row.method == "GET" else browser.post(path, row.form if form is None else form)
