"""How is a dossier filled in: part by part, and kept as it goes?"""

from typing import Any

from starlette.responses import JSONResponse, Response
from wtforms import StringField
from wtforms.form import BaseForm

from engine.errors import Refused
from engine.rules.asked import asked
from engine.rules.questions import Question
from engine.rules.typed import write_answer
from web import dates
from web.applicant.answers import answer_said
from web.applicant.conditions import shown
from web.applicant.filling import Filled, clean, form_of, read
from web.applicant.looking import Seen, crumbs, see, why_closed
from web.applicant.schedules import MORE, ScheduleField
from web.applicant.sections import YOU, Section, sections_of, title_of
from web.applicant.versions import file_rows, not_changed_here
from web.ask import Ask
from web.policy import CONTACT, somebody
from web.problems import NotThere
from web.rendering import render
from web.routes import Pages

pages = Pages()
LONGEST_NAME = 200
SECTION = "/dossier/{programme}/{round}/{number}/section/{name}"


@pages.get(SECTION, CONTACT)
def section(ask: Ask) -> Response:
    """One part of the form: to be filled in, or to be read once that is over."""
    part, seen = _section(ask), see(ask)
    if closed := why_closed(ask, seen):
        return _to_read(ask, part, seen, closed, {}, 200)
    return _to_fill(ask, part, seen, _form(ask, part, seen, typed=False))


@pages.post(SECTION, CONTACT)
def save(ask: Ask) -> Response:
    """Keep what may be kept; what may not stays on the page, with the reason beside it."""
    part, seen = _section(ask), see(ask)
    form = _form(ask, part, seen, typed=True)
    try:
        filled = _keep(ask, part, seen, form)
    except Refused:
        now = see(ask)
        if closed := why_closed(ask, now):
            return _to_read(ask, part, now, closed, _typed(form), 409)
        raise
    kept = [upload.name for upload in filled.files.values()]
    said = [ask.say("Stored: %(files)s.", files=", ".join(kept))] if kept else []
    if filled.errors:
        notices = [("good", sentence) for sentence in said] + [("warn", sentence) for sentence in filled.warnings]
        return _to_fill(ask, part, see(ask), form, 422, notices=notices, has_errors=True)
    parts = sections_of(ask.place.workflow)
    following = parts[parts.index(part) + 1 :]
    notice = " ".join([*(said or [ask.say("Saved.")]), *filled.warnings])
    if ask.text("go", 80).startswith(MORE):
        return ask.go(f"{ask.place.path}/section/{part.name}#a-{ask.text('go', 80).removeprefix(MORE)}")
    if ask.text("go") != "next":
        return ask.go(ask.place.path, notice)
    return ask.go(f"{ask.place.path}/{f'section/{following[0].name}' if following else 'check'}", notice)


@pages.post(SECTION + "/draft", CONTACT)
def save_by_itself(ask: Ask) -> Response:
    """What a page sends while somebody types: texts only, and no page in answer."""
    part, seen = _section(ask), see(ask)
    form = _form(ask, part, seen, typed=True)
    try:
        filled = _keep(ask, part, seen, form, files=False)
    except Refused:
        return JSONResponse({"saved": None}, 409)
    # what is too long is not kept here, so the browser goes on keeping it
    saved = dates.local(ask.now, ask.place.zone).strftime("%H:%M")
    return JSONResponse({"saved": saved}, 422 if filled.errors else 200)


def _section(ask: Ask) -> Section:
    found = next((one for one in sections_of(ask.place.workflow) if one.name == ask.params["name"]), None)
    if found is None:
        raise NotThere
    return found


def _form(ask: Ask, part: Section, seen: Seen, *, typed: bool) -> BaseForm:
    if part.name != YOU:
        return form_of(ask, _shown(ask, part, seen), seen.values, typed=typed)
    form = BaseForm(
        {"organisation": StringField(ask.say("Your organisation")), "name": StringField(ask.say("Your own name"))}
    )
    known = {"organisation": seen.dossier.head.organisation, "name": somebody(ask).name}
    form.process(data={name: ask.form.get(name, value) if typed else value for name, value in known.items()})
    form["organisation"].flags.required = True
    return form


def _shown(ask: Ask, part: Section, seen: Seen) -> dict[str, Question]:
    return shown(ask.place.workflow.questions, part.questions, seen.values)


def _typed(form: BaseForm) -> dict[str, str]:
    """field -> what was typed into it, or the name of the file that was chosen."""
    given = {
        field.short_name: field.as_text
        if isinstance(field, ScheduleField) else getattr(field.data, "filename", field.data)
        for field in form
    }  # fmt: skip
    return {name: text for name, text in given.items() if isinstance(text, str) and text.strip()}


def _keep(ask: Ask, part: Section, seen: Seen, form: BaseForm, *, files: bool = True) -> Filled:
    """Keep what is new in a part of the form. Raises Refused when it cannot be filled in any more."""
    if part.name == YOU:
        return _introduce(ask, seen, form)
    place = ask.place
    filled = read(ask, _shown(ask, part, seen), form, seen.values)
    answers = {
        name: value
        for name, value in filled.answers.items()
        if not _same(value, seen.values.get(name))
        and not not_changed_here(seen.dossier, name, value, ask.text("seen", 9), ask.email)
    }
    if answers or (files and filled.files):
        ask.office.cycle.answer(
            place.key, place.number, answers, by=ask.email, now=ask.now, files=filled.files if files else None
        )
    elif why_closed(ask, seen):
        raise Refused([])
    return filled


def _introduce(ask: Ask, seen: Seen, form: BaseForm) -> Filled:
    filled = Filled()
    given: dict[str, str] = {}
    for field in form:
        text = clean(field.data) if isinstance(field.data, str) else ""
        if len(text) > LONGEST_NAME:
            filled.errors[field.short_name] = ask.say("At most %(most)s characters.", most=LONGEST_NAME)
            field.errors = [filled.errors[field.short_name]]
        else:
            given[field.short_name] = text
    if why_closed(ask, seen):
        raise Refused([])
    ask.office.cycle.introduce(
        ask.place.key, ask.place.number, organisation=given.get("organisation"), name=given.get("name"), by=ask.email,
        now=ask.now,
    )  # fmt: skip
    return filled


def _same(value: Any, known: Any) -> bool:
    return (value in (None, "") and known in (None, "")) or (type(value) is type(known) and value == known)


def _to_fill(
    ask: Ask, part: Section, seen: Seen, form: BaseForm, status: int = 200, **facts: Any
) -> Response:
    parts = sections_of(ask.place.workflow)
    return render(
        ask, "applicant/section.html", status, part=part, title=title_of(ask, part), seen=seen, form=form,
        crumbs=crumbs(ask, seen), place_in=parts.index(part) + 1, parts=len(parts),
        questions=_shown(ask, part, seen),
        files={name: file_rows(ask, seen.dossier, name) for name, one in part.questions.items() if one.kind == "file"},
        newest=max((one.version for one in seen.dossier.versions), default=0), **facts,
    )  # fmt: skip


def _to_read(ask: Ask, part: Section, seen: Seen, closed: str, typed: dict[str, str], status: int) -> Response:
    """What stands in a part that cannot be filled in now, and what was typed too late."""
    labels = {
        "organisation": ask.say("Your organisation"), "name": ask.say("Your own name"),
        **{name: ask.said(one.ask) for name, one in part.questions.items()},
    }  # fmt: skip
    unsaved = [(labels[name], text) for name, text in typed.items() if clean(text) != _known(ask, seen, name)]
    return render(
        ask, "applicant/closed.html", status, part=part, title=title_of(ask, part), seen=seen, closed=closed,
        crumbs=crumbs(ask, seen), unsaved=unsaved, answers=answers_of(ask, seen, part),
    )  # fmt: skip


def _known(ask: Ask, seen: Seen, name: str) -> str:
    if name in ("organisation", "name"):
        return seen.dossier.head.organisation if name == "organisation" else somebody(ask).name
    question = ask.place.workflow.questions[name]
    return write_answer(question, seen.values.get(name))


def answers_of(ask: Ask, seen: Seen, part: Section, *, change: bool = False) -> list[dict[str, str]]:
    """The questions of a part with their answers, to be read; with the way to change them, if asked."""
    href = f"{ask.place.path}/section/{part.name}" if change else ""
    if part.name == YOU:
        return [
            {"question": ask.say("Your organisation"), "answer": seen.dossier.head.organisation, "change": href},
            {"question": ask.say("Your own name"), "answer": somebody(ask).name, "change": href},
        ]
    return [
        {
            "question": ask.said(one.ask),
            "answer": answer_said(ask, one, seen.values.get(name)),
            "change": f"{href}#a-{name}" if href else "",
        }
        for name, one in asked(ask.place.workflow.questions, seen.values).items()
        if name in part.questions
    ]
