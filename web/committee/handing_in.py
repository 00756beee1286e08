"""How does a member of a committee hand in what the rules leave to it: a report of a visit, an advice?"""

from typing import Any

from starlette.responses import Response
from wtforms.form import BaseForm

from engine.errors import Refused
from engine.rules.workflow import Deliverable
from web.applicant.delivering import deliveries_of, filled_deliverable, form_questions
from web.applicant.drafts import (
    BY_ITSELF,
    FORGET,
    KEEP,
    forget_typed,
    keep_by_itself,
    kept_or_forgotten,
    typed_before,
)
from web.applicant.filling import form_of, read
from web.applicant.held import hold
from web.applicant.looking import Seen, see
from web.applicant.schedules import MORE
from web.applicant.unasked import may_be_sent, newest_answers
from web.ask import Ask
from web.keys import nonce
from web.policy import READS_TO_JUDGE
from web.problems import NotThere
from web.reasons import said_by
from web.rendering import render
from web.routes import Pages

pages = Pages()
HERE = "/committee/{programme}/{round}/{number}/deliver/{deliverable}"


@pages.get(HERE, READS_TO_JUDGE)
def deliverable(ask: Ask) -> Response:
    """The form, with what was handed in last, and all that was handed in before."""
    what, seen = _deliverable(ask), see(ask)
    before = typed_before(ask)
    known, sent = newest_answers(seen, what), before[1] if before else None
    form = form_of(ask, form_questions(ask, what, seen), known, before=sent)
    return _page(ask, seen, what, form, typed_at=before[0] if before else "")


@pages.post(HERE, READS_TO_JUDGE)
def deliver(ask: Ask) -> Response:
    """Handed in, under the member's name."""
    place, what, seen = ask.place, _deliverable(ask), see(ask)
    questions = form_questions(ask, what, seen)
    form = form_of(ask, questions, {}, typed=True)
    if ask.text("go", 80) in (KEEP, FORGET):
        return kept_or_forgotten(ask, f"{place.committee_path}/{place.number}")
    if ask.text("go", 80).startswith(MORE):
        return _page(ask, seen, what, form, carried=hold(ask, read(ask, questions, form).files))
    filled = filled_deliverable(ask, what, form, seen)
    if filled.errors:
        return _page(ask, seen, what, form, 422, carried=hold(ask, filled.files), has_errors=True)
    answers = {name: value for name, value in filled.answers.items() if value is not None}
    try:
        ask.office.cycle.deliver(
            place.key, place.number, what.name, answers, by=ask.email, now=ask.now, files=filled.files,
            once=ask.text("once", 200) or nonce(),
        )  # fmt: skip
    except Refused as refused:
        errors = [said_by(ask, reason) for reason in refused.reasons]
        return _page(ask, see(ask), what, form, 409, errors=errors, has_errors=True)
    forget_typed(ask)
    return ask.go(
        f"{place.committee_path}/{place.number}", ask.say("Received: %(what)s.", what=ask.said(what.title))
    )


@pages.post(HERE + BY_ITSELF, READS_TO_JUDGE)
def deliver_later(ask: Ask) -> Response:
    """What the page sends while somebody types."""
    _deliverable(ask)
    return keep_by_itself(ask)


def _deliverable(ask: Ask) -> Deliverable:
    """The deliverable of the path, where a committee of the visitor's hands it in. Raises NotThere."""
    found = ask.place.workflow.deliverables.get(ask.params["deliverable"])
    if found is None or found.by not in ask.place.workflow.committees or found.by not in ask.place.standing.roles:
        raise NotThere
    return found


def _page(ask: Ask, seen: Seen, what: Deliverable, form: BaseForm, status: int = 200, **facts: Any) -> Response:
    place = ask.place
    return render(
        ask, "committee/deliver.html", status, seen=seen, what=what, form=form, title=seen.title,
        questions=form_questions(ask, what, seen), can=may_be_sent(ask, what, seen),
        earlier=deliveries_of(ask, seen, what.name), here=f"{place.committee_path}/{place.number}",
        once=ask.text("once", 200) or nonce(), **{"carried": {}, "errors": [], "typed_at": "", **facts},
    )  # fmt: skip
