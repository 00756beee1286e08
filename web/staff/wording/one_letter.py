"""How is a letter of the programme written, looked at and kept?"""

from collections.abc import Sequence

from sqlmodel import Session
from starlette.responses import Response
from wtforms import Form, StringField, TextAreaField
from wtforms.validators import InputRequired

from engine.cycle.rewording import NotReadable, Overtaken, tidy
from engine.database.pages.wording import changed_files, last_writer, not_written_yet, text_at, versions_of
from engine.database.store import the_id
from engine.errors import GrantcycleError, Refused
from engine.files.complaints import Complaint
from web.ask import Ask
from web.policy import MANAGES
from web.problems import NotThere
from web.reasons import said_by
from web.routes import Pages
from web.staff.console import show
from web.staff.outbox.letter import framed
from web.staff.outbox.plain import plain_page
from web.staff.wording.comparing import in_one
from web.staff.wording.letters import file_of, state_of, text_of
from web.staff.wording.moments import tellings_of, told_when

pages = Pages()
LETTER = "/staff/{programme}/{round}/letters/{letter}"
LONGEST = 100_000
BODY_BEGINS = 3
"""on which line of the file"""


def letter_and_language(ask: Ask) -> tuple[str, str]:
    """Which letter is meant. Raises NotThere for one that this programme neither has nor tells."""
    letter, workflow, programme = ask.params["letter"], ask.place.workflow, ask.place.programme
    language = ask.query.get("language", "") or ask.text("language", 10) or workflow.language
    known = {name for written in programme.letters.values() for name in written}
    if language not in workflow.languages or letter not in known | tellings_of(workflow, ask.place.calendar).keys():
        raise NotThere
    return letter, language


def path_of(ask: Ask, letter: str, language: str, tail: str = "") -> str:
    return f"/staff/{ask.place.key}/letters/{letter}{tail}?language={language}"


def _number(ask: Ask) -> str | None:
    """The dossier with which the letter is looked at."""
    return (ask.query.get("number", "") or ask.text("number", 60)).strip()[:60] or None


@pages.get(LETTER, MANAGES)
def letter(ask: Ask) -> Response:
    """A letter in one language, with what it may name."""
    return _page(ask)


def _page(
    ask: Ask,
    status: int = 200,
    errors: dict[str, list[str]] | None = None,
    overtaken: Sequence[tuple[str, str]] = (),
    by: str = "",
) -> Response:
    letter, language = letter_and_language(ask)
    place, workflow, file = ask.place, ask.place.workflow, file_of(*letter_and_language(ask))
    text = text_of(ask, place.programme, language, letter) or ""
    original = text_of(ask, place.programme, workflow.language, letter) or ""
    number = _number(ask)
    with ask.reading() as session:
        scene = ask.office.cycle.look(session, place.key, ask.now)
        changed = changed_files(session, the_id(place.round))
        names = _names(ask, session, letter, language, number)
        waiting = not_written_yet(session, the_id(place.round), letter)
        states = {one: state_of(ask, letter, one, changed)[0] for one in workflow.languages}
        versions = versions_of(session, place.round, file, limit=5)
        digest = scene.round.digest
    form = _form(ask, text)
    for name, sentences in (errors or {}).items():
        if name:
            form[name].errors = sentences
    return show(
        ask, "staff/wording/letter.html", status, letter=letter, language=language, form=form, file=file,
        known_names=names, states=states, opened=digest, number=number or "",
        original=original if language != workflow.language else "",
        tellings=[told_when(ask, one) for one in tellings_of(workflow, place.calendar).get(letter, [])],
        save=path_of(ask, letter, language), waiting=waiting,
        preview=path_of(ask, letter, language, "/preview"), changed=len(versions) - 1, overtaken=overtaken, by=by,
        errors=(errors or {}).get("", []), has_errors=bool(errors), base=f"/staff/{place.key}/letters/{letter}",
        crumbs=[(ask.say("Letters and words"), f"/staff/{place.key}/letters")], is_there=bool(text),
    )  # fmt: skip


def _names(ask: Ask, session: Session, letter: str, language: str, number: str | None) -> Sequence[object]:
    """What the letter may name; of an invented dossier where there is none of that number."""
    scene = ask.office.cycle.look(session, ask.place.key, ask.now)
    try:
        return ask.office.wording.names_of(scene, letter, language, number)
    except GrantcycleError:
        return ask.office.wording.names_of(scene, letter, language)


def _form(ask: Ask, text: str) -> Form:
    subject, _, rest = text.partition("\n")
    body = rest.removeprefix("\n").rstrip("\n")
    fields = {
        "subject": StringField(ask.say("Subject"), validators=[InputRequired()], render_kw={"maxlength": 500}),
        "body": TextAreaField(ask.say("Text"), validators=[InputRequired()],
                              render_kw={"rows": 24, "class": "letter-text", "spellcheck": "true"}),
    }  # fmt: skip
    sent = ask.form if ask.request.method == "POST" else None
    form: Form = type("ALetter", (Form,), fields)(formdata=sent, data={"subject": subject, "body": body})
    return form


def _typed(ask: Ask) -> str:
    """The form as a file: the subject, an empty line, the text."""
    body = ask.form.get("body")
    said = body[: LONGEST + 1] if isinstance(body, str) else ""
    subject = " ".join(ask.text("subject", 1_000).split())
    return tidy(f"{subject}\n\n{said.replace(chr(13), '').lstrip(chr(10))}")


@pages.post(LETTER, MANAGES)
def save(ask: Ask) -> Response:
    """Keep a letter, for all that is told from now on."""
    letter, language = letter_and_language(ask)
    place, file, typed = ask.place, file_of(*letter_and_language(ask)), _typed(ask)
    try:
        ask.office.cycle.reword(
            place.key, {file: typed}, opened=ask.text("opened", 64), judge=ask.office.wording.judge, by=ask.email,
            now=ask.now,
        )  # fmt: skip
    except NotReadable as wrong:
        return _page(ask, 422, by_field(ask, wrong.complaints, file))
    except Overtaken:
        with ask.reading() as session:
            digest = ask.office.cycle.look(session, place.key, ask.now).round.digest
            theirs = text_at(session, digest, file) or ""
            by = last_writer(session, the_id(place.round), file) or ""
        said = ask.say("%(by)s has kept another text since you opened it. Nothing was overwritten.", by=by)
        return _page(ask, 409, {"": [said]}, in_one(theirs, typed), by)
    except Refused as refused:
        return _page(ask, 409, {"": [said_by(ask, one) for one in refused.reasons]})
    return ask.go(path_of(ask, letter, language), ask.say("Kept. All that is told from now on says this."))


def by_field(ask: Ask, complaints: Sequence[Complaint], file: str) -> dict[str, list[str]]:
    """What is wrong with a letter, beside the field in which it stands."""
    found: dict[str, list[str]] = {}
    for one in complaints:
        if one.file != file:
            found.setdefault("", []).append(str(one))
        elif one.line == 1:
            found.setdefault("subject", []).append(one.sentence)
        else:
            line = max(one.line - BODY_BEGINS + 1, 1)
            said = ask.say("Line %(line)s: %(what)s.", line=line, what=one.sentence)
            found.setdefault("body", []).append(said)
    return found


@pages.post(LETTER + "/preview", MANAGES)
def preview(ask: Ask) -> Response:
    """How a letter reads with the text in the form, for a frame; nothing is kept."""
    letter, language = letter_and_language(ask)
    return _tried(ask, letter, language, _typed(ask))


@pages.get(LETTER + "/preview", MANAGES)
def preview_kept(ask: Ask) -> Response:
    """How a letter reads as it is kept, for a frame."""
    letter, language = letter_and_language(ask)
    return _tried(ask, letter, language, text_of(ask, ask.place.programme, language, letter) or "")


def _tried(ask: Ask, letter: str, language: str, text: str) -> Response:
    with ask.reading() as session:
        scene = ask.office.cycle.look(session, ask.place.key, ask.now)
        try:
            tried = ask.office.wording.try_out(scene, letter, language, text, _number(ask))
        except GrantcycleError as problem:
            return plain_page(ask, [str(problem)])
    if tried.letter is None:
        fields = by_field(ask, tried.complaints, file_of(letter, language))
        subject = [ask.say("Subject: %(what)s.", what=one) for one in fields.get("subject", [])]
        return plain_page(ask, [*subject, *fields.get("body", []), *fields.get("", [])])
    return framed(tried.letter.html)


@pages.get(LETTER + "/file", MANAGES)
def file(ask: Ask) -> Response:
    """The letter as a file, for the programme's folder."""
    letter, language = letter_and_language(ask)
    text = text_of(ask, ask.place.programme, language, letter)
    if text is None:
        raise NotThere
    headers = {"Content-Disposition": f'attachment; filename="{letter}.md"'}
    return Response(text, media_type="text/markdown; charset=utf-8", headers=headers)
