"""How is a dossier handed in, and what proves that it was?"""

from starlette.responses import Response

from engine.database.looking import contacts_of
from engine.errors import Refused
from engine.rules.forms import received_text
from engine.rules.workflow import APPLICANT, Transition
from web import dates
from web.applicant.drafting import answers_of
from web.applicant.in_the_way import in_the_way
from web.applicant.looking import Seen, crumbs, see, unanswered, why_closed
from web.applicant.sections import sections_of, title_of
from web.ask import Ask
from web.keys import nonce
from web.policy import CONTACT
from web.problems import NotThere
from web.rendering import render
from web.routes import Pages
from web.uploads.handing_out import disposition

pages = Pages()


@pages.get("/dossier/{programme}/{round}/{number}/check", CONTACT)
def check(ask: Ask) -> Response:
    """All answers before they are handed in, and what is missing."""
    seen = see(ask)
    if seen.dossier.head.received_at is not None:
        return ask.go(_receipt_path(ask))
    return _check_page(ask, seen)


@pages.post("/dossier/{programme}/{round}/{number}/submit", CONTACT)
def submit(ask: Ask) -> Response:
    """Handed in, once: whoever sends it again sees the receipt."""
    place, transition = ask.place, _handing_in(ask)
    if ask.text("declared") != "yes":
        seen = see(ask)
        if seen.dossier.head.received_at is not None:
            return ask.go(_receipt_path(ask))
        return _check_page(ask, seen, 422, undeclared=True, has_errors=True)
    try:
        ask.office.cycle.act(
            place.key, place.number, transition.name, by=ask.email, now=ask.now, once=ask.text("once", 200) or nonce()
        )
    except Refused:
        seen = see(ask)
        if seen.dossier.head.received_at is not None:
            return ask.go(_receipt_path(ask))
        if why_closed(ask, seen) or _lacks(ask, seen) or in_the_way(ask):
            return _check_page(ask, seen, 409, has_errors=True)
        raise
    return ask.go(_receipt_path(ask), ask.say("Your dossier is handed in."))


@pages.get("/dossier/{programme}/{round}/{number}/receipt", CONTACT)
def receipt(ask: Ask) -> Response:
    """What was received, when to the second, and how anybody can work out that it is still the same."""
    seen, place = _received(ask), ask.place
    head = seen.dossier.head
    files = [
        (ask.said(place.workflow.questions[name].ask), answer.file)
        for name, answer in seen.dossier.answers.items()
        if answer.file and name in place.workflow.questions
    ]
    with ask.reading() as session:
        contacts = [person.email for person in contacts_of(session, head.id)]
    return render(
        ask, "applicant/receipt.html", seen=seen, crumbs=crumbs(ask, seen), files=files, contacts=contacts,
        received=dates.timestamp(head.received_at or 0, place.zone, ask.language),
        parts=[(title_of(ask, part), answers_of(ask, seen, part)) for part in sections_of(place.workflow)],
    )  # fmt: skip


@pages.get("/dossier/{programme}/{round}/{number}/received.json", CONTACT)
def received(ask: Ask) -> Response:
    """The very bytes over which the receipt was worked out."""
    head, place = (seen := _received(ask)).dossier.head, ask.place
    text = received_text(head.number, head.received_at or 0, seen.values)
    headers = {"Content-Disposition": disposition(f"{place.number}.json")}
    return Response(text.encode(), media_type="application/json", headers=headers)


def _received(ask: Ask) -> Seen:
    seen = see(ask)
    if seen.dossier.head.received_at is None or seen.dossier.head.receipt is None:
        raise NotThere
    return seen


def _handing_in(ask: Ask) -> Transition:
    transition = ask.place.handing_in
    if transition is None:
        raise NotThere
    return transition


def _receipt_path(ask: Ask) -> str:
    return f"{ask.place.path}/receipt"


def _lacks(ask: Ask, seen: Seen) -> bool:
    return bool(missing_parts(ask, seen))


def missing_parts(ask: Ask, seen: Seen) -> list[tuple[str, str]]:
    """(what is missing, where it is filled in), in the order of the form; also where no rule asks for all of it."""
    path, parts = ask.place.path, sections_of(ask.place.workflow)
    found = []
    if not seen.dossier.head.organisation.strip():
        found.append((ask.say("Your organisation"), f"{path}/section/{parts[0].name}#organisation"))
    for question in unanswered(ask, seen.values):
        part = next(one for one in parts if question.name in one.questions)
        found.append((ask.said(question.ask), f"{path}/section/{part.name}#a-{question.name}"))
    return found


def _check_page(ask: Ask, seen: Seen, status: int = 200, **facts: bool) -> Response:
    place, transition = ask.place, ask.place.handing_in
    parts = [
        (title_of(ask, part), answers_of(ask, seen, part, change=True)) for part in sections_of(place.workflow)
    ]
    tells = bool(transition and APPLICANT in transition.tell)
    return render(
        ask, "applicant/check.html", status, seen=seen, crumbs=crumbs(ask, seen), parts=parts,
        missing=missing_parts(ask, seen), closed=why_closed(ask, seen), tells=tells,
        in_the_way=in_the_way(ask),
        once=ask.text("once", 200) or nonce(), **{"undeclared": False, **facts},
    )  # fmt: skip
