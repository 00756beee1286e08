"""Who takes part in a round, and how does somebody come in, change parts, or leave?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session
from starlette.datastructures import UploadFile
from starlette.responses import Response

from engine.cycle.people import PartGiven
from engine.database.pages.parts import Member, members
from engine.database.pages.parts import told as count_told
from engine.database.records import PersonRow
from engine.database.store import find_person
from engine.errors import GrantcycleError, Refused
from engine.files.complaints import Complaint, Complaints
from engine.files.people_sheet import OPTIONAL, REQUIRED, people_of, roles_of
from engine.files.spreadsheet import sheet_of
from engine.rules.divided import scopes, scopes_of
from engine.rules.roles import observer_of
from engine.rules.workflow import EVERYONE, STAFF, Committee
from web.ask import Ask
from web.policy import MANAGES, somebody
from web.problems import NotThere
from web.reasons import said_by
from web.routes import Pages
from web.staff.console import show
from web.staff.rounds.addresses import read_address, read_name
from web.uploads.checking import check

pages = Pages()
PEOPLE = "/staff/{programme}/{round}/people"
MOST = 1_000_000
"""bytes of a spreadsheet of people"""
MOST_PEOPLE = 2_000
TONGUES = {"nl": "Nederlands", "fr": "Français", "en": "English"}


@dataclass(frozen=True)
class Part:
    """One part in the round, with its people: of a committee of which there is one for each strand or answer, in that
    of the `scope`, or in every one.
    """

    role: str
    title: str
    is_committee: bool
    quorum: int | None
    people: tuple[Member, ...]
    scope: str = ""
    also: int = 0
    """how many more sit in it, because they sit in every one"""
    for_all: bool = False
    """whether those who have it sit in every one of several committees: it may stay empty"""

    @property
    def code(self) -> str:
        """What it is in the forms of the page."""
        return f"{self.role}:{self.scope}" if self.scope else self.role

    @property
    def is_shown(self) -> bool:
        """Whether the page shows it: a part that nobody needs to have is shown once somebody has it."""
        return bool(self.people) or not (self.for_all or (self.scope and not self.is_committee))

    @property
    def is_too_small(self) -> bool:
        """Whether the committee has fewer members than must judge a dossier."""
        return self.quorum is not None and not self.for_all and len(self.people) + self.also < self.quorum


def path_of(ask: Ask) -> str:
    return f"/staff/{ask.place.key}/people"


@pages.get(PEOPLE, MANAGES)
def people(ask: Ask) -> Response:
    """Everybody, part by part."""
    return people_page(ask)


def people_page(
    ask: Ask, status: int = 200, *, errors: Mapping[str, str] | None = None,
    complaints: Sequence[Complaint] = (), typed: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    """The same, with what is wrong with a form or a spreadsheet."""
    place = ask.place
    with ask.reading() as session:
        found = members(session, place.round.id or 0)
        told = count_told(session, place.round.id or 0)
    parts = parts_in(ask, found)
    return show(
        ask, "staff/rounds/people.html", status, parts=[one for one in parts if one.is_shown], told=told,
        errors=errors or {}, complaints=complaints,
        typed=typed or {"language": place.workflow.language, "role": STAFF}, has_errors=bool(errors or complaints),
        path_of=path_of(ask), columns=", ".join((*REQUIRED, *OPTIONAL)),
        tongues=[(one, TONGUES.get(one, one)) for one in place.workflow.languages],
        roles=[(one.code, one.title) for one in parts],
    )  # fmt: skip


def parts_in(ask: Ask, found: Sequence[Member] = ()) -> list[Part]:
    """Every part that can be given in the round, with those among the people who have it."""
    workflow = ask.place.workflow
    parts = [Part(STAFF, ask.say("Programme staff"), False, None, _of(found, STAFF))]
    for name, committee in workflow.committees.items():
        title = ask.said(committee.title)
        parts += _seats(ask, committee, name, title, found)
        role = observer_of(name)
        if committee.observers or any(one.role == role for one in found):
            parts += _seats(ask, committee, role, ask.say("Observers of %(committee)s", committee=title), found)
    return parts


def _seats(ask: Ask, committee: Committee, role: str, title: str, found: Sequence[Member]) -> list[Part]:
    """A committee or its observers; where there is one for each strand or answer each by itself, then those in all."""
    of = scopes(ask.place.workflow, committee.per)
    is_committee = role == committee.name
    quorum = committee.quorum if is_committee else None
    in_all = _of(found, role)
    each = [
        Part(role, f"{title}: {ask.said(called)}", is_committee, quorum, _of(found, role, scope), scope, len(in_all))
        for scope, called in of.items()
    ]
    said = ask.say("%(committee)s: every one", committee=title) if of else title
    return [*each, Part(role, said, is_committee, quorum, in_all, for_all=bool(of))]


def _of(found: Sequence[Member], role: str, scope: str = "") -> tuple[Member, ...]:
    return tuple(one for one in found if (one.role, one.scope) == (role, scope))


def asked_part(ask: Ask) -> tuple[str, str]:
    """The role and the scope that a form names; what is none stays as it is, and is refused by whoever acts."""
    code = ask.text("role", 300)
    role, _, scope = code.partition(":")
    return role, scope


@pages.post(PEOPLE, MANAGES)
def add(ask: Ask) -> Response:
    """Give somebody a part, and write to them if that is wanted."""
    typed = {name: ask.text(name, 320) for name in ("email", "name", "language", "role", "chair", "invite")}
    workflow, errors = ask.place.workflow, {}
    role, scope = asked_part(ask)
    try:
        typed["email"] = read_address(typed["email"])
    except GrantcycleError:
        errors["email"] = ask.say("Enter an email address in the right form, like name@example.com")
    if role not in set(roles_of(workflow)) - {EVERYONE} or (scope and scope not in scopes_of(workflow, role)):
        errors["role"] = ask.say("Choose a part.")
    if typed["language"] not in workflow.languages:
        errors["language"] = ask.say("Choose a language.")
    if errors:
        return people_page(ask, 422, errors=errors, typed=typed)
    chair = bool(typed["chair"]) and role in workflow.committees
    part = PartGiven(typed["email"], " ".join(typed["name"].split()), typed["language"], role, chair, scope)
    try:
        ask.office.cycle.add_people(ask.place.key, [part], by=ask.email, now=ask.now)
    except Refused as refused:
        against = " ".join(said_by(ask, one) for one in refused.reasons)
        return people_page(ask, 409, errors={"role": against}, typed=typed)
    if typed["invite"]:
        invite(ask, part.email, part.role, part.scope)
        return ask.go(path_of(ask), ask.say("%(email)s has the part, and is told so by mail.", email=part.email))
    return ask.go(path_of(ask), ask.say("%(email)s has the part.", email=part.email))


@pages.post(PEOPLE + "/end", MANAGES)
def end(ask: Ask) -> Response:
    """Take a part away; what somebody recorded stays."""
    email, (role, scope) = ask.text("email", 320), asked_part(ask)
    ask.office.cycle.remove_role(ask.place.key, email=email, role=role, scope=scope, by=ask.email, now=ask.now)
    if email.lower() == ask.email and role == STAFF:
        return ask.go("/staff", ask.say("You are not staff of %(round)s any more.", round=ask.place.key))
    return ask.go(path_of(ask), ask.say("%(email)s has that part no more. What was recorded stays.", email=email))


@pages.post(PEOPLE + "/chair", MANAGES)
def chair(ask: Ask) -> Response:
    """Make a member the chair of a committee, or let them be a member again."""
    email, leads, (role, scope) = ask.text("email", 320).lower(), bool(ask.text("chair", 5)), asked_part(ask)
    with ask.reading() as session:
        every = members(session, ask.place.round.id or 0)
    found = next((one for one in every if (one.email, one.role, one.scope) == (email, role, scope)), None)
    if found is None or role not in ask.place.workflow.committees:
        raise NotThere
    part = PartGiven(found.email, found.name, found.language, role, leads, scope)
    ask.office.cycle.add_people(ask.place.key, [part], by=ask.email, now=ask.now)
    if leads:
        return ask.go(path_of(ask), ask.say("%(email)s leads the committee.", email=email))
    return ask.go(path_of(ask), ask.say("%(email)s is a member of the committee like others.", email=email))


@pages.post(PEOPLE + "/invite", MANAGES)
def send_invitation(ask: Ask) -> Response:
    """Write to somebody which part they have, with the address to sign in at."""
    email, (role, scope) = ask.text("email", 320).lower(), asked_part(ask)
    with ask.reading() as session:
        known = {(one.email, one.role, one.scope) for one in members(session, ask.place.round.id or 0)}
    if (email, role, scope) not in known:
        raise NotThere
    if invite(ask, email, role, scope):
        return ask.go(path_of(ask), ask.say("%(email)s is written to.", email=email))
    return ask.go(path_of(ask), ask.say("%(email)s has been written to today already.", email=email))


def invite(ask: Ask, email: str, role: str, scope: str = "") -> bool:
    """The letter, once a day to one person about one part; False when it was sent today already."""
    place, visitor = ask.place, somebody(ask)
    staff = role == STAFF
    path = f"/staff/{place.key}" if staff else place.committee_path
    committees = place.workflow.committees.values()
    committee = next((one for one in committees if role in (one.name, observer_of(one.name))), None)
    day = ask.now // 86_400_000_000
    with ask.office.database.transaction() as session:
        person = find_person(session, email)
        assert person is not None
        language = person.language if person.language in place.workflow.languages else place.workflow.language
        title = place.programme.translate(committee.title, language) if committee else ""
        if called := scopes_of(place.workflow, role).get(scope):
            title = f"{title}: {place.programme.translate(called, language)}"
        return ask.office.letters.queue(
            session, letter="part-given", key=f"{role}{f':{scope}' if scope else ''} {email} {day}", person=person,
            now=ask.now,
            facts={
                "by": visitor.name or visitor.email, "title": place.said(place.round_title, language),
                "part": "staff" if staff else "member" if committee and role == committee.name else "observer",
                "committee": title, "link": f"{ask.office.base_url}{path}",
            },
            round_id=place.round.id,
        )  # fmt: skip


@pages.post(PEOPLE + "/factor", MANAGES)
def reset_factor(ask: Ask) -> Response:
    """Take a second factor away that was lost, and tell its owner."""
    email = ask.text("email", 320).lower()

    def tell(session: Session, person: PersonRow) -> None:
        ask.office.letters.queue(
            session, letter="second-factor-changed", key=f"reset {person.id} {ask.now}", person=person, now=ask.now,
            facts={"at": ask.now, "change": "removed"},
        )  # fmt: skip

    try:
        count = ask.office.cycle.forget_factor(ask.place.key, email=email, by=ask.email, now=ask.now, tell=tell)
    except Refused as refused:
        return people_page(ask, 409, errors={"factor": " ".join(said_by(ask, one) for one in refused.reasons)})
    said = ask.words.ngettext(
        "%(email)s has no second step any more, and is signed out in %(n)s browser. A letter says so.",
        "%(email)s has no second step any more, and is signed out in %(n)s browsers. A letter says so.", count,
    ) % {"email": email, "n": count}  # fmt: skip
    return ask.go(path_of(ask), said)


@pages.post(PEOPLE + "/import", MANAGES)
def import_people(ask: Ask) -> Response:
    """Bring in the people of a spreadsheet: all of it, or nothing."""
    sent = ask.form.get("file")
    if not isinstance(sent, UploadFile) or not sent.filename:
        return people_page(ask, 422, errors={"file": ask.say("Choose a file.")})
    if refused := getattr(sent, "refusal", None):
        return people_page(ask, 422, errors={"file": refused.said(ask.say, ask.language)})
    content = sent.file.read(MOST + 1)
    verdict = check(sent.filename, content, ("csv",), MOST)
    if verdict.refusal:
        return people_page(ask, 422, errors={"file": verdict.refusal.said(ask.say, ask.language)})
    try:
        sheet = sheet_of(verdict.name, content, required=REQUIRED, optional=OPTIONAL)
        found = people_of(sheet, {ask.place.key: ask.place.workflow}, read_address, read_name)
    except Complaints as wrong:
        return people_page(ask, 422, complaints=wrong.complaints)
    except GrantcycleError as problem:
        return people_page(ask, 422, errors={"file": str(problem)})
    if len(found) > MOST_PEOPLE:
        sentence = ask.say("At most %(most)s people come in at once.", most=MOST_PEOPLE)
        return people_page(ask, 422, errors={"file": sentence})
    parts = [PartGiven(one.email, one.name, one.language, one.role, one.chair, one.scope) for one in found]
    try:
        ask.office.cycle.add_people(ask.place.key, parts, by=ask.email, now=ask.now)
    except Refused as refused:
        return people_page(ask, 409, errors={"file": " ".join(said_by(ask, one) for one in refused.reasons)})
    said = ask.words.ngettext("%(n)s part was given.", "%(n)s parts were given.", len(parts)) % {"n": len(parts)}
    return ask.go(path_of(ask), said)
