"""How does an applicant hand in what is owed later, such as a report?"""

from typing import Any

from starlette.responses import Response
from wtforms.form import BaseForm

from engine.database.looking import contacts_of
from engine.database.pages import opinions
from engine.database.pages.dossiers import Delivery
from engine.database.store import the_id
from engine.errors import Refused
from engine.rules.asked import counting
from engine.rules.forms import missing, receipt_of
from engine.rules.questions import Question
from engine.rules.workflow import APPLICANT, Deliverable
from web import dates
from web.applicant.answers import answer_said
from web.applicant.conditions import shown
from web.applicant.drafts import (
    BY_ITSELF,
    FORGET,
    KEEP,
    forget_typed,
    keep_by_itself,
    kept_or_forgotten,
    typed_before,
)
from web.applicant.filling import Filled, form_of, read
from web.applicant.held import held, hold
from web.applicant.looking import Seen, crumbs, see
from web.applicant.owing import asked_again, awaits_review, day_owed, row_of, title_of_obligation, to_deliver
from web.applicant.schedules import MORE
from web.applicant.unasked import closes, is_shown, may_be_sent, newest_answers
from web.ask import Ask
from web.keys import nonce
from web.policy import CONTACT
from web.problems import NotThere
from web.rendering import render
from web.routes import Pages

pages = Pages()
DELIVER = "/dossier/{programme}/{round}/{number}/deliver/{deliverable}"


@pages.get(DELIVER, CONTACT)
def deliverable(ask: Ask) -> Response:
    """The form, until when it is asked, and what was handed in before."""
    what, seen = _deliverable(ask), see(ask)
    known, before = newest_answers(seen, what) if may_be_sent(ask, what, seen) else {}, typed_before(ask)
    form = form_of(ask, form_questions(ask, what, seen), known, before=before[1] if before else None)
    return _page(ask, seen, what, form, typed_at=before[0] if before else "")


@pages.post(DELIVER, CONTACT)
def deliver(ask: Ask) -> Response:
    """Handed in, once; a file that came with a form that is not right yet need not be chosen again."""
    place, what, seen = ask.place, _deliverable(ask), see(ask)
    form = form_of(ask, form_questions(ask, what, seen), {}, typed=True)
    if ask.text("go", 80) in (KEEP, FORGET):
        return kept_or_forgotten(ask, place.path)
    if ask.text("go", 80).startswith(MORE):
        return _page(ask, seen, what, form, carried=hold(ask, read(ask, form_questions(ask, what, seen), form).files))
    filled = filled_deliverable(ask, what, form, seen)
    if filled.errors:
        return _page(ask, seen, what, form, 422, carried=hold(ask, filled.files), has_errors=True)
    answers = {name: value for name, value in filled.answers.items() if value is not None}
    try:
        ask.office.cycle.deliver(
            place.key, place.number, what.name, answers, by=ask.email, now=ask.now, files=filled.files,
            once=ask.text("once", 200) or nonce(),
        )  # fmt: skip
    except Refused:
        now = see(ask)
        if to_deliver(place.workflow, now.dossier, what.name, ask.now) is None and not may_be_sent(ask, what, now):
            return _page(ask, see(ask), what, form, 409)  # a colleague was first: what is there is shown
        raise
    forget_typed(ask)
    _tell(ask, see(ask), what)
    return ask.go(f"{place.path}/deliver/{what.name}", ask.say("Received: %(what)s.", what=ask.said(what.title)))


@pages.post(DELIVER + BY_ITSELF, CONTACT)
def deliver_later(ask: Ask) -> Response:
    """What the page sends while somebody types."""
    _deliverable(ask)
    return keep_by_itself(ask)


def _deliverable(ask: Ask) -> Deliverable:
    found = ask.place.workflow.deliverables.get(ask.params["deliverable"])
    if found is None or not is_shown(ask, found):
        raise NotThere
    return found


def filled_deliverable(ask: Ask, what: Deliverable, form: BaseForm, seen: Seen) -> Filled:
    """What was filled in, with an error by each question that has to be answered and is not."""
    own = counting(ask.place.workflow.questions, seen.values)
    filled = read(ask, form_questions(ask, what, seen), form, own)
    for name, question in form_questions(ask, what, seen).items():
        waits = question.kind == "file" and name not in filled.files and name not in filled.errors
        if waits and (upload := held(ask, name)):
            filled.files[name] = upload
    known = {**filled.answers, **{name: {"name": one.name, "size": 1} for name, one in filled.files.items()}}
    for name in form_questions(ask, what, seen):
        if name not in filled.errors and missing(what.questions, known, own, among=(name,)):
            filled.errors[name] = ask.say("This is asked for, and not there yet.")
            form[name].errors = [filled.errors[name]]
    return filled


def form_questions(ask: Ask, what: Deliverable, seen: Seen) -> dict[str, Question]:
    """The questions of a deliverable's form that are asked of this dossier, or may be by what is answered in it."""
    return shown(what.questions, what.questions, {}, counting(ask.place.workflow.questions, seen.values))


def receipt_of_delivery(number: str, one: Delivery) -> str:
    """SHA-256 over what was delivered, worked out as that of a dossier."""
    return receipt_of(number, one.received_at, one.answers)


def _tell(ask: Ask, seen: Seen, what: Deliverable) -> None:
    """The receipt by mail to all who speak for the dossier, once a delivery."""
    place = ask.place
    newest = [one for one in seen.dossier.deliveries if one.deliverable == what.name][-1]
    with ask.office.database.transaction() as session:
        for person in contacts_of(session, seen.dossier.head.id):
            language = person.language if person.language in place.workflow.languages else place.workflow.language
            ask.office.letters.queue(
                session, letter="delivered", key=f"{newest.id} {the_id(person)}", person=person, now=ask.now,
                facts={
                    "what": place.said(what.title, language), "title": seen.title, "at": newest.received_at,
                    "receipt": receipt_of_delivery(place.number, newest),
                    "link": f"{ask.office.base_url}{place.path}",
                },
                dossier_id=seen.dossier.head.id,
            )  # fmt: skip


def deliveries_of(ask: Ask, seen: Seen, name: str | None = None) -> list[dict[str, Any]]:
    """What was handed in of a deliverable (or of all), the newest first, with its files."""
    place, found = ask.place, []
    waiting = {one.id for one in seen.dossier.deliveries if awaits_review(seen.dossier, one)}
    for one in reversed(seen.dossier.deliveries):
        if name in (None, one.deliverable) and is_shown(ask, place.workflow.deliverables[one.deliverable]):
            what = place.workflow.deliverables[one.deliverable]
            files = [
                {
                    "name": value["name"],
                    "href": f"{place.path}/delivered/{one.id}/{question}",
                    "size": dates.size(value["size"], ask.language),
                    "date": dates.short_moment(one.received_at, place.zone, ask.language),
                }
                for question, value in one.answers.items()
                if what.questions[question].kind == "file"
            ]
            said = [
                (ask.said(what.questions[question].ask), answer_said(ask, what.questions[question], value))
                for question, value in one.answers.items()
                if what.questions[question].kind != "file"
            ]
            found.append({
                "which": which(ask, seen, one.obligation),
                "id": one.id, "title": ask.said(what.title), "late": one.late, "files": files, "said": said,
                "received": dates.timestamp(one.received_at, place.zone, ask.language),
                "receipt": receipt_of_delivery(place.number, one), "by": one.by, "review": one.review,
                "awaits": one.id in waiting,
            })  # fmt: skip
    return found


def which(ask: Ask, seen: Seen, owed: tuple[str, int] | None) -> str:
    """Which of several it is: `Interim report 2`, `Payment 1: Trees, € 3.000`; empty where it is owed once."""
    name, position = owed or ("", 0)
    if sum(one.name == name for one in seen.dossier.obligations) < 2:
        return ""
    row = row_of(ask.place.workflow, seen.values, name, position)
    planned = f": {row['what']}, {dates.amount(row['money'], ask.place.workflow.currency, ask.language)}" if row else ""
    return f"{ask.said(title_of_obligation(ask.place.workflow, name))} {position}{planned}"


def _page(ask: Ask, seen: Seen, what: Deliverable, form: BaseForm, status: int = 200, **facts: Any) -> Response:
    owed = to_deliver(ask.place.workflow, seen.dossier, what.name, ask.now)
    unasked = what.by == APPLICANT and may_be_sent(ask, what, seen)
    with ask.reading() as session:
        told = opinions.told_with_verdict(session, seen.dossier.head.id)
    return render(
        ask, "applicant/deliver.html", status, unasked=unasked, until=closes(ask, seen, what) if unasked else None,
        told=told.recommendations + told.comments if unasked else (),
         seen=seen, crumbs=crumbs(ask, seen), what=what, form=form, owed=owed,
        questions=form_questions(ask, what, seen),
        late=bool(owed and ask.now >= owed.row.due_at),
        last_day=day_owed(ask, owed.row.name, owed.row.last_day) if owed else "",
        which=which(ask, seen, (owed.row.name, owed.row.position)) if owed else "",
        again=asked_again(seen.dossier, owed.row) if owed else None, earlier=deliveries_of(ask, seen, what.name),
        once=ask.text("once", 200) or nonce(), **{"carried": {}, "typed_at": "", **facts},
    )  # fmt: skip
