"""How is the text of one letter changed, and of no other?"""

from starlette.responses import Response
from wtforms import Form, StringField, TextAreaField
from wtforms.validators import InputRequired

from engine.errors import GrantcycleError, Refused
from web.ask import Ask
from web.policy import MANAGES
from web.routes import Pages
from web.staff.console import show
from web.staff.outbox.letter import LETTER, find, framed
from web.staff.outbox.looking_for import path_of, query_of, wanted_by
from web.staff.outbox.plain import plain_page
from web.staff.outbox.saying import status_of, why_not

pages = Pages()
LONGEST = 60_000


@pages.get(LETTER + "/edit", MANAGES)
def edit(ask: Ask) -> Response:
    """The text of one letter, everything filled in, to be written on."""
    return _page(ask)


def _page(ask: Ask, status: int = 200, errors: dict[str, list[str]] | None = None) -> Response:
    found = find(ask)
    with ask.reading() as session:
        try:
            begun = ask.office.previews.text_of(session, found.row)
        except GrantcycleError as problem:
            begun = ("", "")
            errors = {**(errors or {}), "": [*(errors or {}).get("", []), str(problem)]}
    edited = found.edit if found.edit is not None and found.edit.body is not None else None
    subject, body = (edited.subject or "", edited.body or "") if edited else begun
    form = _form(ask, subject, body)
    for name, sentences in (errors or {}).items():
        if name:
            form[name].errors = sentences
    base = f"{path_of(ask)}/{found.line.id}"
    return show(
        ask, "staff/outbox/edit.html", status, form=form, line=found.line, begun=begun, is_edited=edited is not None,
        base=base, query=query_of(wanted_by(ask)), status_words=status_of(ask, found.line),
        errors=(errors or {}).get("", []), has_errors=bool(errors),
        is_open=found.line.status in ("held", "waiting", "retry") and not found.line.is_written,
        crumbs=[(ask.say("Outbox"), path_of(ask)), (ask.say("Letter %(number)s", number=found.line.id), base)],
    )  # fmt: skip


def _form(ask: Ask, subject: str, body: str) -> Form:
    fields = {
        "subject": StringField(ask.say("Subject"), validators=[InputRequired()], render_kw={"maxlength": 200}),
        "body": TextAreaField(ask.say("Text"), validators=[InputRequired()],
                              render_kw={"rows": 22, "spellcheck": "true", "class": "letter-text"}),
    }  # fmt: skip
    sent = ask.form if ask.request.method == "POST" and ask.text("do") != "take back" else None
    form: Form = type("OneLetter", (Form,), fields)(formdata=sent, data={"subject": subject, "body": body})
    return form


@pages.post(LETTER + "/edit", MANAGES)
def save(ask: Ask) -> Response:
    """Keep the text, or take it back."""
    found = find(ask)
    number, desk = found.line.id, ask.office.desk
    there = f"{path_of(ask)}/{number}{query_of(wanted_by(ask))}"
    try:
        if ask.text("do") == "take back":
            desk.take_edit_back(number, by=ask.email, now=ask.now)
            return ask.go(there, ask.say("Letter %(number)s says again what its programme says.", number=number))
        desk.edit(number, subject=ask.text("subject", 1_000), body=_body(ask), by=ask.email, now=ask.now)
    except Refused as refused:
        line = find(ask).line
        errors: dict[str, list[str]] = {}
        for one in refused.reasons:
            field = one.code if one.code in ("subject", "body") else ""
            errors.setdefault(field, []).append(why_not(ask, one, line))
        return _page(ask, 422 if errors.keys() <= {"subject", "body"} else 409, errors)
    return ask.go(there, ask.say("Letter %(number)s has a text of its own. No other letter was changed.",
                                 number=number))  # fmt: skip


def _body(ask: Ask) -> str:
    said = ask.form.get("body")
    return said[:LONGEST] if isinstance(said, str) else ""


@pages.post(LETTER + "/edit/preview", MANAGES)
def preview(ask: Ask) -> Response:
    """How the letter reads with the text in the form, for a frame; nothing is kept."""
    found = find(ask)
    subject = ask.text("subject", 1_000)
    with ask.reading() as session:
        try:
            shown = ask.office.previews.show_edited(session, found.row, subject, _body(ask), ask.now)
        except GrantcycleError as problem:
            return plain_page(ask, [str(problem)])
    return framed(shown.html)
